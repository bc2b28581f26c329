package dev.filo.inventory.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.calendar.OpeningCalendar;
import dev.filo.inventory.service.Availability.Point;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocationsTest {
  private static final double HALF_AROUND = 20_015_115;

  private static Location location(
      String name, double latitude, double longitude, boolean warehouse) {
    return new Location(
        name,
        "Title of " + name,
        latitude,
        longitude,
        true,
        Duration.ZERO,
        warehouse,
        OpeningCalendar.of(ZoneOffset.UTC, Map.of(), Map.of()));
  }

  /** As it is meant: all distances, by the angles. */
  private static List<String> plain(
      List<Location> all, Point point, double radiusMeters, int limit) {
    return all.stream()
        .filter(at -> !at.warehouse())
        .filter(at -> at.distanceMeters(point.latitude(), point.longitude()) <= radiusMeters)
        .sorted(
            Comparator.comparingDouble(
                at -> at.distanceMeters(point.latitude(), point.longitude())))
        .limit(limit)
        .map(Location::name)
        .toList();
  }

  private static List<String> names(List<Locations.At> found) {
    return found.stream().map(at -> at.location().name()).toList();
  }

  @Test
  void near_isAsByTheAngles_everywhereOnEarth() {
    var random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      double spread = Math.pow(10, random.nextInt(-3, 3));
      var point = somewhere(random, new Point(0, 0), 180);
      var all = new ArrayList<Location>();
      for (int i = random.nextInt(60); i > 0; i--) {
        var at = somewhere(random, point, spread);
        all.add(location("stores/" + i, at.latitude(), at.longitude(), random.nextInt(10) == 0));
      }
      // At random, and exactly as far as one of them is.
      double radius =
          all.isEmpty() || random.nextBoolean()
              ? random.nextDouble() * HALF_AROUND * spread / 180
              : all.get(random.nextInt(all.size()))
                  .distanceMeters(point.latitude(), point.longitude());
      int limit = random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt(1, 30);

      assertThat(names(new Locations(all).near(point, radius, limit)))
          .as("round %d: %s, %f m, %d", round, point, radius, limit)
          .isEqualTo(plain(all, point, radius, limit));
    }
  }

  private static Point somewhere(Random random, Point near, double degrees) {
    double latitude = near.latitude() + (random.nextDouble() - 0.5) * degrees;
    double longitude = near.longitude() + (random.nextDouble() - 0.5) * 2 * degrees;
    return new Point(
        // Over the pole, not onto it: there all would be as near as each other.
        latitude > 90 ? 180 - latitude : latitude < -90 ? -180 - latitude : latitude,
        longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude);
  }

  @Test
  void near_whereTwoAreAsNear_keepsTheirOrder() {
    var all = IntStream.range(0, 5).mapToObj(i -> location("stores/" + i, 45, 9, false)).toList();

    assertThat(names(new Locations(all).near(new Point(44, 9), HALF_AROUND, 3)))
        .containsExactly("stores/0", "stores/1", "stores/2");
  }

  @Test
  void near_tellsTheMetres_andWhereItIsInTheList() {
    var locations =
        new Locations(List.of(location("w", 45, 9, true), location("stores/a", 46, 9, false)));

    var found = locations.near(new Point(45, 9), 200_000, 1).getFirst();

    assertThat(found.index()).isEqualTo(1);
    assertThat(found.distanceMeters()).isNotNull().isBetween(111_000.0, 111_300.0);
  }

  @Test
  void near_withoutAPoint_isByTitle() {
    var locations =
        new Locations(
            List.of(location("stores/b", 45, 9, false), location("stores/a", 1, 1, false)));

    var found = locations.near(null, 0, Integer.MAX_VALUE);

    assertThat(names(found)).containsExactly("stores/a", "stores/b");
    assertThat(found.getFirst().distanceMeters()).isNull();
    assertThat(locations.near(null, 0, 1)).hasSize(1);
  }

  @Test
  void near_ofNone_isNone() {
    assertThat(new Locations(List.of()).near(new Point(0, 0), HALF_AROUND, 20)).isEmpty();
    assertThat(
            new Locations(List.of(location("stores/a", 0, 0, false)))
                .near(new Point(0, 0), HALF_AROUND, 0))
        .isEmpty();
  }

  @Test
  void named_areInTheOrderAsked_withoutWarehousesAndStrangers() {
    var locations =
        new Locations(
            List.of(
                location("stores/a", 45, 9, false),
                location("stores/w", 45, 9, true),
                location("stores/b", 45, 9, false)));

    assertThat(
            names(locations.named(List.of("stores/b", "stores/x", "stores/w", "stores/a"), null)))
        .containsExactly("stores/b", "stores/a");
    assertThat(names(locations.warehouses())).containsExactly("stores/w");
  }
}
