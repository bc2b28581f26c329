package dev.filo.suite;

/** The suite cannot start; the message is the one line the person at the keyboard needs. */
final class CannotStart extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotStart(String message) {
    super(message);
  }
}
