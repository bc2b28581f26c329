package dev.filo.cart.grpc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.service.Stores;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores, asked of the catalog over gRPC and remembered for a minute. */
public final class GrpcStores implements Stores {
  private static final long DEADLINE_MILLIS = 1_000;
  private static final int AT_ONCE = 8;

  private final Channels channels;
  private final Cache<String, Boolean> known =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(1)).build();

  /** Asks over {@code channels}. */
  public GrpcStores(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Set<String>> pickup(Set<String> stores) {
    return Flux.fromIterable(stores)
        .filterWhen(this::isPickup, AT_ONCE)
        .collect(Collectors.toUnmodifiableSet());
  }

  private Mono<Boolean> isPickup(String store) {
    var seen = known.getIfPresent(store);
    if (seen != null) {
      return Mono.just(seen);
    }
    return Calls.unary(
            CatalogServiceGrpc.newStub(channels.to("catalog"))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
            CatalogServiceGrpc.CatalogServiceStub::getStore,
            GetStoreRequest.newBuilder().setName(store).build())
        .map(found -> found.getPickup() && !found.getWarehouse())
        .onErrorResume(GrpcStores::isUnknown, error -> Mono.just(false))
        .doOnNext(pickup -> known.put(store, pickup));
  }

  private static boolean isUnknown(Throwable error) {
    return error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }
}
