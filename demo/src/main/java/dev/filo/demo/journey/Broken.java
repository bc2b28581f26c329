package dev.filo.demo.journey;

/** A promise was not kept; the message says which, in words for people. */
public class Broken extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what was promised and what was seen. */
  public Broken(String message) {
    super(message);
  }
}
