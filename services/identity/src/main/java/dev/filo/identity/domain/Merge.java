package dev.filo.identity.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry in a customer's journal: she became somebody's alias.
 *
 * @param into whose
 * @param cause the identifier both had; empty when a person decided it
 * @param by who gave the evidence or decided
 * @param endTime when she became herself again; null while she has not
 * @param endedBy who decided that; empty when the facts did
 */
public record Merge(
    String into,
    String cause,
    Instant time,
    String by,
    @Nullable Instant endTime,
    String endedBy) {}
