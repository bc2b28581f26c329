package dev.filo.catalog;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class CatalogArchitectureTest extends ServiceArchitecture {
  // Without a service package: a read is one call of the store, an import decides nothing that the
  // store does not decide with it (style.md: proto <-> document directly).
  CatalogArchitectureTest() {
    super("dev.filo.catalog", DOMAIN, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      case DOMAIN, SERVICE -> List.of();
      // Records are kept as the protos they came as, in which new fields need no migration.
      case STORE ->
          List.of(
              "dev.filo.proto..",
              "com.google.protobuf..",
              "com.google.type..",
              "dev.filo.calendar",
              "com.github.benmanes.caffeine..");
      case GRPC ->
          List.of(
              "dev.filo.catalog.store",
              "dev.filo.catalog.search",
              "dev.filo.catalog.media",
              "com.google.api..");
      // What it keeps up is the index, from the database; Spring starts it before the server.
      case EVENTS ->
          List.of(
              "dev.filo.catalog.store", "dev.filo.catalog.search", "org.springframework.context");
    };
  }
}
