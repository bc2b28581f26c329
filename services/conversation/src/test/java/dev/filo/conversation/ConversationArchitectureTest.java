package dev.filo.conversation;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class ConversationArchitectureTest extends ServiceArchitecture {
  ConversationArchitectureTest() {
    super("dev.filo.conversation", DOMAIN, SERVICE, STORE, GRPC, EVENTS);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // Use cases are over documents whose outbox is written with the state, and the context is
      // made
      // of the neighbours' messages; merges that are done are cached.
      case SERVICE ->
          List.of(
              "dev.filo.conversation.store..",
              "dev.filo.proto..",
              "com.google.protobuf..",
              "com.google.type..",
              "io.grpc..",
              "org.bson..",
              "com.github.benmanes.caffeine.cache..");
      // A message waits with its event until it is counted.
      case STORE -> List.of("dev.filo.proto.feed.v1..", "com.google.protobuf..");
      // Lists and watches read the store's queries as they are.
      case GRPC -> List.of("dev.filo.conversation.store..");
      case DOMAIN, EVENTS -> List.of();
    };
  }
}
