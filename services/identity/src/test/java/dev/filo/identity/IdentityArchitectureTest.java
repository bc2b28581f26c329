package dev.filo.identity;

import dev.filo.testkit.ServiceArchitecture;
import java.util.List;

class IdentityArchitectureTest extends ServiceArchitecture {
  IdentityArchitectureTest() {
    super("dev.filo.identity", DOMAIN, SERVICE, STORE, GRPC);
  }

  @Override
  protected List<String> alsoAllowed(Layer layer) {
    return switch (layer) {
      // Phone numbers are read by Google's rules, which are no plumbing.
      case DOMAIN -> List.of("com.google.i18n.phonenumbers..");
      // Events and remembered answers are the API's own messages, made where they are decided and
      // kept with the aggregate.
      case SERVICE -> List.of("dev.filo.proto..", "com.google.protobuf..");
      case STORE -> List.of("dev.filo.proto..", "com.google.protobuf..");
      // The dev profile's mailbox is shown as it is kept; an export is a file.
      case GRPC ->
          List.of("dev.filo.identity.mail..", "dev.filo.identity.export", "com.google.api..");
      default -> List.of();
    };
  }
}
