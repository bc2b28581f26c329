package dev.filo.cart.grpc;

import dev.filo.cart.service.Places;
import dev.filo.cart.service.Stock.Point;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.identity.v1.BatchGetPlacesRequest;
import dev.filo.proto.identity.v1.CustomerPlace;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Where customers are, asked of identity over gRPC. */
public final class GrpcPlaces implements Places {
  // Only the nearest store depends on it: not worth waiting for.
  private static final long DEADLINE_MILLIS = 300;
  private static final long DEADLINE_OF_MANY_MILLIS = 3_000; // nobody waits for it

  private final Channels channels;

  /** Asks over {@code channels}. */
  public GrpcPlaces(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Place> of(String customer) {
    return Calls.unary(
            identity(DEADLINE_MILLIS),
            IdentityServiceGrpc.IdentityServiceStub::getCustomer,
            GetCustomerRequest.newBuilder().setName(customer).build())
        .map(found -> place(found.getPlace()));
  }

  @Override
  public Mono<Map<String, Place>> of(Collection<String> customers) {
    return Calls.unary(
            identity(DEADLINE_OF_MANY_MILLIS),
            IdentityServiceGrpc.IdentityServiceStub::batchGetPlaces,
            BatchGetPlacesRequest.newBuilder().addAllCustomers(customers).build())
        .map(
            found ->
                found.getPlacesList().stream()
                    .collect(
                        Collectors.toMap(
                            CustomerPlace::getCustomer, one -> place(one.getPlace()))));
  }

  private IdentityServiceGrpc.IdentityServiceStub identity(long deadlineMillis) {
    return channels
        .asService(IdentityServiceGrpc.newStub(channels.to("identity")))
        .withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
  }

  private static Place place(dev.filo.proto.identity.v1.Place place) {
    var location = place.getLocation();
    return new Place(
        place.hasLocation()
            ? Optional.of(new Point(location.getLatitude(), location.getLongitude()))
            : Optional.empty(),
        place.getStore());
  }
}
