package dev.filo.platform.auth;

import dev.filo.platform.auth.SubjectAliases.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes a service follow what identity says of who is whom. What that means is done at once, and
 * once more a while later for what was under way: a call of the alias that had begun, a replica
 * that had not heard of it yet, a sign-in whose token still said otherwise. Whoever dies leaves it
 * to the next. Thread-safe.
 */
public final class SubjectMerges {
  private static final Logger log = LoggerFactory.getLogger(SubjectMerges.class);

  /** When what was under way is over: replicas believe for so long, and calls have a deadline. */
  public static final Duration SETTLE = SubjectAliases.REMEMBERED.plusSeconds(5);

  private static final int ROUNDS_MAX = 5;

  private final SubjectAliases aliases;
  private final Supplier<Stream<MergeHandler>> merges;
  private final Supplier<Stream<UnmergeHandler>> unmerges;
  private final Predicate<String> erased;
  private final InstantSource clock;

  /**
   * A service's own.
   *
   * @param merges what it does for a merge, in order
   * @param unmerges what it does for an unmerge, in order
   * @param erased whether nothing of a subject is let in any more
   */
  public SubjectMerges(
      SubjectAliases aliases,
      Supplier<Stream<MergeHandler>> merges,
      Supplier<Stream<UnmergeHandler>> unmerges,
      Predicate<String> erased,
      InstantSource clock) {
    this.aliases = aliases;
    this.merges = merges;
    this.unmerges = unmerges;
    this.erased = erased;
    this.clock = clock;
  }

  /**
   * Everything of {@code alias} is {@code customer}'s. First the things, then the name: until both
   * are done, calls of the alias find its own things. Repeating is harmless. Empty.
   */
  public Mono<Void> merged(String customer, String alias) {
    return isErased(customer, alias)
        ? Mono.empty()
        : move(customer, alias)
            .then(Mono.defer(() -> aliases.record(alias, customer, settleTime())));
  }

  /**
   * {@code alias}, which was {@code customer}, is a customer of her own. First the name: what she
   * does from now on is her own, and what she had comes to her. Repeating is harmless. Empty.
   */
  public Mono<Void> unmerged(String customer, String alias) {
    return isErased(customer, alias)
        ? Mono.empty()
        : aliases
            .part(alias, customer, settleTime())
            .then(Mono.defer(() -> giveBack(customer, alias)));
  }

  /**
   * Parts customers who are about to be erased from all others: identity names all that she was, so
   * whoever else this service takes for her, or her for, has been told apart, though it may not
   * have heard of it yet. Others keep what is theirs, and all of hers is under her names. Repeating
   * is harmless. Empty.
   */
  public Mono<Void> tellApart(Set<String> customers) {
    return aliases
        .about(customers)
        .filter(row -> isOneOfTwo(row, customers))
        .collectList()
        .flatMapIterable(rows -> rows)
        .concatMap(
            row ->
                aliases
                    .part(row.alias(), other(row), settleTime())
                    .then(Mono.defer(() -> giveBack(other(row), row.alias()))))
        .then();
  }

  private boolean isOneOfTwo(Recorded row, Set<String> customers) {
    boolean hers = customers.contains(row.alias());
    return hers != customers.contains(other(row))
        && !(row.isParted() && row.isSettled())
        && (hers || !erased.test(row.alias())); // who was erased is given nothing
  }

  private static String other(Recorded row) {
    return row.isParted() ? row.former() : row.subject();
  }

  /**
   * Learns what other replicas have recorded, and does once more what is due; to be called every
   * second. Empty; what fails is left to the next time.
   */
  public Mono<Void> settle() {
    return Flux.defer(
            () -> {
              var now = clock.instant();
              return aliases.unsettled().filter(row -> !row.settleTime().isAfter(now));
            })
        .concatMap(
            row ->
                settle(row, ROUNDS_MAX)
                    .onErrorResume(
                        error -> {
                          log.debug("{} is settled later: {}", row.alias(), error.toString());
                          return Mono.empty();
                        }))
        .then();
  }

  private Mono<Void> settle(Recorded row, int rounds) {
    return again(row)
        .then(Mono.defer(() -> aliases.settled(row)))
        .filter(settled -> !settled && rounds > 1)
        // Something else is true of it by now, and what was just done may have undone it.
        .flatMapMany(raced -> aliases.unsettled().filter(now -> now.alias().equals(row.alias())))
        .concatMap(now -> settleAgain(now, rounds - 1))
        .then();
  }

  /** Does what is true by now; that it is due at its own time stays. */
  private Mono<Void> settleAgain(Recorded now, int rounds) {
    return now.settleTime().isAfter(clock.instant()) ? again(now) : settle(now, rounds);
  }

  private Mono<Void> again(Recorded row) {
    if (isErased(row.alias(), row.subject()) || isErased(row.alias(), row.former())) {
      return Mono.empty();
    }
    return row.isParted() ? giveBack(row.former(), row.alias()) : move(row.subject(), row.alias());
  }

  /** The customer may have become an alias herself by now. */
  private Mono<Void> move(String customer, String alias) {
    return aliases
        .resolve(customer)
        .filter(valid -> !valid.equals(alias))
        .flatMapMany(
            valid ->
                Flux.fromStream(merges::get).concatMap(handler -> handler.merged(valid, alias)))
        .then();
  }

  private Mono<Void> giveBack(String customer, String alias) {
    return aliases
        .names(alias)
        .flatMapMany(
            names ->
                Flux.fromStream(unmerges::get)
                    .concatMap(handler -> handler.unmerged(customer, alias, names)))
        .then();
  }

  private boolean isErased(String one, String other) {
    return erased.test(one) || erased.test(other);
  }

  private Instant settleTime() {
    return Instant.ofEpochMilli(clock.instant().plus(SETTLE).toEpochMilli());
  }
}
