package dev.filo.cart;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class CartArchitectureTest extends ServiceArchitecture {
  CartArchitectureTest() {
    super("dev.filo.cart", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // A bounded memory of the merges that are done.
      case SERVICE -> List.of("com.github.benmanes.caffeine.cache..", "io.grpc..");
      // Events are kept in the document, in the envelope every service shares.
      case STORE -> List.of("dev.filo.proto.feed.v1..");
      default -> List.of();
    };
  }
}
