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

  /**
   * What was asked does not go with what is there.
   *
   * @param serial the serial number it does not go with; empty when it is not one number's fault
   */
  record Unfit(Why why, String serial) implements Outcome {
    /** Not one number's fault. */
    public Unfit(Why why) {
      this(why, "");
    }

    /** What does not go. */
    public enum Why {
      /** A serial number that comes in is there already. */
      SERIAL_DUPLICATE,
      /** A serial number that goes out is not there. */
      SERIAL_NOT_FOUND,
      /** There would be more than {@link Goods#SERIALS_MAX} serial numbers. */
      SERIALS_TOO_MANY,
      /** There would be more than {@link Goods#INCOMING_MAX} entries of incoming stock. */
      INCOMING_TOO_MANY
    }
  }
}
