package dev.filo.gateway.transcode;

import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** A call ended with a status other than OK. Without a stack trace: the service has it. */
public final class GrpcFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

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

  /**
   * Whether the connection broke or was never made: what a service refuses as UNAVAILABLE says why,
   * and this says nothing. It is not known whether anything was done.
   */
  public boolean isBrokenOff() {
    return status.getCode() == Status.Code.UNAVAILABLE
        && (trailers == null || !trailers.containsKey(DETAILS));
  }

  /** What came with it. */
  public @Nullable Metadata trailers() {
    return trailers;
  }
}
