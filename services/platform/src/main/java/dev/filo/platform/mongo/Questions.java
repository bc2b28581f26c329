package dev.filo.platform.mongo;

import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Questions that are answered together when they come at the same time, each with its own answer;
 * nobody waits for others to come, see {@link Groups}.
 *
 * @param <Q> what is asked
 * @param <A> what each is answered; {@link Void} where it is only done or not
 */
public final class Questions<Q, A> {
  private final Groups<Asked<Q, A>> groups;

  /**
   * Nothing is asked yet.
   *
   * @param lanes how many groups may be under way at once
   * @param most how many questions a group may have
   * @param work deals with a group; its value answers each, once the next group is on its way. What
   *     it fails with is the answer of all
   */
  public Questions(int lanes, int most, Function<List<Asked<Q, A>>, Mono<Runnable>> work) {
    this.groups =
        new Groups<>(
            lanes,
            most,
            group ->
                Mono.defer(() -> work.apply(group))
                    .onErrorResume(error -> Mono.just(() -> group.forEach(one -> one.fail(error))))
                    .contextWrite(group.getFirst().context));
  }

  /** Asks, now or with the next group. The answer, or the error, this question was given. */
  public Mono<A> ask(Q question) {
    return Mono.deferContextual(
        context -> {
          var asked = new Asked<Q, A>(question, context);
          groups.add(asked);
          return asked.answer.asMono();
        });
  }

  /** A question that waits for its answer. */
  public static final class Asked<Q, A> {
    private final Q question;
    private final ContextView context;
    private final Sinks.One<A> answer = Sinks.one();

    private Asked(Q question, ContextView context) {
      this.question = question;
      this.context = context;
    }

    /** What was asked. */
    public Q question() {
      return question;
    }

    /** Answers it. */
    public void answer(A value) {
      answer.tryEmitValue(value);
    }

    /** Says that it is done, without a value. */
    public void done() {
      answer.tryEmitEmpty();
    }

    /** Says why it is not. */
    public void fail(Throwable error) {
      answer.tryEmitError(error);
    }
  }
}
