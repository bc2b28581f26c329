package dev.filo.reservation.domain;

import java.util.List;
import java.util.Map;

/**
 * What is being handed over; known until inventory has sold it.
 *
 * @param lines what she takes
 * @param releaseRest whether what she does not take is freed
 * @param number tells this hand-over from the reservation's others, so that repeating it sells once
 * @param serials which pieces leave, by SKU, those in kits too; of a SKU left out any
 * @param allNamed true when no piece that has a serial number may be left out
 * @param requestId whose request it is
 */
public record Sale(
    List<Pieces> lines,
    boolean releaseRest,
    long number,
    Map<String, List<String>> serials,
    boolean allNamed,
    String requestId) {
  /** Copies what can change. */
  public Sale {
    lines = List.copyOf(lines);
    serials = Map.copyOf(serials);
  }

  /** Whichever pieces come first. */
  public Sale(List<Pieces> lines, boolean releaseRest, long number) {
    this(lines, releaseRest, number, Map.of(), false, "");
  }

  /** The same of these lines, by its number. */
  Sale of(List<Pieces> taken, long next) {
    return new Sale(taken, releaseRest, next, serials, allNamed, requestId);
  }
}
