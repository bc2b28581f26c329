package dev.filo.gateway.edge;

import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.UUID;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.NettyPipeline;

/**
 * Answers requests whose URL is none with a problem document; the web server's own 400 says
 * nothing.
 */
@Component
final class DamagedUrls implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private static final String NAME = "filo.damagedUrls";

  private final ProblemWriter problems;

  DamagedUrls(ProblemWriter problems) {
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
                        .addBefore(NettyPipeline.HttpTrafficHandler, NAME, new Check());
                  }
                }));
  }

  private final class Check extends ChannelInboundHandlerAdapter {
    private boolean refused;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
      if (refused) {
        ReferenceCountUtil.release(message);
        return;
      }
      if (message instanceof HttpRequest request
          && request.decoderResult().isSuccess()
          && !isUrl(request.uri())) {
        refused = true;
        ReferenceCountUtil.release(message);
        refuse(context);
        return;
      }
      super.channelRead(context, message);
    }

    private void refuse(ChannelHandlerContext context) {
      String requestId = UUID.randomUUID().toString();
      byte[] body =
          problems.bytes(
              Problem.of(400, "FIELDS_INVALID", "The URL or its percent-encoding is damaged."),
              requestId);
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST, Unpooled.wrappedBuffer(body));
      response
          .headers()
          .set("Content-Type", "application/problem+json")
          .set("Cache-Control", "no-store")
          .set("X-Content-Type-Options", "nosniff")
          .set(ProblemWriter.REQUEST_ID, requestId)
          .set("Connection", "close")
          .set("Content-Length", body.length);
      context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static boolean isUrl(String text) {
    try {
      return new URI(text.startsWith("//") ? "/" + text.replaceFirst("^/+", "") : text) != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
