package dev.filo.e2e.crash;

import dev.filo.proto.inventory.v1.Movement;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the clients were told, to be compared with what the services say in the end. Thread-safe.
 */
final class Book {
  /** Where a client left its own reservation or hold. */
  enum Standing {
    OPEN,
    PREPARED,
    COLLECTED,
    CANCELLED,
    /** It was found to have ended by its time. */
    OVER
  }

  /**
   * A reservation a client was told it has.
   *
   * @param expireTime the end last acknowledged
   */
  record Kept(
      String name,
      String customer,
      String store,
      Map<String, Integer> lines,
      Standing standing,
      Instant expireTime) {}

  private final Map<String, Kept> reservations = new ConcurrentHashMap<>();
  private final Map<String, Kept> holds = new ConcurrentHashMap<>();
  private final Map<String, Movement> recorded = new ConcurrentHashMap<>();
  private final Map<String, Movement> refused = new ConcurrentHashMap<>();

  void reservation(Kept kept) {
    reservations.put(kept.name(), kept);
  }

  void hold(Kept kept) {
    holds.put(kept.name(), kept);
  }

  void recorded(Movement movement) {
    recorded.put(movement.getId(), movement);
  }

  void refused(Movement movement) {
    refused.put(movement.getId(), movement);
  }

  Map<String, Kept> reservations() {
    return reservations;
  }

  Map<String, Kept> holds() {
    return holds;
  }

  Map<String, Movement> recorded() {
    return recorded;
  }

  Map<String, Movement> refused() {
    return refused;
  }
}
