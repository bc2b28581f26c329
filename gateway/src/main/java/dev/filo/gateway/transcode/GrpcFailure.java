package dev.filo.gateway.transcode;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call ended with a status other than OK. Without a stack trace: the service has it. */
public final class GrpcFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Status status;
  private final transient @Nullable Metadata trailers;

  /** Wraps what a call was closed with. */
  public GrpcFailure(Status status, @Nullable Metadata trailers) {
    super(status.getCode().name(), null, false, false);
    this.status = status;
    this.trailers = trailers;
  }

  /** The status the call ended with. */
  public Status status() {
    return status;
  }

  /** What came with it. */
  public @Nullable Metadata trailers() {
    return trailers;
  }
}
