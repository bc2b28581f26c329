package dev.filo.platform.mongo;

import java.time.Duration;
import reactor.util.retry.Retry;
import reactor.util.retry.RetryBackoffSpec;
import reactor.util.retry.RetrySpec;

/**
 * Reads and decides again when somebody else was quicker: for {@code retryWhen} around the reading,
 * the decision and the write. Only a {@link StaleVersionException} is retried; the last one is what
 * the caller gets, so that it is answered as ABORTED.
 */
public final class StaleRetry {
  private StaleRetry() {}

  /**
   * Again at once.
   *
   * @param retriesMax how often, beside the first time
   */
  public static RetrySpec atOnce(int retriesMax) {
    return Retry.max(retriesMax)
        .filter(StaleVersionException.class::isInstance)
        .onRetryExhaustedThrow((spec, last) -> last.failure());
  }

  /**
   * Again after a pause that doubles each time and is drawn at random around that; for documents
   * that many write at once.
   *
   * @param retriesMax how often, beside the first time
   * @param first the first pause
   * @param longest no pause is longer
   */
  public static RetryBackoffSpec backoff(int retriesMax, Duration first, Duration longest) {
    return Retry.backoff(retriesMax, first)
        .maxBackoff(longest)
        .filter(StaleVersionException.class::isInstance)
        .onRetryExhaustedThrow((spec, last) -> last.failure());
  }
}
