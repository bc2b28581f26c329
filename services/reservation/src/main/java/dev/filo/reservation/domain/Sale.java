package dev.filo.reservation.domain;

import java.util.List;

/**
 * What is being handed over; known until inventory has sold it.
 *
 * @param lines what she takes
 * @param releaseRest whether what she does not take is freed
 * @param number tells this hand-over from the reservation's others, so that repeating it sells once
 */
public record Sale(List<Pieces> lines, boolean releaseRest, long number) {
  /** Copies the lines. */
  public Sale {
    lines = List.copyOf(lines);
  }
}
