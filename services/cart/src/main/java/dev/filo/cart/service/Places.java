package dev.filo.cart.service;

import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where customers are. */
@FunctionalInterface
public interface Places {
  /**
   * The place she chose; nothing when she has not, or when it cannot be asked: it only makes an
   * answer better. One value, never an error.
   */
  Mono<Optional<Stock.Point>> of(String customer);
}
