package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What holds ask of a level. */
final class Holding {
  private Holding() {}

  static Level.Step place(Level level, Command.Place place, Instant now) {
    if (find(level, place.hold()).isPresent()) {
      return level.unchanged(now);
    }
    if (!now.isBefore(place.expireTime())) {
      return level.refused(new Outcome.Over());
    }
    int available = level.available(now, place.safety());
    if (available < place.quantity()) {
      return level.refused(new Outcome.TooFew(available));
    }
    var held = new Held(place.hold(), place.quantity(), place.expireTime(), false);
    return told(level, with(level, held), place.hold(), place.quantity(), place.author(), now);
  }

  static Level.Step resize(Level level, Command.Resize resize, Instant now) {
    var found = find(level, resize.hold()).filter(held -> held.counts(now));
    if (found.isPresent() && found.get().revision() >= resize.revision()) {
      return level.unchanged(now);
    }
    boolean isPinned = found.isPresent() && found.get().pinned();
    if (!isPinned && !now.isBefore(resize.expireTime())) {
      return level.refused(new Outcome.Over());
    }
    if (found.isEmpty() && !resize.isNew() && resize.quantity() > 0) {
      return level.refused(new Outcome.Over());
    }
    int before = found.map(Held::quantity).orElse(0);
    int more = resize.quantity() - before;
    int available = level.available(now, resize.safety());
    if (more > 0 && available < more) {
      return level.refused(new Outcome.TooFew(before + available));
    }
    var held =
        new Held(
            resize.hold(), resize.quantity(), resize.expireTime(), isPinned, resize.revision());
    return told(level, with(level, held), resize.hold(), more, resize.author(), now);
  }

  static Level.Step pin(Level level, Command.Pin pin, Ledger ledger, Instant now) {
    if (level.hasApplied(pin.sale(), ledger)) {
      return level.unchanged(now);
    }
    var found = find(level, pin.hold());
    if (found.isEmpty()
        || !found.get().counts(now)
        || found.get().quantity() < pin.sale().quantity()) {
      return level.refused(new Outcome.Over());
    }
    var held = found.get();
    return held.pinned() ? level.unchanged(now) : quietly(level, with(level, held.pin()), now);
  }

  static Level.Step extend(Level level, Command.Extend extend, Instant now) {
    var found = find(level, extend.hold());
    if (found.isEmpty() || !found.get().counts(now)) {
      return level.refused(new Outcome.Over());
    }
    var held = found.get();
    return held.expireTime().equals(extend.expireTime())
        ? level.unchanged(now)
        : quietly(level, with(level, held.until(extend.expireTime())), now);
  }

  static Level.Step free(Level level, Command.Free free, Instant now) {
    var found = find(level, free.hold());
    return found.isEmpty()
        ? level.unchanged(now)
        : told(
            level,
            without(level, free.hold()),
            free.hold(),
            -found.get().quantity(),
            free.author(),
            now);
  }

  static Level.Step dropExpired(Level level, Instant now) {
    var next = level;
    var changes = new ArrayList<Change>();
    for (Held held : level.holds()) {
      if (!held.counts(now)) {
        var step =
            told(
                next,
                without(next, held.hold()),
                held.hold(),
                -held.quantity(),
                Author.INVENTORY,
                now);
        next = step.next();
        changes.addAll(step.changes());
      }
    }
    return next.version() == level.version()
        ? level.unchanged(now)
        : new Level.Step(next, new Outcome.Done(next.snapshot(now)), changes);
  }

  /** What is left of a level's holds after a sale out of one of them. */
  static List<Held> sold(Level level, Held held, int quantity) {
    return held.quantity() > quantity
        ? with(level, held.less(quantity))
        : without(level, held.hold());
  }

  static Optional<Held> find(Level level, String hold) {
    return level.holds().stream().filter(held -> held.hold().equals(hold)).findFirst();
  }

  private static List<Held> with(Level level, Held held) {
    var next = new ArrayList<>(without(level, held.hold()));
    next.add(held);
    return next;
  }

  private static List<Held> without(Level level, String hold) {
    return level.holds().stream().filter(held -> !held.hold().equals(hold)).toList();
  }

  /** Tells of pieces kept, or freed below 0; of none there is nothing to tell. */
  private static Level.Step told(
      Level level, List<Held> holds, String hold, int quantity, Author author, Instant now) {
    if (quantity == 0) {
      return quietly(level, holds, now);
    }
    var next = level.withHolds(holds);
    var after = next.snapshot(now);
    return new Level.Step(
        next,
        new Outcome.Done(after),
        List.of(new Change(after, "", hold, "", null, quantity, author, now)));
  }

  private static Level.Step quietly(Level level, List<Held> holds, Instant now) {
    var next = level.withHolds(holds);
    return new Level.Step(next, new Outcome.Done(next.snapshot(now)), List.of());
  }
}
