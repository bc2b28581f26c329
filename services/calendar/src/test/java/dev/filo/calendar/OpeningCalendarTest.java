package dev.filo.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpeningCalendarTest {
  private static final ZoneId ROME = ZoneId.of("Europe/Rome");

  /** Monday to Friday 9-13 and 15-19, Saturday 10-20, closed on Sundays; Christmas closed. */
  private static final OpeningCalendar SHOP = shop();

  /** Every day, all day. */
  private static final OpeningCalendar ALWAYS = always(new OpenHours(LocalTime.MIN, LocalTime.MIN));

  private static OpeningCalendar shop() {
    Map<DayOfWeek, List<OpenHours>> week = new HashMap<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.getValue() <= 5) {
        week.put(day, List.of(hours("15:00", "19:00"), hours("09:00", "13:00")));
      }
    }
    week.put(DayOfWeek.SATURDAY, List.of(hours("10:00", "20:00")));
    return OpeningCalendar.of(
        ROME,
        week,
        Map.of(
            LocalDate.parse("2026-12-25"),
            List.of(),
            LocalDate.parse("2026-12-24"),
            List.of(hours("09:00", "14:00")),
            LocalDate.parse("2026-12-20"), // a Sunday before Christmas
            List.of(hours("10:00", "00:00"))));
  }

  private static OpeningCalendar always(OpenHours hours) {
    Map<DayOfWeek, List<OpenHours>> week = new HashMap<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      week.put(day, List.of(hours));
    }
    return OpeningCalendar.of(ROME, week, Map.of());
  }

  private static OpenHours hours(String opens, String closes) {
    return new OpenHours(LocalTime.parse(opens), LocalTime.parse(closes));
  }

  private static Instant rome(String local) {
    return java.time.LocalDateTime.parse(local).atZone(ROME).toInstant();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T08:59:59, false", // Monday
    "2026-11-23T09:00:00, true",
    "2026-11-23T12:59:59, true",
    "2026-11-23T13:00:00, false",
    "2026-11-23T15:00:00, true",
    "2026-11-23T19:00:00, false",
    "2026-11-29T12:00:00, false", // Sunday
    "2026-12-20T12:00:00, true", // a Sunday of its own
    "2026-12-20T23:59:59, true",
    "2026-12-21T00:00:00, false",
    "2026-12-24T13:30:00, true",
    "2026-12-24T15:30:00, false",
    "2026-12-25T10:00:00, false",
  })
  void isOpen(String local, boolean open) {
    assertThat(SHOP.isOpen(rome(local))).isEqualTo(open);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-28, 2026-11-28T20:00:00", // Saturday
    "2026-11-23, 2026-11-23T19:00:00",
    "2026-12-24, 2026-12-24T14:00:00",
    "2026-12-20, 2026-12-21T00:00:00", // the end of the day
  })
  void lastClosing(String date, String local) {
    assertThat(SHOP.lastClosing(LocalDate.parse(date))).contains(rome(local));
  }

  @ParameterizedTest
  @CsvSource({"2026-11-29", "2026-12-25"})
  void lastClosing_closedAllDay_isEmpty(String date) {
    assertThat(SHOP.lastClosing(LocalDate.parse(date))).isEmpty();
  }

  @Test
  void nextClosings_skipClosedDaysAndLunch() {
    assertThat(SHOP.nextClosings(rome("2026-12-23T19:00:00"), 3))
        .containsExactly(
            rome("2026-12-24T14:00:00"), rome("2026-12-26T20:00:00"), rome("2026-12-28T19:00:00"));
    assertThat(SHOP.nthClosing(rome("2026-12-23T18:59:59"), 1))
        .contains(rome("2026-12-23T19:00:00"));
    assertThat(SHOP.nthClosing(rome("2026-12-23T18:59:59"), 2))
        .contains(rome("2026-12-24T14:00:00"));
  }

  @ParameterizedTest
  @CsvSource({
    // from, minutes, ready
    "2026-11-23T09:00:00, 0, 2026-11-23T09:00:00",
    "2026-11-23T10:30:00, 60, 2026-11-23T11:30:00",
    "2026-11-23T12:30:00, 60, 2026-11-23T15:30:00", // over lunch
    "2026-11-23T12:00:00, 60, 2026-11-23T15:00:00", // ends with the closing: next opening
    "2026-11-23T18:30:00, 60, 2026-11-24T09:30:00", // over night
    "2026-11-28T19:30:00, 60, 2026-11-30T09:30:00", // over Sunday
    "2026-11-29T12:00:00, 0, 2026-11-30T09:00:00",
    "2026-12-24T13:30:00, 60, 2026-12-26T10:30:00", // over Christmas
    "2026-11-23T09:00:00, 960, 2026-11-25T09:00:00", // two whole days
  })
  void afterOpenTime(String from, long minutes, String ready) {
    assertThat(SHOP.afterOpenTime(rome(from), Duration.ofMinutes(minutes))).contains(rome(ready));
  }

  @Test
  void afterOpenTime_clocksPutForward_countsRealTime() {
    // 2026-03-29, 02:00 to 03:00 is left out: the day has 23 hours.
    assertThat(ALWAYS.afterOpenTime(rome("2026-03-29T01:30:00"), Duration.ofHours(1)))
        .contains(rome("2026-03-29T03:30:00"));
    assertThat(ALWAYS.afterOpenTime(rome("2026-03-28T12:00:00"), Duration.ofHours(24)))
        .contains(rome("2026-03-29T13:00:00"));
  }

  @Test
  void afterOpenTime_clocksPutBack_countsRealTime() {
    // 2026-10-25, 02:00 to 03:00 comes twice: the day has 25 hours.
    assertThat(ALWAYS.afterOpenTime(rome("2026-10-24T12:00:00"), Duration.ofHours(24)))
        .contains(rome("2026-10-25T11:00:00"));
  }

  @Test
  void spansOn_hoursInTheChange() {
    var night = always(hours("02:15", "02:45"));
    assertThat(night.spansOn(LocalDate.parse("2026-03-29"))).isEmpty();
    assertThat(night.spansOn(LocalDate.parse("2026-10-25")))
        .containsExactly(
            new OpenSpan(
                Instant.parse("2026-10-25T00:15:00Z"), Instant.parse("2026-10-25T01:45:00Z")));
    var untilHalfPastTwo = always(hours("01:00", "02:30"));
    assertThat(untilHalfPastTwo.lastClosing(LocalDate.parse("2026-03-29")))
        .contains(Instant.parse("2026-03-29T01:00:00Z"));
  }

  @Test
  void lastClosing_sameHourBeforeAndAfterTheChange() {
    // 20:00 in Rome is 19:00 UTC in winter and 18:00 UTC in summer.
    var daily = always(hours("10:00", "20:00"));
    assertThat(daily.lastClosing(LocalDate.parse("2026-03-28")))
        .contains(Instant.parse("2026-03-28T19:00:00Z"));
    assertThat(daily.lastClosing(LocalDate.parse("2026-03-29")))
        .contains(Instant.parse("2026-03-29T18:00:00Z"));
    assertThat(daily.lastClosing(LocalDate.parse("2026-10-25")))
        .contains(Instant.parse("2026-10-25T19:00:00Z"));
  }

  @Test
  void neverOpen_endsTheSearchEmpty() {
    var closed = OpeningCalendar.of(ROME, Map.of(), Map.of());
    var now = rome("2026-11-23T09:00:00");
    assertThat(closed.afterOpenTime(now, Duration.ofHours(1))).isEmpty();
    assertThat(closed.nextOpen(now)).isEmpty();
    assertThat(closed.nthClosing(now, 1)).isEmpty();
    assertThat(closed.nextClosings(now, 3)).isEmpty();
    assertThat(SHOP.afterOpenTime(now, Duration.ofDays(400))).isEmpty();
  }

  @Test
  void of_overlappingHours_isRefused() {
    assertThatThrownBy(
            () ->
                OpeningCalendar.of(
                    ROME,
                    Map.of(
                        DayOfWeek.MONDAY,
                        List.of(hours("09:00", "13:00"), hours("12:59", "19:00"))),
                    Map.of()))
        .isInstanceOf(CalendarInvalidException.class);
    assertThatThrownBy(
            () ->
                OpeningCalendar.of(
                    ROME,
                    Map.of(
                        DayOfWeek.MONDAY,
                        List.of(hours("09:00", "00:00"), hours("12:00", "19:00"))),
                    Map.of()))
        .isInstanceOf(CalendarInvalidException.class);
  }

  @Test
  void openHours_endingBeforeTheyBegin_areRefused() {
    assertThatThrownBy(() -> hours("19:00", "09:00")).isInstanceOf(CalendarInvalidException.class);
    assertThatThrownBy(() -> hours("09:00", "09:00")).isInstanceOf(CalendarInvalidException.class);
  }
}
