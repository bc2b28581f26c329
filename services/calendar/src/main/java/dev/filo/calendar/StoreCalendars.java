package dev.filo.calendar;

import com.google.type.Date;
import com.google.type.TimeOfDay;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.SpecialDay;
import dev.filo.proto.catalog.v1.Store;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the calendars of stores. */
public final class StoreCalendars {
  // Only these: an offset such as +01:00 would parse too, and be wrong for half the year.
  private static final Set<String> ZONES = Set.copyOf(ZoneId.getAvailableZoneIds());

  private StoreCalendars() {}

  /**
   * A store's calendar.
   *
   * @throws CalendarInvalidException for an unknown zone, hours that end before they begin or
   *     overlap, a date that does not exist or is there twice
   */
  public static OpeningCalendar of(Store store) {
    Map<DayOfWeek, List<OpenHours>> week = new EnumMap<>(DayOfWeek.class);
    for (OpeningPeriod period : store.getOpeningHoursList()) {
      week.computeIfAbsent(day(period), day -> new ArrayList<>()).add(hours(period));
    }
    Map<LocalDate, List<OpenHours>> specialDays = new HashMap<>();
    for (SpecialDay special : store.getSpecialDaysList()) {
      var date = date(special.getDate());
      var hours = special.getPeriodsList().stream().map(StoreCalendars::hours).toList();
      if (specialDays.put(date, hours) != null) {
        throw new CalendarInvalidException("The special day " + date + " is there twice.");
      }
    }
    return OpeningCalendar.of(zone(store.getTimeZone()), week, specialDays);
  }

  private static ZoneId zone(String id) {
    if (!ZONES.contains(id)) {
      throw new CalendarInvalidException("There is no time zone '" + id + "'.");
    }
    return ZoneId.of(id);
  }

  private static DayOfWeek day(OpeningPeriod period) {
    int day = period.getDayValue();
    if (day < 1 || day > 7) {
      throw new CalendarInvalidException("Opening hours need a day of the week.");
    }
    return DayOfWeek.of(day);
  }

  private static OpenHours hours(OpeningPeriod period) {
    var opens = time(period.getOpenTime());
    if (period.getOpenTime().getHours() == 24) {
      throw new CalendarInvalidException("Hours cannot begin at 24:00.");
    }
    var closes = time(period.getCloseTime());
    if (period.getCloseTime().getHours() == 0 && closes.equals(LocalTime.MIDNIGHT)) {
      throw new CalendarInvalidException("The end of the day is written 24:00, not 00:00.");
    }
    return new OpenHours(opens, closes);
  }

  private static LocalTime time(TimeOfDay time) {
    try {
      int hours = time.getHours();
      boolean endOfDay =
          hours == 24 && time.getMinutes() == 0 && time.getSeconds() == 0 && time.getNanos() == 0;
      return endOfDay
          ? LocalTime.MIDNIGHT
          : LocalTime.of(hours, time.getMinutes(), time.getSeconds(), time.getNanos());
    } catch (DateTimeException e) {
      throw new CalendarInvalidException("A time of day must lie between 00:00 and 24:00.");
    }
  }

  private static LocalDate date(Date date) {
    try {
      if (date.getYear() < 1) {
        throw new CalendarInvalidException("A special day needs year, month and day.");
      }
      return LocalDate.of(date.getYear(), date.getMonth(), date.getDay());
    } catch (DateTimeException e) {
      throw new CalendarInvalidException("A special day must be a date that exists.");
    }
  }
}
