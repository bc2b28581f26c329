package dev.filo.demo.retailer;

import java.time.LocalDate;
import java.util.List;

/**
 * A day on which the week's hours do not hold.
 *
 * @param intervals in order; empty when the store stays closed
 */
public record SpecialDay(LocalDate date, Text reason, List<OpenInterval> intervals) {

  /** Keeps its own copy of the intervals. */
  public SpecialDay {
    intervals = List.copyOf(intervals);
  }

  /** Whether the store stays closed all day. */
  public boolean closed() {
    return intervals.isEmpty();
  }
}
