package dev.filo.identity.service;

/** A mail server does not take an address and never will: trying again is of no use. */
public final class AddressRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without the address: it does not belong in logs. */
  public AddressRefusedException() {
    super("the address is not taken");
  }
}
