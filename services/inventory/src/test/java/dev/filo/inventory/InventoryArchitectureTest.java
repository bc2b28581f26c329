package dev.filo.inventory;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class InventoryArchitectureTest extends ServiceArchitecture {
  InventoryArchitectureTest() {
    super("dev.filo.inventory", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // Pickup times come from the store's calendar; known SKUs are cached; the self-check's
      // result is a metric.
      case SERVICE ->
          List.of(
              "dev.filo.calendar..",
              "com.github.benmanes.caffeine.cache..",
              "io.micrometer.core.instrument..");
      // Events are made by the write they belong to; locations are kept as catalog's own messages;
      // where a level's holds lie is remembered.
      case STORE ->
          List.of(
              "dev.filo.proto..",
              "com.google.protobuf..",
              "com.google.type..",
              "dev.filo.calendar..",
              "com.github.benmanes.caffeine.cache..");
      case DOMAIN, GRPC, EVENTS -> List.of();
    };
  }
}
