package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests whose end two readers could see in two places (RFC 9112, 6.3 and 11.2): either the
 * connection ends with a refusal, or there is one reading and the next request is the next one.
 */
@Timeout(120)
class SmugglingTest {
  private static final String HIDDEN =
      "GET /v1/customers/me HTTP/1.1\r\nHost: localhost\r\nX-Hidden: yes\r\n\r\n";
  private static final int HIDDENS_STATUS = 401;

  private final Victim victim = Victim.get();

  private List<Integer> answered(String path, String headersAndBody) throws IOException {
    var head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + headersAndBody;
    return statuses(head + RawHttp.LAST);
  }

  private List<Integer> statuses(String bytes) throws IOException {
    return RawHttp.send(victim.port(), bytes).stream().map(RawHttp.Answer::status).toList();
  }

  /** Each at a path of ours and at one that is passed on to identity by HTTP. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // Both lengths, either way round (CL.TE, TE.CL).
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 400\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        // An encoding that is not exactly `chunked`, once.
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\u000bchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        // Lengths that disagree or are none.
        "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc",
        "Content-Length: 2, 5\r\n\r\n{}abc",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Content-Length: \r\n\r\n{}",
        // Lines that end otherwise.
        "X-Other: a\nContent-Length: 2\r\n\r\n{}",
        "X-Other: a\rContent-Length: 40\r\nContent-Length: 2\r\n\r\n{}",
        "X-Other\r\nContent-Length: 2\r\n\r\n{}",
        "X Other: a\r\nContent-Length: 2\r\n\r\n{}",
        "X-Other: a\u0000b\r\nContent-Length: 2\r\n\r\n{}",
        // A second name for the host.
        "Host: evil.example\r\nContent-Length: 2\r\n\r\n{}",
      })
  void ambiguousHead_isRefusedAndTheConnectionEnds(String headersAndBody) throws IOException {
    for (var path : List.of("/v1/signIns", "/oauth2/token")) {
      assertThat(answered(path, headersAndBody)).as(path).containsExactly(400);
      assertThat(answered(path, headersAndBody + HIDDEN)).as(path).containsExactly(400);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2\n{}\r\n0\r\n\r\n",
        "2;\n{}\r\n0\r\n\r\n",
        "2;a=\"\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}XX0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "0x2\r\n{}\r\n0\r\n\r\n",
        "100000000000000002\r\n{}\r\n0\r\n\r\n",
      })
  void ambiguousChunk_isRefusedAndTheConnectionEnds(String chunks) throws IOException {
    for (var path : List.of("/v1/signIns", "/oauth2/token")) {
      assertThat(answered(path, "Transfer-Encoding: chunked\r\n\r\n" + chunks + HIDDEN))
          .as(path)
          .hasSizeLessThanOrEqualTo(1)
          .allSatisfy(status -> assertThat(status).isEqualTo(400));
    }
  }

  /** What has one reading only is read so, and what follows is the next request. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2;name=value\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 99\r\nX-Filo-Role: manager\r\n\r\n",
        "X-Folded: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
      })
  void plainRequest_hasOneEnd(String headersAndBody) throws IOException {
    assertThat(answered("/v1/signIns", headersAndBody)).containsExactly(400, RawHttp.LASTS_STATUS);
    assertThat(answered("/v1/signIns", headersAndBody + HIDDEN))
        .as("what follows is a request of its own")
        .containsExactly(400, HIDDENS_STATUS, RawHttp.LASTS_STATUS);
    var body = "{\"email\":\"x\",\"y\":\"" + HIDDEN.replace("\r\n", " ") + "\"}";
    assertThat(answered("/v1/signIns", "Content-Length: " + body.length() + "\r\n\r\n" + body))
        .as("what is inside is not")
        .containsExactly(400, RawHttp.LASTS_STATUS);
    var raw = "Content-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN;
    assertThat(answered("/v1/signIns", raw)).containsExactly(400, RawHttp.LASTS_STATUS);
  }

  @Test
  void passedOn_bodyThatLooksLikeARequest_staysABody() throws IOException {
    var form = "Content-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN;
    for (int i = 0; i < 20; i++) {
      assertThat(answered("/oauth2/token", form)).hasSize(2).last().isEqualTo(RawHttp.LASTS_STATUS);
      var keys = victim.send(victim.request("/oauth2/jwks"));
      assertThat(keys.statusCode()).as("another's request on identity's connection").isEqualTo(200);
      assertThat(keys.body()).contains("\"keys\"");
    }
    var get =
        "GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
            + HIDDEN.length()
            + "\r\n\r\n"
            + HIDDEN
            + RawHttp.LAST;
    assertThat(statuses(get)).containsExactly(200, RawHttp.LASTS_STATUS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /livez HTTP/1.1\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /livez HTTP/1.1 X\r\nHost: localhost\r\n\r\n",
        "GET /livez\r\n\r\n",
        "GET /livez HTTP/0.9\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n",
        "GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /livez NONSENSE\r\nHost: localhost\r\n\r\n",
        "POST /v1/signIns HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000",
      })
  void requestLineOrVersion_thatIsNotOurs_isRefusedAndTheConnectionEnds(String request)
      throws IOException {
    assertThat(statuses(request + HIDDEN))
        .hasSize(1)
        .allSatisfy(status -> assertThat(status).isIn(400, 505));
  }

  @Test
  void h2cUpgrade_isNotTaken() throws IOException {
    var upgrade =
        "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n";
    assertThat(statuses(upgrade + RawHttp.LAST)).containsExactly(204, RawHttp.LASTS_STATUS);
  }

  /** Answers come in the order of the requests, also when a later one is refused first. */
  @Test
  void refusal_waitsForTheAnswersBeforeIt() throws IOException {
    var slow =
        "GET /v1/products:search?query=divano&pageSize=50 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    var damaged = "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (int i = 0; i < 20; i++) {
      assertThat(statuses(slow + damaged)).containsExactly(200, 400);
    }
  }

  @Test
  void refusal_ofWhatIsNoHttp_isAProblemDocument() throws IOException {
    for (var bad :
        List.of(
            "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: a\r\nX-Y: " + "z".repeat(40_000) + "\r\n\r\n",
            "GET /" + "z".repeat(10_000) + " HTTP/1.1\r\nHost: a\r\n\r\n")) {
      var answers = RawHttp.send(victim.port(), bad);
      assertThat(answers).hasSize(1);
      var answer = answers.getFirst();
      assertThat(answer.status()).isIn(400, 414, 431);
      assertThat(answer.headers())
          .containsEntry("content-type", "application/problem+json")
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("connection", "close");
      assertThat(Victim.JSON.readTree(answer.body()).path("reason").asString(""))
          .isEqualTo("FIELDS_INVALID");
    }
  }
}
