package dev.filo.demo.retailer;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads the shops and works out their calendars. */
final class Shops {

  private static final ZoneId ROME = ZoneId.of("Europe/Rome");
  private static final int FIRST_YEAR = 2026;
  private static final int LAST_YEAR = 2027;
  private static final String NONE = "-";
  private static final String PATRON = "patron";

  private final Map<String, Map<DayOfWeek, List<OpenInterval>>> weeks = new LinkedHashMap<>();
  private final Table holidays = Table.read("holidays.txt", 6);

  private Shops() {
    for (Table.Row row : Table.read("hours.txt", 8).rows()) {
      Map<DayOfWeek, List<OpenInterval>> week = new EnumMap<>(DayOfWeek.class);
      for (DayOfWeek day : DayOfWeek.values()) {
        week.put(day, intervals(row.cell(day.getValue())));
      }
      weeks.put(row.cell(0), week);
    }
  }

  static List<Store> read() {
    Shops shops = new Shops();
    return Table.read("stores.txt", 16).rows().stream().map(shops::store).toList();
  }

  private Store store(Table.Row row) {
    Store.Format format = Store.Format.valueOf(row.cell(10).toUpperCase(Locale.ROOT));
    Map<DayOfWeek, List<OpenInterval>> week = weeks.get(row.cell(11));
    if (week == null) {
      throw row.wrong("no hours " + row.cell(11));
    }
    boolean pickup = !row.cell(12).equals(NONE);
    return new Store(
        row.cell(0),
        format,
        row.cell(1),
        new Address(row.cell(2), row.cell(3), row.cell(4), row.cell(5), row.cell(6), "IT"),
        Double.parseDouble(row.cell(7)),
        Double.parseDouble(row.cell(8)),
        row.cell(9),
        ROME,
        week,
        specialDays(row, format),
        pickup,
        pickup ? Duration.ofMinutes(row.whole(12)) : Duration.ZERO);
  }

  private List<SpecialDay> specialDays(Table.Row store, Store.Format format) {
    Map<LocalDate, SpecialDay> days = new TreeMap<>();
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
      for (Table.Row holiday : holidays.rows()) {
        boolean patron = holiday.cell(0).equals(PATRON);
        Text reason = patron ? store.text(14) : holiday.text(1);
        String hours = holiday.cell(column(format));
        if (hours.equals("usual")) {
          continue;
        }
        for (LocalDate date : Feasts.dates(patron ? store.cell(13) : holiday.cell(0), year)) {
          days.putIfAbsent(
              date,
              new SpecialDay(date, reason, hours.equals("closed") ? List.of() : intervals(hours)));
        }
      }
    }
    return List.copyOf(days.values());
  }

  private static int column(Store.Format format) {
    return switch (format) {
      case FLAGSHIP -> 3;
      case CITY, WAREHOUSE -> 4;
      case TOWN -> 5;
    };
  }

  private static List<OpenInterval> intervals(String hours) {
    if (hours.equals(NONE)) {
      return List.of();
    }
    List<OpenInterval> intervals = new ArrayList<>();
    for (String interval : hours.split("\\+")) {
      String[] ends = interval.split("-");
      intervals.add(new OpenInterval(LocalTime.parse(ends[0]), LocalTime.parse(ends[1])));
    }
    return List.copyOf(intervals);
  }
}
