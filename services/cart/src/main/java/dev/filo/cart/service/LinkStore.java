package dev.filo.cart.service;

import java.time.Instant;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where links to copies of carts are kept. */
public interface LinkStore {
  /** Keeps a link. One value: the one kept, which is an earlier one for a request known already. */
  Mono<Link> create(Link link, String request);

  /** A link; empty when there is none. */
  Mono<Link> find(String id);

  /** Those a customer made for others that are not revoked or over, the newest first. */
  Flux<Link> list(String owner, Instant now, int limit);

  /** Ends one of her links for ever. One value: false when she has none of this id. */
  Mono<Boolean> revoke(String owner, String id);

  /** Gives all links of one customer to another. */
  Mono<Void> inherit(String from, String to);

  /** Gives the links that were made under some names to a customer. */
  Mono<Void> own(Set<String> makers, String owner);

  /** Forgets links that ended before. */
  Mono<Void> purge(Instant endedBefore);
}
