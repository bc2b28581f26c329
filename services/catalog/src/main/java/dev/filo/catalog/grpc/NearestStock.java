package dev.filo.catalog.grpc;

import dev.filo.catalog.domain.Point;
import dev.filo.catalog.search.StoreBook;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.catalog.v1.NearestStore;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Asks inventory which store has what, many SKUs in one call. */
public final class NearestStock {
  // A search waits no longer than this for stock: people see results without it rather than late.
  private static final Duration DEADLINE = Duration.ofMillis(1500);

  private final Channels channels;
  private final StoreBook stores;

  /** Asks by these channels. */
  public NearestStock(Channels channels, StoreBook stores) {
    this.channels = channels;
    this.stores = stores;
  }

  /**
   * The nearest store that has each SKU. One value; SKUs no store has are not in it; an error when
   * inventory cannot be asked.
   *
   * @param radiusMeters 0: no limit
   */
  Mono<Map<String, NearestStore>> of(
      Collection<String> skus, @Nullable Point point, int radiusMeters) {
    if (skus.isEmpty()) {
      return Mono.just(Map.of());
    }
    var request =
        BatchFindNearestRequest.newBuilder().addAllSkus(skus).setRadiusMeters(radiusMeters);
    if (point != null) {
      request.setLatitude(point.latitude()).setLongitude(point.longitude());
    }
    return Mono.defer(
            () ->
                Calls.unary(
                    InventoryServiceGrpc.newStub(channels.to("inventory"))
                        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS),
                    InventoryServiceGrpc.InventoryServiceStub::batchFindNearest,
                    request.build()))
        .map(this::read);
  }

  private Map<String, NearestStore> read(BatchFindNearestResponse answer) {
    var nearest = new HashMap<String, NearestStore>();
    for (var item : answer.getItemsList()) {
      if (!item.hasNearest() || item.getNearest().getAvailable() <= 0) {
        continue;
      }
      var location = item.getNearest();
      var store =
          NearestStore.newBuilder()
              .setStore(location.getStore())
              .setAvailable(location.getAvailable())
              .setTitle(
                  location.getTitle().isEmpty()
                      ? stores.title(location.getStore())
                      : location.getTitle())
              .setSku(item.getSku());
      if (location.hasDistanceMeters()) {
        store.setDistanceMeters(location.getDistanceMeters());
      }
      nearest.put(item.getSku(), store.build());
    }
    return nearest;
  }
}
