package dev.filo.gateway.door;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;

/** Ends calls with typed statuses. */
final class Statuses {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private Statuses() {}

  /** Ends a call with a problem. */
  static void close(ServerCall<?, ?> call, Status.Code code, Problem problem) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(problem.detail())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(problem.reason())
                        .setDomain(problem.domain())
                        .putAllMetadata(problem.metadata())
                        .build()));
    if (problem.retryAfterSeconds() != null) {
      status.addDetails(
          Any.pack(
              RetryInfo.newBuilder()
                  .setRetryDelay(Duration.newBuilder().setSeconds(problem.retryAfterSeconds()))
                  .build()));
    }
    StatusRuntimeException typed = StatusProto.toStatusRuntimeException(status.build());
    Metadata trailers = typed.getTrailers();
    call.close(typed.getStatus(), trailers == null ? new Metadata() : trailers);
  }

  /**
   * Ends a call as the service ended it; a status without details is not the service's and its text
   * not for callers.
   */
  static void pass(ServerCall<?, ?> call, Status status, Metadata trailers, String incident) {
    if (status.isOk() || trailers.containsKey(DETAILS)) {
      call.close(status, trailers);
    } else {
      close(call, status.getCode(), GrpcProblems.of(status, trailers, incident, false));
    }
  }
}
