package dev.filo.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestGuardTest {
  private EmbeddedChannel connection;

  @BeforeEach
  void open() {
    connection = new EmbeddedChannel();
    connection.freezeTime();
    connection
        .pipeline()
        .addLast(
            new RequestGuard(
                (status, sentence) ->
                    new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status))));
  }

  private static HttpRequest request(String url) {
    HttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, url, Unpooled.EMPTY_BUFFER);
    request.headers().set("Host", "localhost");
    return request;
  }

  private static HttpResponse ok() {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
  }

  private void passes(long seconds) {
    connection.advanceTimeBy(seconds, TimeUnit.SECONDS);
    connection.runScheduledPendingTasks();
  }

  private int status() {
    HttpResponse answer = connection.readOutbound();
    return answer.status().code();
  }

  @Test
  void connection_withoutARequest_endsInTime() {
    passes(RequestGuard.HEAD_SECONDS - 1);
    assertThat(connection.isOpen()).isTrue();
    passes(10);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void connection_keptAlive_endsWhenTheNextHeadTakesTooLong() {
    connection.writeInbound(request("/a"));
    passes(600);
    assertThat(connection.isOpen()).as("an answer may take long, as a stream does").isTrue();
    connection.writeOutbound(ok());
    passes(RequestGuard.NEXT_HEAD_SECONDS - 1);
    assertThat(connection.isOpen()).isTrue();
    passes(10);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void waiting_asManyAsAllowed_isFineAndOneMoreEnds() {
    for (int i = 0; i < RequestGuard.WAITING_MAX; i++) {
      connection.writeInbound(request("/a"));
    }
    connection.writeOutbound(ok());
    connection.writeInbound(request("/a"));
    assertThat(connection.isOpen()).isTrue();
    connection.writeInbound(request("/a"));
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void refusal_comesAfterTheAnswersBeforeIt_andNothingAfterIt() {
    connection.writeInbound(request("/a"), request("/b"));
    connection.writeInbound(request("/%zz"), request("/c"));
    assertThat(connection.<Object>readOutbound()).isNull();
    connection.writeOutbound(
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
    connection.writeOutbound(ok(), ok());
    assertThat(status()).isEqualTo(100);
    assertThat(status()).isEqualTo(200);
    assertThat(status()).isEqualTo(200);
    assertThat(status()).isEqualTo(400);
    assertThat(connection.isOpen()).isFalse();
    assertThat(connection.<HttpRequest>readInbound().uri()).isEqualTo("/a");
    assertThat(connection.<HttpRequest>readInbound().uri()).isEqualTo("/b");
    assertThat(connection.<Object>readInbound()).isNull();
  }

  private static HttpRequest head() {
    HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/a");
    head.headers().set("Host", "localhost").set("Transfer-Encoding", "chunked");
    return head;
  }

  private static LastHttpContent damaged() {
    LastHttpContent damaged = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
    damaged.setDecoderResult(
        io.netty.handler.codec.DecoderResult.failure(new IllegalArgumentException("chunk")));
    return damaged;
  }

  @Test
  void bodyDamaged_isRefusedInThePlaceOfItsAnswer() {
    connection.writeInbound(head(), new DefaultHttpContent(Unpooled.EMPTY_BUFFER), damaged());
    assertThat(status()).isEqualTo(400);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void bodyDamaged_afterAnother_waitsForIt() {
    connection.writeInbound(request("/b"), head(), damaged());
    assertThat(connection.<Object>readOutbound()).isNull();
    connection.writeOutbound(ok());
    assertThat(status()).isEqualTo(200);
    assertThat(status()).isEqualTo(400);
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void bodyDamaged_whenItsAnswerHasBegun_endsTheConnection() {
    connection.writeInbound(head());
    connection.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    assertThat(status()).isEqualTo(200);
    connection.writeInbound(damaged());
    assertThat(connection.<Object>readOutbound()).isNull();
    assertThat(connection.isOpen()).isFalse();
  }
}
