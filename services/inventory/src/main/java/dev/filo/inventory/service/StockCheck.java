package dev.filo.inventory.service;

import dev.filo.platform.operation.Check;
import dev.filo.platform.operation.Finding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import reactor.core.publisher.Mono;

/** Tells an operator what the stock's self-check last found. */
public final class StockCheck implements Check {
  private static final String STOCK = "stock";
  // As long as the alert waits, docs/runbooks/stock-drift.md.
  private static final Duration OLD = Duration.ofDays(3);

  private final SelfCheck selfCheck;
  private final InstantSource clock;

  /** Tells what this self-check found. */
  public StockCheck(SelfCheck selfCheck, InstantSource clock) {
    this.selfCheck = selfCheck;
    this.clock = clock;
  }

  @Override
  public Mono<Finding> look() {
    return Mono.fromSupplier(
        () ->
            selfCheck
                .lastRun()
                .map(this::finding)
                .orElseGet(
                    () ->
                        Finding.good(
                            STOCK,
                            "The self-check has not been complete since this replica started;"
                                + " ./filo check adds everything up now.")));
  }

  private Finding finding(SelfCheck.LastRun last) {
    if (last.drifts() > 0) {
      return Finding.bad(
          STOCK,
          String.format(
              Locale.ROOT,
              "At %s ledger, levels and holds disagreed in %,d places.",
              last.time(),
              last.drifts()),
          "Run ./filo check to see where, and follow docs/runbooks/stock-drift.md.");
    }
    var seen =
        String.format(
            Locale.ROOT,
            "Ledger, levels and holds agreed at %s (%,d levels).",
            last.time(),
            last.levels());
    return last.time().plus(OLD).isBefore(clock.instant())
        ? Finding.doubtful(STOCK, seen, "The self-check stands still: look into inventory's log.")
        : Finding.good(STOCK, seen);
  }
}
