package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What holds ask of a level. */
final class Holding {
  private Holding() {}

  static Level.Step place(Level level, Command.Place place, Instant now) {
    var found = level.holds().get(place.hold());
    if (found.isPresent()) {
      return found.get().counts(now)
          ? level.unchanged(now)
          : afterDropping(level, found.get(), place, now);
    }
    if (!now.isBefore(place.expireTime())) {
      return level.refused(new Outcome.Over());
    }
    int available = level.available(now, place.safety());
    if (available < place.quantity()) {
      return level.refused(new Outcome.TooFew(available));
    }
    if (level.holds().size() >= Level.HOLDS_MAX) {
      return level.refused(new Outcome.Full());
    }
    var held = new Held(place.hold(), place.quantity(), place.expireTime(), false);
    return told(
        level, level.holds().with(held), place.hold(), place.quantity(), place.author(), now);
  }

  static Level.Step resize(Level level, Command.Resize resize, Instant now) {
    var found = level.holds().get(resize.hold());
    if (found.isPresent() && !found.get().counts(now)) {
      return afterDropping(level, found.get(), resize, now);
    }
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
    if (found.isEmpty() && level.holds().size() >= Level.HOLDS_MAX) {
      return level.refused(new Outcome.Full());
    }
    var held =
        new Held(resize.hold(), resize.quantity(), resize.expireTime(), false, resize.revision());
    return told(level, level.holds().with(held), resize.hold(), more, resize.author(), now);
  }

  /** Does it where a hold of the same id has expired and is still there. */
  private static Level.Step afterDropping(Level level, Held expired, Command command, Instant now) {
    var dropped = drop(level, expired, now);
    var done = dropped.next().apply(command, Ledger.NONE, now);
    var changes = new ArrayList<>(dropped.changes());
    changes.addAll(done.changes());
    return new Level.Step(done.next(), done.outcome(), changes);
  }

  static Level.Step pin(Level level, Command.Pin pin, Ledger ledger, Instant now) {
    if (level.hasApplied(pin.sale(), ledger)) {
      return level.unchanged(now);
    }
    var found = keeping(level, pin.sale(), now);
    if (found.isEmpty()) {
      return level.refused(new Outcome.Over());
    }
    var held = found.get();
    if (held.revision() > pin.revision()) {
      return level.refused(new Outcome.Over());
    }
    var unfit = level.unfit(pin.sale());
    if (unfit.isPresent()) {
      return level.refused(unfit.get());
    }
    var next = held.pin(pin.sale().details().serials());
    return next.equals(held) ? level.unchanged(now) : quietly(level, level.holds().with(next), now);
  }

  static Level.Step extend(Level level, Command.Extend extend, Instant now) {
    var found = level.holds().get(extend.hold());
    if (found.isEmpty() || !found.get().counts(now)) {
      return level.refused(new Outcome.Over());
    }
    var next = found.get().until(extend.expireTime(), extend.revision());
    return next.equals(found.get())
        ? level.unchanged(now)
        : quietly(level, level.holds().with(next), now);
  }

  static Level.Step free(Level level, Command.Free free, Instant now) {
    var found = level.holds().get(free.hold());
    if (found.isEmpty()) {
      return level.unchanged(now);
    }
    var held = found.get();
    return held.counts(now)
        ? told(
            level,
            level.holds().without(free.hold()),
            free.hold(),
            -held.quantity(),
            free.author(),
            now)
        : drop(level, held, now);
  }

  static Level.Step dropExpired(Level level, Instant now) {
    var next = level;
    var changes = new ArrayList<Change>();
    for (Held held : level.holds().expired(now, Level.DROPS_MAX)) {
      var step = drop(next, held, now);
      next = step.next();
      changes.addAll(step.changes());
    }
    return next.version() == level.version()
        ? level.unchanged(now)
        : new Level.Step(next, new Outcome.Done(next.snapshot(now)), changes);
  }

  private static Level.Step drop(Level level, Held expired, Instant now) {
    return told(
        level,
        level.holds().without(expired.hold()),
        expired.hold(),
        -expired.quantity(),
        Author.INVENTORY,
        now);
  }

  /** The hold a sale is out of, if it keeps enough pieces here. */
  static Optional<Held> keeping(Level level, Movement sale, Instant now) {
    return level
        .holds()
        .get(sale.hold())
        .filter(held -> held.counts(now) && held.quantity() >= sale.quantity());
  }

  /** What is left of a level's holds after a sale out of one of them. */
  static HeldPieces sold(Level level, Held held, int quantity) {
    return held.quantity() > quantity
        ? level.holds().with(held.less(quantity))
        : level.holds().without(held.hold());
  }

  /** Tells of pieces kept, or freed below 0; of none there is nothing to tell. */
  private static Level.Step told(
      Level level, HeldPieces holds, String hold, int quantity, Author author, Instant now) {
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

  private static Level.Step quietly(Level level, HeldPieces holds, Instant now) {
    var next = level.withHolds(holds);
    return new Level.Step(next, new Outcome.Done(next.snapshot(now)), List.of());
  }
}
