package dev.filo.cart.order.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpServer;
import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Refund;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.cart.order.service.Notice;
import dev.filo.cart.order.service.OrderRefusedException;
import dev.filo.testkit.MutableClock;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The adapter against a provider that listens on a real socket. */
class HttpPaymentsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String PAID =
      """
      {"id":"evt_1","type":"session.paid","created":1,"data":{"session":"ses_1",
      "reference":"abc","payment":"pay_1","amount":12200,"currency":"EUR"}}""";

  private final MutableClock clock = MutableClock.standing();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicReference<Answer> answer = new AtomicReference<>(new Answer(200, "{}"));
  private HttpServer server;

  private record Asked(String path, String authorization, String key, String body) {}

  private record Answer(int status, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          asked.add(
              new Asked(
                  exchange.getRequestURI().getRawPath(),
                  headers.getFirst("Authorization"),
                  headers.getFirst("Idempotency-Key"),
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
          var now = answer.get();
          var bytes = now.body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(now.status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private HttpPayments payments(String... secrets) {
    var account =
        new PaymentSettings.Account(
            URI.create("http://localhost:" + server.getAddress().getPort()),
            "key",
            null,
            List.of(secrets),
            List.of());
    return new HttpPayments(
        new PaymentSettings(
            "main", Map.of("main", account), Duration.ofMinutes(5), Duration.ofSeconds(5)),
        "https://shop.example",
        clock);
  }

  private Order order() {
    var line =
        new Order.Line(
            "l1",
            "SOFA",
            "products/sofa",
            "Divano",
            "",
            1,
            12_200,
            0,
            2200,
            new Fulfilment(Fulfilment.Kind.SHIP, ""));
    return Order.placing(
        "abc",
        "customers/julia",
        new Order.Contents(List.of(line), "EUR", "", null, "", "web"),
        List.of("stores/w"),
        Payment.at("main", "/order", clock.instant().plusSeconds(1800)),
        clock.instant());
  }

  private static String signed(MutableClock at, String secret, String body) {
    var seconds = Long.toString(at.instant().getEpochSecond());
    return "t=" + seconds + ",v1=" + hex(seconds, secret, body);
  }

  private static String hex(String seconds, String secret, String body) {
    return HexFormat.of()
        .formatHex(Signatures.sign(seconds, body.getBytes(StandardCharsets.UTF_8), secret));
  }

  private static byte[] bytes(String body) {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void open_asksForASession_withTheOrdersOwnKey() throws Exception {
    answer.set(new Answer(201, "{\"id\":\"ses_1\",\"url\":\"https://pay.example/ses_1\"}"));
    var session = Objects.requireNonNull(payments("s").open(order()).block(PATIENCE));
    assertThat(session.id()).isEqualTo("ses_1");
    assertThat(session.redirect()).isEqualTo("https://pay.example/ses_1");
    var call = asked.getFirst();
    assertThat(call.path).isEqualTo("/v1/sessions");
    assertThat(call.authorization).isEqualTo("Bearer key");
    assertThat(call.key).isEqualTo("session-abc");
    var body = JSONObjectUtils.parse(call.body);
    assertThat(body)
        .containsEntry("reference", "abc")
        .containsEntry("amount", 12_200L)
        .containsEntry("currency", "EUR")
        .containsEntry("return_uri", "https://shop.example/order?order=abc");
  }

  @Test
  void open_whenTheProviderFailsOrTalksNonsense_isUnavailable() {
    for (Answer wrong :
        List.of(
            new Answer(500, "{}"),
            new Answer(401, "{}"),
            new Answer(200, "<html>"),
            new Answer(200, "{\"id\":\"x\",\"url\":\"javascript:alert(1)\"}"))) {
      answer.set(wrong);
      assertUnavailable(() -> payments("s").open(order()).block(PATIENCE));
    }
    server.stop(0);
    assertUnavailable(() -> payments("s").open(order()).block(PATIENCE));
  }

  private static void assertUnavailable(org.assertj.core.api.ThrowableAssert.ThrowingCallable by) {
    assertThatThrownBy(by)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            error -> assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
  }

  @Test
  void close_saysWhatWasPaid() {
    var paying = opened();
    answer.set(new Answer(200, "{\"id\":\"ses/1\",\"status\":\"expired\"}"));
    assertThat(Objects.requireNonNull(payments("s").close(paying).block(PATIENCE)).charge())
        .isEmpty();
    assertThat(asked.getFirst().path).isEqualTo("/v1/sessions/ses%2F1/expire");
    answer.set(
        new Answer(
            200,
            "{\"status\":\"paid\",\"payment\":{\"id\":\"pay_1\",\"amount\":12200,"
                + "\"currency\":\"EUR\"}}"));
    var ending = Objects.requireNonNull(payments("s").close(paying).block(PATIENCE));
    assertThat(ending.charge()).isEqualTo("pay_1");
    assertThat(ending.cents()).isEqualTo(12_200);
    assertThat(ending.currency()).isEqualTo("EUR");
  }

  private Order opened() {
    var decision = order().opened("ses/1", "https://pay.example/1", clock.instant());
    return ((dev.filo.cart.order.domain.Decision.Changed) decision).next();
  }

  @Test
  void refund_carriesItsOwnKey() throws Exception {
    payments("s").refund(order(), new Refund("r1", "pay_1", 500, false)).block(PATIENCE);
    var call = asked.getFirst();
    assertThat(call.path).isEqualTo("/v1/refunds");
    assertThat(call.key).isEqualTo("refund-abc-r1");
    assertThat(JSONObjectUtils.parse(call.body))
        .containsEntry("payment", "pay_1")
        .containsEntry("amount", 500L);
  }

  @Test
  void webhook_signedAsItMustBe_isRead() {
    assertThat(payments("secret").read("main", signed(clock, "secret", PAID), bytes(PAID)))
        .isEqualTo(
            new Notice("main", "evt_1", Notice.Kind.PAID, "abc", "ses_1", "pay_1", 12_200, "EUR"));
  }

  @Test
  void webhook_whileASecretChanges_isReadWithEither() {
    var seconds = Long.toString(clock.instant().getEpochSecond());
    var both =
        "t=" + seconds + ",v1=" + hex(seconds, "gone", PAID) + ",v1=" + hex(seconds, "new", PAID);
    assertThat(payments("old", "new").read("main", both, bytes(PAID)).id()).isEqualTo("evt_1");
    assertThat(payments("new").read("main", both, bytes(PAID)).id()).isEqualTo("evt_1");
    assertThat(payments("old", "new").read("main", signed(clock, "old", PAID), bytes(PAID)).id())
        .isEqualTo("evt_1");
  }

  @Test
  void webhook_forged_isRefused() {
    var right = signed(clock, "secret", PAID);
    var seconds = Long.toString(clock.instant().getEpochSecond());
    for (String header :
        List.of(
            "",
            "t=" + seconds,
            "v1=" + hex(seconds, "secret", PAID),
            signed(clock, "guessed", PAID),
            "t=" + seconds + ",v1=",
            "t=" + seconds + ",v1=zz",
            "t=-5,v1=" + hex("-5", "secret", PAID),
            "t=99999999999999999999,v1=" + hex("99999999999999999999", "secret", PAID),
            // The time is signed too.
            "t=" + (clock.instant().getEpochSecond() + 1) + right.substring(right.indexOf(',')),
            right.substring(0, right.length() - 2))) {
      assertForged(header, bytes(PAID));
    }
    // One byte that means nothing to JSON.
    assertForged(right, bytes(PAID + " "));
  }

  private void assertForged(String header, byte[] body) {
    assertThatThrownBy(() -> payments("secret").read("main", header, body))
        .as(header)
        .isInstanceOfSatisfying(
            OrderRefusedException.class,
            refused -> assertThat(refused.refusal()).isEqualTo(new Refusal.SignatureInvalid()));
  }

  @Test
  void webhook_old_isRefused_atTheVerySecond() {
    var header = signed(clock, "secret", PAID);
    clock.advance(Duration.ofMinutes(5));
    assertThat(payments("secret").read("main", header, bytes(PAID)).id()).isEqualTo("evt_1");
    clock.advance(Duration.ofMillis(1));
    assertForged(header, bytes(PAID));
    clock.advance(Duration.ofMinutes(-10).minusMillis(2));
    assertForged(header, bytes(PAID));
  }

  @Test
  void webhook_ofAnAccountNobodyHas_isNotFound() {
    assertThatThrownBy(
            () -> payments("secret").read("other", signed(clock, "secret", PAID), bytes(PAID)))
        .isInstanceOfSatisfying(
            OrderRefusedException.class,
            refused ->
                assertThat(refused.refusal()).isEqualTo(new Refusal.AccountUnknown("other")));
  }

  @Test
  void webhook_withoutAnId_orNoJson_isRefused() {
    for (String body : List.of("{}", "[]", "nonsense", "{\"id\":\"\"}")) {
      assertThatThrownBy(
              () -> payments("secret").read("main", signed(clock, "secret", body), bytes(body)))
          .as(body)
          .isInstanceOf(StatusRuntimeException.class);
    }
  }

  @Test
  void webhook_ofAFailedTry_changesNothing() {
    var failed = PAID.replace("session.paid", "payment.failed");
    assertThat(
            payments("secret").read("main", signed(clock, "secret", failed), bytes(failed)).kind())
        .isEqualTo(Notice.Kind.OTHER);
    var ended = PAID.replace("session.paid", "session.cancelled");
    assertThat(payments("secret").read("main", signed(clock, "secret", ended), bytes(ended)).kind())
        .isEqualTo(Notice.Kind.ENDED);
  }

  @Test
  void secrets_inFiles_areReadAnew(@TempDir Path folder) throws IOException {
    var file = folder.resolve("webhook");
    Files.writeString(file, "one\n");
    var account =
        new PaymentSettings.Account(
            URI.create("http://localhost"), "", file, List.of(), List.of(file));
    assertThat(account.secrets()).containsExactly("one");
    Files.writeString(file, "two");
    assertThat(account.secrets()).containsExactly("two");
    assertThat(account.key()).isEqualTo("two");
  }
}
