package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.MergeCase;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.Verdict;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Cases a person decides: are these two one? The decision is written into the case, then into the
 * younger customer as a verdict, then what follows is worked out; the background finishes what a
 * process left. Thread-safe.
 */
public final class MergeCases {
  private static final Duration LEFT = Duration.ofSeconds(5);

  private final MergeCaseStore cases;
  private final Customers customers;
  private final Recognition recognition;

  /** The use cases over a store. */
  public MergeCases(MergeCaseStore cases, Customers customers, Recognition recognition) {
    this.cases = cases;
    this.customers = customers;
    this.recognition = recognition;
  }

  /**
   * A case as it stands now.
   *
   * @param one what is known of the elder, and of those merged into her
   * @param other of the other; the same as {@code one} when they have become one meanwhile
   */
  public record View(MergeCase found, Customers.Person one, Customers.Person other) {
    /** True when they are one person already. */
    public boolean isOne() {
      return one.customer().id().equals(other.customer().id());
    }
  }

  /** A case. Refused with CaseUnknown when there is none. */
  public Mono<View> get(String name) {
    return find(name).flatMap(this::view);
  }

  private Mono<MergeCase> find(String name) {
    return cases
        .find(name.substring("mergeCases/".length()))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.CaseUnknown(name))));
  }

  private Mono<View> view(MergeCase found) {
    return Mono.zip(
            customers.person(Customer.name(found.one())),
            customers.person(Customer.name(found.other())))
        .map(both -> new View(found, both.getT1(), both.getT2()));
  }

  /** Cases in a state, or all; the newest first, from after an id on. One value. */
  public Mono<List<MergeCase>> list(MergeCase.@Nullable State state, String after, int limit) {
    return cases.list(state, after, limit);
  }

  /**
   * Decides a case. The answer, or the one given first to the same request; refused with
   * CaseDecided when it was decided, with CaseChanged when it is not at the version seen.
   *
   * @param etag empty: whatever its version is
   */
  public <T extends Message> Mono<T> decide(
      String name,
      boolean together,
      String etag,
      String requestId,
      Message request,
      Parser<T> parser,
      Function<MergeCase, T> answer,
      Actor actor) {
    return find(name)
        .flatMap(
            seen ->
                cases
                    .remembered(seen.id(), requestId, request, parser)
                    .switchIfEmpty(
                        Mono.defer(
                            () -> decide(seen, together, etag, requestId, request, answer, actor))))
        .retryWhen(Recognition.contended());
  }

  private <T extends Message> Mono<T> decide(
      MergeCase seen,
      boolean together,
      String etag,
      String requestId,
      Message request,
      Function<MergeCase, T> answer,
      Actor actor) {
    var version = Long.toString(seen.version());
    if (!etag.isEmpty() && !etag.equals(version)) {
      return Mono.error(new RefusedException(new Refusal.CaseChanged(version)));
    }
    if (seen.state() != MergeCase.State.OPEN) {
      return Mono.error(new RefusedException(new Refusal.CaseDecided("mergeCases/" + seen.id())));
    }
    var next = seen.decided(together, actor.getPrincipal(), recognition.now());
    var told = answer.apply(next);
    var act =
        recognition.act(
            actor,
            together ? "customer.merge" : "customer.keepApart",
            Customer.name(seen.other()),
            Map.of("mergeCase", "mergeCases/" + seen.id(), "customer", Customer.name(seen.one())));
    return cases
        .replace(seen, next, new MergeCaseStore.Remembered(requestId, request, told), act)
        .flatMap(
            written ->
                written
                    ? recognition
                        .logged(cases.acts(), act)
                        .then(Mono.defer(() -> carryOut(next, actor)))
                        .thenReturn(told)
                    : Mono.error(new StaleVersionException(seen.id(), seen.version())));
  }

  private Mono<Void> carryOut(MergeCase decided, Actor actor) {
    var time = Objects.requireNonNull(decided.decideTime());
    var verdict =
        new Verdict(
            decided.one(), decided.state() == MergeCase.State.MERGED, time, decided.decidedBy());
    return recognition
        .change(decided.other(), seen -> judged(seen, verdict, time), actor)
        .then(Mono.defer(() -> recognition.settle(decided.other(), actor)))
        .then(Mono.defer(() -> cases.done(decided.id(), decided.version())));
  }

  /** A verdict that is there, or a later one, stays. */
  private Customer judged(Customer seen, Verdict verdict, Instant time) {
    boolean later =
        seen.verdicts().stream()
            .anyMatch(old -> old.other().equals(verdict.other()) && !old.time().isBefore(time));
    return later ? seen : seen.judged(verdict, recognition.now());
  }

  /** Carries out what was decided and left half done. */
  public Mono<Void> carryOutLeft() {
    return cases
        .pending(recognition.now().minus(LEFT))
        .concatMap(
            left -> carryOut(left, Actor.newBuilder().setPrincipal(left.decidedBy()).build()))
        .then();
  }
}
