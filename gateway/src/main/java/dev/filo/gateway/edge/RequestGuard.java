package dev.filo.gateway.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's requests as HTTP means them (RFC 9112): with one length, one host, a version we
 * speak and a URL that is one. Anything else is refused and the connection ends, since where its
 * next request begins is not known; so it does when a request's head takes too long, or when more
 * requests than anybody needs come before the first is answered. The refusal comes after the
 * answers to the requests before it.
 */
final class RequestGuard extends ChannelDuplexHandler {
  /** A head fits into one packet; a browser opens connections it uses seconds later. */
  static final int HEAD_SECONDS = 30;

  /** Between two requests: as long as a silent connection is kept (server.netty.idle-timeout). */
  static final int NEXT_HEAD_SECONDS = 90;

  /** Requests that wait for an answer on one connection; browsers send one after the other. */
  static final int WAITING_MAX = 64;

  private static final int LOOK_SECONDS = 10;

  /** Makes the answer to what is refused. */
  interface Refusals {
    /** The answer, which says that the connection ends. */
    FullHttpResponse of(int status, String sentence);
  }

  private record Refusal(int status, String sentence) {}

  private final Refusals refusals;
  private int waiting;
  private boolean answering;
  private boolean ended;
  private @Nullable Refusal refusal;
  private @Nullable Future<?> look;
  private long since;
  private int seconds = HEAD_SECONDS;

  RequestGuard(Refusals refusals) {
    this.refusals = refusals;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    since = context.executor().ticker().nanoTime();
    look =
        context
            .executor()
            .scheduleAtFixedRate(
                () -> endIfLate(context), LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    stopLooking();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    stopLooking();
    super.channelInactive(context);
  }

  private void stopLooking() {
    if (look != null) {
      look.cancel(false);
    }
  }

  private void endIfLate(ChannelHandlerContext context) {
    if (waiting == 0
        && context.executor().ticker().nanoTime() - since >= TimeUnit.SECONDS.toNanos(seconds)) {
      end(context);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nothing is done after it
  private void end(ChannelHandlerContext context) {
    ended = true;
    context.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (ended || refusal != null) {
      ReferenceCountUtil.release(message);
      return;
    }
    Refusal found =
        switch (message) {
          case HttpRequest request -> wrong(request);
          case HttpContent body when body.decoderResult().isFailure() ->
              new Refusal(400, "The body's chunks are damaged.");
          default -> null;
        };
    if (found == null) {
      if (message instanceof HttpRequest && ++waiting > WAITING_MAX) {
        ReferenceCountUtil.release(message);
        end(context);
        return;
      }
      super.channelRead(context, message);
      return;
    }
    boolean inBody = !(message instanceof HttpRequest);
    ReferenceCountUtil.release(message);
    if (inBody && answering && waiting <= 1) {
      end(context); // Its answer has begun; there is nothing to say in the midst of it.
    } else if (waiting > (inBody ? 1 : 0)) {
      refusal = found; // Those before it come first.
      if (inBody) {
        waiting--;
      }
    } else {
      refuse(context, found);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (ended) {
      ReferenceCountUtil.release(message);
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    if (message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      super.write(context, message, promise);
      return;
    }
    if (message instanceof HttpResponse) {
      answering = true;
    }
    boolean last = message instanceof LastHttpContent;
    super.write(context, message, promise);
    if (last) {
      answering = false;
      waiting = Math.max(0, waiting - 1);
      since = context.executor().ticker().nanoTime();
      seconds = NEXT_HEAD_SECONDS;
      if (refusal != null && waiting == 0) {
        refuse(context, refusal);
      }
    }
  }

  private void refuse(ChannelHandlerContext context, Refusal refused) {
    ended = true;
    context
        .writeAndFlush(refusals.of(refused.status(), refused.sentence()))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static @Nullable Refusal wrong(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      Throwable cause = request.decoderResult().cause();
      return cause instanceof TooLongHttpLineException
          ? new Refusal(414, "The URL is too long.")
          : cause instanceof TooLongHttpHeaderException
              ? new Refusal(431, "The headers are too large.")
              : new Refusal(400, "This is not an HTTP request.");
    }
    HttpVersion version = request.protocolVersion();
    boolean one = version.equals(HttpVersion.HTTP_1_1);
    if (!one && !version.equals(HttpVersion.HTTP_1_0)) {
      return new Refusal(505, "HTTP/1.1 is spoken here.");
    }
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (one && hosts.isEmpty())) {
      return new Refusal(400, "The header Host must be there once.");
    }
    List<String> encodings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!encodings.isEmpty()
        && (!one || encodings.size() > 1 || !encodings.getFirst().equalsIgnoreCase("chunked"))) {
      return new Refusal(400, "The only transfer encoding taken is chunked.");
    }
    return isUrl(request.uri())
        ? null
        : new Refusal(400, "The URL or its percent-encoding is damaged.");
  }

  private static boolean isUrl(String text) {
    try {
      return new URI(text.startsWith("//") ? "/" + text.replaceFirst("^/+", "") : text) != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
