package dev.filo.platform;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.util.retry.Retry;

/**
 * Work that goes on while the service runs; should it end with an error, it is logged and begun
 * again.
 */
public final class Background implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Background.class);

  private final Flux<?> work;
  private @Nullable Disposable running;

  /** Work that never ends by itself. */
  public Background(Flux<?> work) {
    this.work = work;
  }

  @Override
  public void start() {
    running =
        work.doOnError(Background::tell)
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, java.time.Duration.ofMillis(200))
                    .maxBackoff(java.time.Duration.ofSeconds(5)))
            .subscribe();
  }

  /**
   * A part of the suite that is not there yet, or not just now, is no fault: one line, no trace.
   */
  private static void tell(Throwable error) {
    if (error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.UNAVAILABLE) {
      log.info("background work waits for another part: {}", status.getStatus());
    } else {
      log.warn("background work begins again", error);
    }
  }

  @Override
  public void stop() {
    var disposable = running;
    if (disposable != null) {
      disposable.dispose();
      running = null;
    }
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }
}
