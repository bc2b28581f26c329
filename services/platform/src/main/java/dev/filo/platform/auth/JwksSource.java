package dev.filo.platform.auth;

import reactor.core.publisher.Mono;

/**
 * Where the suite's public signing keys come from: identity's own store there, a call to identity
 * elsewhere.
 */
@FunctionalInterface
public interface JwksSource {
  /** A JSON Web Key Set. One value; an error when it cannot be had. */
  Mono<String> jwks();
}
