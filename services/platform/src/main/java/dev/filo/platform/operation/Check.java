package dev.filo.platform.operation;

import reactor.core.publisher.Mono;

/** Something that a service can check about itself when it is asked. */
@FunctionalInterface
public interface Check {
  /** Looks. One finding, or empty when there is nothing to say; an error counts as unknown. */
  Mono<Finding> look();
}
