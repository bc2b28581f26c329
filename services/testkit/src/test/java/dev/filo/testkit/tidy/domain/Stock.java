package dev.filo.testkit.tidy.domain;

/** Nothing but the JDK. */
public record Stock(int onHand) {}
