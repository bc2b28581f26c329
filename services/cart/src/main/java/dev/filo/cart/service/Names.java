package dev.filo.cart.service;

import reactor.core.publisher.Mono;

/** What identity has said of customers' names. */
@FunctionalInterface
public interface Names {
  /** True when a customer had been merged into another one and is of her own again. One value. */
  Mono<Boolean> isParted(String customer);
}
