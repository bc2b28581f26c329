package dev.filo.calendar;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When a store is open: an ordinary week, and days unlike the others, in the store's zone.
 * Immutable.
 *
 * <p>Where clocks are put forward, hours that fall into the hour left out begin or end at the
 * change; where they are put back, the repeated hour belongs to the hours it touches, both times.
 */
public final class OpeningCalendar {
  /** How many days ahead anything is looked for: more than a year of holidays. */
  public static final int SEARCH_DAYS = 400;

  private final ZoneId zone;
  private final Map<DayOfWeek, List<OpenHours>> week;
  private final Map<LocalDate, List<OpenHours>> specialDays;

  private OpeningCalendar(
      ZoneId zone,
      Map<DayOfWeek, List<OpenHours>> week,
      Map<LocalDate, List<OpenHours>> specialDays) {
    this.zone = zone;
    this.week = week;
    this.specialDays = specialDays;
  }

  /**
   * A calendar.
   *
   * @param week hours by day; a day that is absent is closed
   * @param specialDays the hours of single dates instead of the week's; none: closed
   * @throws CalendarInvalidException when hours of one day overlap
   */
  public static OpeningCalendar of(
      ZoneId zone,
      Map<DayOfWeek, List<OpenHours>> week,
      Map<LocalDate, List<OpenHours>> specialDays) {
    var days = new EnumMap<DayOfWeek, List<OpenHours>>(DayOfWeek.class);
    week.forEach((day, hours) -> days.put(day, inOrder(hours, day.toString())));
    var dates = new HashMap<LocalDate, List<OpenHours>>();
    specialDays.forEach((date, hours) -> dates.put(date, inOrder(hours, date.toString())));
    return new OpeningCalendar(zone, days, dates);
  }

  private static List<OpenHours> inOrder(List<OpenHours> hours, String day) {
    var sorted = hours.stream().sorted(Comparator.comparing(OpenHours::opens)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i - 1).overlaps(sorted.get(i))) {
        throw new CalendarInvalidException("Hours of " + day + " overlap.");
      }
    }
    return sorted;
  }

  /** The zone its dates and hours are in. */
  public ZoneId zone() {
    return zone;
  }

  /** The date it is there at an instant. */
  public LocalDate dateAt(Instant instant) {
    return instant.atZone(zone).toLocalDate();
  }

  /** The hours of a date, in order; none: closed all day. */
  public List<OpenHours> hoursOn(LocalDate date) {
    var special = specialDays.get(date);
    return special != null ? special : week.getOrDefault(date.getDayOfWeek(), List.of());
  }

  /** The hours of a date as instants, in order; none: closed all day. */
  public List<OpenSpan> spansOn(LocalDate date) {
    var spans = new ArrayList<OpenSpan>();
    for (OpenHours hours : hoursOn(date)) {
      var opens = opening(date.atTime(hours.opens()));
      var closes =
          hours.closes().equals(LocalTime.MIDNIGHT)
              ? date.plusDays(1).atStartOfDay(zone).toInstant()
              : closing(date.atTime(hours.closes()));
      if (opens.isBefore(closes)) { // hours wholly inside the hour left out are none
        spans.add(new OpenSpan(opens, closes));
      }
    }
    return spans;
  }

  private Instant opening(LocalDateTime local) {
    var change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant()
        : local.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
  }

  private Instant closing(LocalDateTime local) {
    var change = zone.getRules().getTransition(local);
    return change != null && change.isGap()
        ? change.getInstant()
        : local.atZone(zone).withLaterOffsetAtOverlap().toInstant();
  }

  /** True from an opening, inclusive, to its closing, exclusive. */
  public boolean isOpen(Instant instant) {
    return spansOn(dateAt(instant)).stream().anyMatch(span -> span.contains(instant));
  }

  /** When the store closes for the last time on a date; empty when it is closed all day. */
  public Optional<Instant> lastClosing(LocalDate date) {
    var spans = spansOn(date);
    return spans.isEmpty() ? Optional.empty() : Optional.of(spans.getLast().closes());
  }

  /**
   * The last closings of the days the store is open, after an instant, in order: one a day, a lunch
   * break is none. Fewer than asked for when no more come within {@link #SEARCH_DAYS} days.
   *
   * @param count not negative
   */
  public List<Instant> nextClosings(Instant from, int count) {
    var closings = new ArrayList<Instant>();
    var first = dateAt(from);
    for (int day = 0; day <= SEARCH_DAYS && closings.size() < count; day++) {
      lastClosing(first.plusDays(day)).filter(from::isBefore).ifPresent(closings::add);
    }
    return closings;
  }

  /**
   * The n-th of {@link #nextClosings}; empty when there is none within {@link #SEARCH_DAYS} days.
   *
   * @param n 1 is the next
   */
  public Optional<Instant> nthClosing(Instant from, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n: " + n + " (expected: >= 1)");
    }
    var closings = nextClosings(from, n);
    return closings.size() < n ? Optional.empty() : Optional.of(closings.get(n - 1));
  }

  /**
   * The first instant, from this one on, at which the store is open; empty when it does not open
   * within {@link #SEARCH_DAYS} days.
   */
  public Optional<Instant> nextOpen(Instant from) {
    return afterOpenTime(from, Duration.ZERO);
  }

  /**
   * When a duration has passed, counted only while the store is open; the answer is a moment at
   * which somebody can come in: should the duration end with a closing, it is the next opening.
   * Empty when that does not come within {@link #SEARCH_DAYS} days.
   *
   * @param duration not negative
   */
  public Optional<Instant> afterOpenTime(Instant from, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration: " + duration + " (expected: >= 0)");
    }
    var left = duration;
    var first = dateAt(from);
    for (int day = 0; day <= SEARCH_DAYS; day++) {
      for (OpenSpan span : spansOn(first.plusDays(day))) {
        if (!span.closes().isAfter(from)) {
          continue;
        }
        var begins = span.opens().isAfter(from) ? span.opens() : from;
        var open = Duration.between(begins, span.closes());
        if (left.compareTo(open) < 0) {
          return Optional.of(begins.plus(left));
        }
        left = left.minus(open);
      }
    }
    return Optional.empty();
  }
}
