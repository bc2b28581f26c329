package dev.filo.demo.retailer;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Month;
import java.time.MonthDay;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.stream.Stream;

/** When the days of {@code holidays.txt} fall in a year. */
final class Feasts {

  private static final String EASTER = "easter";
  private static final String RANGE = "..";
  private static final int ADVENT_SUNDAYS = 3;

  private Feasts() {}

  /** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher). */
  static LocalDate easter(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
    int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
    return LocalDate.of(year, f / 31, f % 31 + 1);
  }

  /** The dates a rule names in a year, in order. */
  static List<LocalDate> dates(String rule, int year) {
    if (rule.startsWith(EASTER)) {
      String days = rule.substring(EASTER.length());
      return List.of(easter(year).plusDays(days.isEmpty() ? 0 : Integer.parseInt(days)));
    }
    if (rule.contains(RANGE)) {
      LocalDate first = date(rule.substring(0, rule.indexOf(RANGE)), year);
      LocalDate last = date(rule.substring(rule.indexOf(RANGE) + RANGE.length()), year);
      return first.datesUntil(last.plusDays(1)).toList();
    }
    return switch (rule) {
      case "black-friday" ->
          List.of(
              LocalDate.of(year, Month.NOVEMBER, 1)
                  .with(TemporalAdjusters.dayOfWeekInMonth(4, DayOfWeek.THURSDAY))
                  .plusDays(1));
      case "advent-sunday" -> {
        LocalDate last =
            LocalDate.of(year, Month.DECEMBER, 25)
                .with(TemporalAdjusters.previous(DayOfWeek.SUNDAY));
        yield Stream.iterate(last.minusWeeks(ADVENT_SUNDAYS - 1), day -> day.plusWeeks(1))
            .limit(ADVENT_SUNDAYS)
            .toList();
      }
      default -> List.of(date(rule, year));
    };
  }

  private static LocalDate date(String monthDay, int year) {
    return MonthDay.parse("--" + monthDay).atYear(year);
  }
}
