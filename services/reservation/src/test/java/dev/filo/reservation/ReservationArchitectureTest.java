package dev.filo.reservation;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class ReservationArchitectureTest extends ServiceArchitecture {
  ReservationArchitectureTest() {
    super("dev.filo.reservation", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> slices() {
    return List.of("waitlist");
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // The saga is over documents whose outbox and remembered requests are written with the state,
      // and over the neighbours' messages; the policy is bound by Spring Boot, merges are cached.
      case SERVICE ->
          List.of(
              "dev.filo.reservation..store..",
              "dev.filo.calendar..",
              "dev.filo.proto..",
              "com.google.protobuf..",
              "com.google.type..",
              "com.google.rpc..",
              "io.grpc..",
              "org.bson..",
              "com.github.benmanes.caffeine.cache..",
              "org.springframework.boot.context.properties..");
      // Events and actors are kept in the document; a remembered request is a message.
      case STORE -> List.of("dev.filo.proto..", "com.google.protobuf..");
      // Watches and lists read the store's queries as they are.
      case GRPC -> List.of("dev.filo.reservation.store..", "org.bson..");
      // The follower of stock keeps its place itself, a batch at a time.
      case EVENTS -> List.of("dev.filo.reservation.waitlist.store..");
      case DOMAIN -> List.of();
    };
  }
}
