package dev.filo.identity.service;

import dev.filo.identity.domain.KeptKey;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps signing keys. */
public interface KeyStore {
  /** All of them, oldest first. */
  Flux<KeptKey> keys();

  /** Adds a key. True when it was added; false when another replica has made that number. */
  Mono<Boolean> add(KeptKey key);

  /** Forgets a key. */
  Mono<Void> remove(String id);

  /** A secret made once and kept beside the data, for installations that are only tried out. */
  Mono<String> localSecret(String candidate);
}
