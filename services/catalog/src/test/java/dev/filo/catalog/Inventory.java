package dev.filo.catalog;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.NearestAvailability;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** A server that says what a test wants inventory to say, and remembers what it was asked. */
public final class Inventory extends InventoryServiceGrpc.InventoryServiceImplBase {
  /** Pieces in Milan by SKU. */
  public final Map<String, Integer> inMilan = new ConcurrentHashMap<>();

  /** What was asked. */
  public final List<BatchFindNearestRequest> asked =
      Collections.synchronizedList(new ArrayList<>());

  /** How it answers. */
  public enum Mood {
    /** As it should. */
    ANSWERS,
    /** Unavailable. */
    FAILS,
    /** Not at all. */
    HANGS
  }

  private volatile Mood mood = Mood.ANSWERS;

  /** Changes how it answers. */
  public void be(Mood next) {
    mood = next;
  }

  /** Serves in this JVM. */
  public Server start(String name) throws IOException {
    return InProcessServerBuilder.forName(name).addService(this).build().start();
  }

  @Override
  public void batchFindNearest(
      BatchFindNearestRequest request, StreamObserver<BatchFindNearestResponse> observer) {
    asked.add(request);
    switch (mood) {
      case ANSWERS -> Answers.unary(observer, Mono.fromCallable(() -> answer(request)));
      case FAILS ->
          observer.onError(
              Statuses.api(
                  Code.UNAVAILABLE,
                  dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_UNAVAILABLE,
                  "Later.",
                  Map.of()));
      case HANGS -> {}
    }
  }

  private BatchFindNearestResponse answer(BatchFindNearestRequest request) {
    var response = BatchFindNearestResponse.newBuilder();
    for (String sku : request.getSkusList()) {
      var item = NearestAvailability.newBuilder().setSku(sku);
      int pieces = inMilan.getOrDefault(sku, 0);
      if (pieces > 0) {
        var location =
            LocationAvailability.newBuilder()
                .setStore("stores/milano")
                .setTitle("Milano")
                .setAvailable(pieces);
        if (request.hasLatitude()) {
          location.setDistanceMeters(1200);
        }
        item.setNearest(location);
      }
      response.addItems(item);
    }
    return response.build();
  }
}
