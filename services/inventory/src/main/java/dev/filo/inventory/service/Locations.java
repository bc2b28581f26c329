package dev.filo.inventory.service;

import dev.filo.inventory.service.Availability.Point;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * All locations, and the stores among them by how near they are. What is near is compared by the
 * straight line through the earth, which orders as the way over it does and needs no angles: each
 * is worked out once for all who ask. Immutable.
 */
final class Locations {
  // Where lines and ways could differ by rounding, at the edge of a radius, the way decides.
  private static final double EDGE = 1e-6;
  private static final double TINY = 1e-18;

  private final List<Location> all;
  private final int[] stores;
  private final int[] byTitle;
  private final double[] x;
  private final double[] y;
  private final double[] z;

  /**
   * One of the locations.
   *
   * @param index where it is among all of them
   * @param from where distances are counted from; null: nowhere
   */
  record At(int index, Location location, @Nullable Point from) {
    /** Metres from there as the crow flies; null without a point. */
    @Nullable Double distanceMeters() {
      return from == null ? null : location.distanceMeters(from.latitude(), from.longitude());
    }
  }

  /** A store by the square of the line to it; of two as near the first in the list. */
  private record Near(double square, int index) implements Comparable<Near> {
    private static final Comparator<Near> ORDER =
        Comparator.comparingDouble(Near::square).thenComparingInt(Near::index);

    @Override
    public int compareTo(Near other) {
      return ORDER.compare(this, other);
    }
  }

  Locations(Collection<Location> locations) {
    all = List.copyOf(locations);
    stores = indexes().filter(i -> !all.get(i).warehouse()).toArray();
    byTitle =
        IntStream.of(stores)
            .boxed()
            .sorted(Comparator.comparing(i -> all.get(i).title()))
            .mapToInt(Integer::intValue)
            .toArray();
    var units = all.stream().map(at -> unit(at.latitude(), at.longitude())).toList();
    x = units.stream().mapToDouble(unit -> unit[0]).toArray();
    y = units.stream().mapToDouble(unit -> unit[1]).toArray();
    z = units.stream().mapToDouble(unit -> unit[2]).toArray();
  }

  /** All of them; the same list each time. */
  List<Location> all() {
    return all;
  }

  /** Those nobody visits. */
  List<At> warehouses() {
    return indexes()
        .filter(i -> all.get(i).warehouse())
        .mapToObj(i -> new At(i, all.get(i), null))
        .toList();
  }

  /** Stores by their names, in that order; those not known are left out. */
  List<At> named(List<String> names, @Nullable Point from) {
    var named = new ArrayList<At>();
    for (String name : names) {
      for (int i : stores) {
        if (all.get(i).name().equals(name)) {
          named.add(new At(i, all.get(i), from));
        }
      }
    }
    return named;
  }

  /**
   * The stores nearest to a point, nearest first and in the order of the list where two are as
   * near; without a point by title, whatever the radius.
   *
   * @param limit so many at most, not negative
   */
  List<At> near(@Nullable Point point, double radiusMeters, int limit) {
    int most = Math.min(limit, stores.length);
    if (point == null) {
      return IntStream.of(byTitle).limit(most).mapToObj(i -> new At(i, all.get(i), null)).toList();
    }
    var nearest = new PriorityQueue<Near>(Comparator.reverseOrder());
    var unit = unit(point.latitude(), point.longitude());
    double chord = 2 * Math.sin(Math.min(Math.PI, radiusMeters / Location.EARTH_METERS) / 2);
    double widest = chord * chord;
    for (int i : stores) {
      double square = square(x[i] - unit[0]) + square(y[i] - unit[1]) + square(z[i] - unit[2]);
      var farthest = nearest.peek();
      boolean full = nearest.size() >= most;
      if ((full && (farthest == null || square >= farthest.square))
          || !within(square, widest, i, point, radiusMeters)) {
        continue;
      }
      if (full) {
        nearest.remove();
      }
      nearest.add(new Near(square, i));
    }
    return nearest.stream()
        .sorted()
        .map(near -> new At(near.index, all.get(near.index), point))
        .toList();
  }

  private boolean within(
      double square, double widest, int index, Point point, double radiusMeters) {
    if (square < widest * (1 - EDGE) - TINY) {
      return true;
    }
    return square <= widest * (1 + EDGE) + TINY
        && all.get(index).distanceMeters(point.latitude(), point.longitude()) <= radiusMeters;
  }

  private IntStream indexes() {
    return IntStream.range(0, all.size());
  }

  private static double square(double value) {
    return value * value;
  }

  /** A point on a sphere of radius 1. */
  private static double[] unit(double latitude, double longitude) {
    double up = Math.toRadians(latitude);
    double around = Math.toRadians(longitude);
    return new double[] {
      Math.cos(up) * Math.cos(around), Math.cos(up) * Math.sin(around), Math.sin(up)
    };
  }
}
