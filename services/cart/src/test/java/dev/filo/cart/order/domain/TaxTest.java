package dev.filo.cart.order.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.cart.domain.Fulfilment;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TaxTest {
  private static final Fulfilment SHIP = new Fulfilment(Fulfilment.Kind.SHIP, "");

  private static Order.Line line(long unit, int quantity, long discount, int rate) {
    return new Order.Line("l", "S", "products/s", "S", "", quantity, unit, discount, rate, SHIP);
  }

  @Test
  void vatIsTakenOut_toTheNearestCent_halfUp() {
    assertThat(Tax.in(12_200, 2200)).isEqualTo(new Tax(2200, 12_200, 2_200));
    assertThat(Tax.in(999, 2200).vat()).isEqualTo(180); // 180.147…
    assertThat(Tax.in(10_400, 400)).isEqualTo(new Tax(400, 10_400, 400));
    assertThat(Tax.in(3, 10_000).vat()).isEqualTo(2); // 1.5: up
    assertThat(Tax.in(0, 2200)).isEqualTo(new Tax(2200, 0, 0));
    assertThat(Tax.in(500, 0)).isEqualTo(new Tax(0, 500, 0));
  }

  @Test
  void vat_ofAnyOrder_andNet_areWhatIsPaid() {
    long seed = System.nanoTime();
    var random = new Random(seed);
    int[] rates = {2200, 1000, 500, 400, 0, 1950};
    for (int run = 0; run < 5_000; run++) {
      var lines = new ArrayList<Order.Line>();
      for (int i = 0; i <= random.nextInt(20); i++) {
        long unit = random.nextInt(500_000);
        int quantity = 1 + random.nextInt(30);
        long discount = (long) (random.nextDouble() * unit * quantity);
        lines.add(line(unit, quantity, discount, rates[random.nextInt(rates.length)]));
      }
      var taxes = Tax.in(lines);
      long paid = lines.stream().mapToLong(Order.Line::total).sum();
      assertThat(taxes.stream().mapToLong(tax -> tax.net() + tax.vat()).sum())
          .as("seed %d run %d", seed, run)
          .isEqualTo(paid);
      assertThat(taxes.stream().mapToInt(Tax::basisPoints))
          .as("seed %d run %d", seed, run)
          .doesNotHaveDuplicates()
          .isSortedAccordingTo(java.util.Comparator.reverseOrder());
      for (Tax tax : taxes) {
        var exact =
            BigDecimal.valueOf(tax.gross())
                .multiply(BigDecimal.valueOf(tax.basisPoints()))
                .divide(BigDecimal.valueOf(10_000L + tax.basisPoints()), 0, RoundingMode.HALF_UP);
        assertThat(tax.vat()).as("seed %d run %d", seed, run).isEqualTo(exact.longValueExact());
      }
    }
  }
}
