package dev.filo.calendar;

import java.time.LocalTime;

/**
 * Open from one time of day to a later one on the same day.
 *
 * @param opens inclusive
 * @param closes exclusive; midnight is the end of the day
 */
public record OpenHours(LocalTime opens, LocalTime closes) {
  /** Refuses hours that do not end after they begin. */
  public OpenHours {
    if (!closes.equals(LocalTime.MIDNIGHT) && !opens.isBefore(closes)) {
      throw new CalendarInvalidException(
          "Hours must end after they begin: " + opens + " to " + closes + ".");
    }
  }

  /** True when the two have a moment in common. */
  boolean overlaps(OpenHours other) {
    return (closes.equals(LocalTime.MIDNIGHT) || other.opens.isBefore(closes))
        && (other.closes.equals(LocalTime.MIDNIGHT) || opens.isBefore(other.closes));
  }
}
