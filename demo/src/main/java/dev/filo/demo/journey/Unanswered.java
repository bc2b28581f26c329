package dev.filo.demo.journey;

/** A request got no answer, or none in time: whether it was done is not known. */
final class Unanswered extends Broken {
  private static final long serialVersionUID = 1L;

  Unanswered(String message) {
    super(message);
  }
}
