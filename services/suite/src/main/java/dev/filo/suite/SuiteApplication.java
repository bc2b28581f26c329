package dev.filo.suite;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Runs everything in one process until it is ended. */
public final class SuiteApplication {
  private SuiteApplication() {}

  /**
   * Starts the suite; a reason why it cannot is one line on the error stream and exit code 1. With
   * the argument {@code --train} it starts on free ports and ends by itself: {@link Training}.
   */
  public static void main(String[] args) {
    // One logging set-up for all contexts of this JVM: logback.xml here.
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    LoggerFactory.getILoggerFactory(); // before several threads want it at once
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    try {
      if (List.of(args).contains("--train")) {
        Training.run(Settings.from(System.getenv()).data(), out::println);
        System.exit(0);
      }
      var suite = Suite.start(Settings.from(System.getenv()), out::println);
      Runtime.getRuntime().addShutdownHook(new Thread(suite::close, "filo-shutdown"));
    } catch (CannotStart reason) {
      System.err.println("filo: " + reason.getMessage());
      System.exit(1);
    }
  }
}
