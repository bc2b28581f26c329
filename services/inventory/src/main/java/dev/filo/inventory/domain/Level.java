package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one location has of one SKU, and everything that decides whether more may be promised.
 * Immutable: a command gives the next state. What changed is written only if nobody else wrote
 * since it was read, so that what was decided here is still true when it is kept.
 *
 * @param id {@code SKU@store}
 * @param onHand pieces physically there; below 0 only when more was sold than was ever received
 * @param safety pieces kept back from promises, when {@code goods} say it is the level's own number
 * @param version rises with every change; 0 for a level that was never written
 * @param sequence how many movements it has had
 * @param holds the holds that keep pieces here
 * @param count the newest count; null when it was never counted
 * @param tail the effects of movements that the ledger may not have yet
 * @param requests the newest requests that set the safety stock
 * @param goods what is known of the pieces beyond how many there are
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
    List<SafetyRequest> requests,
    Goods goods) {

  /** How many requests a level remembers. */
  public static final int REQUESTS_MAX = 20;

  /**
   * How many holds a level carries. In a level's document a hold takes at most 95 bytes (its id 66,
   * what it says 29): 4.8 MB of the 16 MB a document may have. The rest is for what is to be told.
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
    return new Level(id, 0, 0, 0, 0, HeldPieces.NONE, null, List.of(), List.of(), Goods.NONE);
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

  /** Pieces that can be promised at this instant, where no rule keeps any back. */
  public int available(Instant now) {
    return available(now, 0);
  }

  /** Pieces that can be promised at this instant, where a rule keeps some back. */
  public int available(Instant now, int ruled) {
    return Snapshot.available(
        onHand, goods.setAside(), held(now), goods.hasOwnSafety() ? safety : ruled);
  }

  /** The numbers at this instant; of the safety stock only what is the level's own. */
  public Snapshot snapshot(Instant now) {
    var etag =
        holds
            .lastExpiry(now)
            .map(expiry -> version + "-" + expiry.toEpochMilli())
            .orElseGet(() -> Long.toString(version));
    return new Snapshot(
        onHand,
        goods.setAside(),
        held(now),
        goods.hasOwnSafety() ? new Safety(safety, Safety.OWN) : Safety.NONE,
        goods.inTransit(),
        etag,
        now);
  }

  /** When the next hold expires, or the first that is still here has; empty when none will. */
  public Optional<Instant> nextExpiry() {
    return holds.nextExpiry();
  }

  /** The same level, carrying only these effects: the ledger has the others. */
  public Level withTail(List<Applied> kept) {
    return new Level(id, onHand, safety, version, sequence, holds, count, kept, requests, goods);
  }

  /**
   * Does a command. What has expired counts no more, whether it was dropped or not.
   *
   * @param ledger what the ledger says about the movements the command names
   */
  public Step apply(Command command, Ledger ledger, Instant now) {
    return switch (command) {
      case Command.Place place -> Holding.place(this, place, now);
      case Command.Resize resize -> Holding.resize(this, resize, now);
      case Command.Pin pin -> Holding.pin(this, pin, ledger, now);
      case Command.Extend extend -> Holding.extend(this, extend, now);
      case Command.Free free -> Holding.free(this, free, now);
      case Command.Sell(var sale) -> Recording.sell(this, sale, ledger, now);
      case Command.Enter(var movement) -> Recording.enter(this, movement, ledger, now);
      case Command.SetSafety set -> Planning.setSafety(this, set, now);
      case Command.Expect expect -> Planning.expect(this, expect, now);
      case Command.DropExpired() -> Holding.dropExpired(this, now);
    };
  }

  /** With other holds. */
  Level withHolds(HeldPieces next) {
    return new Level(id, onHand, safety, version + 1, sequence, next, count, tail, requests, goods);
  }

  /** With another safety stock, or other goods, asked for by a request to be remembered. */
  Level planned(int nextSafety, List<SafetyRequest> nextRequests, Goods nextGoods) {
    return new Level(
        id, onHand, nextSafety, version + 1, sequence, holds, count, tail, nextRequests, nextGoods);
  }

  /** After a movement. */
  Level moved(
      int nextOnHand,
      HeldPieces nextHolds,
      @Nullable Count nextCount,
      List<Applied> nextTail,
      Goods nextGoods) {
    return new Level(
        id,
        nextOnHand,
        safety,
        version + 1,
        sequence + 1,
        nextHolds,
        nextCount,
        nextTail,
        requests,
        nextGoods);
  }

  /** Why a movement does not go with the pieces there are; empty when it does. */
  Optional<Outcome.Unfit> unfit(Movement movement) {
    var named = movement.details().serials();
    return goods
        .unfit(movement)
        .or(
            () -> {
              if (named.isEmpty() || movement.delta() >= 0) {
                return Optional.empty();
              }
              var others = leaving(movement.hold());
              return named.stream()
                  .filter(others::contains)
                  .findFirst()
                  .map(serial -> new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, serial));
            });
  }

  /** The serial numbers of the pieces that other holds than this one are being sold with. */
  Set<String> leaving(String except) {
    return goods.serials().isEmpty() ? Set.of() : holds.named(except);
  }

  /** True when this movement has changed this level. */
  boolean hasApplied(Movement movement, Ledger ledger) {
    return ledger.entries().get(movement.id()) instanceof Ledger.Entry.Settled
        || tail.stream().anyMatch(applied -> applied.movement().equals(movement.id()));
  }

  /** It is so already. */
  Step unchanged(Instant now) {
    return refused(new Outcome.Repeated(snapshot(now)));
  }

  /** Nothing changes. */
  Step refused(Outcome outcome) {
    return new Step(this, outcome, List.of());
  }
}
