package dev.filo.cart.grpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.service.Places;
import dev.filo.cart.service.Stock.Point;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Where customers are, asked of identity over gRPC and remembered for half a minute. */
public final class GrpcPlaces implements Places {
  // Only the nearest store depends on it: not worth waiting for.
  private static final long DEADLINE_MILLIS = 300;
  private static final Duration FRESH = Duration.ofSeconds(30);

  private final Channels channels;
  private final Cache<String, Optional<Point>> known =
      Caffeine.newBuilder().maximumSize(50_000).expireAfterWrite(FRESH).build();

  /** Asks over {@code channels}. */
  public GrpcPlaces(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Optional<Point>> of(String customer) {
    var seen = known.getIfPresent(customer);
    if (seen != null) {
      return Mono.just(seen);
    }
    return Calls.unary(
            channels
                .asService(IdentityServiceGrpc.newStub(channels.to("identity")))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
            IdentityServiceGrpc.IdentityServiceStub::getCustomer,
            GetCustomerRequest.newBuilder().setName(customer).build())
        .map(GrpcPlaces::point)
        .doOnNext(point -> known.put(customer, point))
        .onErrorResume(
            error -> {
              // Not asked again at once, or everybody would wait while identity is away.
              known.put(customer, Optional.empty());
              return Mono.just(Optional.empty());
            });
  }

  private static Optional<Point> point(Customer customer) {
    if (!customer.hasPlace() || !customer.getPlace().hasLocation()) {
      return Optional.empty();
    }
    var location = customer.getPlace().getLocation();
    return Optional.of(new Point(location.getLatitude(), location.getLongitude()));
  }
}
