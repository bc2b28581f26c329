package dev.filo.pos.command;

import java.util.Optional;

/** Asks the person at the terminal. */
@FunctionalInterface
interface Prompter {
  /**
   * Asks.
   *
   * @param hidden whether what is typed is not shown
   * @return the answer; empty when nobody is there or nothing was said
   */
  Optional<String> ask(String question, boolean hidden);
}
