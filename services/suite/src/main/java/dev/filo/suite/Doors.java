package dev.filo.suite;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringApplication.AbandonedRunException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * Keeps an application's doors shut, all its parts being there, until what is behind them is ready.
 * Where that fails the application is given up.
 */
final class Doors implements ApplicationContextInitializer<GenericApplicationContext> {
  private final CompletableFuture<?> behind;

  /** Opens them when this is completed. */
  Doors(CompletableFuture<?> behind) {
    this.behind = behind;
  }

  @Override
  public void initialize(GenericApplicationContext context) {
    // After all parts are made, before any of them is started.
    context.registerBean(SmartInitializingSingleton.class, () -> () -> await(context));
  }

  private void await(GenericApplicationContext context) {
    try {
      behind.join();
    } catch (CancellationException | CompletionException e) {
      throw new AbandonedRunException(context); // others say why
    }
  }
}
