package dev.filo.cart.order.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {
  @Test
  void leftOverCents_goToThoseThatLostMost_theFirstFirst() {
    assertThat(Shares.of(10, List.of(1L, 1L, 1L))).containsExactly(4L, 3L, 3L);
    assertThat(Shares.of(100, List.of(1L, 2L, 3L))).containsExactly(17L, 33L, 50L);
    assertThat(Shares.of(0, List.of(5L, 0L))).containsExactly(0L, 0L);
    assertThat(Shares.of(0, List.of())).isEmpty();
    assertThat(Shares.of(7, List.of(0L, 3L, 0L))).containsExactly(0L, 7L, 0L);
  }

  @Test
  void whatCannotBeSpread_isRefused() {
    assertThatThrownBy(() -> Shares.of(1, List.of(0L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Shares.of(-1, List.of(1L)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Shares.of(1, List.of(-1L, 2L)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shares_ofAnything_addUp_andAreWithinACentOfExact() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (int run = 0; run < 20_000; run++) {
      var weights = new ArrayList<Long>();
      int count = 1 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        weights.add(random.nextInt(4) == 0 ? 0L : (long) random.nextInt(2_000_000));
      }
      long whole = weights.stream().mapToLong(Long::longValue).sum();
      if (whole == 0) {
        continue;
      }
      long amount = (long) (random.nextDouble() * (whole + 1));
      var shares = Shares.of(amount, weights);
      assertThat(shares.stream().mapToLong(Long::longValue).sum())
          .as("seed %d run %d", seed, run)
          .isEqualTo(amount);
      for (int i = 0; i < count; i++) {
        long exact = amount * weights.get(i);
        assertThat(shares.get(i) * whole)
            .as("seed %d run %d share %d", seed, run, i)
            .isBetween(exact - whole + 1, exact + whole - 1);
        // A discount is never more than what it is on.
        assertThat(shares.get(i)).as("seed %d run %d", seed, run).isBetween(0L, weights.get(i));
      }
    }
  }
}
