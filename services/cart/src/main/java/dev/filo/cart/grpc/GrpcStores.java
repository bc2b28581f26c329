package dev.filo.cart.grpc;

import dev.filo.cart.service.Stores;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** Stores, asked of the catalog over gRPC. */
public final class GrpcStores implements Stores {
  private static final long DEADLINE_MILLIS = 1_000;

  private final Channels channels;

  /** Asks over {@code channels}. */
  public GrpcStores(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Boolean> isPickup(String store) {
    return Calls.unary(
            CatalogServiceGrpc.newStub(channels.to("catalog"))
                .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
            CatalogServiceGrpc.CatalogServiceStub::getStore,
            GetStoreRequest.newBuilder().setName(store).build())
        .map(found -> found.getPickup() && !found.getWarehouse())
        .onErrorResume(Statuses::isNotFound, error -> Mono.just(false));
  }
}
