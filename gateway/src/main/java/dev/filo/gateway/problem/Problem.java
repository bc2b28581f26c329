package dev.filo.gateway.problem;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal or failure as HTTP shows it (RFC 9457).
 *
 * @param status the HTTP status
 * @param reason the reason in one of the proto files' {@code ErrorReason}s, without its prefix
 * @param domain who says so, for example {@code cart.filo}
 * @param detail one sentence for people
 * @param metadata what the reason's comment promises
 * @param violations the fields that break their rules
 * @param retryAfterSeconds when to come back; absent when not known
 * @param headers further HTTP headers of the answer
 */
public record Problem(
    int status,
    String reason,
    String domain,
    String detail,
    Map<String, String> metadata,
    List<Violation> violations,
    @Nullable Long retryAfterSeconds,
    Map<String, String> headers) {

  /** The domain of the reasons in {@code filo.api.v1}. */
  public static final String API_DOMAIN = "api.filo";

  /** One field that breaks its rule; the field's path is in lowerCamelCase. */
  public record Violation(String field, String description) {}

  /** A problem of the gateway's own. */
  public static Problem of(int status, String reason, String detail) {
    return new Problem(status, reason, API_DOMAIN, detail, Map.of(), List.of(), null, Map.of());
  }

  /** The request's fields break their rules. */
  public static Problem fields(List<Violation> violations) {
    StringBuilder detail = new StringBuilder();
    for (Violation each : violations) {
      detail.append(detail.isEmpty() ? "" : "; ").append(each.field()).append(": ");
      detail.append(each.description());
    }
    return new Problem(
        400,
        "FIELDS_INVALID",
        API_DOMAIN,
        detail.toString(),
        Map.of(),
        List.copyOf(violations),
        null,
        Map.of());
  }

  /** One field of the request breaks its rule. */
  public static Problem field(String field, String description) {
    return fields(List.of(new Violation(field, description)));
  }

  /** The same with one more entry of metadata. */
  public Problem with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(key, value);
    return new Problem(
        status, reason, domain, detail, more, violations, retryAfterSeconds, headers);
  }

  /** The same with one more header. */
  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(
        status, reason, domain, detail, metadata, violations, retryAfterSeconds, more);
  }

  /** The same, to be tried again after so many seconds. */
  public Problem retryAfter(long seconds) {
    return new Problem(
        status, reason, domain, detail, metadata, violations, Math.max(1, seconds), headers);
  }

  /** The problem as an exception. */
  public ProblemException exception() {
    return new ProblemException(this);
  }

  /** The members of the JSON document. */
  public Map<String, Object> toJson(String requestId) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", "/errors#" + reason);
    json.put("title", title());
    json.put("status", status);
    json.put("detail", detail);
    json.put("reason", reason);
    json.put("domain", domain);
    json.put("metadata", metadata);
    List<Map<String, String>> fields = new ArrayList<>();
    for (Violation each : violations) {
      Map<String, String> field = new LinkedHashMap<>();
      field.put("field", each.field());
      field.put("description", each.description());
      fields.add(field);
    }
    json.put("violations", fields);
    json.put("instance", requestId);
    return json;
  }

  /** The reason in words: {@code ETAG_STALE} is «Etag stale». */
  public String title() {
    String words = reason.replace('_', ' ').toLowerCase(java.util.Locale.ROOT);
    return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }
}
