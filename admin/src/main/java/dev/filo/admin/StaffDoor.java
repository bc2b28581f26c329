package dev.filo.admin;

import dev.filo.proto.identity.v1.StaffServiceGrpc;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the Filo is that a manager administers, and who she is there. */
final class StaffDoor {
  /** The file with the session of this command line. */
  static final String SESSION_FILE = "FILO_STAFF_SESSION";

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  @Option(
      names = "--target",
      defaultValue = "http://localhost:8080",
      description = "Where Filo runs (${DEFAULT-VALUE}); tokens come from there.")
  private String target = "";

  @Option(names = "--grpc", defaultValue = "localhost:9090", description = Door.GRPC)
  private String grpc = "";

  @Option(
      names = "--session-file",
      description =
          "Where the sign-in is kept; else the variable "
              + SESSION_FILE
              + ", else .filo-staff-session.json in the home folder.")
  private @Nullable Path sessionFile;

  StaffSession session() {
    var file = sessionFile;
    var named = System.getenv(SESSION_FILE);
    if (file == null && named != null && !named.isBlank()) {
      file = Path.of(named);
    }
    return new StaffSession(
        target,
        file == null
            ? Path.of(System.getProperty("user.home", "."), ".filo-staff-session.json")
            : file);
  }

  String target() {
    return target;
  }

  /** Calls as the manager who is signed in. */
  <T> T call(Function<StaffServiceGrpc.StaffServiceBlockingStub, T> work)
      throws IOException, InterruptedException {
    var token = session().token();
    var channel = Door.builder(target, grpc).build();
    try {
      return work.apply(
          StaffServiceGrpc.newBlockingStub(channel)
              .withCallCredentials(bearer(token))
              .withDeadlineAfter(60, TimeUnit.SECONDS));
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static CallCredentials bearer(String token) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo call, Executor executor, MetadataApplier applier) {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        applier.apply(headers);
      }
    };
  }

  /** A refusal in plain words. */
  static String words(StatusRuntimeException error) {
    var status = StatusProto.fromThrowable(error);
    if (status != null) {
      for (var detail : status.getDetailsList()) {
        if (detail.is(com.google.rpc.BadRequest.class)) {
          try {
            var violation = detail.unpack(com.google.rpc.BadRequest.class).getFieldViolations(0);
            return violation.getField() + ": " + violation.getDescription();
          } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            return status.getMessage();
          }
        }
      }
    }
    return switch (error.getStatus().getCode()) {
      case PERMISSION_DENIED -> "Only managers may do this.";
      case UNAUTHENTICATED -> "The sign-in is over: ./filo staff login";
      case NOT_FOUND -> "There is nobody and nothing of this name.";
      default -> Door.words(Status.fromThrowable(error));
    };
  }
}
