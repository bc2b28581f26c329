package dev.filo.inventory.service;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Hold.State;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.inventory.domain.Refusal;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Holds over one or more SKUs at one location: all lines or none.
 *
 * <p>The journal decides, the levels follow. Placing: PLACING, pieces kept on each level, ACTIVE;
 * or, when one is short, REFUSED and the others freed. Selling: SELLING, each level asked to keep
 * its pieces until they are sold, SETTLING, sold on each level, SOLD; with one line the level's own
 * update is the decision. Every step can be done again by anybody: the same call repeated, or
 * {@link #goOn} once the journal is due.
 */
public final class Holds {
  private static final Logger log = LoggerFactory.getLogger(Holds.class);
  // A caller's own retries come within seconds; what nobody resumed by then is given up.
  private static final Duration PLACING_MAX = Duration.ofSeconds(30);
  // A sale half done is finished by the sweeper after this.
  private static final Duration SELLING_MAX = Duration.ofSeconds(5);
  private static final Duration CLEAN_SOON = Duration.ofSeconds(1);
  // Longer than any write that is still on its way can take.
  private static final Duration CLEAN_AGAIN = Duration.ofMinutes(1);
  private static final int TRIES_MAX = 10;

  private final HoldStore holds;
  private final LevelWriter levels;
  private final Places places;
  private final InstantSource clock;

  /** Holds kept in these stores. */
  public Holds(HoldStore holds, LevelWriter levels, Places places, InstantSource clock) {
    this.holds = holds;
    this.levels = levels;
    this.places = places;
    this.clock = clock;
  }

  /**
   * Places a hold. One value: the hold as it was first answered; RefusedException when pieces are
   * short, something is not known, or a hold of the id is another one.
   */
  public Mono<Hold> place(
      String id,
      String location,
      List<Hold.Line> lines,
      Instant expireTime,
      String owner,
      Author author) {
    var summed = sum(lines);
    var content = Ids.derived(location, summed.toString(), expireTime.toString(), owner);
    return Mono.defer(
            () -> {
              var now = clock.instant();
              if (!now.isBefore(expireTime)) {
                return holds
                    .find(id)
                    .switchIfEmpty(refused(new Refusal.TimeInvalid("expire_time")));
              }
              var asked =
                  Hold.placing(
                      id,
                      location,
                      summed,
                      expireTime,
                      owner,
                      author,
                      content,
                      now.plus(PLACING_MAX));
              return places
                  .requireLocation(location)
                  .then(places.requireSkus(summed.stream().map(Hold.Line::sku).toList()))
                  .then(Mono.defer(() -> holds.insert(asked)))
                  .flatMap(isNew -> isNew ? Mono.just(asked) : holds.find(id));
            })
        .flatMap(hold -> answer(hold, content, expireTime));
  }

  private static List<Hold.Line> sum(List<Hold.Line> lines) {
    var pieces = new TreeMap<String, Integer>();
    lines.forEach(line -> pieces.merge(line.sku(), line.quantity(), Integer::sum));
    return pieces.entrySet().stream()
        .map(entry -> new Hold.Line(entry.getKey(), entry.getValue()))
        .toList();
  }

  private Mono<Hold> answer(Hold hold, String content, Instant expireTime) {
    if (!hold.content().equals(content)) {
      return refused(new Refusal.HoldDiffers(hold.id()));
    }
    return switch (hold.state()) {
      case PLACING -> goOnPlacing(hold).flatMap(next -> answer(next, content, expireTime));
      case ACTIVE, SELLING, SETTLING, SOLD -> Mono.just(hold.asPlaced(expireTime));
      case RELEASED, EXPIRED ->
          hold.wasActive() ? Mono.just(hold.asPlaced(expireTime)) : over(hold);
      case REFUSED ->
          refused(
              hold.shortages().isEmpty()
                  ? new Refusal.HoldsFull(hold.location())
                  : new Refusal.StockInsufficient(hold.location(), hold.shortages()));
    };
  }

  private Mono<Hold> goOnPlacing(Hold hold) {
    var orders =
        orders(
            hold,
            line ->
                new Command.Place(hold.id(), line.quantity(), hold.expireTime(), hold.author()));
    return levels
        .submit(orders)
        .flatMap(
            outcomes -> {
              var available = new TreeMap<String, Integer>();
              boolean over = false;
              boolean full = false;
              for (int i = 0; i < outcomes.size(); i++) {
                var outcome = outcomes.get(i);
                if (outcome instanceof Outcome.TooFew(int pieces)) {
                  available.put(hold.lines().get(i).sku(), pieces);
                }
                over |= outcome instanceof Outcome.Over;
                full |= outcome instanceof Outcome.Full;
              }
              var cleaning = clock.instant().plus(CLEAN_SOON);
              if (full || !available.isEmpty()) {
                return decided(hold, hold.refused(available, cleaning));
              }
              return over
                  ? decided(hold, hold.over(State.EXPIRED, cleaning))
                  : decided(hold, hold.active());
            });
  }

  /**
   * Moves a hold's end. One value: the hold; RefusedException when it has ended or is not known.
   */
  public Mono<Hold> extend(String id, Instant expireTime, String requestId, Author author) {
    return find(id).flatMap(hold -> extend(hold, expireTime, requestId, author)).retryWhen(stale());
  }

  private Mono<Hold> extend(Hold hold, Instant expireTime, String requestId, Author author) {
    for (Hold.Extension extension : hold.extensions()) {
      if (extension.requestId().equals(requestId)) {
        return extension.expireTime().equals(expireTime)
            ? Mono.just(hold.asPlaced(expireTime))
            : refused(new Refusal.RequestIdReused());
      }
    }
    var now = clock.instant();
    if (hold.state() == State.PLACING) {
      return refused(new Refusal.HoldUnknown(hold.id()));
    }
    if (hold.state() != State.ACTIVE || !now.isBefore(hold.expireTime())) {
      return over(hold);
    }
    if (!now.isBefore(expireTime)) {
      return refused(new Refusal.TimeInvalid("expire_time"));
    }
    return levels
        .submit(orders(hold, line -> new Command.Extend(hold.id(), expireTime, author)))
        .flatMap(
            outcomes ->
                outcomes.stream().anyMatch(Outcome.Over.class::isInstance)
                    ? decided(hold, hold.over(State.EXPIRED, now.plus(CLEAN_SOON)))
                        .flatMap(Holds::over)
                    : holds.replace(hold, hold.extended(requestId, expireTime)));
  }

  /** Frees a hold. One value: the hold as it is then; RefusedException when it is not known. */
  public Mono<Hold> release(String id, Author author) {
    return find(id)
        .flatMap(
            hold ->
                switch (hold.state()) {
                  case PLACING, ACTIVE ->
                      holds
                          .replace(
                              hold, hold.over(State.RELEASED, clock.instant().plus(CLEAN_SOON)))
                          .flatMap(released -> free(released, author).thenReturn(released));
                  case SELLING, SETTLING -> goOnSelling(hold);
                  case REFUSED, SOLD, RELEASED, EXPIRED -> Mono.just(hold);
                })
        .retryWhen(stale());
  }

  /**
   * Sells a hold. One value: the hold, sold; RefusedException when it has ended or is not known.
   *
   * @param seller who did it, for the ledger
   */
  public Mono<Hold> sell(String id, Author seller) {
    return find(id)
        .flatMap(hold -> sell(hold, seller))
        .retryWhen(stale())
        .flatMap(hold -> hold.state() == State.SOLD ? Mono.just(hold) : over(hold));
  }

  private Mono<Hold> sell(Hold hold, Author seller) {
    return switch (hold.state()) {
      case PLACING -> refused(new Refusal.HoldUnknown(hold.id()));
      case ACTIVE -> {
        var now = clock.instant();
        yield now.isBefore(hold.expireTime())
            ? holds
                .replace(hold, hold.selling(seller, now, now.plus(SELLING_MAX)))
                .flatMap(this::goOnSelling)
            : over(hold);
      }
      case SELLING, SETTLING -> goOnSelling(hold);
      case REFUSED, SOLD, RELEASED, EXPIRED -> Mono.just(hold);
    };
  }

  /** Sells what is to be sold; the hold, sold or expired. */
  private Mono<Hold> goOnSelling(Hold hold) {
    boolean certain = hold.state() == State.SETTLING || hold.lines().size() == 1;
    var orders =
        orders(
            hold,
            line -> {
              var sale = sale(hold, line);
              return certain ? new Command.Sell(sale) : new Command.Pin(hold.id(), sale);
            });
    return levels
        .submit(orders)
        .flatMap(
            outcomes -> {
              var cleaning = clock.instant().plus(CLEAN_SOON);
              if (outcomes.stream().anyMatch(Outcome.Over.class::isInstance)) {
                return hold.state() == State.SETTLING
                    ? Mono.error(
                        new IllegalStateException("pieces kept for a sale are gone: " + hold.id()))
                    : decided(hold, hold.over(State.EXPIRED, cleaning));
              }
              return certain
                  ? holds.replace(hold, hold.over(State.SOLD, cleaning))
                  : holds.replace(hold, hold.settling()).flatMap(this::goOnSelling);
            });
  }

  private static Movement sale(Hold hold, Hold.Line line) {
    var seller = hold.seller();
    var time = hold.sellTime();
    if (seller == null || time == null) {
      throw new IllegalStateException("not being sold: " + hold.id());
    }
    return new Movement(
        "sale-" + Ids.derived("sale", hold.id(), line.sku()),
        Movement.Kind.SALE,
        Level.id(line.sku(), hold.location()),
        line.quantity(),
        time,
        hold.owner(),
        seller,
        hold.id(),
        "hold " + hold.id());
  }

  /** Finishes or ends a hold that is due. Empty; repeating is harmless. */
  public Mono<Void> goOn(Hold hold) {
    var now = clock.instant();
    Mono<Hold> step =
        switch (hold.state()) {
          case PLACING -> {
            log.info("hold {} was never finished; it is released", hold.id());
            yield decided(hold, hold.over(State.RELEASED, now.plus(CLEAN_SOON)));
          }
          case ACTIVE ->
              now.isBefore(hold.expireTime())
                  ? Mono.just(hold)
                  : decided(hold, hold.over(State.EXPIRED, now.plus(CLEAN_SOON)));
          case SELLING, SETTLING -> goOnSelling(hold);
          case REFUSED, SOLD, RELEASED, EXPIRED ->
              free(hold, Author.INVENTORY)
                  .then(Mono.defer(() -> holds.replace(hold, hold.cleaned(now.plus(CLEAN_AGAIN)))));
        };
    return step.onErrorResume(StaleVersionException.class, stale -> Mono.empty()).then();
  }

  /**
   * Keeps a decision; when it ends the hold its levels are freed then. The hold as decided, by us
   * or by whoever was first.
   */
  private Mono<Hold> decided(Hold seen, Hold next) {
    return holds
        .replace(seen, next)
        .flatMap(
            kept ->
                kept.state() == State.ACTIVE
                    ? Mono.just(kept)
                    : free(kept, kept.state() == State.REFUSED ? kept.author() : Author.INVENTORY)
                        .thenReturn(kept))
        .onErrorResume(StaleVersionException.class, stale -> holds.find(seen.id()));
  }

  private Mono<Void> free(Hold hold, Author author) {
    return levels.submit(orders(hold, line -> new Command.Free(hold.id(), author))).then();
  }

  private static List<LevelWriter.Order> orders(Hold hold, Function<Hold.Line, Command> command) {
    return hold.lines().stream()
        .map(
            line ->
                new LevelWriter.Order(Level.id(line.sku(), hold.location()), command.apply(line)))
        .toList();
  }

  private Mono<Hold> find(String id) {
    return holds.find(id).switchIfEmpty(refused(new Refusal.HoldUnknown(id)));
  }

  private static Mono<Hold> over(Hold hold) {
    return refused(
        new Refusal.HoldOver(
            hold.id(), (hold.state() == State.ACTIVE ? State.EXPIRED : hold.state()).name()));
  }

  private static Mono<Hold> refused(Refusal refusal) {
    return Mono.error(() -> new RefusedException(refusal));
  }

  private static Retry stale() {
    return Retry.backoff(TRIES_MAX, Duration.ofMillis(2))
        .maxBackoff(Duration.ofMillis(50))
        .filter(StaleVersionException.class::isInstance)
        .onRetryExhaustedThrow((spec, last) -> last.failure());
  }
}
