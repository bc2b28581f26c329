package dev.filo.cart;

import dev.filo.cart.order.OrderConfiguration;
import dev.filo.platform.PlatformConfiguration;
import dev.filo.platform.Services;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Import;

/** The cart service. */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import({PlatformConfiguration.class, CartConfiguration.class, OrderConfiguration.class})
public class CartApplication {
  /** Runs it. */
  public static void main(String[] args) {
    Services.run(CartApplication.class, "cart", args);
  }
}
