package dev.filo.cart.grpc;

import dev.filo.cart.service.Places;
import dev.filo.cart.service.Stock.Point;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Where customers are, asked of identity over gRPC. */
public final class GrpcPlaces implements Places {
  // Only the nearest store depends on it: not worth waiting for.
  private static final long DEADLINE_MILLIS = 300;

  private final Channels channels;

  /** Asks over {@code channels}. */
  public GrpcPlaces(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Place> of(String customer) {
    return Calls.unary(
            channels
                .asService(IdentityServiceGrpc.newStub(channels.to("identity")))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
            IdentityServiceGrpc.IdentityServiceStub::getCustomer,
            GetCustomerRequest.newBuilder().setName(customer).build())
        .map(GrpcPlaces::place);
  }

  private static Place place(Customer customer) {
    var place = customer.getPlace();
    var location = place.getLocation();
    return new Place(
        place.hasLocation()
            ? Optional.of(new Point(location.getLatitude(), location.getLongitude()))
            : Optional.empty(),
        place.getStore());
  }
}
