package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Tokens that are not what they seem (RFC 8725), tried at every door: the API over HTTP, a stream,
 * the gRPC door, identity's own endpoint. The signature's own checks are in TokenVerifierTest; here
 * is what the whole house makes of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class TokenConfusionTest {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Victim victim = Victim.get();
  private ManagedChannel door;
  private String good;
  private String refresh;
  private JWTClaimsSet claims;
  private RSAKey identitys;
  private RSAKey attackers;

  @BeforeAll
  void prepare() throws JOSEException, ParseException {
    door = NettyChannelBuilder.forAddress("localhost", victim.grpcPort()).usePlaintext().build();
    var tokens = victim.guest();
    good = tokens.path("access_token").asString("");
    refresh = tokens.path("refresh_token").asString("");
    var parsed = SignedJWT.parse(good);
    claims = parsed.getJWTClaimsSet();
    identitys =
        JWKSet.parse(victim.send(victim.request("/oauth2/jwks")).body())
            .getKeyByKeyId(parsed.getHeader().getKeyID())
            .toRSAKey();
    attackers = new RSAKeyGenerator(2048).keyID(identitys.getKeyID()).generate();
    assertAccepted(good);
  }

  @AfterAll
  void close() throws InterruptedException {
    door.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
    var builder = new JWTClaimsSet.Builder(claims);
    change.accept(builder);
    return builder.build();
  }

  private String byAttacker(JWSHeader header, Consumer<JWTClaimsSet.Builder> change)
      throws JOSEException {
    var jwt = new SignedJWT(header, claims(change));
    jwt.sign(new RSASSASigner(attackers));
    return jwt.serialize();
  }

  private JWSHeader.Builder header() {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(identitys.getKeyID());
  }

  private void assertAccepted(String token) {
    assertThat(victim.get("/v1/customers/me", token).statusCode()).isEqualTo(200);
    assertThat(overGrpc(token)).isEqualTo(Status.Code.OK);
  }

  private Status.Code overGrpc(String token) {
    var headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    try {
      CartServiceGrpc.newBlockingStub(door)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .getCart(GetCartRequest.newBuilder().setName("customers/me/cart").build());
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** No door takes it, and nothing of it is said back. */
  private void assertRefused(String what, String token) {
    for (var path :
        List.of("/v1/customers/me", "/v1/watch?topic=customers/me/cart", "/v1/stores")) {
      var answer = victim.get(path, token);
      assertThat(answer.statusCode()).as("%s at %s: %s", what, path, answer.body()).isEqualTo(401);
      assertThat(Victim.reason(answer)).as("%s at %s", what, path).startsWith("TOKEN_");
      assertThat(answer.body()).as(what).doesNotContain("Exception", "nimbus", "kid");
      assertThat(answer.headers().firstValue("www-authenticate").orElse("")).startsWith("Bearer");
    }
    assertThat(overGrpc(token)).as(what).isEqualTo(Status.Code.UNAUTHENTICATED);
    var userinfo = victim.get("/userinfo", token);
    assertThat(userinfo.statusCode()).as("%s at userinfo", what).isBetween(400, 499);
  }

  @Test
  void unsignedOrSignedWithThePublicKey_isRefused() throws JOSEException {
    assertRefused("alg none", new PlainJWT(claims).serialize());
    var parts = good.split("\\.");
    for (var alg : List.of("none", "None", "NONE", "nOnE", "", "HS256", "RS384", "PS256")) {
      var head = encoded("{\"alg\":\"" + alg + "\",\"kid\":\"" + identitys.getKeyID() + "\"}");
      assertRefused("alg " + alg, head + "." + parts[1] + ".");
      assertRefused("alg " + alg + " with a signature", head + "." + parts[1] + "." + parts[2]);
    }
    for (byte[] secret :
        List.of(
            identitys.toRSAPublicKey().getEncoded(),
            identitys.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
            pem().getBytes(StandardCharsets.US_ASCII))) {
      var jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(identitys.getKeyID()).build(),
              claims);
      jwt.sign(new MACSigner(secret));
      assertRefused("HS256 with the public key", jwt.serialize());
    }
  }

  private String pem() throws JOSEException {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(identitys.toRSAPublicKey().getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void keyOfTheAttacker_howeverItIsNamed_isRefusedAndNeverFetched() throws Exception {
    var fetched = new AtomicInteger();
    var evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    evil.createContext(
        "/",
        exchange -> {
          fetched.incrementAndGet();
          byte[] keys = new JWKSet(attackers).toString().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    evil.start();
    try {
      var url = URI.create("http://localhost:" + evil.getAddress().getPort() + "/jwks");
      assertRefused("same kid", byAttacker(header().build(), c -> {}));
      assertRefused("jku", byAttacker(header().jwkURL(url).build(), c -> {}));
      assertRefused("x5u", byAttacker(header().x509CertURL(url).build(), c -> {}));
      assertRefused("jwk", byAttacker(header().jwk(attackers.toPublicJWK()).build(), c -> {}));
      assertRefused("iss", byAttacker(header().build(), c -> c.issuer(url.toString())));
      for (var kid :
          List.of(
              "",
              "../../../../dev/null",
              "/dev/null",
              url.toString(),
              "x' OR '1'='1",
              "{\"$ne\":null}",
              "a\u0000b",
              "k".repeat(3000))) {
        assertRefused("kid " + kid, byAttacker(header().keyID(kid).build(), c -> {}));
      }
      assertThat(fetched).as("what the token names is not fetched").hasValue(0);
    } finally {
      evil.stop(0);
    }
  }

  @Test
  void contentChanged_isRefused() {
    var parts = good.split("\\.");
    for (var changed :
        List.of(
            claims(c -> c.subject("customers/somebodyelse00000000")),
            claims(c -> c.claim("roles", List.of("manager"))),
            claims(c -> c.expirationTime(Date.from(Instant.now().plusSeconds(1_000_000)))),
            claims(c -> c.audience("shop-web")),
            claims(c -> c.issuer("https://evil.example")))) {
      assertRefused(
          changed.toString(), parts[0] + "." + encoded(changed.toString()) + "." + parts[2]);
    }
    assertRefused("signature cut", good.substring(0, good.length() - 20));
    assertRefused("no signature", parts[0] + "." + parts[1] + ".");
    assertRefused("two tokens", good + good);
    assertRefused("a part more", good + ".x");
  }

  /** Of all tokens there are only access tokens open the doors. */
  @Test
  void tokenOfAnotherKind_isRefused() {
    assertRefused("a refresh token", refresh);
    var handoff =
        Victim.json(
            victim.send(
                victim
                    .request("/v1/handoffs")
                    .header("Authorization", "Bearer " + good)
                    .header("Content-Type", "application/json")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))));
    assertThat(handoff.path("code").asString("")).isNotEmpty();
    assertRefused("a hand-off's code", handoff.path("code").asString(""));
    for (var grant :
        List.of(
            "refresh_token&refresh_token=" + good,
            "urn%3Afilo%3Aoauth%3Ahandoff&code=" + good,
            "urn%3Afilo%3Aoauth%3Ahandoff&code=" + refresh,
            "authorization_code&code=" + refresh,
            "refresh_token&refresh_token="
                + URLEncoder.encode(handoff.path("code").asString(""), StandardCharsets.UTF_8))) {
      var answer = victim.form("client_id=shop-web&grant_type=" + grant);
      assertThat(answer.statusCode()).as("%s: %s", grant, answer.body()).isIn(400, 401);
    }
    assertAccepted(good);
  }

  /** Whoever got hold of a service's token from outside cannot act as a customer with it. */
  @Test
  void servicesToken_fromOutside_isNobodysOwn() {
    var service = victim.machine("service-cart", victim.serviceSecret());
    for (var path :
        List.of("/v1/customers/me", "/v1/customers/me/cart", "/v1/customers/me/sessions")) {
      var answer = victim.get(path, service);
      assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isIn(403, 404);
    }
    assertThat(overGrpc(service)).isIn(Status.Code.PERMISSION_DENIED, Status.Code.NOT_FOUND);
    var wrong = victim.form("grant_type=client_credentials&client_id=service-cart&client_secret=x");
    assertThat(wrong.statusCode()).isEqualTo(401);
  }

  @Test
  void tokenInTheWrongPlace_isNone() {
    for (var path :
        List.of(
            "/v1/customers/me?access_token=" + good,
            "/v1/customers/me?accessToken=" + good,
            "/v1/customers/me?authorization=Bearer%20" + good)) {
      var answer = victim.send(victim.request(path));
      assertThat(answer.statusCode()).as(path).isIn(400, 401);
    }
    assertThat(
            victim
                .send(
                    victim
                        .request("/v1/customers/me")
                        .header(
                            "Cookie", "access_token=" + good + "; Authorization=Bearer " + good))
                .statusCode())
        .isEqualTo(401);
    assertThat(
            victim
                .send(
                    victim
                        .request("/v1/customers/me")
                        .header("Authorization", "Bearer nonsense")
                        .header("Authorization", "Bearer " + good))
                .statusCode())
        .as("of two headers the good one does not help")
        .isEqualTo(401);
    assertThat(
            victim
                .send(
                    victim
                        .request("/v1/customers/me")
                        .header("Authorization", "Basic " + good)
                        .header("Proxy-Authorization", "Bearer " + good)
                        .header("X-Forwarded-Access-Token", good))
                .statusCode())
        .isEqualTo(401);
  }
}
