package dev.filo.cart.domain;

/** What became of one operation of several that stand each by itself. */
public sealed interface Outcome {
  /** The operation's id. */
  String operation();

  /**
   * It was done.
   *
   * @param line the line it was about; empty when about none
   * @param overwrote pieces there were that the device had not seen; 0 when none
   */
  record Applied(String operation, String line, int overwrote) implements Outcome {}

  /** The cart knew it. */
  record Repeated(String operation) implements Outcome {}

  /** It was not done. */
  record Refused(String operation, Refusal why) implements Outcome {}
}
