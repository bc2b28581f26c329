package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of a level's pieces beyond how many there are. Immutable.
 *
 * @param aside pieces set aside by reason, as they add up: below 0 while what frees them came first
 * @param transit transfers on their way here, by id; those that have wholly arrived are left out
 * @param incoming what is expected from outside, earliest first
 * @param requests the newest requests that said what is expected
 * @param serials the serial numbers of the pieces, sorted; empty where pieces have none
 * @param hasOwnSafety true when the level's safety stock was set for it alone
 */
public record Goods(
    Map<SetAside, Integer> aside,
    List<Transit> transit,
    List<Incoming> incoming,
    List<IncomingRequest> requests,
    List<String> serials,
    boolean hasOwnSafety) {
  /** How many serial numbers a level can have: 64 kB of the 16 MB a document may have. */
  public static final int SERIALS_MAX = 1000;

  /** How many open transfers a level can have before no more are sent to it. */
  public static final int TRANSFERS_MAX = 1000;

  /** How many entries of incoming stock a level can have. */
  public static final int INCOMING_MAX = 50;

  /** Nothing is known. */
  public static final Goods NONE =
      new Goods(Map.of(), List.of(), List.of(), List.of(), List.of(), false);

  private static final Comparator<Incoming> EARLIEST_FIRST =
      Comparator.comparing(Incoming::date).thenComparing(Incoming::id);

  /** Copies what can change. */
  public Goods {
    aside = Map.copyOf(aside);
    transit = List.copyOf(transit);
    incoming = List.copyOf(incoming);
    requests = List.copyOf(requests);
    serials = List.copyOf(serials);
  }

  /** Pieces on hand that cannot be sold. */
  public int setAside() {
    long sum = 0;
    for (int pieces : aside.values()) {
      sum += Math.max(0, pieces);
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  /** Pieces on their way here by transfers. */
  public int inTransit() {
    long sum = transit.stream().mapToLong(one -> Math.max(0, one.pieces())).sum();
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  /** With pieces set aside, or no more for a quantity below 0. */
  Goods aside(SetAside reason, int quantity) {
    var next = new TreeMap<>(aside);
    if (next.merge(reason, quantity, Goods::add) == 0) {
      next.remove(reason);
    }
    return new Goods(next, transit, incoming, requests, serials, hasOwnSafety);
  }

  /** With more announced, or with pieces arrived for a quantity below 0. */
  Goods transit(String transfer, String counterpart, int quantity) {
    var next = new TreeMap<String, Transit>();
    transit.forEach(one -> next.put(one.transfer(), one));
    next.merge(
        transfer,
        new Transit(transfer, counterpart, quantity),
        (before, more) ->
            new Transit(
                transfer,
                before.counterpart().compareTo(counterpart) <= 0
                    ? before.counterpart()
                    : counterpart,
                add(before.pieces(), quantity)));
    next.values().removeIf(one -> one.pieces() == 0);
    return new Goods(aside, List.copyOf(next.values()), incoming, requests, serials, hasOwnSafety);
  }

  /** With these serial numbers. */
  Goods serials(Collection<String> numbers) {
    return new Goods(
        aside, transit, incoming, requests, List.copyOf(new TreeSet<>(numbers)), hasOwnSafety);
  }

  /** Knowing whether the safety stock is the level's own. */
  Goods ownSafety(boolean own) {
    return new Goods(aside, transit, incoming, requests, serials, own);
  }

  /** Expecting this under its id, or nothing more for a quantity of 0. */
  Goods expecting(Incoming expected) {
    var next = new ArrayList<>(incoming);
    next.removeIf(one -> one.id().equals(expected.id()));
    if (expected.quantity() > 0) {
      next.add(expected);
    }
    next.sort(EARLIEST_FIRST);
    return new Goods(aside, transit, next, requests, serials, hasOwnSafety);
  }

  /** Remembering a request. */
  Goods remembering(IncomingRequest request) {
    var next = new ArrayList<>(requests);
    next.add(request);
    var kept = next.subList(Math.max(0, next.size() - Level.REQUESTS_MAX), next.size());
    return new Goods(aside, transit, incoming, kept, serials, hasOwnSafety);
  }

  /** Why a movement does not go with the serial numbers there are; empty when it does. */
  Optional<Outcome.Unfit> unfit(Movement movement) {
    var named = movement.details().serials();
    int delta = movement.delta();
    if (named.isEmpty() || delta == 0) { // a count says itself what is there
      return Optional.empty();
    }
    var there = new TreeSet<>(serials);
    if (delta < 0) {
      return named.stream()
          .filter(serial -> !there.contains(serial))
          .findFirst()
          .map(serial -> new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, serial));
    }
    var twice = named.stream().filter(there::contains).findFirst();
    if (twice.isPresent()) {
      return twice.map(serial -> new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_DUPLICATE, serial));
    }
    return there.size() + named.size() > SERIALS_MAX
        ? Optional.of(new Outcome.Unfit(Outcome.Unfit.Why.SERIALS_TOO_MANY))
        : Optional.empty();
  }

  /**
   * The serial numbers that leave with a sale out of a hold: those it names, else the first.
   *
   * @param others pieces that leave with others
   */
  List<String> leaving(Movement sale, Set<String> others) {
    var named = sale.details().serials();
    return named.isEmpty()
        ? serials.stream()
            .filter(serial -> !others.contains(serial))
            .limit(sale.quantity())
            .toList()
        : named;
  }

  /** After pieces came in, for a delta above 0, or went out. */
  Goods moved(List<String> named, int delta) {
    if (named.isEmpty() || delta == 0) {
      return this;
    }
    var next = new TreeSet<>(serials);
    if (delta > 0) {
      next.addAll(named);
    } else {
      named.forEach(next::remove);
    }
    return serials(next);
  }

  /**
   * Why a count does not go with what moved after it was true: a piece it found came in only then,
   * or one it did not find went out then. It would make the pieces on hand others than those that
   * are listed. Empty when it does.
   *
   * @param leaving pieces that are being sold
   */
  Optional<Outcome.Unfit> unfit(
      List<String> found, Instant effectiveTime, Collection<Applied> later, Set<String> leaving) {
    var pieces = pieces(found, effectiveTime, later);
    for (var piece : pieces.entrySet()) {
      if (piece.getValue() > 1) {
        return Optional.of(new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_DUPLICATE, piece.getKey()));
      }
      if (piece.getValue() < 0) {
        return Optional.of(new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, piece.getKey()));
      }
    }
    return leaving.stream()
        .filter(serial -> pieces.getOrDefault(serial, 0) == 0)
        .findFirst()
        .map(serial -> new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, serial));
  }

  /**
   * After a count that found these serial numbers: what moved after it was true is taken into
   * account.
   */
  Goods counted(List<String> found, Instant effectiveTime, Collection<Applied> later) {
    var pieces = pieces(found, effectiveTime, later);
    pieces.values().removeIf(there -> there <= 0);
    return serials(pieces.keySet());
  }

  /** How often each piece is there after a count; once or not at all where all goes together. */
  private static Map<String, Integer> pieces(
      List<String> found, Instant effectiveTime, Collection<Applied> later) {
    var pieces = new TreeMap<String, Integer>();
    found.forEach(serial -> pieces.put(serial, 1));
    later.stream()
        .filter(one -> one.effectiveTime().isAfter(effectiveTime) && !one.counted())
        .forEach(
            one ->
                one.serials()
                    .forEach(
                        serial -> pieces.merge(serial, Integer.signum(one.delta()), Integer::sum)));
    return pieces;
  }

  private static int add(int one, int other) {
    return (int) Math.clamp((long) one + other, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
  }
}
