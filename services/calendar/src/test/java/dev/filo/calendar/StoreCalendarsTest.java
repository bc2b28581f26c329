package dev.filo.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.type.Date;
import com.google.type.DayOfWeek;
import com.google.type.TimeOfDay;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.SpecialDay;
import dev.filo.proto.catalog.v1.Store;
import java.time.Instant;
import java.time.LocalDate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoreCalendarsTest {
  private static final Store STORE =
      Store.newBuilder()
          .setTimeZone("Europe/Rome")
          .addOpeningHours(period(DayOfWeek.SATURDAY, 10, 20))
          .addOpeningHours(period(DayOfWeek.FRIDAY, 10, 24))
          .addSpecialDays(special(2026, 12, 26))
          .build();

  private static OpeningPeriod period(DayOfWeek day, int opens, int closes) {
    return OpeningPeriod.newBuilder()
        .setDay(day)
        .setOpenTime(TimeOfDay.newBuilder().setHours(opens))
        .setCloseTime(TimeOfDay.newBuilder().setHours(closes))
        .build();
  }

  private static SpecialDay special(int year, int month, int day) {
    return SpecialDay.newBuilder()
        .setDate(Date.newBuilder().setYear(year).setMonth(month).setDay(day))
        .build();
  }

  @Test
  void of_readsWeekAndSpecialDays() {
    var calendar = StoreCalendars.of(STORE);
    assertThat(calendar.lastClosing(LocalDate.parse("2026-11-28")))
        .contains(Instant.parse("2026-11-28T19:00:00Z"));
    assertThat(calendar.lastClosing(LocalDate.parse("2026-11-27")))
        .contains(Instant.parse("2026-11-27T23:00:00Z"));
    assertThat(calendar.lastClosing(LocalDate.parse("2026-12-26"))).isEmpty();
    assertThat(calendar.lastClosing(LocalDate.parse("2026-11-29"))).isEmpty();
  }

  static Stream<Store> bad() {
    return Stream.of(
        STORE.toBuilder().setTimeZone("Europe/Roma").build(),
        STORE.toBuilder().setTimeZone("+01:00").build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.MONDAY, 20, 10)).build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.MONDAY, 10, 0)).build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.MONDAY, 24, 24)).build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.MONDAY, 10, 25)).build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.SATURDAY, 19, 21)).build(),
        STORE.toBuilder().addOpeningHours(period(DayOfWeek.DAY_OF_WEEK_UNSPECIFIED, 9, 10)).build(),
        STORE.toBuilder().addSpecialDays(special(2026, 12, 26)).build(),
        STORE.toBuilder().addSpecialDays(special(2026, 2, 29)).build(),
        STORE.toBuilder().addSpecialDays(special(0, 12, 1)).build());
  }

  @ParameterizedTest
  @MethodSource("bad")
  void of_badHours_isRefused(Store store) {
    assertThatThrownBy(() -> StoreCalendars.of(store))
        .isInstanceOf(CalendarInvalidException.class)
        .hasMessageEndingWith(".");
  }
}
