package dev.filo.inventory.service;

import dev.filo.calendar.OpeningCalendar;
import java.time.Duration;

/**
 * A place that holds stock.
 *
 * @param name {@code stores/milano}
 * @param title to show
 * @param latitude degrees, WGS 84
 * @param longitude degrees, WGS 84
 * @param pickup true when goods can be picked up there
 * @param pickupLead opening time the store needs to set goods aside
 * @param warehouse true when nobody visits it
 * @param calendar when it is open
 */
public record Location(
    String name,
    String title,
    double latitude,
    double longitude,
    boolean pickup,
    Duration pickupLead,
    boolean warehouse,
    OpeningCalendar calendar) {
  // The mean radius of the earth (IUGG): wrong by 0.5 % at most, which is less than any street.
  static final double EARTH_METERS = 6_371_008.8;

  /** Metres to a point as the crow flies. */
  public double distanceMeters(double toLatitude, double toLongitude) {
    double north = Math.toRadians(toLatitude - latitude);
    double east = Math.toRadians(toLongitude - longitude);
    double half =
        Math.pow(Math.sin(north / 2), 2)
            + Math.cos(Math.toRadians(latitude))
                * Math.cos(Math.toRadians(toLatitude))
                * Math.pow(Math.sin(east / 2), 2);
    return 2 * EARTH_METERS * Math.asin(Math.min(1, Math.sqrt(half)));
  }
}
