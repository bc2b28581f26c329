package dev.filo.inventory.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one location has of one SKU, and everything that decides whether more may be promised.
 * Immutable: a command gives the next state. What changed is written only if nobody else wrote
 * since it was read, so that what was decided here is still true when it is kept.
 *
 * @param id {@code SKU@store}
 * @param onHand pieces physically there; below 0 only when more was sold than was ever received
 * @param safety pieces kept back from promises
 * @param version rises with every change; 0 for a level that was never written
 * @param sequence how many movements it has had
 * @param holds the holds that keep pieces here
 * @param count the newest count; null when it was never counted
 * @param tail the effects of movements that the ledger may not have yet
 * @param requests the newest requests that set the safety stock
 */
public record Level(
    String id,
    int onHand,
    int safety,
    long version,
    long sequence,
    HeldPieces holds,
    @Nullable Count count,
    List<Applied> tail,
    List<SafetyRequest> requests) {

  /** How many requests a level remembers. */
  public static final int REQUESTS_MAX = 20;

  /**
   * How many holds a level carries. In a level's document a hold takes at most 93 bytes (its id 66,
   * what it says 27): 4.7 MB of the 16 MB a document may have. The rest is for what is to be told.
   */
  public static final int HOLDS_MAX = 50_000;

  /**
   * How many expired holds one command drops: some 200 kB of what is to be told. Those that are
   * left count as little as those that are gone.
   */
  public static final int DROPS_MAX = 500;

  /** A level's next state, how the command ended and what is to be told. */
  public record Step(Level next, Outcome outcome, List<Change> changes) {}

  /** Copies what can change. */
  public Level {
    tail = List.copyOf(tail);
    requests = List.copyOf(requests);
  }

  /** A level where nothing ever was. */
  public static Level empty(String id) {
    return new Level(id, 0, 0, 0, 0, HeldPieces.NONE, null, List.of(), List.of());
  }

  /** The SKU. */
  public String sku() {
    return id.substring(0, id.lastIndexOf('@'));
  }

  /** The location: {@code stores/milano}. */
  public String location() {
    return "stores/" + id.substring(id.lastIndexOf('@') + 1);
  }

  /** The id of the level of a SKU at a location, {@code stores/milano}. */
  public static String id(String sku, String location) {
    return sku + "@" + location.substring("stores/".length());
  }

  /** Pieces in holds that count at this instant. */
  public int held(Instant now) {
    return holds.held(now);
  }

  /** Pieces that can be promised at this instant. */
  public int available(Instant now) {
    return snapshot(now).available();
  }

  /** The numbers at this instant. */
  public Snapshot snapshot(Instant now) {
    var etag =
        holds
            .lastExpiry(now)
            .map(expiry -> version + "-" + expiry.toEpochMilli())
            .orElseGet(() -> Long.toString(version));
    return new Snapshot(onHand, held(now), safety, etag, now);
  }

  /** When the next hold expires, or the first that is still here has; empty when none will. */
  public Optional<Instant> nextExpiry() {
    return holds.nextExpiry();
  }

  /** The same level, carrying only these effects: the ledger has the others. */
  public Level withTail(List<Applied> kept) {
    return new Level(id, onHand, safety, version, sequence, holds, count, kept, requests);
  }

  /**
   * Does a command. What has expired counts no more, whether it was dropped or not.
   *
   * @param ledger what the ledger says about the movements the command names
   */
  public Step apply(Command command, Ledger ledger, Instant now) {
    return switch (command) {
      case Command.Place place -> place(place, now);
      case Command.Pin pin -> pin(pin, ledger, now);
      case Command.Extend extend -> extend(extend, now);
      case Command.Free free -> free(free, now);
      case Command.Sell(var sale) -> sell(sale, ledger, now);
      case Command.Enter(var movement) -> record(movement, ledger, now);
      case Command.SetSafety set -> setSafety(set, now);
      case Command.DropExpired() -> dropExpired(now);
    };
  }

  private Step place(Command.Place place, Instant now) {
    var found = holds.get(place.hold());
    if (found.isPresent()) {
      return found.get().counts(now) ? unchanged(now) : placeAgain(place, found.get(), now);
    }
    if (!now.isBefore(place.expireTime())) {
      return refused(new Outcome.Over());
    }
    if (available(now) < place.quantity()) {
      return refused(new Outcome.TooFew(available(now)));
    }
    if (holds.size() >= HOLDS_MAX) {
      return refused(new Outcome.Full());
    }
    var more = holds.with(new Held(place.hold(), place.quantity(), place.expireTime(), false));
    return held(more, place.hold(), place.quantity(), place.author(), now);
  }

  private Step placeAgain(Command.Place place, Held expired, Instant now) {
    var dropped = drop(expired, now);
    var placed = dropped.next().place(place, now);
    var changes = new ArrayList<>(dropped.changes());
    changes.addAll(placed.changes());
    return new Step(placed.next(), placed.outcome(), changes);
  }

  private Step pin(Command.Pin pin, Ledger ledger, Instant now) {
    var found = holds.get(pin.hold());
    if (found.isEmpty() || !found.get().counts(now)) {
      return isApplied(pin.sale(), ledger) ? unchanged(now) : refused(new Outcome.Over());
    }
    var held = found.get();
    if (held.pinned()) {
      return unchanged(now);
    }
    return quietly(
        holds.with(new Held(held.hold(), held.quantity(), held.expireTime(), true)), now);
  }

  private Step extend(Command.Extend extend, Instant now) {
    var found = holds.get(extend.hold());
    if (found.isEmpty() || !found.get().counts(now)) {
      return refused(new Outcome.Over());
    }
    var held = found.get();
    if (held.expireTime().equals(extend.expireTime())) {
      return unchanged(now);
    }
    return quietly(
        holds.with(new Held(held.hold(), held.quantity(), extend.expireTime(), held.pinned())),
        now);
  }

  private Step free(Command.Free free, Instant now) {
    var found = holds.get(free.hold());
    if (found.isEmpty()) {
      return unchanged(now);
    }
    var held = found.get();
    return held.counts(now)
        ? held(holds.without(free.hold()), free.hold(), -held.quantity(), free.author(), now)
        : drop(held, now);
  }

  private Step sell(Movement sale, Ledger ledger, Instant now) {
    var found = holds.get(sale.hold());
    if (found.isEmpty() || !found.get().counts(now)) {
      return isApplied(sale, ledger) ? unchanged(now) : refused(new Outcome.Over());
    }
    // The goods leave now: a count that claims to be true later has not seen them leave.
    var latest = count;
    var effective =
        latest != null && !latest.effectiveTime().isBefore(sale.effectiveTime())
            ? latest.effectiveTime().plus(Duration.ofMillis(1))
            : sale.effectiveTime();
    return moved(
        sale,
        effective,
        clamp((long) onHand + sale.delta()),
        holds.without(sale.hold()),
        count,
        now);
  }

  private Step record(Movement asked, Ledger ledger, Instant now) {
    var entry = ledger.entries().get(asked.id());
    var movement = entry == null ? asked : entry.movement();
    if (!movement.sameContent(asked)) {
      return refused(new Outcome.Differs());
    }
    if (entry instanceof Ledger.Entry.Settled settled) {
      return refused(new Outcome.Repeated(settled.applied().after()));
    }
    for (Applied applied : tail) {
      if (applied.movement().equals(asked.id())) {
        return refused(new Outcome.Repeated(applied.after()));
      }
    }
    var effective = movement.effectiveTime();
    if (movement.kind() == Movement.Kind.COUNT) {
      return counted(movement, ledger, now);
    }
    boolean inCount = count != null && !count.effectiveTime().isBefore(effective);
    int next = inCount ? onHand : clamp((long) onHand + movement.delta());
    return moved(movement, effective, next, holds, count, now);
  }

  private Step counted(Movement movement, Ledger ledger, Instant now) {
    if (count != null && !count.isBefore(movement.effectiveTime(), movement.id())) {
      return moved(movement, movement.effectiveTime(), onHand, holds, count, now);
    }
    long sum = movement.quantity();
    var seen = new HashSet<String>();
    for (Applied later : ledger.later().getOrDefault(movement.id(), List.of())) {
      sum += seen.add(later.movement()) ? deltaAfter(later, movement.effectiveTime()) : 0;
    }
    for (Applied later : tail) {
      sum += seen.add(later.movement()) ? deltaAfter(later, movement.effectiveTime()) : 0;
    }
    return moved(
        movement,
        movement.effectiveTime(),
        clamp(sum),
        holds,
        new Count(movement.id(), movement.effectiveTime(), movement.quantity()),
        now);
  }

  private static int deltaAfter(Applied applied, Instant time) {
    return applied.counted() || !applied.effectiveTime().isAfter(time) ? 0 : applied.delta();
  }

  private Step setSafety(Command.SetSafety set, Instant now) {
    for (SafetyRequest request : requests) {
      if (request.requestId().equals(set.requestId())) {
        return refused(
            request.safety() == set.safety()
                ? new Outcome.Repeated(request.answer())
                : new Outcome.Differs());
      }
    }
    var changed =
        new Level(id, onHand, set.safety(), version + 1, sequence, holds, count, tail, requests);
    var after = changed.snapshot(now);
    var remembered = new ArrayList<>(requests);
    remembered.add(new SafetyRequest(set.requestId(), set.safety(), after));
    var kept = remembered.subList(Math.max(0, remembered.size() - REQUESTS_MAX), remembered.size());
    return new Step(
        new Level(id, onHand, set.safety(), version + 1, sequence, holds, count, tail, kept),
        new Outcome.Done(after),
        List.of(new Change(after, "", "", "", null, 0, set.author(), now)));
  }

  private Step dropExpired(Instant now) {
    var level = this;
    var changes = new ArrayList<Change>();
    for (Held held : holds.expired(now, DROPS_MAX)) {
      var step = level.drop(held, now);
      level = step.next();
      changes.addAll(step.changes());
    }
    return changes.isEmpty()
        ? unchanged(now)
        : new Step(level, new Outcome.Done(level.snapshot(now)), changes);
  }

  private Step drop(Held expired, Instant now) {
    return held(
        holds.without(expired.hold()), expired.hold(), -expired.quantity(), Author.INVENTORY, now);
  }

  private Step moved(
      Movement movement,
      Instant effective,
      int nextOnHand,
      HeldPieces nextHolds,
      @Nullable Count nextCount,
      Instant now) {
    var moved =
        new Level(
            id,
            nextOnHand,
            safety,
            version + 1,
            sequence + 1,
            nextHolds,
            nextCount,
            tail,
            requests);
    var after = moved.snapshot(now);
    boolean isCount = movement.kind() == Movement.Kind.COUNT;
    var longer = new ArrayList<>(tail);
    longer.add(
        new Applied(movement.id(), sequence + 1, isCount, movement.delta(), effective, after));
    var next =
        new Level(
            id,
            nextOnHand,
            safety,
            version + 1,
            sequence + 1,
            nextHolds,
            nextCount,
            longer,
            requests);
    return new Step(
        next,
        new Outcome.Done(after),
        List.of(
            new Change(
                after,
                movement.id(),
                movement.hold(),
                movement.cause(),
                movement.kind(),
                isCount ? nextOnHand - onHand : movement.delta(),
                movement.author(),
                now)));
  }

  private Step held(HeldPieces nextHolds, String hold, int quantity, Author author, Instant now) {
    var next = withHolds(nextHolds);
    var after = next.snapshot(now);
    return new Step(
        next,
        new Outcome.Done(after),
        List.of(new Change(after, "", hold, "", null, quantity, author, now)));
  }

  private Step quietly(HeldPieces nextHolds, Instant now) {
    var next = withHolds(nextHolds);
    return new Step(next, new Outcome.Done(next.snapshot(now)), List.of());
  }

  private Step unchanged(Instant now) {
    return refused(new Outcome.Repeated(snapshot(now)));
  }

  private Step refused(Outcome outcome) {
    return new Step(this, outcome, List.of());
  }

  private Level withHolds(HeldPieces nextHolds) {
    return new Level(id, onHand, safety, version + 1, sequence, nextHolds, count, tail, requests);
  }

  private boolean isApplied(Movement movement, Ledger ledger) {
    return ledger.entries().get(movement.id()) instanceof Ledger.Entry.Settled
        || tail.stream().anyMatch(applied -> applied.movement().equals(movement.id()));
  }

  private static int clamp(long pieces) {
    return (int) Math.clamp(pieces, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
  }
}
