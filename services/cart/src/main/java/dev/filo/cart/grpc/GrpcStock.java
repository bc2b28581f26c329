package dev.filo.cart.grpc;

import dev.filo.cart.service.Stock;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.LocationAvailability;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Inventory, asked over gRPC: one call for up to 500 SKUs. */
public final class GrpcStock implements Stock {
  private static final int CALL_MAX = 500;
  // As for the catalog: the cart does not wait longer than this for either.
  private static final long DEADLINE_MILLIS = 1_000;

  private final Channels channels;

  /** Asks over {@code channels}. */
  public GrpcStock(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<Levels> levels(Set<String> skus, Optional<Point> near, List<String> stores) {
    return Flux.fromIterable(skus)
        .buffer(CALL_MAX)
        .flatMap(
            some ->
                Calls.unary(
                    InventoryServiceGrpc.newStub(channels.to("inventory"))
                        .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS),
                    InventoryServiceGrpc.InventoryServiceStub::batchFindNearest,
                    request(some, near, stores)))
        .collectList()
        .map(GrpcStock::levels);
  }

  private static BatchFindNearestRequest request(
      List<String> skus, Optional<Point> near, List<String> stores) {
    var request = BatchFindNearestRequest.newBuilder().addAllSkus(skus).addAllStores(stores);
    near.ifPresent(point -> request.setLatitude(point.latitude()).setLongitude(point.longitude()));
    return request.build();
  }

  private static Levels levels(List<BatchFindNearestResponse> answers) {
    var levels = new HashMap<String, Level>();
    var oldest = Instant.MAX;
    for (BatchFindNearestResponse answer : answers) {
      var asOf = Times.instant(answer.getAsOfTime());
      oldest = asOf.isBefore(oldest) ? asOf : oldest;
      for (var item : answer.getItemsList()) {
        levels.put(
            item.getSku(),
            new Level(
                item.getDeliverable(),
                item.getStoreCount(),
                item.getNearest().getAvailable(),
                nearest(item.getNearest()),
                item.getStoresList().stream()
                    .map(at -> new At(at.getStore(), at.getTitle(), at.getAvailable()))
                    .toList()));
      }
    }
    return new Levels(oldest, levels);
  }

  /** Without a point nothing has a distance, and no store is nearest. */
  private static @Nullable Nearest nearest(LocationAvailability location) {
    return location.hasDistanceMeters()
        ? new Nearest(
            location.getStore(),
            location.getTitle(),
            location.getDistanceMeters(),
            location.getAvailable())
        : null;
  }
}
