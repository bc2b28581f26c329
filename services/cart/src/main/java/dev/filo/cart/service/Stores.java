package dev.filo.cart.service;

import reactor.core.publisher.Mono;

/** Where goods can be fetched. */
@FunctionalInterface
public interface Stores {
  /** True when a store exists and hands goods over. One value; an error when not to be asked. */
  Mono<Boolean> isPickup(String store);
}
