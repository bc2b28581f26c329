package dev.filo.identity.domain;

/** How it is known that an identifier is a customer's, the weakest first. */
public enum Evidence {
  /** Somebody says so. It never joins two people. */
  CLAIMED,
  /** One of the staff has made sure. */
  STAFF,
  /** The channel's provider says so: the sender of a message, the holder of a card. */
  PROVIDER,
  /** She signed in by a passkey of the customer whose identifier it is. */
  PASSKEY,
  /** She typed a code that was sent there. */
  CODE;

  /** True for all but a claim. */
  public boolean isProof() {
    return this != CLAIMED;
  }
}
