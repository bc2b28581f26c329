package dev.filo.inventory.service;

import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Kit;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.Safety;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.domain.StockItem;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * What is known of SKUs, and the rules of the safety stock, in memory: read once, then only what
 * changed. Thread-safe.
 */
public final class Items {
  // What another replica's clock may be behind ours, and then some.
  private static final Duration OVERLAP = Duration.ofSeconds(30);
  private static final int TRIES_MAX = 10;

  private final ItemStore store;
  private final Places places;
  private final LevelStore levels;
  private final InstantSource clock;
  private final Map<String, StockItem> items = new ConcurrentHashMap<>();
  private volatile SafetyRules rules = SafetyRules.NONE;
  private volatile @Nullable Instant read;

  /** Lines with kits taken apart: pieces by SKU, and the kits they are of. */
  public record Pieces(List<Hold.Line> lines, List<Kit> kits) {}

  /** Items kept in a store. */
  public Items(ItemStore store, Places places, LevelStore levels, InstantSource clock) {
    this.store = store;
    this.places = places;
    this.levels = levels;
    this.clock = clock;
  }

  /** Reads what changed since the last time. One value: this. */
  public Mono<Items> refresh() {
    return Mono.defer(
        () -> {
          var before = read;
          var now = clock.instant();
          return store
              .changedSince(before == null ? Instant.EPOCH : before.minus(OVERLAP))
              .doOnNext(this::learn)
              .then(store.rules("").doOnNext(seen -> learn(seen.value())).then())
              .then(
                  Mono.fromSupplier(
                      () -> {
                        read = now;
                        return this;
                      }));
        });
  }

  /** Reads again and again, for what other replicas have changed. */
  public Flux<Items> refreshing(Duration interval) {
    return Flux.interval(Duration.ZERO, interval)
        .onBackpressureDrop()
        .concatMap(tick -> refresh().onErrorResume(error -> Mono.empty()), 1);
  }

  /** What there is, read if it was not yet. One value: this. */
  public Mono<Items> ready() {
    return Mono.defer(() -> read == null ? refresh() : Mono.just(this));
  }

  private void learn(StockItem item) {
    items.merge(item.sku(), item, (known, now) -> now.version() >= known.version() ? now : known);
  }

  private synchronized void learn(SafetyRules now) {
    if (now.version() >= rules.version()) {
      rules = now;
    }
  }

  /** What is known of a SKU. */
  public StockItem item(String sku) {
    var item = items.get(sku);
    return item == null ? StockItem.plain(sku) : item;
  }

  /** What the rules keep back of a SKU that has no number of its own at a location. */
  public Safety ruled(String sku, String location, String channel) {
    return rules.of(sku, location, item(sku).ruledCategory(), channel);
  }

  /** A level's numbers for callers on a channel. */
  public Snapshot numbers(Level level, Instant now, String channel) {
    return ruled(level, level.snapshot(now), channel);
  }

  /** Numbers of a level with what the rules keep back, unless it has a number of its own. */
  public Snapshot ruled(Level level, Snapshot numbers, String channel) {
    return level.goods().hasOwnSafety()
        ? numbers
        : numbers.with(ruled(level.sku(), level.location(), channel));
  }

  /**
   * The numbers of a SKU at a location; of a kit how many its components make.
   *
   * @param known levels by id; what is not among them is empty
   */
  public Snapshot numbers(
      String sku, String location, Map<String, Level> known, Instant now, String channel) {
    var item = item(sku);
    if (!item.isKit()) {
      var id = Level.id(sku, location);
      return numbers(known.getOrDefault(id, Level.empty(id)), now, channel);
    }
    return ofKit(item.components(), part -> numbers(part, location, known, now, channel), now);
  }

  /**
   * Of {@link #numbers} only how many pieces can be promised, at many locations.
   *
   * @param known levels by SKU; what is not among them is empty
   * @return pieces by the index of a location
   */
  IntUnaryOperator available(
      String sku,
      List<Location> locations,
      Map<String, SkuLevels> known,
      Instant now,
      String channel) {
    var item = item(sku);
    if (!item.isKit()) {
      var here = known.get(sku);
      return here == null ? i -> 0 : here.available(locations, item, rules, now, channel);
    }
    IntUnaryOperator whole = i -> Integer.MAX_VALUE;
    for (Hold.Line part : item.components()) {
      var others = whole;
      var pieces = available(part.sku(), locations, known, now, channel);
      whole = i -> Math.min(others.applyAsInt(i), pieces.applyAsInt(i) / part.quantity());
    }
    return whole;
  }

  /** The numbers of a kit from those of its components. */
  static Snapshot ofKit(
      List<Hold.Line> components, Function<String, Snapshot> levels, Instant now) {
    int onHand = Integer.MAX_VALUE;
    int available = Integer.MAX_VALUE;
    var etag = new ArrayList<String>();
    for (Hold.Line part : components) {
      var numbers = levels.apply(part.sku());
      onHand = Math.min(onHand, Math.max(0, numbers.onHand()) / part.quantity());
      available = Math.min(available, numbers.available() / part.quantity());
      etag.add(numbers.etag());
    }
    return new Snapshot(onHand, 0, onHand - available, Safety.NONE, 0, String.join(".", etag), now);
  }

  /** The SKUs whose levels these SKUs' numbers come from: of kits their components. */
  public Set<String> physical(Collection<String> skus) {
    var physical = new HashSet<String>();
    for (String sku : skus) {
      var item = item(sku);
      if (item.isKit()) {
        item.components().forEach(part -> physical.add(part.sku()));
      } else {
        physical.add(sku);
      }
    }
    return physical;
  }

  /**
   * Takes kits apart and sums what is the same.
   *
   * @throws RefusedException when a component is a kit itself
   */
  public Pieces pieces(List<Hold.Line> lines) {
    var kits = new ArrayList<Kit>();
    var pieces = new ArrayList<Hold.Line>();
    for (Hold.Line line : StockItem.sum(lines)) {
      var item = item(line.sku());
      if (item.isKit()) {
        for (Hold.Line part : item.components()) {
          if (item(part.sku()).isKit()) {
            throw new RefusedException(new Refusal.KitNested(part.sku()));
          }
        }
        var kit = new Kit(line.sku(), line.quantity(), item.components());
        kits.add(kit);
        pieces.addAll(kit.pieces());
      } else {
        pieces.add(line);
      }
    }
    return new Pieces(StockItem.sum(pieces), kits);
  }

  /** Those of a kit's components whose pieces have serial numbers. */
  List<String> serialized(List<Hold.Line> components) {
    return components.stream().map(Hold.Line::sku).filter(sku -> item(sku).serialized()).toList();
  }

  /** A movement as it is recorded: of a kit with what the kit is made of now. */
  Movement journaled(Movement movement) {
    var item = item(Level.empty(movement.level()).sku());
    return item.isKit() && MovementChecks.canBeOfKits(movement)
        ? movement.ofKits(
            item.components(), serialized(item.components()).stream().findFirst().orElse(""))
        : movement;
  }

  /** Completes unless a SKU is a kit, then RefusedException. */
  public Mono<Void> requireNoKit(String sku) {
    return ready()
        .flatMap(
            known ->
                known.item(sku).isKit()
                    ? Mono.error(new RefusedException(new Refusal.KitNotAllowed(sku)))
                    : Mono.empty());
  }

  /** What is known of a SKU. One value; RefusedException when there is no such SKU. */
  public Mono<StockItem> get(String sku) {
    return store
        .item(sku, "")
        .map(ItemStore.Seen::value)
        .switchIfEmpty(
            places.requireSkus(List.of(sku)).then(Mono.fromSupplier(() -> StockItem.plain(sku))));
  }

  /** The rules of the safety stock. One value. */
  public Mono<SafetyRules> rules() {
    return store.rules("").map(ItemStore.Seen::value).defaultIfEmpty(SafetyRules.NONE);
  }

  /**
   * Changes what is known of a SKU. One value; RefusedException when the etag is not the newest,
   * the request came with other content, or it would be a kit that cannot be.
   *
   * @param etag empty: whatever it is now
   * @param requestId empty: every call is new
   * @param content tells what was asked from anything else asked under the same id
   */
  public Mono<StockItem> update(
      String sku, String etag, String requestId, String content, UnaryOperator<StockItem> change) {
    return places
        .requireSkus(List.of(sku))
        .then(
            Mono.defer(
                () ->
                    store
                        .item(sku, requestId)
                        .defaultIfEmpty(
                            new ItemStore.Seen<>(StockItem.plain(sku), Optional.empty()))))
        .flatMap(
            seen ->
                once(
                    seen,
                    seen.value().version(),
                    etag,
                    content,
                    () -> {
                      var next = change.apply(seen.value());
                      return possible(seen.value(), next)
                          .then(
                              Mono.defer(
                                  () ->
                                      store.write(next, request(requestId, content, next), now())))
                          .flatMap(kept -> kept(kept, sku, next));
                    }))
        .doOnNext(this::learn)
        .retryWhen(stale());
  }

  /**
   * Takes note of what catalog says is the category of SKUs. Empty; repeating is harmless, and what
   * is known already is not even read.
   */
  public Mono<Void> categorize(Collection<String> skus, String category) {
    return ready()
        .thenMany(Flux.fromIterable(List.copyOf(skus)))
        .filter(sku -> !item(sku).catalogCategory().equals(category))
        .concatMap(
            sku ->
                store
                    .item(sku, "")
                    .map(ItemStore.Seen::value)
                    .defaultIfEmpty(StockItem.plain(sku))
                    .flatMap(seen -> categorize(seen, category))
                    .doOnNext(this::learn)
                    .retryWhen(stale()))
        .then();
  }

  private Mono<StockItem> categorize(StockItem seen, String category) {
    if (seen.catalogCategory().equals(category)) {
      return Mono.just(seen);
    }
    var next = seen.of(category);
    return store.write(next, Optional.empty(), now()).flatMap(kept -> kept(kept, seen.sku(), next));
  }

  /** Replaces the rules of the safety stock. One value; refused as {@link #update} is. */
  public Mono<SafetyRules> update(
      List<SafetyRules.Rule> wanted, String etag, String requestId, String content) {
    return store
        .rules(requestId)
        .defaultIfEmpty(new ItemStore.Seen<>(SafetyRules.NONE, Optional.empty()))
        .flatMap(
            seen ->
                once(
                    seen,
                    seen.value().version(),
                    etag,
                    content,
                    () -> {
                      var next = new SafetyRules(wanted, seen.value().version() + 1);
                      return store
                          .write(next, request(requestId, content, next), now())
                          .flatMap(kept -> kept(kept, "safetyRules", next));
                    }))
        .doOnNext(this::learn)
        .retryWhen(stale());
  }

  private Instant now() {
    return clock.instant();
  }

  private static <T> Optional<ItemStore.Request<T>> request(String id, String content, T answer) {
    return id.isEmpty()
        ? Optional.empty()
        : Optional.of(new ItemStore.Request<>(id, content, answer));
  }

  private static <T> Mono<T> kept(boolean kept, String what, T next) {
    return kept ? Mono.just(next) : Mono.error(new StaleVersionException(what, 0));
  }

  private static <T> Mono<T> once(
      ItemStore.Seen<T> seen, long version, String etag, String content, Supplier<Mono<T>> change) {
    if (seen.request().isPresent()) {
      var before = seen.request().get();
      return before.content().equals(content)
          ? Mono.just(before.answer())
          : Mono.error(new RefusedException(new Refusal.RequestIdReused()));
    }
    return etag.isEmpty() || etag.equals(Long.toString(version))
        ? change.get()
        : Mono.error(new RefusedException(new Refusal.EtagStale(Long.toString(version))));
  }

  private Mono<Void> possible(StockItem before, StockItem next) {
    if (!next.isKit()) {
      return Mono.empty();
    }
    return refresh()
        .then(places.requireSkus(next.components().stream().map(Hold.Line::sku).toList()))
        .then(Mono.defer(() -> notNested(next)))
        .then(Mono.defer(() -> before.isKit() ? Mono.empty() : noStock(next.sku())));
  }

  private Mono<Void> notNested(StockItem next) {
    for (Hold.Line part : next.components()) {
      if (part.sku().equals(next.sku()) || item(part.sku()).isKit()) {
        return Mono.error(new RefusedException(new Refusal.KitNested(part.sku())));
      }
    }
    boolean isPart =
        items.values().stream()
            .flatMap(item -> item.components().stream())
            .anyMatch(part -> part.sku().equals(next.sku()));
    return isPart
        ? Mono.error(new RefusedException(new Refusal.KitNested(next.sku())))
        : Mono.empty();
  }

  private Mono<Void> noStock(String sku) {
    return levels
        .ofSkus(List.of(sku), now())
        .hasElements()
        .flatMap(
            has ->
                has
                    ? Mono.error(new RefusedException(new Refusal.KitHasStock(sku)))
                    : Mono.empty());
  }

  /** What a hold that was refused for these pieces lacks, with kits named too. */
  static Map<String, Integer> withKits(Map<String, Integer> shortages, List<Kit> kits) {
    var all = new LinkedHashMap<>(shortages);
    for (Kit kit : kits) {
      int whole = Integer.MAX_VALUE;
      for (Hold.Line part : kit.components()) {
        var pieces = shortages.get(part.sku());
        whole = pieces == null ? whole : Math.min(whole, pieces / part.quantity());
      }
      if (whole < Integer.MAX_VALUE) {
        all.putIfAbsent(kit.sku(), whole);
      }
    }
    return all;
  }

  private static Retry stale() {
    return StaleRetry.backoff(TRIES_MAX, Duration.ofMillis(2), Duration.ofMillis(50));
  }
}
