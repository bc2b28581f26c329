package dev.filo.e2e.chaos;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.History;
import dev.filo.cart.service.CartStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import reactor.core.publisher.Mono;

/** Carts that are broken in one way; only where the cart's classes are. */
final class AlteredCarts {
  private AlteredCarts() {}

  /** A bean, broken if it is where carts are kept. */
  static Object broken(Object bean, Flaw flaw) {
    if (!(bean instanceof CartStore store)) {
      return bean;
    }
    return Proxy.newProxyInstance(
        CartStore.class.getClassLoader(),
        new Class<?>[] {CartStore.class},
        (proxy, method, arguments) -> {
          try {
            var answer = method.invoke(store, arguments);
            return switch (method.getName()) {
              case "load" ->
                  flaw == Flaw.FORGOTTEN_OPERATIONS
                      ? ((Mono<?>) answer).map(cart -> forgetful((Cart) cart))
                      : answer;
              case "move" ->
                  flaw == Flaw.LOST_LINE
                      ? ((Mono<?>) answer).map(cart -> withoutLastLine((Cart) cart))
                      : answer;
              default -> answer;
            };
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        });
  }

  private static Cart forgetful(Cart cart) {
    var history = cart.history();
    return cart.withHistory(
        new History(
            new LinkedHashMap<>(),
            history.removed(),
            history.archives(),
            history.merges(),
            history.parted(),
            history.arrivals()));
  }

  private static Cart withoutLastLine(Cart cart) {
    var lines = cart.lines();
    return new Cart(
        cart.customer(),
        cart.version(),
        lines.isEmpty() ? lines : lines.subList(0, lines.size() - 1),
        cart.savedLines(),
        cart.proposals(),
        cart.voucher(),
        cart.grant(),
        cart.history(),
        cart.notices(),
        cart.departures(),
        cart.movedTo(),
        cart.handedOver(),
        cart.updateTime());
  }
}
