package dev.filo.e2e.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of ours that can be killed, stopped and started again. Whatever happens, it does not
 * outlive this JVM, nor stay stopped.
 */
final class Running implements AutoCloseable {
  private final String name;
  private final List<String> command;
  private final Path log;
  private final Net net;
  private Process process;

  Running(String name, List<String> command, Path log, Net net) throws IOException {
    this.name = name;
    this.command = List.copyOf(command);
    this.log = log;
    this.net = net;
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> current().destroyForcibly()));
  }

  /** Its name in the network. */
  String name() {
    return name;
  }

  /** What it says. */
  Path log() {
    return log;
  }

  /** Ends it with SIGKILL and starts it again. */
  void killAndRestart() throws IOException {
    kill();
    start();
  }

  /** Ends it with SIGKILL. */
  void kill() {
    var running = current();
    running.destroyForcibly();
    running.onExit().join();
  }

  /** Starts it, when it does not run. */
  synchronized void start() throws IOException {
    if (!process.isAlive()) {
      process = launch();
    }
  }

  /** Whether it runs, or is stopped. */
  boolean isAlive() {
    return current().isAlive();
  }

  /** SIGSTOP: it does nothing from now on, and nobody is told. */
  void pause() {
    signal("-STOP");
  }

  /** SIGCONT: it goes on as if nothing had been. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", signal, Long.toString(current().pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Process current() {
    return process;
  }

  private Process launch() throws IOException {
    var launched =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    net.isNow(name, launched.pid());
    return launched;
  }

  @Override
  public void close() {
    resume();
    var running = current();
    running.destroy();
    try {
      if (!running.waitFor(15, TimeUnit.SECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
    }
  }
}
