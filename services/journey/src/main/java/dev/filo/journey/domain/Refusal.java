package dev.filo.journey.domain;

/** Why touchpoints were refused. */
public sealed interface Refusal {
  /** A touchpoint's time lies ahead. */
  record TimeInvalid(String touchpoint) implements Refusal {}
}
