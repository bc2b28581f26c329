package dev.filo.cart.order.service;

import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Money;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.cart.order.domain.Shares;
import dev.filo.cart.service.CartView;
import dev.filo.cart.service.Carts;
import dev.filo.platform.grpc.Statuses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an order of a cart would be. */
final class Quotes {
  private static final long NANOS_A_CENT = 10_000_000;

  private Quotes() {}

  /**
   * What an order of a cart would be.
   *
   * @param lines what can be ordered
   * @param currency empty when nothing can
   * @param voucher the code, when it takes something off
   * @param problems why it cannot be ordered as it is; empty when it can
   */
  record Quote(
      List<Order.Line> lines,
      String currency,
      String voucher,
      String etag,
      List<Refusal> problems) {
    long total() {
      return lines.stream().mapToLong(Order.Line::total).sum();
    }

    boolean isSent() {
      return lines.stream().anyMatch(line -> line.fulfilment().kind() == Fulfilment.Kind.SHIP);
    }

    /** Ways to pay it: in the store only what is fetched. */
    List<Payment.Method> payments(boolean provider) {
      var all = new ArrayList<Payment.Method>();
      if (!isSent()) {
        all.add(Payment.Method.PAY_IN_STORE);
      }
      if (provider) {
        all.add(Payment.Method.PROVIDER);
      }
      return all;
    }
  }

  /** Of a cart as it is seen now; UNAVAILABLE when the catalog could not be asked. */
  static Quote of(CartView view, OrderPolicy.Vat vat, Instant now) {
    var cart = view.cart();
    var known = view.goods().orElseThrow(() -> Statuses.unavailable("Catalog"));
    var problems = new ArrayList<Refusal>();
    var lines = new ArrayList<Order.Line>();
    if (cart.lines().isEmpty()) {
      problems.add(new Refusal.Empty());
    }
    if (cart.lines().size() > Order.LINES_MAX) {
      problems.add(new Refusal.TooLarge(Order.LINES_MAX));
    }
    for (Line line : cart.lines()) {
      var problem = problem(line, known);
      if (problem == null) {
        lines.add(frozen(line, goods(line, known), vat));
      } else {
        problems.add(problem);
        if (problem instanceof Refusal.FulfilmentMissing) {
          lines.add(frozen(line, goods(line, known), vat));
        }
      }
    }
    boolean mixed =
        lines.stream()
                .map(line -> goods(cart.lines(), line, known).price().currency())
                .distinct()
                .count()
            > 1;
    if (mixed) {
      problems.add(new Refusal.CurrencyMixed());
      return new Quote(List.of(), "", "", Carts.etag(cart), problems);
    }
    var currency =
        lines.isEmpty() ? "" : goods(cart.lines(), lines.getFirst(), known).price().currency();
    long off = 0;
    if (view.voucher().isPresent() && !lines.isEmpty()) {
      long subtotal = lines.stream().mapToLong(Order.Line::amount).sum();
      var worth = view.voucher().get().worth(Money.ofCents(currency, subtotal), now).discount();
      off = worth == null ? 0 : worth.cents();
    }
    return new Quote(
        List.copyOf(spread(lines, off)),
        currency,
        off > 0 ? cart.voucher() : "",
        Carts.etag(cart),
        List.copyOf(problems));
  }

  private static @Nullable Refusal problem(Line line, Map<String, Goods> known) {
    var goods = known.get(line.sku());
    if (goods == null || goods.withdrawn()) {
      return new Refusal.Withdrawn(line.id(), line.sku());
    }
    return switch (line.shownFulfilment().kind()) {
      case OPEN -> new Refusal.FulfilmentMissing(line.id(), line.sku());
      case PICKUP ->
          line.quantity() > Order.PICKUP_QUANTITY_MAX
              ? new Refusal.TooLarge(Order.PICKUP_QUANTITY_MAX)
              : null;
      case SHIP -> null;
    };
  }

  private static Goods goods(Line line, Map<String, Goods> known) {
    return known.getOrDefault(line.sku(), line.goods());
  }

  private static Goods goods(List<Line> lines, Order.Line of, Map<String, Goods> known) {
    return lines.stream()
        .filter(line -> line.id().equals(of.cartLine()))
        .findFirst()
        .map(line -> goods(line, known))
        .orElseThrow();
  }

  private static Order.Line frozen(Line line, Goods goods, OrderPolicy.Vat vat) {
    return new Order.Line(
        line.id(),
        line.sku(),
        goods.product(),
        goods.title(),
        goods.mediaUri(),
        line.quantity(),
        cents(goods.price()),
        0,
        vat.of(goods.product()),
        line.shownFulfilment());
  }

  /** To the nearest cent, half a cent up. */
  private static long cents(Money price) {
    long rest = price.nanos() % NANOS_A_CENT;
    return price.cents() + (rest * 2 >= NANOS_A_CENT ? 1 : 0);
  }

  private static List<Order.Line> spread(List<Order.Line> lines, long off) {
    var shares = Shares.of(off, lines.stream().map(Order.Line::amount).toList());
    var all = new ArrayList<Order.Line>();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      all.add(
          new Order.Line(
              line.cartLine(),
              line.sku(),
              line.product(),
              line.title(),
              line.mediaUri(),
              line.quantity(),
              line.unit(),
              shares.get(i),
              line.vatBasisPoints(),
              line.fulfilment()));
    }
    return all;
  }
}
