package dev.filo.platform.reconcile;

import java.time.Instant;
import reactor.core.publisher.Flux;

/**
 * Compares what a service keeps with what another says of it, and mends what differs. Several
 * replicas may do it at once, and it may end anywhere: repeating must be harmless.
 */
@FunctionalInterface
public interface Reconciler {
  /**
   * Compares once. A value for each thing that was mended, naming what was done to it ({@code
   * reservation held again}), never whose it is; an error when a neighbour could not answer, and
   * then all of it is done again later.
   *
   * @param since what changed before this instant is as it was in every service
   */
  Flux<String> reconcile(Instant since);
}
