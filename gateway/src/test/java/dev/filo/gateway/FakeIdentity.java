package dev.filo.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Identity's HTTP side for tests: a key set, tokens signed with it, and a memory of the requests
 * that came.
 */
public final class FakeIdentity implements AutoCloseable {
  /** A request that came. */
  public record Seen(String method, String path, Map<String, List<String>> headers, String body) {}

  final LinkedBlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

  /** How often the keys were asked for. */
  public final AtomicInteger keysRead = new AtomicInteger();

  private final HttpServer server;
  private final RSAKey key;

  /** Starts at a free port. */
  public FakeIdentity() throws IOException, JOSEException {
    key = new RSAKeyGenerator(2048).keyID("one").generate();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it is. */
  public URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** A token of ours. */
  public String token(String subject, Instant expires) {
    return token(key, subject, expires);
  }

  /** A token signed by somebody else. */
  public String forged(String subject) throws JOSEException {
    return token(
        new RSAKeyGenerator(2048).keyID("one").generate(), subject, Instant.now().plusSeconds(60));
  }

  private static String token(RSAKey key, String subject, Instant expires) {
    try {
      SignedJWT jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
              new JWTClaimsSet.Builder()
                  .subject(subject)
                  .claim("roles", List.of("customer"))
                  .expirationTime(Date.from(expires))
                  .build());
      jwt.sign(new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String answer;
    if (exchange.getRequestURI().getPath().equals("/oauth2/jwks")) {
      keysRead.incrementAndGet();
      answer = new JWKSet(key.toPublicJWK()).toString();
    } else {
      seen.add(
          new Seen(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders(),
              body));
      answer = "{\"access_token\":\"a\"}";
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
