package dev.filo.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs random sequences of operations against a system and, when one fails, takes operations away
 * as long as it still fails; then it tells the seed and what was left.
 *
 * <pre>{@code
 * Model.of("a stock ledger", () -> new Ledger(), random -> randomStep(random))
 *     .invariant(ledger -> assertThat(ledger.drift()).isZero())
 *     .run();
 * }</pre>
 *
 * <p>{@code -Dfilo.seed=123} repeats a run; {@code -Dfilo.runs=5000} makes more than the default.
 *
 * @param <S> the system under test together with its model; closed after each sequence if it can be
 */
public final class Model<S> {

  /** The system property that repeats a run. */
  public static final String SEED_PROPERTY = "filo.seed";

  /** The system property that says how many sequences are run. */
  public static final String RUNS_PROPERTY = "filo.runs";

  private static final int DEFAULT_RUNS = 100;
  private static final int DEFAULT_STEPS_MAX = 40;

  /** A bound on shrinking, for systems that are slow to start. */
  private static final int SHRINKING_RUNS_MAX = 2_000;

  /**
   * One operation with its arguments: a value that can be run again, alone or after others. A
   * record prints itself well.
   *
   * @param <S> the system
   */
  @FunctionalInterface
  public interface Step<S> {
    /** Does it, and throws if the system did not do what the model says. */
    void run(S system) throws Exception;
  }

  /**
   * A check that may throw.
   *
   * @param <S> the system
   */
  @FunctionalInterface
  public interface Check<S> {
    /** Throws if something is wrong. */
    void check(S system) throws Exception;
  }

  private final String name;
  private final Supplier<S> start;
  private final Function<Random, Step<S>> steps;
  private Check<S> invariant = system -> {};
  private int runs = Integer.getInteger(RUNS_PROPERTY, DEFAULT_RUNS);
  private int stepsMax = DEFAULT_STEPS_MAX;
  private long seed = Long.getLong(SEED_PROPERTY, System.nanoTime());

  private Model(String name, Supplier<S> start, Function<Random, Step<S>> steps) {
    this.name = name;
    this.start = start;
    this.steps = steps;
  }

  /** Sequences of the steps drawn, each on a newly started system. */
  public static <S> Model<S> of(String name, Supplier<S> start, Function<Random, Step<S>> steps) {
    return new Model<>(name, start, steps);
  }

  /**
   * Checks a property of random values, small ones first: {@code values} is given a size that grows
   * from 1 to 100.
   */
  public static <T> void forAll(
      String name, java.util.function.BiFunction<Random, Integer, T> values, Check<T> property) {
    long seed = Long.getLong(SEED_PROPERTY, System.nanoTime());
    int runs = Integer.getInteger(RUNS_PROPERTY, DEFAULT_RUNS);
    for (int run = 0; run < runs; run++) {
      T value = values.apply(random(seed, run), 1 + 99 * run / Math.max(1, runs - 1));
      try {
        property.check(value);
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            name + " is wrong for " + value + "\nrepeat with -D" + SEED_PROPERTY + "=" + seed, e);
      }
    }
  }

  /** Checked after the start and after every step. */
  public Model<S> invariant(Check<S> invariant) {
    this.invariant = invariant;
    return this;
  }

  /** How many sequences, where {@code -Dfilo.runs} does not say. */
  public Model<S> runs(int runs) {
    this.runs = Integer.getInteger(RUNS_PROPERTY, runs);
    return this;
  }

  /** How long a sequence gets at most; half of them are shorter. */
  public Model<S> stepsMax(int stepsMax) {
    this.stepsMax = stepsMax;
    return this;
  }

  /** The seed, where {@code -Dfilo.seed} does not say. */
  public Model<S> seed(long seed) {
    this.seed = Long.getLong(SEED_PROPERTY, seed);
    return this;
  }

  /** Runs the sequences; fails with the shortest failing one it finds. */
  public void run() {
    for (int run = 0; run < runs; run++) {
      Random random = random(seed, run);
      var sequence = new ArrayList<Step<S>>();
      int length = 1 + random.nextInt(stepsMax);
      for (int i = 0; i < length; i++) {
        sequence.add(steps.apply(random));
      }
      Throwable failure = failure(sequence);
      if (failure != null) {
        throw shrunk(sequence, failure);
      }
    }
  }

  private static Random random(long seed, int run) {
    return new Random(seed * 0x9E3779B97F4A7C15L + run);
  }

  private AssertionError shrunk(List<Step<S>> sequence, Throwable failure) {
    List<Step<S>> shortest = sequence;
    Throwable reason = failure;
    int tries = 0;
    int chunk = Math.max(1, shortest.size() / 2);
    while (tries < SHRINKING_RUNS_MAX) {
      boolean shorter = false;
      for (int from = 0; from < shortest.size() && tries < SHRINKING_RUNS_MAX; ) {
        var candidate = new ArrayList<>(shortest);
        candidate.subList(from, Math.min(from + chunk, candidate.size())).clear();
        tries++;
        Throwable again = failure(candidate);
        if (again != null) {
          shortest = candidate;
          reason = again;
          shorter = true;
        } else {
          from += chunk;
        }
      }
      if (!shorter && chunk == 1) {
        break;
      }
      chunk = shorter ? chunk : Math.max(1, chunk / 2);
    }
    var lines = new StringJoiner("\n  ", name + " fails after:\n  ", "");
    shortest.forEach(step -> lines.add(step.toString()));
    return new AssertionError(
        lines
            + "\n("
            + shortest.size()
            + " of "
            + sequence.size()
            + " steps; repeat with -D"
            + SEED_PROPERTY
            + "="
            + seed
            + ")\n"
            + reason,
        reason);
  }

  private @Nullable Throwable failure(List<Step<S>> sequence) {
    S system = start.get();
    try {
      invariant.check(system);
      for (Step<S> step : sequence) {
        step.run(system);
        invariant.check(system);
      }
      return null;
    } catch (Exception | AssertionError e) {
      return e;
    } finally {
      close(system);
    }
  }

  private static void close(Object system) {
    if (system instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new IllegalStateException("the system under test cannot be closed", e);
      }
    }
  }

  /** One of the values, drawn with {@code random}. */
  public static <T> T oneOf(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
