package dev.filo.journey.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.journey.domain.Refusal;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.platform.auth.Caller;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps touchpoints and reads time lines. Thread-safe. */
public final class Timelines {
  // A phone's clock may be wrong by a few minutes; what lies further ahead is a mistake.
  private static final Duration AHEAD_MAX = Duration.ofMinutes(5);
  // As with aliases: no chain is longer unless something is broken.
  private static final int HEIRS_MAX = 8;

  private final TouchpointStore store;
  private final InstantSource clock;
  private final Cache<String, Boolean> merged = Caffeine.newBuilder().maximumSize(50_000).build();

  /** Time lines kept in {@code store}. */
  public Timelines(TouchpointStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Keeps what an app saw, all or nothing. One value: how many were new; {@link RefusedException}
   * when the time of one lies ahead.
   */
  public Mono<Integer> keepSeen(List<Touchpoint> touchpoints) {
    var latest = clock.instant().plus(AHEAD_MAX);
    for (Touchpoint touchpoint : touchpoints) {
      if (touchpoint.time().isAfter(latest)) {
        return Mono.error(new RefusedException(new Refusal.TimeInvalid(touchpoint.id())));
      }
    }
    return keep(touchpoints);
  }

  /** Keeps those that are not there yet. One value: how many those were. */
  public Mono<Integer> keep(List<Touchpoint> touchpoints) {
    if (touchpoints.isEmpty()) {
      return Mono.just(0);
    }
    Set<String> customers = new LinkedHashSet<>();
    touchpoints.forEach(touchpoint -> customers.add(touchpoint.customer()));
    // Looked up after the insert: a merge that is recorded later than this moves these as well.
    return store
        .insert(touchpoints)
        .flatMap(
            created ->
                Flux.fromIterable(customers)
                    .concatMap(customer -> follow(customer, HEIRS_MAX))
                    .then(Mono.just(created)));
  }

  private Mono<Void> follow(String customer, int hops) {
    if (hops == 0) {
      return Mono.empty();
    }
    return store
        .heir(customer)
        .flatMap(
            heir ->
                store
                    .move(customer, heir)
                    .then(Mono.defer(() -> store.heir(customer).defaultIfEmpty("")))
                    .flatMap(
                        still ->
                            still.equals(heir)
                                ? follow(heir, hops - 1)
                                // Taken apart while this moved: back with it.
                                : store.giveBack(customer, Set.of(customer))));
  }

  /**
   * A customer's touchpoints before a place, the newest first; null: from the newest. One value.
   */
  public Mono<List<Touchpoint>> before(
      String customer, TouchpointStore.@Nullable Place place, int limit) {
    return store.before(customer, place, limit);
  }

  /**
   * Makes {@code alias}'s time line part of {@code customer}'s; repeating it is harmless. Empty.
   */
  public Mono<Void> merge(String customer, String alias) {
    return customer.equals(alias)
        ? Mono.empty()
        : store
            .recordHeir(alias, customer)
            .then(Mono.defer(() -> store.move(alias, customer)))
            .then(Mono.defer(() -> follow(customer, HEIRS_MAX)));
  }

  /**
   * Makes what was first on the time line of one of {@code names} part of {@code alias}'s again,
   * who is a customer of her own; repeating it is harmless. Empty.
   */
  public Mono<Void> unmerge(String customer, String alias, Set<String> names) {
    return store
        .forgetHeir(alias)
        .thenMany(
            Flux.fromIterable(names)
                .filter(name -> !name.equals(alias))
                .concatMap(name -> store.move(name, alias)))
        .then(Mono.defer(() -> store.giveBack(alias, names)))
        .then(
            Mono.fromRunnable(
                () -> names.forEach(name -> merged.invalidate(customer + " " + name))));
  }

  /** Makes sure that what the caller did before this sign-in is on her time line. Empty. */
  public Mono<Void> ensureMerged(Caller caller) {
    var former = caller.former();
    if (!caller.isShopper() || former.isEmpty() || former.equals(caller.principal())) {
      return Mono.empty();
    }
    var pair = caller.principal() + " " + former;
    return merged.getIfPresent(pair) != null
        ? Mono.empty()
        : merge(caller.principal(), former).then(Mono.fromRunnable(() -> merged.put(pair, true)));
  }
}
