package dev.filo.reservation.domain;

/** Why a store cannot keep what was reserved. */
public enum RefusalCause {
  /** It is not there. */
  NOT_FOUND,
  /** It is there and cannot be sold. */
  DAMAGED,
  /** It is the piece on display. */
  DISPLAY_ONLY,
  /** Something else, said in words; stock is as it was. */
  OTHER;

  /** True when the stock level says more than the store has to sell. */
  public boolean corrects() {
    return this != OTHER;
  }
}
