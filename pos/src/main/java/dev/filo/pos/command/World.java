package dev.filo.pos.command;

import java.io.BufferedReader;
import java.io.Console;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * What is around the till: everything that is not its own.
 *
 * @param environment the environment's variables
 * @param in what is typed or piped in
 * @param terminal true when a person is at it
 */
public record World(
    Map<String, String> environment,
    BufferedReader in,
    PrintWriter out,
    PrintWriter err,
    InstantSource clock,
    ZoneId zone,
    boolean terminal) {

  /** Copies the environment. */
  public World {
    environment = Map.copyOf(environment);
  }

  /** The real one. */
  public static World real() {
    var charset = Charset.forName(System.getProperty("stdin.encoding", "UTF-8"));
    return new World(
        System.getenv(),
        new BufferedReader(new InputStreamReader(System.in, charset)),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        InstantSource.system(),
        ZoneId.systemDefault(),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
  }

  /** A variable; empty when it is not there or has nothing in it. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
