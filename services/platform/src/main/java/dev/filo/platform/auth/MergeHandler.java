package dev.filo.platform.auth;

import reactor.core.publisher.Mono;

/**
 * What a service does when one subject turns out to be another: move what the alias had. Repeating
 * must be harmless.
 */
@FunctionalInterface
public interface MergeHandler {
  /** Moves everything of {@code alias} to {@code subject}; completes when it is kept. */
  Mono<Void> merged(String subject, String alias);
}
