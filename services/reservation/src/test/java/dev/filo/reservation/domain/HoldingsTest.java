package dev.filo.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.reservation.domain.Holdings.Allowance;
import dev.filo.reservation.domain.Holdings.Claim;
import dev.filo.reservation.domain.Holdings.Excess;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HoldingsTest {
  private static final Claim ONE = new Claim("1", Map.of("SOFA", 2, "LAMP", 1));
  private static final Claim TWO = new Claim("2", Map.of("SOFA", 1));
  private static final Holdings HAS_ONE = Holdings.NONE.with(ONE);

  @Test
  void excess_things() {
    assertThat(HAS_ONE.excess(TWO, new Allowance(2, 99, 99))).isEmpty();
    assertThat(HAS_ONE.excess(TWO, new Allowance(1, 99, 99))).contains(new Excess.Things(1));
    assertThat(Holdings.NONE.excess(TWO, new Allowance(0, 99, 99))).contains(new Excess.Things(0));
  }

  @Test
  void excess_units() {
    assertThat(HAS_ONE.excess(TWO, new Allowance(9, 4, 99))).isEmpty();
    assertThat(HAS_ONE.excess(TWO, new Allowance(9, 3, 99))).contains(new Excess.Units(3));
  }

  @Test
  void excess_unitsPerSku() {
    assertThat(HAS_ONE.excess(TWO, new Allowance(9, 99, 3))).isEmpty();
    assertThat(HAS_ONE.excess(TWO, new Allowance(9, 99, 2)))
        .contains(new Excess.UnitsPerSku("SOFA", 2));
    assertThat(HAS_ONE.excess(new Claim("2", Map.of("DESK", 2)), new Allowance(9, 99, 2)))
        .as("other goods")
        .isEmpty();
  }

  @Test
  void aClaimOfTheSameId_isReplaced() {
    var smaller = new Claim("1", Map.of("SOFA", 1));
    assertThat(HAS_ONE.excess(smaller, new Allowance(1, 1, 1))).isEmpty();
    assertThat(HAS_ONE.with(smaller).claims()).containsExactly(smaller);
    assertThat(HAS_ONE.has(ONE)).isTrue();
    assertThat(HAS_ONE.has(smaller)).isFalse();
  }

  @Test
  void things_areLimitedAlone() {
    assertThat(HAS_ONE.excess(new Claim("2", Map.of("SOFA", 999_999)), Allowance.things(2)))
        .isEmpty();
  }
}
