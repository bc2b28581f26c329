package dev.filo.gateway.edge;

import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.UUID;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;

/**
 * Answers what is no proper HTTP request with a problem document and ends its connection; the web
 * server's own 400 says nothing, and it lets some of them through.
 */
@Component
final class DamagedRequests implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private static final String NAME = "filo.damagedRequests";

  private final ProblemWriter problems;

  DamagedRequests(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    factory.addServerCustomizers(
        server ->
            server.doOnChannelInit(
                (observer, channel, address) -> {
                  if (channel.pipeline().get(NettyPipeline.HttpTrafficHandler) != null) {
                    channel
                        .pipeline()
                        .addBefore(
                            NettyPipeline.HttpTrafficHandler,
                            NAME,
                            new RequestGuard(this::refusal));
                  }
                }));
  }

  private FullHttpResponse refusal(int status, String sentence) {
    String requestId = UUID.randomUUID().toString();
    byte[] body = problems.bytes(Problem.of(status, "FIELDS_INVALID", sentence), requestId);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set("Content-Type", "application/problem+json")
        .set("Cache-Control", "no-store")
        .set("X-Content-Type-Options", "nosniff")
        .set(ProblemWriter.REQUEST_ID, requestId)
        .set("Connection", "close")
        .set("Content-Length", body.length);
    return response;
  }
}
