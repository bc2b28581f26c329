package dev.filo.platform.auth;

import reactor.core.publisher.Mono;

/**
 * Knows which subjects became another one. A service without one learns it from identity's feed.
 */
@FunctionalInterface
public interface AliasSource {
  /**
   * The subject that another one became, not followed further; the subject itself when it was an
   * alias once and is none any more. Empty when it never was one.
   */
  Mono<String> subjectOf(String alias);
}
