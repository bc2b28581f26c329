package dev.filo.inventory.service;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** Where it is kept how far imports are. */
public interface ImportStore {
  /**
   * How far an import is.
   *
   * @param id the caller's
   * @param startTime when it began
   * @param lastRow the greatest row number that is done; 0 when none is
   * @param recorded rows recorded since it began
   * @param repeated rows sent again since it began
   * @param refused rows refused since it began
   */
  record Progress(
      String id, Instant startTime, long lastRow, long recorded, long repeated, long refused) {}

  /** Begins an import unless it has begun. One value: how far it is. */
  Mono<Progress> begin(String id, Instant now);

  /**
   * Notes that rows are done. One value: how far the import is then.
   *
   * @param done the counts to add, and the row to move to unless the import is further already
   */
  Mono<Progress> advance(Progress done, Instant now);
}
