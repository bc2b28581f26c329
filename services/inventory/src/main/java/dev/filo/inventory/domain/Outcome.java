package dev.filo.inventory.domain;

/** How a command ended on its level. */
public sealed interface Outcome {
  /** It is so now; the level right after it. */
  record Done(Snapshot level) implements Outcome {}

  /** It was so already; the level right after the first time, or as it is. */
  record Repeated(Snapshot level) implements Outcome {}

  /** Fewer pieces are available. */
  record TooFew(int available) implements Outcome {}

  /** The level carries as many holds as it can. */
  record Full() implements Outcome {}

  /** The hold keeps nothing here any more. */
  record Over() implements Outcome {}

  /** The movement's or request's id is known with other content. */
  record Differs() implements Outcome {}
}
