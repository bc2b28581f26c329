package dev.filo.identity.domain;

import java.time.Instant;

/**
 * What a person decided about two customers. Of two verdicts about one pair the later holds.
 *
 * @param other the id of the other customer
 * @param together true: they are one; false: they are two
 * @param by who decided
 */
public record Verdict(String other, boolean together, Instant time, String by) {}
