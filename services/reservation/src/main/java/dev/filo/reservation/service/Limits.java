package dev.filo.reservation.service;

import com.google.type.Money;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.reservation.v1.ReservationLimits;
import dev.filo.reservation.domain.Holdings;
import dev.filo.reservation.domain.Holdings.Allowance;
import dev.filo.reservation.domain.Holdings.Claim;
import dev.filo.reservation.domain.Holdings.Excess;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Keeps to the policy. What counts is written down for each person before goods are held, in one
 * document that is changed only over the version seen; what has ended since it was written down
 * makes room when it is needed. Safe to share.
 */
public final class Limits {
  private static final long NANOS = 1_000_000_000L;
  // Each round at least one of those who change one person's document at once gets through; a
  // person has at most a few hundred requests in flight.
  private static final int TRIES_MAX = 300;

  private final MongoQuotaStore quotas;
  private final MongoReservationStore reservations;
  private final LimitPolicy policy;
  private final InstantSource clock;

  /** Limits over these stores. */
  public Limits(
      MongoQuotaStore quotas,
      MongoReservationStore reservations,
      LimitPolicy policy,
      InstantSource clock) {
    this.quotas = quotas;
    this.reservations = reservations;
    this.policy = policy;
    this.clock = clock;
  }

  /** Who made the reservation in a document: it counts against his limits. */
  static Actor by(Document document) {
    return ReservationDocuments.actor(document.get("createdBy", Document.class));
  }

  /** What holds at a store; with an empty name, where no store has figures of its own. */
  public LimitPolicy.Figures at(String store) {
    return policy.at(store);
  }

  /**
   * How long goods may be kept at a store.
   *
   * @param otherwise where the store says nothing
   */
  public Duration longest(String store, Duration otherwise) {
    var own = policy.at(store).longest();
    return own == null ? otherwise : own;
  }

  /**
   * A reservation counts now, or did already. Empty; {@link RefusedException} when the policy does
   * not let it be. The reservation has been kept before: what is counted and not kept is forgotten.
   */
  public Mono<Void> claim(Reservation reservation, Actor createdBy) {
    var figures = policy.at(reservation.store());
    var whose = whose(reservation, createdBy);
    if (whose == null) {
      return Mono.empty();
    }
    if (createdBy.getRole().equals("agent")) {
      return claim(
          whose,
          claim(reservation),
          Allowance.things(figures.agentReservations()),
          reservations.countedBy(whose, clock.instant()),
          excess ->
              switch (excess) {
                case Excess.Things(var limit) -> new Refusal.Limit("agent_reservations", limit, "");
                case Excess.Units(var limit) -> new Refusal.Limit("units", limit, "");
                case Excess.UnitsPerSku(var sku, var limit) ->
                    new Refusal.Limit("units_per_sku", limit, sku);
              });
    }
    var dear = dear(reservation, figures.valueWithoutAgent());
    if (dear != null) {
      return Mono.error(() -> new RefusedException(dear));
    }
    var person = createdBy.getRole().equals("guest") ? figures.guest() : figures.customer();
    return claim(
        whose,
        claim(reservation),
        new Allowance(person.reservations(), person.units(), person.unitsPerSku()),
        reservations.counted(whose, clock.instant()).map(kept -> kept.getString("_id")),
        excess ->
            switch (excess) {
              case Excess.Things(var limit) -> new Refusal.Limit("reservations", limit, "");
              case Excess.Units(var limit) -> new Refusal.Limit("units", limit, "");
              case Excess.UnitsPerSku(var sku, var limit) ->
                  new Refusal.Limit("units_per_sku", limit, sku);
            });
  }

  /** Against whose limits it counts; null: nobody's, as the store itself keeps it. */
  private static @Nullable String whose(Reservation reservation, Actor createdBy) {
    return switch (createdBy.getRole()) {
      case "guest", "customer" -> reservation.customer();
      case "agent" -> createdBy.getPrincipal();
      default -> null;
    };
  }

  private static Claim claim(Reservation reservation) {
    var units = new HashMap<String, Integer>();
    for (Line line : reservation.lines()) {
      units.merge(line.sku(), line.quantity(), Integer::sum);
    }
    return new Claim(reservation.id(), units);
  }

  /** The refusal of what is too dear for a shopper; null when it is not. */
  private static @Nullable Refusal dear(Reservation reservation, Map<String, Long> limits) {
    var values = new TreeMap<String, Long>();
    for (Line line : reservation.lines()) {
      values.merge(
          line.currency(),
          Math.multiplyExact(line.unitPriceNanos(), (long) line.quantity()),
          Math::addExact);
    }
    for (var value : values.entrySet()) {
      var limit = limits.get(value.getKey());
      if (limit != null && value.getValue() > Math.multiplyExact(limit, NANOS)) {
        return new Refusal.ValueNeedsAgent(value.getKey(), value.getValue() / NANOS, limit);
      }
    }
    return null;
  }

  /** A reservation counts no more. Empty; repeating changes nothing. */
  public Mono<Void> release(Reservation reservation, Actor createdBy) {
    var whose = whose(reservation, createdBy);
    return whose == null ? Mono.empty() : quotas.release(whose, reservation.id());
  }

  /** A reservation counts, whether or not there is room for it. */
  public Mono<Void> count(Reservation reservation, Actor createdBy) {
    var whose = whose(reservation, createdBy);
    return whose == null ? Mono.empty() : count(whose, claim(reservation));
  }

  /** The limits at a store as everybody may see them. */
  ReservationLimits message(String store) {
    var figures = policy.at(store);
    var message =
        ReservationLimits.newBuilder()
            .setGuest(message(figures.guest()))
            .setCustomer(message(figures.customer()))
            .setAgentReservations(figures.agentReservations())
            .setWaitlistLength(figures.waitlistLength())
            .setWaitlistOfferDuration(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(figures.waitlistOffer().toSeconds()));
    new TreeMap<>(figures.valueWithoutAgent())
        .forEach(
            (currency, units) ->
                message.addValuesWithoutAgent(
                    Money.newBuilder().setCurrencyCode(currency).setUnits(units)));
    return message.build();
  }

  private static ReservationLimits.Allowance message(LimitPolicy.Person person) {
    return ReservationLimits.Allowance.newBuilder()
        .setReservations(person.reservations())
        .setUnits(person.units())
        .setUnitsPerSku(person.unitsPerSku())
        .setWaitlistEntries(person.waitlistEntries())
        .build();
  }

  private Mono<Void> count(String whose, Claim claim) {
    return quotas
        .find(whose)
        .flatMap(
            seen ->
                seen.holdings().has(claim)
                    ? Mono.<Void>empty()
                    : quotas.replace(whose, seen, seen.holdings().with(claim)))
        .retryWhen(stale());
  }

  /**
   * An entry in a line counts now, or did already. Empty; an error of {@code refusal}'s making when
   * the customer has as many as she may.
   *
   * @param open the ids of her entries that have not ended
   */
  public Mono<Void> claimEntry(
      String customer,
      String entry,
      int entriesMax,
      Flux<String> open,
      Function<Integer, RuntimeException> refusal) {
    return admit(
        waiting(customer),
        new Claim(entry, Map.of()),
        Allowance.things(entriesMax),
        open,
        excess -> refusal.apply(entriesMax));
  }

  /** An entry counts no more. Empty; repeating changes nothing. */
  public Mono<Void> releaseEntry(String customer, String entry) {
    return quotas.release(waiting(customer), entry);
  }

  /** An entry counts, whether or not there is room for it. */
  public Mono<Void> countEntry(String customer, String entry) {
    return count(waiting(customer), new Claim(entry, Map.of()));
  }

  private static String waiting(String customer) {
    return "waitlist:" + customer;
  }

  private Mono<Void> claim(
      String whose,
      Claim claim,
      Allowance allowance,
      Flux<String> kept,
      Function<Excess, Refusal> why) {
    return admit(whose, claim, allowance, kept, excess -> new RefusedException(why.apply(excess)));
  }

  private Mono<Void> admit(
      String whose,
      Claim claim,
      Allowance allowance,
      Flux<String> kept,
      Function<Excess, RuntimeException> why) {
    return quotas
        .find(whose)
        .flatMap(
            seen -> {
              if (seen.holdings().has(claim)) {
                return Mono.<Void>empty();
              }
              if (seen.holdings().excess(claim, allowance).isEmpty()) {
                return quotas.replace(whose, seen, seen.holdings().with(claim));
              }
              return kept.collect(Collectors.toSet())
                  .flatMap(
                      ids -> {
                        var holdings = stillKept(seen.holdings(), ids);
                        return holdings
                            .excess(claim, allowance)
                            .map(excess -> Mono.<Void>error(why.apply(excess)))
                            .orElseGet(() -> quotas.replace(whose, seen, holdings.with(claim)));
                      });
            })
        .retryWhen(stale());
  }

  /**
   * What is counted and still kept. What is counted was read before it was asked what is kept, and
   * a thing is kept before it is counted: so none that is kept is forgotten.
   */
  private static Holdings stillKept(Holdings holdings, Set<String> ids) {
    return new Holdings(
        holdings.claims().stream().filter(claim -> ids.contains(claim.id())).toList());
  }

  private static Retry stale() {
    return StaleRetry.backoff(TRIES_MAX, Duration.ofMillis(1), Duration.ofMillis(30));
  }
}
