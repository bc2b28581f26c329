package dev.filo.cart;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class CartArchitectureTest extends ServiceArchitecture {
  CartArchitectureTest() {
    super("dev.filo.cart", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> slices() {
    return List.of("order");
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // A bounded memory of what is known already; what the retailer decides.
      case SERVICE ->
          List.of(
              "com.github.benmanes.caffeine.cache..",
              "io.grpc..",
              "dev.filo.proto.api.v1..", // roles of callers
              "org.springframework.boot.context.properties..");
      // Events are kept in the document, in the envelope every service shares.
      case STORE -> List.of("dev.filo.proto.feed.v1..");
      // An order is the same message in an answer as in an event; warehouses are remembered.
      case GRPC ->
          List.of(
              "dev.filo.cart.order.events..",
              "com.github.benmanes.caffeine.cache..",
              "com.google.api.."); // a webhook's body as it came
      default -> List.of();
    };
  }
}
