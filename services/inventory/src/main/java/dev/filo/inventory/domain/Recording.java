package dev.filo.inventory.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What movements do to a level. */
final class Recording {
  private Recording() {}

  /** What a movement makes of a level. */
  private record Effect(
      int onHand, HeldPieces holds, @Nullable Count count, Goods goods, List<String> serials) {}

  static Level.Step sell(Level level, Movement sale, Ledger ledger, Instant now) {
    if (level.hasApplied(sale, ledger)) {
      return level.unchanged(now);
    }
    var found = Holding.keeping(level, sale, now);
    if (found.isEmpty()) {
      return level.refused(new Outcome.Over());
    }
    if (!found.get().pinned()) { // else it was decided when they were pinned
      var unfit = level.unfit(sale);
      if (unfit.isPresent()) {
        return level.refused(unfit.get());
      }
    }
    // The goods leave now: a count that claims to be true later has not seen them leave.
    var latest = level.count();
    var effective =
        latest != null && !latest.effectiveTime().isBefore(sale.effectiveTime())
            ? latest.effectiveTime().plus(Duration.ofMillis(1))
            : sale.effectiveTime();
    var serials = level.goods().leaving(sale, level.leaving(sale.hold()));
    return moved(
        level,
        sale,
        effective,
        new Effect(
            sum(level.onHand(), sale.delta()),
            Holding.sold(level, found.get(), sale.quantity()),
            level.count(),
            level.goods().moved(serials, sale.delta()),
            serials),
        now);
  }

  static Level.Step enter(Level level, Movement asked, Ledger ledger, Instant now) {
    var entry = ledger.entries().get(asked.id());
    var movement = entry == null ? asked : entry.movement();
    // A movement of kits is a journal: its components' movements change levels.
    if (!movement.sameContent(asked) || movement.isOfKits()) {
      return level.refused(new Outcome.Differs());
    }
    if (entry instanceof Ledger.Entry.Settled settled) {
      return level.refused(new Outcome.Repeated(settled.applied().after()));
    }
    for (Applied applied : level.tail()) {
      if (applied.movement().equals(asked.id())) {
        return level.refused(new Outcome.Repeated(applied.after()));
      }
    }
    if (movement.kind() == Movement.Kind.COUNT) {
      return counted(level, movement, ledger, now);
    }
    boolean inCount =
        level.count() != null && !level.count().effectiveTime().isBefore(movement.effectiveTime());
    if (!inCount) {
      var unfit = level.unfit(movement);
      if (unfit.isPresent()) {
        return level.refused(unfit.get());
      }
    }
    return moved(
        level,
        movement,
        movement.effectiveTime(),
        new Effect(
            inCount ? level.onHand() : sum(level.onHand(), movement.delta()),
            level.holds(),
            level.count(),
            goods(level.goods(), movement, inCount),
            movement.details().serials()),
        now);
  }

  /** What is on its way or set aside no count can see: it changes whenever it was true. */
  private static Goods goods(Goods before, Movement movement, boolean inCount) {
    var details = movement.details();
    var reason = details.reason();
    var next =
        switch (movement.kind()) {
          case TRANSFER_ANNOUNCED ->
              before.transit(details.transfer(), details.counterpart(), movement.quantity());
          case TRANSFER_IN ->
              before.transit(details.transfer(), details.counterpart(), -movement.quantity());
          case SET_ASIDE -> reason == null ? before : before.aside(reason, movement.quantity());
          case RECEIPT, SALE, RETURN, ADJUSTMENT, COUNT, TRANSFER_OUT -> before;
        };
    return inCount ? next : next.moved(details.serials(), movement.delta());
  }

  private static Level.Step counted(Level level, Movement movement, Ledger ledger, Instant now) {
    var effective = movement.effectiveTime();
    var found = movement.details().serials();
    var known = level.count();
    if (known != null && !known.isBefore(effective, movement.id())) {
      return moved(
          level,
          movement,
          effective,
          new Effect(level.onHand(), level.holds(), known, level.goods(), found),
          now);
    }
    var later = new ArrayList<Applied>();
    var seen = new HashSet<String>();
    for (Applied one : ledger.later().getOrDefault(movement.id(), List.of())) {
      if (seen.add(one.movement())) {
        later.add(one);
      }
    }
    for (Applied one : level.tail()) {
      if (seen.add(one.movement())) {
        later.add(one);
      }
    }
    long sum = movement.quantity();
    for (Applied one : later) {
      sum += deltaAfter(one, effective);
    }
    // A count that names no serial numbers of pieces that have some was none of a serialized SKU.
    boolean namesAll = !found.isEmpty() || movement.quantity() == 0;
    if (namesAll) {
      var unfit = level.goods().unfit(found, effective, later, level.leaving(""));
      if (unfit.isPresent()) {
        return level.refused(unfit.get());
      }
    }
    return moved(
        level,
        movement,
        effective,
        new Effect(
            clamp(sum),
            level.holds(),
            new Count(movement.id(), effective, movement.quantity()),
            namesAll ? level.goods().counted(found, effective, later) : level.goods(),
            found),
        now);
  }

  private static int deltaAfter(Applied applied, Instant time) {
    return applied.counted() || !applied.effectiveTime().isAfter(time) ? 0 : applied.delta();
  }

  private static Level.Step moved(
      Level level, Movement movement, Instant effective, Effect effect, Instant now) {
    var after =
        level
            .moved(effect.onHand, effect.holds, effect.count, level.tail(), effect.goods)
            .snapshot(now);
    boolean isCount = movement.kind() == Movement.Kind.COUNT;
    var tail = new ArrayList<>(level.tail());
    tail.add(
        new Applied(
            movement.id(),
            level.sequence() + 1,
            isCount,
            movement.delta(),
            effective,
            after,
            effect.serials));
    var next = level.moved(effect.onHand, effect.holds, effect.count, tail, effect.goods);
    return new Level.Step(
        next,
        new Outcome.Done(after),
        List.of(
            new Change(
                after,
                movement.id(),
                movement.hold(),
                movement.cause(),
                movement.kind(),
                quantity(movement, effect.onHand - level.onHand()),
                movement.author(),
                now)));
  }

  /** Pieces as a change tells them. */
  private static int quantity(Movement movement, int difference) {
    return switch (movement.kind()) {
      case COUNT -> difference;
      case SET_ASIDE, TRANSFER_ANNOUNCED -> movement.quantity();
      case RECEIPT, SALE, RETURN, ADJUSTMENT, TRANSFER_OUT, TRANSFER_IN -> movement.delta();
    };
  }

  private static int sum(int onHand, int delta) {
    return clamp((long) onHand + delta);
  }

  private static int clamp(long pieces) {
    return (int) Math.clamp(pieces, (long) Integer.MIN_VALUE, (long) Integer.MAX_VALUE);
  }
}
