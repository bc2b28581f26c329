package dev.filo.pos.gateway;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gateway gave no answer, or not the one wanted. */
public final class GatewayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Kind kind;
  private final String reason;
  private final transient Map<String, String> metadata;
  private final Duration retryAfter;

  /** What an answer, or its absence, means. */
  public enum Kind {
    /** No connection: whatever was asked did not get there, or nobody knows. */
    UNREACHABLE,
    /** The connection was there, the answer did not come: it may or may not have happened. */
    UNANSWERED,
    /** The other side is not who it should be: certificate or pin. */
    NOT_TRUSTED,
    /** There is no token, and no secret to get one. */
    SIGNED_OUT,
    /** The gateway does not let this till do it: client, secret, role or store. */
    NOT_ALLOWED,
    /** Not now: too many calls, or a fault there. Nothing is known; later it may work. */
    LATER,
    /** It was refused; the same again is refused again. */
    REFUSED
  }

  /** A failure that has no gRPC status. */
  public GatewayException(Kind kind, String reason, String message) {
    this(kind, reason, message, Map.of(), Duration.ZERO, null);
  }

  GatewayException(
      Kind kind,
      String reason,
      String message,
      Map<String, String> metadata,
      Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.reason = reason;
    this.metadata = Map.copyOf(metadata);
    this.retryAfter = retryAfter;
  }

  /** What a gRPC status means to a till. */
  public static GatewayException of(Throwable failure) {
    if (failure instanceof GatewayException own) {
      return own;
    }
    io.grpc.Status status = io.grpc.Status.fromThrowable(failure);
    if (!(failure instanceof StatusRuntimeException || failure instanceof StatusException)) {
      return new GatewayException(
          Kind.LATER, "UNKNOWN", String.valueOf(failure), Map.of(), Duration.ZERO, failure);
    }
    var reason = "";
    Map<String, String> metadata = Map.of();
    var retryAfter = Duration.ZERO;
    var text = new StringBuilder(status.getDescription() == null ? "" : status.getDescription());
    var details = StatusProto.fromThrowable(failure);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            var info = detail.unpack(ErrorInfo.class);
            reason = info.getReason();
            metadata = info.getMetadataMap();
          } else if (detail.is(BadRequest.class)) {
            for (var violation : detail.unpack(BadRequest.class).getFieldViolationsList()) {
              text.append(" ").append(violation.getField()).append(": ");
              text.append(violation.getDescription()).append(".");
            }
          } else if (detail.is(RetryInfo.class)) {
            var delay = detail.unpack(RetryInfo.class).getRetryDelay();
            retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          }
        } catch (InvalidProtocolBufferException e) {
          reason = "";
        }
      }
    }
    var kind = kind(status, failure, !reason.isEmpty());
    if (reason.isEmpty()) {
      reason = status.getCode().name();
    }
    var message = words(kind, status, text.toString());
    return new GatewayException(kind, reason, message, metadata, retryAfter, failure);
  }

  private static Kind kind(io.grpc.Status status, Throwable failure, boolean typed) {
    return switch (status.getCode()) {
      case UNAVAILABLE -> {
        if (isTrustFailure(failure)) {
          yield Kind.NOT_TRUSTED;
        }
        // A typed one is the gateway's own: it is there, what is behind it is not.
        yield typed ? Kind.LATER : Kind.UNREACHABLE;
      }
      case DEADLINE_EXCEEDED, CANCELLED -> Kind.UNANSWERED;
      case UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> Kind.NOT_ALLOWED;
      case RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNKNOWN, DATA_LOSS -> Kind.LATER;
      case INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION, OUT_OF_RANGE ->
          Kind.REFUSED;
      case OK -> Kind.LATER;
    };
  }

  private static String words(Kind kind, io.grpc.Status status, String text) {
    return switch (kind) {
      case UNREACHABLE -> "the gateway cannot be reached";
      case UNANSWERED -> "the gateway did not answer in time";
      case NOT_TRUSTED -> trustWords(status.getCause(), text);
      case SIGNED_OUT, NOT_ALLOWED, LATER, REFUSED -> text.isEmpty() ? status.toString() : text;
    };
  }

  private static boolean isTrustFailure(@Nullable Throwable failure) {
    for (var each = failure; each != null; each = each.getCause()) {
      if (each instanceof javax.net.ssl.SSLException
          || each instanceof java.security.cert.CertificateException) {
        return true;
      }
    }
    return false;
  }

  static String trustWords(@Nullable Throwable failure, String otherwise) {
    var words = otherwise;
    for (var each = failure; each != null; each = each.getCause()) {
      if (each.getMessage() != null) {
        words = each.getMessage();
      }
    }
    return "the gateway is not who it should be: " + words;
  }

  /** What it means. */
  public Kind kind() {
    return kind;
  }

  /** A reason of the API's {@code ErrorReason}s, or the status's name. */
  public String reason() {
    return reason;
  }

  /** The reason's particulars. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** When to come back; zero when the gateway did not say. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** True when the same may work later, without anybody doing anything. */
  public boolean mayPass() {
    return kind == Kind.UNREACHABLE || kind == Kind.UNANSWERED || kind == Kind.LATER;
  }
}
