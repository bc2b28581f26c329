package dev.filo.gateway.edge;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Has identity's keys read before the doors open, so that a replica that has just started, and is
 * still slow, can tell who comes. An identity that is not there holds nothing up: the keys are then
 * read for the first token.
 */
@Component
final class KeysFirst implements SmartLifecycle {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TokenChecker checker;
  private volatile boolean isRunning;

  KeysFirst(TokenChecker checker) {
    this.checker = checker;
  }

  @Override
  public void start() {
    checker.readKeys(PATIENCE).block();
    isRunning = true;
  }

  @Override
  public void stop() {
    isRunning = false;
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  @Override
  public int getPhase() {
    return 0; // The doors come after it.
  }
}
