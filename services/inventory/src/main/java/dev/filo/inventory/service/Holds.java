package dev.filo.inventory.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Hold.State;
import dev.filo.inventory.domain.Kit;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.inventory.domain.Plan;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.StockItem;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Holds over one or more SKUs at one location: all lines or none.
 *
 * <p>Of one SKU: the level decides, and what it writes carries the journal, so that a customer
 * waits for one durable write; the journal is put among the others right after ({@link #keep}), and
 * until then it is found on its level. An id is asked for among the journals before; one that two
 * replicas use for two different holds at the same instant is noticed when the second journal is
 * put there, and its pieces are freed.
 *
 * <p>Of several SKUs: the journal decides, the levels follow. Placing: PLACING, pieces kept on each
 * level, ACTIVE; or, when one is short, REFUSED and the others freed. Selling: SELLING, each level
 * asked to keep its pieces until they are sold, SETTLING, sold on each level, SOLD, or ACTIVE with
 * what is left; with one line the level's own update is the decision. Changing and moving: CHANGING
 * or MOVING, more pieces kept or the other location's, TRIMMING with the new lines or, when one is
 * short, the old ones, what is not held any more freed, ACTIVE. Every step can be done again by
 * anybody: the same call repeated, or {@link #goOn} once the journal is due.
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
  private static final int PLACED_MAX = 20_000;

  /**
   * How many journals a level may carry: some 2 MB of the 16 that its document can have. They wait
   * there for milliseconds, unless the feed cannot be written.
   */
  public static final int CARRIED_MAX = 4_000;

  private final HoldStore holds;
  private final LevelWriter levels;
  private final Places places;
  private final Items items;
  private final InstantSource clock;
  // Until its journal is among the others, an id that comes again here is known by this.
  private final Cache<String, Mono<Hold>> placed =
      Caffeine.newBuilder()
          .maximumSize(PLACED_MAX)
          .expireAfterWrite(PLACING_MAX)
          .executor(Runnable::run)
          .build();
  // The holds whose journals a level carries, by level, as far as they were placed here.
  private final Map<String, Set<String>> carried = new ConcurrentHashMap<>();

  /** Holds kept in these stores. */
  public Holds(
      HoldStore holds, LevelWriter levels, Places places, Items items, InstantSource clock) {
    this.holds = holds;
    this.levels = levels;
    this.places = places;
    this.items = items;
    this.clock = clock;
  }

  /**
   * Places a hold. One value: the hold as it was first answered; RefusedException when pieces are
   * short, something is not known, or a hold of the id is another one.
   *
   * @param channel where the goods are promised, for the safety rules; empty: where the author is
   */
  public Mono<Hold> place(
      String id,
      String location,
      List<Hold.Line> lines,
      Instant expireTime,
      String owner,
      Author author,
      String channel) {
    var summed = StockItem.sum(lines);
    var content = Ids.derived(location, summed.toString(), expireTime.toString(), owner);
    return Mono.defer(
            () -> {
              var now = clock.instant();
              if (!now.isBefore(expireTime)) {
                return holds
                    .find(id)
                    .switchIfEmpty(refused(new Refusal.TimeInvalid("expire_time")));
              }
              return places
                  .requireLocation(location)
                  .then(places.requireSkus(summed.stream().map(Hold.Line::sku).toList()))
                  .then(Mono.defer(items::ready))
                  .map(known -> known.pieces(summed))
                  .map(
                      pieces ->
                          Hold.placing(
                              id,
                              location,
                              pieces.lines(),
                              pieces.kits(),
                              expireTime,
                              owner,
                              author,
                              channel.isEmpty() ? author.channel() : channel,
                              content,
                              now.plus(PLACING_MAX)))
                  .flatMap(
                      asked ->
                          asked.lines().size() == 1
                              ? placeOnce(asked)
                              : holds
                                  .insert(asked)
                                  .flatMap(isNew -> isNew ? Mono.just(asked) : holds.find(id)));
            })
        .flatMap(hold -> answer(hold, content, expireTime));
  }

  /** Places a hold of one SKU, unless this id is being placed here or has been placed. */
  private Mono<Hold> placeOnce(Hold asked) {
    var id = asked.id();
    return placed.get(
        id,
        key ->
            holds
                .journal(id)
                .doOnNext(known -> placed.invalidate(id))
                .switchIfEmpty(Mono.defer(() -> placeOnLevel(asked)))
                .doOnError(error -> placed.invalidate(id))
                .cache());
  }

  /** Places a hold on the one level it is of. The hold as it has become, or as it was already. */
  private Mono<Hold> placeOnLevel(Hold asked) {
    var active = asked.active();
    var level = level(asked);
    return room(level, asked.location())
        .then(
            Mono.defer(
                () -> {
                  carries(level, asked.id());
                  return levels.submit(orders(asked, line -> placing(asked, line, active)));
                }))
        .doOnError(error -> carriesNoMore(level, asked.id()))
        .map(List::getFirst)
        .doOnNext(
            outcome -> {
              if (!(outcome instanceof Outcome.Done)) {
                carriesNoMore(level, asked.id());
              }
            })
        .flatMap(
            outcome ->
                switch (outcome) {
                  case Outcome.Done done -> Mono.just(active);
                  case Outcome.TooFew(int pieces) ->
                      first(asked.refusedAtOnce(Map.of(asked.lines().getFirst().sku(), pieces)));
                  case Outcome.Full full -> first(asked.refusedAtOnce(Map.of()));
                  case Outcome.Over over ->
                      first(asked.over(State.EXPIRED, clock.instant().plus(CLEAN_SOON)));
                  case Outcome.Repeated repeated ->
                      holds
                          .find(asked.id())
                          .switchIfEmpty(
                              Mono.error(
                                  () ->
                                      new IllegalStateException(
                                          "kept on its level and in no journal: " + asked.id())));
                  case Outcome.Differs differs -> throw unexpected(asked, outcome);
                  case Outcome.Unfit unfit -> throw unexpected(asked, outcome);
                });
  }

  private static String level(Hold ofOneSku) {
    return Level.id(ofOneSku.lines().getFirst().sku(), ofOneSku.location());
  }

  /** Empty when a level can carry another journal; RefusedException when it cannot. */
  private Mono<Void> room(String level, String location) {
    if (carriedBy(level) < CARRIED_MAX) {
      return Mono.empty();
    }
    // Others may have put them among the journals.
    return holds
        .carried(level)
        .collectList()
        .flatMap(
            ids -> {
              carried.computeIfPresent(
                  level,
                  (key, known) -> {
                    known.retainAll(Set.copyOf(ids));
                    return known;
                  });
              return carriedBy(level) < CARRIED_MAX
                  ? Mono.<Void>empty()
                  : refused(new Refusal.JournalsWaiting(location)).then();
            });
  }

  private int carriedBy(String level) {
    return carried.getOrDefault(level, Set.of()).size();
  }

  private void carries(String level, String id) {
    carried.compute(
        level,
        (key, known) -> {
          var all = known == null ? ConcurrentHashMap.<String>newKeySet() : known;
          all.add(id);
          return all;
        });
  }

  private void carriesNoMore(String level, String id) {
    carried.computeIfPresent(
        level,
        (key, known) -> {
          known.remove(id);
          return known.isEmpty() ? null : known;
        });
  }

  private static IllegalStateException unexpected(Hold hold, Outcome outcome) {
    return new IllegalStateException("to placing " + hold.id() + ": " + outcome);
  }

  /** Keeps how a hold ended that no level keeps; or what was there first. */
  private Mono<Hold> first(Hold ended) {
    return holds
        .insert(ended)
        .flatMap(isNew -> isNew ? Mono.just(ended) : holds.find(ended.id()))
        .doOnNext(known -> placed.invalidate(known.id()));
  }

  /**
   * Puts the journals that levels carried among the others. Empty; repeating is harmless. What a
   * level keeps counts: a hold that was refused when it was asked for a second time at the same
   * instant is held. Pieces kept under the id of a different hold are freed, and so are those of
   * one that ended while it was asked for a second time.
   */
  public Mono<Void> keep(List<? extends HoldStore.Carried> journals) {
    return holds
        .insert(journals)
        .flatMapIterable(taken -> taken)
        .concatMap(
            hold ->
                holds
                    .journal(hold.id())
                    .flatMap(
                        there -> {
                          if (!there.content().equals(hold.content())) {
                            log.warn("hold {} is another one already; it is freed", hold.id());
                            return free(hold, Author.INVENTORY);
                          }
                          return switch (there.state()) {
                            case REFUSED -> holds.replace(there, there.active()).then();
                            case RELEASED, EXPIRED, SOLD -> free(hold, Author.INVENTORY);
                            case PLACING, ACTIVE, CHANGING, MOVING, TRIMMING, SELLING, SETTLING ->
                                Mono.<Void>empty();
                          };
                        })
                    .onErrorResume(StaleVersionException.class, stale -> Mono.empty()))
        .then(
            Mono.fromRunnable(
                () ->
                    journals.forEach(
                        journal -> {
                          var hold = journal.hold();
                          placed.invalidate(hold.id());
                          carriesNoMore(level(hold), hold.id());
                        })));
  }

  private Mono<Hold> answer(Hold hold, String content, Instant expireTime) {
    if (!hold.content().equals(content)) {
      return refused(new Refusal.HoldDiffers(hold.id()));
    }
    return switch (hold.state()) {
      case PLACING -> goOnPlacing(hold).flatMap(next -> answer(next, content, expireTime));
      case ACTIVE, CHANGING, MOVING, TRIMMING, SELLING, SETTLING, SOLD ->
          Mono.just(hold.asPlaced(expireTime));
      case RELEASED, EXPIRED ->
          hold.wasActive() ? Mono.just(hold.asPlaced(expireTime)) : over(hold);
      case REFUSED -> refused(tooFew(hold.location(), hold.shortages(), hold.more().kits()));
    };
  }

  private Command placing(Hold hold, Hold.Line line, @Nullable Hold journal) {
    return new Command.Place(
        hold.id(),
        line.quantity(),
        hold.expireTime(),
        hold.author(),
        ruled(hold, line.sku(), hold.location()),
        journal);
  }

  private Mono<Hold> goOnPlacing(Hold hold) {
    return levels
        .submit(orders(hold, line -> placing(hold, line, null)))
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
    return find(id)
        .flatMap(this::atRest)
        .flatMap(hold -> extend(hold, expireTime, requestId, author))
        .retryWhen(stale());
  }

  private Mono<Hold> extend(Hold hold, Instant expireTime, String requestId, Author author) {
    for (Hold.Extension extension : hold.extensions()) {
      if (extension.requestId().equals(requestId)) {
        return extension.expireTime().equals(expireTime)
            ? Mono.just(hold.asExtended(expireTime))
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
        .submit(
            orders(hold, line -> new Command.Extend(hold.id(), expireTime, hold.version(), author)))
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
        .flatMap(this::atRest)
        .flatMap(
            hold ->
                switch (hold.state()) {
                  case PLACING, ACTIVE ->
                      holds
                          .replace(
                              hold, hold.over(State.RELEASED, clock.instant().plus(CLEAN_SOON)))
                          .flatMap(released -> free(released, author).thenReturn(released));
                  case CHANGING, MOVING, TRIMMING, SELLING, SETTLING ->
                      throw new IllegalStateException("not at rest: " + hold.id());
                  case REFUSED, SOLD, RELEASED, EXPIRED -> Mono.just(hold);
                })
        .retryWhen(stale());
  }

  /** Finishes what is being done with a hold. The hold, nothing being done with it any more. */
  private Mono<Hold> atRest(Hold hold) {
    return switch (hold.state()) {
      case CHANGING, MOVING, TRIMMING -> goOnPlanned(hold).flatMap(this::atRest);
      case SELLING, SETTLING -> goOnSelling(hold).flatMap(this::atRest);
      case PLACING, ACTIVE, REFUSED, SOLD, RELEASED, EXPIRED -> Mono.just(hold);
    };
  }

  /**
   * Gives a hold other quantities. One value: the hold; RefusedException when pieces are short,
   * then it is as it was, when it has ended or something is not known.
   */
  public Mono<Hold> change(String id, List<Hold.Line> lines, String requestId) {
    var summed = StockItem.sum(lines);
    var content = Ids.derived("change", summed.toString());
    return planned(
        id,
        requestId,
        content,
        hold ->
            places
                .requireSkus(summed.stream().map(Hold.Line::sku).toList())
                .then(Mono.defer(items::ready))
                .map(
                    known -> {
                      var pieces = known.pieces(summed);
                      var plan =
                          Plan.of(
                              requestId, content, hold.location(), pieces.lines(), pieces.kits());
                      return hold.planning(State.CHANGING, plan, lookAgain());
                    }));
  }

  /**
   * Moves a hold to another location. One value: the hold; RefusedException when pieces are short
   * there, then it is as it was, when it has ended or there is no such location.
   */
  public Mono<Hold> move(String id, String location, String requestId) {
    var content = Ids.derived("move", location);
    return planned(
        id,
        requestId,
        content,
        hold ->
            places
                .requireLocation(location)
                .then(
                    Mono.fromSupplier(
                        () -> {
                          var plan =
                              Plan.of(
                                  requestId, content, location, hold.lines(), hold.more().kits());
                          return hold.planning(State.MOVING, plan, lookAgain());
                        })));
  }

  private Instant lookAgain() {
    return clock.instant().plus(SELLING_MAX);
  }

  /**
   * Does something with a hold that is kept, unless the request is known.
   *
   * @param begin the hold with what is planned
   */
  private Mono<Hold> planned(
      String id, String requestId, String content, Function<Hold, Mono<Hold>> begin) {
    return find(id)
        .flatMap(this::atRest)
        .flatMap(
            hold -> {
              var known = hold.answer(requestId);
              if (known.isPresent()) {
                return answer(hold, known.get(), content);
              }
              if (hold.state() == State.PLACING) {
                return refused(new Refusal.HoldUnknown(hold.id()));
              }
              if (hold.state() != State.ACTIVE || !clock.instant().isBefore(hold.expireTime())) {
                return over(hold);
              }
              return begin
                  .apply(hold)
                  .flatMap(next -> holds.replace(hold, next))
                  .flatMap(this::atRest)
                  .flatMap(
                      done ->
                          done.answer(requestId)
                              .map(answer -> answer(done, answer, content))
                              .orElseGet(() -> over(done)));
            })
        .retryWhen(stale());
  }

  private static Mono<Hold> answer(Hold hold, Hold.Answer known, String content) {
    if (!known.content().equals(content)) {
      return refused(new Refusal.RequestIdReused());
    }
    if (!known.isRefused()) {
      return Mono.just(hold.as(known));
    }
    return known.missing().entrySet().stream()
        .findFirst()
        .map(
            one ->
                refused(new Refusal.SerialNotFound(known.location(), one.getKey(), one.getValue())))
        .orElseGet(() -> refused(tooFew(known.location(), known.shortages(), known.kits())));
  }

  private static Refusal tooFew(String location, Map<String, Integer> shortages, List<Kit> kits) {
    return shortages.isEmpty()
        ? new Refusal.HoldsFull(location)
        : new Refusal.StockInsufficient(location, Items.withKits(shortages, kits));
  }

  private int ruled(Hold hold, String sku, String location) {
    return items.ruled(sku, location, hold.more().channel()).pieces();
  }

  private Command resize(Hold hold, String sku, String location, int quantity, boolean isNew) {
    return new Command.Resize(
        hold.id(),
        quantity,
        hold.expireTime(),
        hold.version(),
        isNew,
        ruled(hold, sku, location),
        hold.author());
  }

  /** Changes, moves or trims; the hold, further on or over. */
  private Mono<Hold> goOnPlanned(Hold hold) {
    return hold.state() == State.TRIMMING ? trim(hold) : ask(hold);
  }

  private Mono<Hold> ask(Hold hold) {
    var plan = hold.plan();
    boolean moves = !plan.location().equals(hold.location());
    var before = moves ? Map.<String, Integer>of() : Hold.pieces(hold.lines());
    var wanted =
        plan.lines().stream()
            .filter(line -> line.quantity() > before.getOrDefault(line.sku(), 0))
            .toList();
    var orders =
        wanted.stream()
            .map(
                line ->
                    new LevelWriter.Order(
                        Level.id(line.sku(), plan.location()),
                        resize(
                            hold,
                            line.sku(),
                            plan.location(),
                            line.quantity(),
                            !before.containsKey(line.sku()))))
            .toList();
    return levels
        .submit(orders)
        .flatMap(
            outcomes -> {
              var available = new TreeMap<String, Integer>();
              boolean over = false;
              boolean full = false;
              for (int i = 0; i < outcomes.size(); i++) {
                if (outcomes.get(i) instanceof Outcome.TooFew(int pieces)) {
                  available.put(wanted.get(i).sku(), pieces);
                }
                over |= outcomes.get(i) instanceof Outcome.Over;
                full |= outcomes.get(i) instanceof Outcome.Full;
              }
              if (over) {
                return decided(hold, hold.over(State.EXPIRED, clock.instant().plus(CLEAN_SOON)));
              }
              return decided(
                  hold,
                  full || !available.isEmpty()
                      ? hold.unplanned(available, lookAgain())
                      : hold.planned(lookAgain()));
            });
  }

  private Mono<Hold> trim(Hold hold) {
    var orders =
        hold.plan().trims().stream()
            .map(
                trim ->
                    new LevelWriter.Order(
                        Level.id(trim.sku(), trim.location()),
                        resize(hold, trim.sku(), trim.location(), trim.quantity(), false)))
            .toList();
    return levels
        .submit(orders)
        .flatMap(
            outcomes ->
                outcomes.stream().anyMatch(Outcome.Over.class::isInstance)
                    ? decided(hold, hold.over(State.EXPIRED, clock.instant().plus(CLEAN_SOON)))
                    : decided(hold, hold.settled()));
  }

  /**
   * Sells a hold. One value: the hold, sold; RefusedException when it has ended or is not known.
   *
   * @param seller who did it, for the ledger
   */
  public Mono<Hold> sell(String id, Author seller) {
    return find(id)
        .flatMap(this::atRest)
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
      case CHANGING, MOVING, TRIMMING, SELLING, SETTLING ->
          throw new IllegalStateException("not at rest: " + hold.id());
      case REFUSED, SOLD, RELEASED, EXPIRED -> Mono.just(hold);
    };
  }

  /**
   * Sells some of a hold, or all of it by serial numbers; the rest stays held. One value: the hold;
   * RefusedException when it does not have so much, a serial number is not there, it has ended or
   * is not known: then it is held as before.
   *
   * @param lines kits as kits; none: all that is held
   * @param serials which pieces leave, by SKU, those in kits too; of a SKU left out the first there
   * @param allNamed true when no SKU whose pieces have serial numbers may be left out
   * @param seller who did it, for the ledger
   */
  public Mono<Hold> sellSome(
      String id,
      List<Hold.Line> lines,
      Map<String, List<String>> serials,
      boolean allNamed,
      Author seller,
      String requestId) {
    var summed = StockItem.sum(lines);
    var named = new TreeMap<>(serials);
    var content =
        named.isEmpty()
            ? Ids.derived("sell", summed.toString())
            : Ids.derived("sell", summed.toString(), named.toString());
    return items
        .ready()
        .flatMap(
            known ->
                planned(
                    id,
                    requestId,
                    content,
                    hold ->
                        Mono.fromSupplier(
                            () ->
                                hold.planning(
                                        State.ACTIVE,
                                        part(
                                            hold,
                                            summed.isEmpty() ? hold.asked() : summed,
                                            named,
                                            allNamed,
                                            requestId,
                                            content),
                                        lookAgain())
                                    .selling(seller, clock.instant(), lookAgain()))));
  }

  /** What is to be sold, kits taken apart as they were when the hold was placed. */
  private Plan part(
      Hold hold,
      List<Hold.Line> lines,
      Map<String, List<String>> serials,
      boolean allNamed,
      String requestId,
      String content) {
    var held = Hold.pieces(hold.asked());
    var kits = new ArrayList<Kit>();
    var pieces = new ArrayList<Hold.Line>();
    for (Hold.Line line : lines) {
      if (line.quantity() > held.getOrDefault(line.sku(), 0)) {
        throw new RefusedException(new Refusal.HoldLineInvalid(hold.id(), line.sku()));
      }
      var kit = hold.more().kits().stream().filter(one -> one.sku().equals(line.sku())).findFirst();
      if (kit.isPresent()) {
        kits.add(kit.get().times(line.quantity()));
        pieces.addAll(kits.getLast().pieces());
      } else {
        pieces.add(line);
      }
    }
    var sold = StockItem.sum(pieces);
    requireSerials(hold, Hold.pieces(sold), serials);
    for (Hold.Line line : sold) {
      if (allNamed && items.item(line.sku()).serialized() && !serials.containsKey(line.sku())) {
        throw new RefusedException(new Refusal.SerialsInvalid(line.sku(), line.quantity()));
      }
    }
    return Plan.of(requestId, content, hold.location(), sold, kits).naming(serials);
  }

  private void requireSerials(
      Hold hold, Map<String, Integer> sold, Map<String, List<String>> serials) {
    serials.forEach(
        (sku, numbers) -> {
          int pieces = sold.getOrDefault(sku, 0);
          if (pieces == 0) {
            throw new RefusedException(new Refusal.HoldLineInvalid(hold.id(), sku));
          }
          int wanted = items.item(sku).serialized() ? pieces : 0;
          if (numbers.size() != wanted || new HashSet<>(numbers).size() != wanted) {
            throw new RefusedException(new Refusal.SerialsInvalid(sku, wanted));
          }
        });
  }

  /** Sells what is to be sold; the hold, sold, active with the rest or as before, or expired. */
  private Mono<Hold> goOnSelling(Hold hold) {
    boolean certain = hold.state() == State.SETTLING || hold.sold().size() == 1;
    var orders =
        orders(
            hold,
            hold.sold(),
            line -> {
              var sale = sale(hold, line);
              return certain
                  ? new Command.Sell(sale)
                  : new Command.Pin(hold.id(), sale, hold.version());
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
              var missing = missing(hold.sold(), outcomes);
              if (!missing.isEmpty()) {
                return decided(hold, hold.unsold(missing, lookAgain()));
              }
              return certain
                  ? holds.replace(
                      hold,
                      hold.more().plan() == null
                          ? hold.over(State.SOLD, cleaning)
                          : hold.soldInPart(cleaning))
                  : holds.replace(hold, hold.settling()).flatMap(this::goOnSelling);
            });
  }

  /** The serial numbers that levels do not have, one by SKU. */
  private static Map<String, String> missing(List<Hold.Line> lines, List<Outcome> outcomes) {
    var missing = new TreeMap<String, String>();
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Unfit(var why, var serial)) {
        missing.put(lines.get(i).sku(), serial);
      }
    }
    return missing;
  }

  private static Movement sale(Hold hold, Hold.Line line) {
    var seller = hold.seller();
    var time = hold.sellTime();
    if (seller == null || time == null) {
      throw new IllegalStateException("not being sold: " + hold.id());
    }
    var plan = hold.more().plan();
    var serials =
        plan == null ? List.<String>of() : plan.serials().getOrDefault(line.sku(), List.of());
    return new Movement(
        saleId(hold, line.sku(), serials),
        Movement.Kind.SALE,
        Level.id(line.sku(), hold.location()),
        line.quantity(),
        time,
        hold.owner(),
        seller,
        hold.id(),
        "hold " + hold.id(),
        new Movement.Details("", "", serials, null));
  }

  private static String saleId(Hold hold, String sku, List<String> serials) {
    var parts = new ArrayList<>(List.of("sale", hold.id(), sku));
    if (hold.more().sales() > 0) {
      parts.add(Integer.toString(hold.more().sales()));
    }
    if (!serials.isEmpty()) { // one that was refused stays in the ledger, as never having happened
      parts.add(serials.toString());
    }
    return "sale-" + Ids.derived(parts.toArray(String[]::new));
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
          case CHANGING, MOVING, TRIMMING, SELLING, SETTLING -> atRest(hold);
          case REFUSED, SOLD, RELEASED, EXPIRED ->
              free(hold, Author.INVENTORY)
                  .then(Mono.defer(() -> holds.replace(hold, hold.cleaned(now.plus(CLEAN_AGAIN)))));
        };
    return step.onErrorResume(StaleVersionException.class, stale -> Mono.empty()).then();
  }

  /**
   * Keeps a decision; when it ends the hold its levels are freed then. The hold as decided, by us
   * or by whoever was first: if that was its end, what we asked of the levels came too late and is
   * freed as well.
   */
  private Mono<Hold> decided(Hold seen, Hold next) {
    return holds
        .replace(seen, next)
        .onErrorResume(StaleVersionException.class, stale -> holds.find(seen.id()))
        .flatMap(this::freed);
  }

  private Mono<Hold> freed(Hold kept) {
    return switch (kept.state()) {
      case PLACING, ACTIVE, CHANGING, MOVING, TRIMMING, SELLING, SETTLING -> Mono.just(kept);
      case REFUSED, SOLD, RELEASED, EXPIRED ->
          free(kept, kept.state() == State.REFUSED ? kept.author() : Author.INVENTORY)
              .thenReturn(kept);
    };
  }

  private Mono<Void> free(Hold hold, Author author) {
    return levels.submit(orders(hold, line -> new Command.Free(hold.id(), author))).then();
  }

  private static List<LevelWriter.Order> orders(Hold hold, Function<Hold.Line, Command> command) {
    return orders(hold, hold.lines(), command);
  }

  private static List<LevelWriter.Order> orders(
      Hold hold, List<Hold.Line> lines, Function<Hold.Line, Command> command) {
    return lines.stream()
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
    return StaleRetry.backoff(TRIES_MAX, Duration.ofMillis(2), Duration.ofMillis(50));
  }
}
