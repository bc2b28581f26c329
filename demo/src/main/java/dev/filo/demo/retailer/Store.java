package dev.filo.demo.retailer;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A shop, or the online warehouse: a place that holds stock.
 *
 * @param id a stable slug, {@code milano-buenos-aires}
 * @param latitude in degrees, four decimals
 * @param longitude in degrees, four decimals
 * @param phone E.164, invented
 * @param weeklyHours all seven days; a closed day has no interval
 * @param specialDays in order of date
 * @param pickup whether reserved goods can be collected here
 * @param pickupReadyIn how long the store needs to set goods aside; zero without pickup
 */
public record Store(
    String id,
    Format format,
    String name,
    Address address,
    double latitude,
    double longitude,
    String phone,
    ZoneId timeZone,
    Map<DayOfWeek, List<OpenInterval>> weeklyHours,
    List<SpecialDay> specialDays,
    boolean pickup,
    Duration pickupReadyIn) {

  /** How large a place is, and whether customers come in. */
  public enum Format {
    /** A large shop with most of the range. */
    FLAGSHIP,
    /** A city shop. */
    CITY,
    /** A small shop. */
    TOWN,
    /** Serves the online shop; nobody walks in. */
    WAREHOUSE
  }

  /** Keeps its own copies. */
  public Store {
    weeklyHours = Collections.unmodifiableMap(new EnumMap<>(weeklyHours));
    specialDays = List.copyOf(specialDays);
  }
}
