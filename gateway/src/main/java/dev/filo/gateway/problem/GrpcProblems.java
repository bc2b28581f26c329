package dev.filo.gateway.problem;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.LocalizedMessage;
import com.google.rpc.RetryInfo;
import dev.filo.gateway.problem.Problem.Violation;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes problems of gRPC statuses. The HTTP status is the one {@code google.rpc.Code} documents,
 * but for the reasons that document another.
 */
public final class GrpcProblems {
  private GrpcProblems() {}

  /**
   * The problem that a status tells of.
   *
   * @param incident found in metadata and logs when the fault is ours
   * @param conditional whether the request had an {@code If-Match}: then a stale etag is 412, else
   *     409
   */
  public static Problem of(
      Status status, @Nullable Metadata trailers, String incident, boolean conditional) {
    ErrorInfo info = null;
    List<Violation> violations = new ArrayList<>();
    Long retryAfter = null;
    String localized = null;
    for (Any detail : StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList()) {
      try {
        if (detail.is(ErrorInfo.class)) {
          info = detail.unpack(ErrorInfo.class);
        } else if (detail.is(BadRequest.class)) {
          for (BadRequest.FieldViolation each :
              detail.unpack(BadRequest.class).getFieldViolationsList()) {
            violations.add(new Violation(lowerCamel(each.getField()), each.getDescription()));
          }
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          retryAfter = Math.max(1, delay.getSeconds() + (delay.getNanos() > 0 ? 1 : 0));
        } else if (detail.is(LocalizedMessage.class)) {
          localized = detail.unpack(LocalizedMessage.class).getMessage();
        }
      } catch (InvalidProtocolBufferException damaged) {
        return fault(incident);
      }
    }
    Problem problem = info == null ? bare(status, incident) : told(status, info, localized);
    if (info != null && info.getReason().equals("ETAG_STALE") && conditional) {
      problem = withStatus(problem, 412);
    }
    Map<String, String> headers = new LinkedHashMap<>(problem.headers());
    if (problem.status() == 401) {
      headers.put("WWW-Authenticate", challenge(problem.reason()));
    }
    if (retryAfter == null && (problem.status() == 429 || problem.status() == 503)) {
      retryAfter = 1L;
    }
    return new Problem(
        problem.status(),
        problem.reason(),
        problem.domain(),
        problem.detail(),
        problem.metadata(),
        violations,
        retryAfter,
        headers);
  }

  /** A fault of ours, of which nothing is told but where to find it. */
  public static Problem fault(String incident) {
    return Problem.of(500, "INTERNAL", "Something failed on our side. Tell us the incident.")
        .with("incident", incident);
  }

  /** The {@code WWW-Authenticate} header of a 401 (RFC 6750). */
  public static String challenge(String reason) {
    return switch (reason) {
      case "TOKEN_MISSING" -> "Bearer";
      case "TOKEN_EXPIRED" ->
          "Bearer error=\"invalid_token\", error_description=\"The token has expired\"";
      default -> "Bearer error=\"invalid_token\"";
    };
  }

  /** The HTTP status of a gRPC code, as {@code google.rpc.Code} documents it. */
  public static int httpStatus(Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case CANCELLED -> 499;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case DEADLINE_EXCEEDED -> 504;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case PERMISSION_DENIED -> 403;
      case UNAUTHENTICATED -> 401;
      case RESOURCE_EXHAUSTED -> 429;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }

  /** A field path in lowerCamelCase: {@code customer.given_name} is {@code customer.givenName}. */
  public static String lowerCamel(String path) {
    StringBuilder camel = new StringBuilder(path.length());
    boolean up = false;
    boolean quoted = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      }
      if (c == '_' && !quoted) {
        up = true;
      } else {
        camel.append(up && !quoted ? Character.toUpperCase(c) : c);
        up = false;
      }
    }
    return camel.toString();
  }

  private static Problem told(Status status, ErrorInfo info, @Nullable String localized) {
    int http =
        switch (info.getReason()) {
          case "BODY_TOO_LARGE" -> 413;
          case "METHOD_NOT_ALLOWED" -> 405;
          case "MEDIA_TYPE_UNSUPPORTED" -> 415;
          default -> httpStatus(status.getCode());
        };
    String detail = localized;
    if (detail == null) {
      detail = status.getDescription() == null ? "" : status.getDescription();
    }
    return new Problem(
        http,
        info.getReason(),
        info.getDomain(),
        detail,
        new LinkedHashMap<>(info.getMetadataMap()),
        List.of(),
        null,
        Map.of());
  }

  /**
   * A status without {@code ErrorInfo} comes from transport or a fault: its text is not for
   * callers.
   */
  private static Problem bare(Status status, String incident) {
    int http = httpStatus(status.getCode());
    return switch (status.getCode()) {
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> fault(incident);
      case CANCELLED -> Problem.of(http, "UNAVAILABLE", "The call was cancelled.");
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE ->
          Problem.of(http, "FIELDS_INVALID", "The request was not accepted.");
      case DEADLINE_EXCEEDED ->
          Problem.of(
              http,
              "DEADLINE_EXCEEDED",
              "No answer in time. Whether a change happened is not known; repeat it with the same Idempotency-Key.");
      case NOT_FOUND -> Problem.of(http, "RESOURCE_NOT_FOUND", "There is no such thing.");
      case ALREADY_EXISTS -> Problem.of(http, "REQUEST_ID_REUSED", "It exists already.");
      case ABORTED -> Problem.of(http, "CONTENDED", "It was changed at the same time. Try again.");
      case PERMISSION_DENIED -> Problem.of(http, "ROLE_NOT_ALLOWED", "This is not yours to do.");
      case UNAUTHENTICATED -> Problem.of(http, "TOKEN_INVALID", "The token was not accepted.");
      case RESOURCE_EXHAUSTED -> Problem.of(http, "RATE_LIMITED", "Too much at once. Try later.");
      case UNIMPLEMENTED ->
          Problem.of(http, "INTERNAL", "The service does not do this yet.")
              .with("incident", incident);
      case UNAVAILABLE ->
          Problem.of(
              http, "UNAVAILABLE", "A part of the suite cannot be reached now. Try again soon.");
    };
  }

  private static Problem withStatus(Problem p, int status) {
    return new Problem(
        status,
        p.reason(),
        p.domain(),
        p.detail(),
        p.metadata(),
        p.violations(),
        p.retryAfterSeconds(),
        p.headers());
  }
}
