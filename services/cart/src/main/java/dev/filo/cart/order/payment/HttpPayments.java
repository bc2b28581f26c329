package dev.filo.cart.order.payment;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Refund;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.cart.order.service.Notice;
import dev.filo.cart.order.service.OrderRefusedException;
import dev.filo.cart.order.service.Payments;
import dev.filo.platform.grpc.Statuses;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Providers that take a payment on a page of their own and tell of it by a signed webhook.
 *
 * <p>A payment is a session, {@code POST /v1/sessions}; {@code POST /v1/sessions/{id}/expire} ends
 * it and says whether it was paid; {@code POST /v1/refunds} sends money back. Each carries an
 * {@code Idempotency-Key}, so a call that got lost can be made again. docs/checkout.md has the
 * messages.
 */
public final class HttpPayments implements Payments {
  private static final Logger log = LoggerFactory.getLogger(HttpPayments.class);

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(3))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final PaymentSettings settings;
  private final String publicUri;
  private final InstantSource clock;

  /**
   * Providers as configured.
   *
   * @param publicUri the shop's own address, where providers send people back to
   */
  public HttpPayments(PaymentSettings settings, String publicUri, InstantSource clock) {
    this.settings = settings;
    this.publicUri =
        publicUri.endsWith("/") ? publicUri.substring(0, publicUri.length() - 1) : publicUri;
    this.clock = clock;
  }

  @Override
  public Optional<String> account() {
    return settings.account().isEmpty() ? Optional.empty() : Optional.of(settings.account());
  }

  @Override
  public Mono<Session> open(Order order) {
    var until = Objects.requireNonNull(order.payment().until());
    var body = new LinkedHashMap<String, Object>();
    body.put("reference", order.id());
    body.put("amount", order.total());
    body.put("currency", order.contents().currency());
    body.put("expires_at", until.getEpochSecond());
    body.put("return_uri", publicUri + order.payment().returnPath() + "?order=" + order.id());
    return post(order.payment().account(), "/v1/sessions", "session-" + order.id(), body)
        .map(
            answer -> {
              var redirect = text(answer, "url");
              if (text(answer, "id").isEmpty() || !isWeb(redirect)) {
                throw Statuses.unavailable("The payment provider");
              }
              return new Session(text(answer, "id"), redirect);
            })
        .onErrorMap(HttpPayments::isUnknown, error -> Statuses.unavailable("The payment provider"));
  }

  private static boolean isWeb(String uri) {
    return uri.startsWith("https://") || uri.startsWith("http://");
  }

  @Override
  public Mono<Ending> close(Order order) {
    return post(
            order.payment().account(),
            "/v1/sessions/"
                + URLEncoder.encode(order.payment().session(), StandardCharsets.UTF_8)
                + "/expire",
            "expire-" + order.id(),
            Map.of())
        .map(
            answer -> {
              var paid = object(answer, "payment");
              return new Ending(text(paid, "id"), number(paid, "amount"), text(paid, "currency"));
            })
        // Nothing can be paid in a session that is not there.
        .onErrorResume(HttpPayments::isUnknown, error -> Mono.just(new Ending("", 0, "")));
  }

  @Override
  public Mono<Void> refund(Order order, Refund refund) {
    if (refund.cents() == 0) {
      return Mono.empty();
    }
    var body = new LinkedHashMap<String, Object>();
    body.put("payment", refund.charge());
    body.put("amount", refund.cents());
    body.put("currency", order.contents().currency());
    return post(
            order.payment().account(),
            "/v1/refunds",
            "refund-" + order.id() + "-" + refund.id(),
            body)
        .onErrorMap(HttpPayments::isUnknown, error -> Statuses.unavailable("The payment provider"))
        .then();
  }

  private Mono<Map<String, Object>> post(
      String name, String path, String key, Map<String, Object> body) {
    return Mono.defer(
            () -> {
              var account = settings.accounts().get(name);
              if (account == null) {
                log.error("the payment account {} is not configured any more", name);
                return Mono.error(Statuses.unavailable("The payment provider"));
              }
              var request =
                  HttpRequest.newBuilder(URI.create(account.baseUri() + path))
                      .timeout(settings.deadline())
                      .header("Authorization", "Bearer " + account.key())
                      .header("Content-Type", "application/json")
                      .header("Idempotency-Key", key)
                      .POST(HttpRequest.BodyPublishers.ofString(JSONObjectUtils.toJSONString(body)))
                      .build();
              return Mono.fromFuture(
                  () -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
            })
        .onErrorMap(IOException.class, error -> Statuses.unavailable("The payment provider"))
        .map(response -> answer(path, response));
  }

  private static boolean isUnknown(Throwable error) {
    return error instanceof UnknownException;
  }

  /** The provider has no such thing. */
  private static final class UnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownException() {
      super("unknown to the payment provider", null, false, false);
    }
  }

  private static Map<String, Object> answer(String path, HttpResponse<String> response) {
    if (response.statusCode() == 404) {
      throw new UnknownException();
    }
    if (response.statusCode() / 100 != 2) {
      // Never the body: it may say who pays.
      log.warn("the payment provider answered {} to {}", response.statusCode(), first(path));
      throw Statuses.unavailable("The payment provider");
    }
    try {
      return JSONObjectUtils.parse(response.body());
    } catch (ParseException e) {
      log.warn("the payment provider's answer to {} cannot be read", first(path));
      throw Statuses.unavailable("The payment provider");
    }
  }

  private static String first(String path) {
    return path.startsWith("/v1/refunds") ? "a refund" : "a session";
  }

  @Override
  public Notice read(String name, String signature, byte[] body) {
    var account = settings.accounts().get(name);
    if (account == null) {
      throw new OrderRefusedException(new Refusal.AccountUnknown(name));
    }
    if (!Signatures.isValid(
        signature, body, account.secrets(), clock.instant(), settings.tolerance())) {
      throw new OrderRefusedException(new Refusal.SignatureInvalid());
    }
    try {
      var event = JSONObjectUtils.parse(new String(body, StandardCharsets.UTF_8));
      var id = text(event, "id");
      if (id.isEmpty() || id.length() > 200) {
        throw Statuses.field("body", "needs an id of 1 to 200 characters");
      }
      var data = object(event, "data");
      var charge = text(data, "payment");
      return new Notice(
          name,
          id,
          kind(text(event, "type"), charge),
          text(data, "reference"),
          text(data, "session"),
          charge,
          number(data, "amount"),
          text(data, "currency"));
    } catch (ParseException e) {
      throw Statuses.field("body", "must be a JSON object");
    }
  }

  private static Notice.Kind kind(String type, String charge) {
    return switch (type) {
      case "session.paid" -> charge.isEmpty() ? Notice.Kind.OTHER : Notice.Kind.PAID;
      case "session.expired", "session.cancelled" -> Notice.Kind.ENDED;
      // A try that failed may be followed by one that does not.
      default -> Notice.Kind.OTHER;
    };
  }

  private static String text(Map<String, Object> object, String field) {
    return object.get(field) instanceof String text ? text : "";
  }

  private static long number(Map<String, Object> object, String field) {
    return object.get(field) instanceof Number number ? number.longValue() : 0;
  }

  private static Map<String, Object> object(Map<String, Object> from, String field) {
    @Nullable Object inner = from.get(field);
    var object = new LinkedHashMap<String, Object>();
    if (inner instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            if (key instanceof String name && value != null) {
              object.put(name, value);
            }
          });
    }
    return object;
  }
}
