package dev.filo.cart.service;

import dev.filo.cart.domain.Goods;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/** What is sold. */
@FunctionalInterface
public interface Catalog {
  /**
   * What it knows of SKUs, by SKU, with titles in {@code language}. One value, without those it
   * does not know; an error when it could not be asked.
   */
  Mono<Map<String, Goods>> goods(Set<String> skus, String language);
}
