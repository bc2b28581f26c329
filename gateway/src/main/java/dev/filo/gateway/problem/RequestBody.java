package dev.filo.gateway.problem;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request's body and how far it was read. What a refusal leaves unread would be taken for the
 * next request on a kept-alive connection, or reset the connection before the refusal is read.
 */
public final class RequestBody {
  private static final String ATTRIBUTE = RequestBody.class.getName();
  // A body within the limit comes in moments; who sends slower than this gets a new connection.
  private static final Duration REST_MAX = Duration.ofSeconds(2);

  private enum Progress {
    UNREAD,
    READING,
    READ
  }

  private final Flux<DataBuffer> source;
  private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.UNREAD);

  private RequestBody(Flux<DataBuffer> source) {
    this.source = source;
  }

  /**
   * The body of this exchange.
   *
   * @param source gives it once, and fails when it is too large
   */
  public static RequestBody of(ServerWebExchange exchange, Flux<DataBuffer> source) {
    var body = new RequestBody(source);
    exchange.getAttributes().put(ATTRIBUTE, body);
    return body;
  }

  /** Its bytes, once; an error when it is too large or the client went away. */
  public Flux<DataBuffer> read() {
    return Flux.defer(
        () -> {
          progress.set(Progress.READING);
          return source.doOnComplete(() -> progress.set(Progress.READ));
        });
  }

  /**
   * Reads away what nobody has read. One value: whether all of it was read, so that the connection
   * can take the next request. Never an error.
   */
  static Mono<Boolean> finished(ServerWebExchange exchange) {
    @Nullable RequestBody body = exchange.getAttribute(ATTRIBUTE);
    if (body == null) {
      return Mono.just(false);
    }
    return Mono.defer(
        () ->
            switch (body.progress.get()) {
              case READ -> Mono.just(true);
              case READING -> Mono.just(false);
              case UNREAD ->
                  body.read()
                      .doOnNext(DataBufferUtils::release)
                      .then(Mono.just(true))
                      .timeout(REST_MAX)
                      .onErrorReturn(false);
            });
  }
}
