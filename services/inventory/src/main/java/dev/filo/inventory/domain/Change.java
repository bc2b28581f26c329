package dev.filo.inventory.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a level, to be told.
 *
 * @param after the level as it became
 * @param movement the movement that did it; empty when none did
 * @param hold the hold that did it; empty when none did
 * @param cause what the movement was for
 * @param kind of the movement; null when there was none
 * @param quantity pieces moved or held; negative when they went or were freed
 */
public record Change(
    Snapshot after,
    String movement,
    String hold,
    String cause,
    Movement.@Nullable Kind kind,
    int quantity,
    Author author,
    Instant time) {}
