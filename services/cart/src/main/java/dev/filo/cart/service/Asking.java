package dev.filo.cart.service;

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Questions about goods that are under way: whoever wants to know the same meanwhile waits for that
 * answer. Thread-safe.
 *
 * @param <A> an answer, about several goods
 */
final class Asking<A> {
  private final ConcurrentMap<String, Mono<A>> underWay = new ConcurrentHashMap<>();

  /**
   * The answers that together are about all of these goods, and perhaps about others. An error when
   * one could not be asked.
   *
   * @param ask asks about some goods; one value
   */
  Flux<A> about(Set<String> skus, Function<Set<String>, Mono<A>> ask) {
    var unasked = new HashSet<String>();
    Set<Mono<A>> answers = Collections.newSetFromMap(new IdentityHashMap<>());
    for (String sku : skus) {
      var asked = underWay.get(sku);
      if (asked == null) {
        unasked.add(sku);
      } else {
        answers.add(asked);
      }
    }
    if (!unasked.isEmpty()) {
      // Asked to the end, whoever goes away: others may be waiting.
      var asked = ask.apply(unasked).cache();
      unasked.forEach(sku -> underWay.putIfAbsent(sku, asked));
      answers.add(asked.doFinally(end -> unasked.forEach(sku -> underWay.remove(sku, asked))));
    }
    return Flux.merge(answers);
  }
}
