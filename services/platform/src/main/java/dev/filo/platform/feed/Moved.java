package dev.filo.platform.feed;

import java.util.Set;

/** What was moved out of one document. */
sealed interface Moved permits Moved.InArray, Left {
  /**
   * Events in an array.
   *
   * @param events their ids
   */
  record InArray(Set<String> events) implements Moved {}
}
