package dev.filo.cart.service;

import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where customers are. */
@FunctionalInterface
public interface Places {
  /** The place she chose; nothing when she has not. One value; an error when not to be asked. */
  Mono<Optional<Stock.Point>> of(String customer);
}
