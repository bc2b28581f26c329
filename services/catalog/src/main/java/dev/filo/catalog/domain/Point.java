package dev.filo.catalog.domain;

/**
 * A place on Earth, WGS 84, in degrees.
 *
 * @param latitude -90..90
 * @param longitude -180..180
 */
public record Point(double latitude, double longitude) {
  // The mean radius (IUGG): the sphere is within 0.5 % of the true distance.
  private static final double EARTH_RADIUS_METERS = 6_371_008.8;

  /** Refuses what is not on Earth. */
  public Point {
    if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) { // NaN too
      throw new IllegalArgumentException("point: " + latitude + ", " + longitude);
    }
  }

  /** Metres to another place, as the crow flies (haversine). */
  public double distanceMeters(Point other) {
    double latitudes = Math.toRadians(other.latitude - latitude);
    double longitudes = Math.toRadians(other.longitude - longitude);
    double h =
        square(Math.sin(latitudes / 2))
            + Math.cos(Math.toRadians(latitude))
                * Math.cos(Math.toRadians(other.latitude))
                * square(Math.sin(longitudes / 2));
    return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(h)));
  }

  private static double square(double value) {
    return value * value;
  }
}
