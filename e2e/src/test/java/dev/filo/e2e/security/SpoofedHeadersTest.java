package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.proto.conversation.v1.ConversationServiceGrpc;
import dev.filo.proto.conversation.v1.ListConversationsRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Headers that say who or where somebody is count only from those who may say it. */
@Timeout(120)
class SpoofedHeadersTest {
  private static final Map<String, String> CLAIMS = claims();

  private final Victim victim = Victim.get();

  private static Map<String, String> claims() {
    var claims = new LinkedHashMap<String, String>();
    claims.put("X-Filo-Role", "manager");
    claims.put("X-Filo-Subject", "staff/manager");
    claims.put("X-Filo-Customer", "customers/somebodyelse00000000");
    claims.put("X-Filo-Roles", "manager,service");
    claims.put("X-Filo-Client-Address", "6.6.6.6");
    claims.put("Grpc-Metadata-Authorization", "Bearer x");
    claims.put("Grpc-Metadata-X-Filo-Role", "manager");
    claims.put("Grpcgateway-Authorization", "Bearer x");
    claims.put("X-Forwarded-User", "manager");
    claims.put("X-Remote-User", "manager");
    claims.put("X-Original-Url", "/v1/customers");
    claims.put("X-Rewrite-Url", "/v1/customers");
    claims.put("X-HTTP-Method-Override", "DELETE");
    claims.put("X-Forwarded-For", "127.0.0.1");
    claims.put("X-Forwarded-Host", "evil.example");
    claims.put("X-Forwarded-Proto", "gopher");
    claims.put("X-Forwarded-Port", "666");
    claims.put("X-Forwarded-Prefix", "/evil");
    claims.put("Forwarded", "for=127.0.0.1;host=evil.example;proto=https");
    claims.put("X-Real-IP", "127.0.0.1");
    claims.put("True-Client-IP", "127.0.0.1");
    return claims;
  }

  private static HttpRequest.Builder with(HttpRequest.Builder request) {
    CLAIMS.forEach(request::header);
    return request;
  }

  @Test
  void claimsOfRole_giveNone() {
    assertThat(victim.send(with(victim.request("/v1/customers/me"))).statusCode()).isEqualTo(401);
    var guest = victim.guest().path("access_token").asString("");
    for (var path : List.of("/v1/conversations", "/v1/stores/milano-buenos-aires/pickList")) {
      var answer =
          victim.send(with(victim.request(path)).header("Authorization", "Bearer " + guest));
      assertThat(answer.statusCode()).as(path).isEqualTo(403);
      assertThat(Victim.reason(answer)).isEqualTo("ROLE_NOT_ALLOWED");
    }
    var me =
        victim.send(
            with(victim.request("/v1/customers/me")).header("Authorization", "Bearer " + guest));
    assertThat(me.statusCode()).as("the method stays what it was").isEqualTo(200);
    assertThat(Victim.json(me).path("guest").asBoolean(false)).isTrue();
  }

  /** Over gRPC as well, in text and in binary. */
  @Test
  void claimsOfRole_asMetadata_giveNone() throws InterruptedException {
    var channel =
        NettyChannelBuilder.forAddress("localhost", victim.grpcPort()).usePlaintext().build();
    try {
      var headers = new Metadata();
      CLAIMS.forEach(
          (name, value) ->
              headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
      headers.put(
          Metadata.Key.of("x-filo-role-bin", Metadata.BINARY_BYTE_MARSHALLER),
          new byte[] {1, 2, 3});
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + victim.guest().path("access_token").asString(""));
      var stub =
          ConversationServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
      assertThat(
              status(() -> stub.listConversations(ListConversationsRequest.getDefaultInstance())))
          .isEqualTo(Status.Code.PERMISSION_DENIED);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static Status.Code status(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  /** Identity counts by place: whoever says to be elsewhere each time is still in one. */
  @Test
  void claimsOfPlace_doNotOpenMoreSignIns() {
    int refused = 0;
    for (int i = 0; i < Victim.PASSKEYS_PER_PLACE + 1; i++) {
      var place = "10.0.0." + i;
      var answer =
          victim.send(
              victim
                  .request("/v1/passkeySignIns")
                  .header("Content-Type", "application/json")
                  .header("X-Forwarded-For", place)
                  .header("X-Real-IP", place)
                  .header("Forwarded", "for=" + place)
                  .header("X-Filo-Client-Address", place)
                  .POST(HttpRequest.BodyPublishers.ofString("{}")));
      assertThat(answer.statusCode()).as(answer.body()).isIn(200, 429);
      refused += answer.statusCode() == 429 ? 1 : 0;
    }
    assertThat(refused).isEqualTo(1);
  }

  @Test
  void claimsOfHost_doNotMoveIssuerRedirectsOrLinks() {
    for (var path :
        List.of(
            "/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
            "/openapi.json",
            "/login",
            "/oauth2/authorize?response_type=code&client_id=desk-web&redirect_uri=https://evil.example/")) {
      var answer = victim.send(with(victim.request(path)));
      assertThat(answer.statusCode()).as(path).isLessThan(500);
      assertThat(answer.body()).as(path).doesNotContain("evil.example", "gopher:");
      assertThat(answer.headers().firstValue("location").orElse(""))
          .as(path)
          .doesNotContain("evil.example", "gopher:", "/evil");
    }
  }

  @Test
  void requestId_thatIsNone_isReplaced() {
    for (var id : List.of("a b", "x".repeat(200), "<script>", "{\"$ne\":1}", "${jndi:ldap://x}")) {
      var answer = victim.send(victim.request("/v1/stores").header("X-Request-Id", id));
      assertThat(answer.headers().firstValue("x-request-id").orElse("")).matches("[0-9a-f-]{36}");
    }
  }
}
