package dev.filo.platform.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.filo.proto.api.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the statuses that calls are refused with: a canonical code and an {@code ErrorInfo}, as
 * AIP-193 asks. Nothing here ever carries an exception's text.
 */
public final class Statuses {
  /** The domain of the reasons any service may give. */
  public static final String API_DOMAIN = "api.filo";

  private static final String PREFIX = "ERROR_REASON_";

  private Statuses() {}

  /**
   * A refusal.
   *
   * @param domain whose reason it is: {@code cart.filo}
   * @param reason a value of that service's {@code ErrorReason}; its prefix is dropped
   * @param message one plain sentence: what is wrong and what to do
   * @param metadata everything variable in the message
   */
  public static StatusRuntimeException refusal(
      Code code, String domain, Enum<?> reason, String message, Map<String, String> metadata) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
            .addDetails(Any.pack(info(domain, reason, metadata)))
            .build());
  }

  /** A refusal with one of the reasons any service may give. */
  public static StatusRuntimeException api(
      Code code, ErrorReason reason, String message, Map<String, String> metadata) {
    return refusal(code, API_DOMAIN, reason, message, metadata);
  }

  /** The thing is not there, or is not the caller's to see; the two cannot be told apart. */
  public static StatusRuntimeException notFound(String resource) {
    return api(
        Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND,
        "There is no " + resource + ".",
        Map.of("resource", resource));
  }

  /** Fields break their documented rules. */
  public static StatusRuntimeException fields(List<BadRequest.FieldViolation> violations) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Code.INVALID_ARGUMENT_VALUE)
            .setMessage("Some fields are not as they must be; each is named.")
            .addDetails(
                Any.pack(info(API_DOMAIN, ErrorReason.ERROR_REASON_FIELDS_INVALID, Map.of())))
            .addDetails(Any.pack(BadRequest.newBuilder().addAllFieldViolations(violations).build()))
            .build());
  }

  /** One field breaks a rule. */
  public static StatusRuntimeException field(String field, String description) {
    return fields(
        List.of(
            BadRequest.FieldViolation.newBuilder()
                .setField(field)
                .setDescription(description)
                .build()));
  }

  /**
   * A refusal that says when to come back.
   *
   * @param retryAfter null: 200 ms
   */
  public static StatusRuntimeException retry(
      Code code,
      String domain,
      Enum<?> reason,
      String message,
      Map<String, String> metadata,
      java.time.@Nullable Duration retryAfter) {
    var delay = retryAfter == null ? java.time.Duration.ofMillis(200) : retryAfter;
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(message)
            .addDetails(Any.pack(info(domain, reason, metadata)))
            .addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            Duration.newBuilder()
                                .setSeconds(delay.toSeconds())
                                .setNanos(delay.toNanosPart()))
                        .build()))
            .build());
  }

  /** A part of the suite cannot be reached; nothing is known about the thing asked for. */
  public static StatusRuntimeException unavailable(String what) {
    return retry(
        Code.UNAVAILABLE,
        API_DOMAIN,
        ErrorReason.ERROR_REASON_UNAVAILABLE,
        what + " cannot be reached at the moment. Try again shortly.",
        Map.of(),
        null);
  }

  /** The thing changed since the etag was read. */
  public static StatusRuntimeException etagStale(String current) {
    return api(
        Code.ABORTED,
        ErrorReason.ERROR_REASON_ETAG_STALE,
        "It changed since you read it. Read it again.",
        Map.of("etag", current));
  }

  /** The request id came before with other content. */
  public static StatusRuntimeException requestIdReused() {
    return api(
        Code.ALREADY_EXISTS,
        ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
        "This request id came before with other content. Use a new one for a new request.",
        Map.of());
  }

  /** The page token is not one this list gave. */
  public static StatusRuntimeException pageTokenInvalid() {
    return api(
        Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID,
        "This page token is not one this list gave. Start with an empty one.",
        Map.of());
  }

  /** The {@code ErrorInfo} a status carries, or null. */
  public static @Nullable ErrorInfo errorInfo(Throwable error) {
    var status = StatusProto.fromThrowable(error);
    if (status == null) {
      return null;
    }
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
          return null;
        }
      }
    }
    return null;
  }

  /** True when the status carries this reason. */
  public static boolean isReason(Throwable error, Enum<?> reason) {
    var info = errorInfo(error);
    return info != null && info.getReason().equals(withoutPrefix(reason));
  }

  /** True when a call was answered with NOT_FOUND. */
  public static boolean isNotFound(Throwable error) {
    return error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND;
  }

  private static ErrorInfo info(String domain, Enum<?> reason, Map<String, String> metadata) {
    return ErrorInfo.newBuilder()
        .setDomain(domain)
        .setReason(withoutPrefix(reason))
        .putAllMetadata(metadata)
        .build();
  }

  /** A reason as clients see it: the enum value's name without its prefix. */
  public static String withoutPrefix(Enum<?> reason) {
    var name = reason.name();
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }
}
