package dev.filo.journey;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class JourneyArchitectureTest extends ServiceArchitecture {
  JourneyArchitectureTest() {
    super("dev.filo.journey", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // A bounded memory of the merges that are done.
      case SERVICE -> List.of("com.github.benmanes.caffeine.cache..");
      default -> List.of();
    };
  }
}
