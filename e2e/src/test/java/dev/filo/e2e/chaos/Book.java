package dev.filo.e2e.chaos;

import dev.filo.proto.inventory.v1.Movement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

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

  /**
   * Pieces put into a cart.
   *
   * @param operation the operation's id
   */
  record Added(String customer, String operation, String sku, int quantity) {}

  /**
   * Two customers who were found to be one: by a card and by an e-mail address.
   *
   * @param names the customers' names as they were before
   */
  record Recognised(String card, String email, List<String> names) {}

  private final Map<String, Kept> reservations = new ConcurrentHashMap<>();
  private final Map<String, Kept> holds = new ConcurrentHashMap<>();
  private final Map<String, Movement> recorded = new ConcurrentHashMap<>();
  private final Map<String, Movement> refused = new ConcurrentHashMap<>();
  private final Map<String, Movement> unknown = new ConcurrentHashMap<>();
  private final Map<String, Added> added = new ConcurrentHashMap<>();
  private final Map<String, Added> perhapsAdded = new ConcurrentHashMap<>();
  private final Set<Recognised> recognised = ConcurrentHashMap.newKeySet();
  private final AtomicLong overEarlyMillis = new AtomicLong();

  void reservation(Kept kept) {
    reservations.put(kept.name(), kept);
  }

  void hold(Kept kept) {
    holds.put(kept.name(), kept);
  }

  void recorded(Movement movement) {
    recorded.put(movement.getId(), movement);
  }

  /** A movement whose caller gave up. */
  void unknown(Movement movement) {
    unknown.put(movement.getId(), movement);
  }

  /** An addition that was acknowledged. */
  void added(Added added) {
    this.added.put(added.operation(), added);
  }

  /** An addition whose caller gave up. */
  void unknown(Added added) {
    perhapsAdded.put(added.operation(), added);
  }

  /** Two who are one. */
  void recognised(Recognised one) {
    recognised.add(one);
  }

  /** Something was said to be over before its time, by this much. */
  void overEarly(Duration early) {
    overEarlyMillis.accumulateAndGet(early.toMillis(), Math::max);
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

  Map<String, Movement> unknown() {
    return unknown;
  }

  Map<String, Added> added() {
    return added;
  }

  Map<String, Added> perhapsAdded() {
    return perhapsAdded;
  }

  Set<Recognised> recognised() {
    return recognised;
  }

  /** By how much something was over too early, at most. */
  Duration overEarly() {
    return Duration.ofMillis(overEarlyMillis.get());
  }
}
