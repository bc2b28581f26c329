package dev.filo.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ModelTest {

  private static final class Counter implements AutoCloseable {
    private static final AtomicInteger OPEN = new AtomicInteger();

    private final List<Integer> added = new ArrayList<>();
    private int total;

    private Counter() {
      OPEN.incrementAndGet();
    }

    @Override
    public void close() {
      OPEN.decrementAndGet();
    }
  }

  private record Add(int amount, int lostFrom) implements Model.Step<Counter> {
    @Override
    public void run(Counter counter) {
      counter.added.add(amount);
      counter.total += counter.total >= lostFrom ? 0 : amount;
    }
  }

  private static Model<Counter> counting(int lostFrom) {
    return Model.<Counter>of(
            "a counter", Counter::new, random -> new Add(1 + random.nextInt(3), lostFrom))
        .seed(42)
        .invariant(
            counter ->
                assertThat(counter.total)
                    .isEqualTo(counter.added.stream().mapToInt(Integer::intValue).sum()));
  }

  @Test
  void saysNothingWhenAllHolds() {
    counting(Integer.MAX_VALUE).run();
    assertThat(Counter.OPEN).hasValue(0);
  }

  @Test
  void findsAShortFailureAndTellsTheSeed() {
    assertThatThrownBy(() -> counting(5).run())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a counter fails after:")
        .hasMessageContaining("-Dfilo.seed=42")
        .satisfies(
            failure ->
                // at most five ones reach 5, and one more is lost
                assertThat(failure.getMessage().lines().filter(line -> line.contains("Add[")))
                    .hasSizeBetween(3, 6));
    assertThat(Counter.OPEN).hasValue(0);
  }

  @Test
  void aPropertyTellsTheValueItFailsFor() {
    assertThatThrownBy(
            () ->
                Model.forAll(
                    "small numbers",
                    (random, size) -> size,
                    value -> assertThat(value).isLessThan(50)))
        .hasMessageContaining("small numbers is wrong for 5");
  }
}
