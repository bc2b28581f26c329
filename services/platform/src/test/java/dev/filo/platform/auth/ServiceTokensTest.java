package dev.filo.platform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ServiceTokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger status = new AtomicInteger(200);
  private final AtomicReference<String> authorization = new AtomicReference<>("");
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-02T09:00:00Z"));
  private final HttpServer identity;
  private final ServiceTokens tokens;

  ServiceTokensTest() throws IOException {
    identity = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    identity.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    identity.createContext(
        "/oauth2/token",
        exchange -> {
          int count = asked.incrementAndGet();
          authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
          var body =
              "{\"access_token\":\"t%d\",\"expires_in\":600}"
                  .formatted(count)
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status.get(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    identity.start();
    tokens =
        new ServiceTokens(
            URI.create("http://127.0.0.1:" + identity.getAddress().getPort() + "/oauth2/token"),
            "service-cart",
            "s:cret",
            now::get);
  }

  @AfterEach
  void close() {
    identity.stop(0);
  }

  private Set<String> many(int callers) {
    return new HashSet<>(
        Flux.range(0, callers).flatMap(i -> tokens.token(), callers).collectList().block(PATIENCE));
  }

  @Test
  void oneTokenIsSharedUntilItIsAboutToEnd() {
    assertThat(many(40)).containsExactly("t1");
    now.updateAndGet(instant -> instant.plusSeconds(530));
    assertThat(many(40)).containsExactly("t1");
    now.updateAndGet(instant -> instant.plusSeconds(20));
    assertThat(many(40)).containsExactly("t2");
    assertThat(asked.get()).isEqualTo(2);
    assertThat(authorization.get()).isEqualTo("Basic c2VydmljZS1jYXJ0OnMlM0FjcmV0");
  }

  @Test
  void whatFailedIsTriedAgain() {
    status.set(500);
    StepVerifier.create(tokens.token())
        .expectErrorMatches(error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_UNAVAILABLE))
        .verify(PATIENCE);
    status.set(200);
    assertThat(many(3)).containsExactly("t2");
  }

  @Test
  void anIdentityThatIsNotThereIsUnavailable() {
    identity.stop(0);
    StepVerifier.create(tokens.token())
        .expectErrorMatches(error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_UNAVAILABLE))
        .verify(PATIENCE);
  }
}
