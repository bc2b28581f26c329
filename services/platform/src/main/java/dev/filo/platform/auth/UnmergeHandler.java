package dev.filo.platform.auth;

import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * What a service does when a subject is no alias any more: give back what came with it. Repeating
 * must be harmless.
 */
@FunctionalInterface
public interface UnmergeHandler {
  /**
   * Gives back to {@code alias} everything that was first under one of {@code names}, wherever it
   * is now; completes when that is kept.
   *
   * @param subject what the alias stood for until now
   * @param alias a subject of its own from now on
   * @param names the alias, and all that are merged into it
   */
  Mono<Void> unmerged(String subject, String alias, Set<String> names);
}
