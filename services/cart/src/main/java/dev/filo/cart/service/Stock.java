package dev.filo.cart.service;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What can be had. */
@FunctionalInterface
public interface Stock {
  /**
   * How much there is of SKUs. One value; an error when it could not be asked.
   *
   * @param near where the customer is; without it no store is nearest
   * @param stores told of in any case, {@code stores/x}, at most 10
   */
  Mono<Levels> levels(Set<String> skus, Optional<Point> near, List<String> stores);

  /**
   * A point on the map.
   *
   * @param latitude -90..90
   * @param longitude -180..180
   */
  record Point(double latitude, double longitude) {}

  /**
   * How much there is, by SKU.
   *
   * @param asOf when this was true
   */
  record Levels(Instant asOf, Map<String, Level> bySku) {
    /** Copies what can change. */
    public Levels {
      bySku = Map.copyOf(bySku);
    }
  }

  /**
   * How much there is of one SKU.
   *
   * @param deliverable pieces that can be delivered
   * @param stores stores that have it
   * @param most pieces in the nearest store that has it; where no place is known, in the store that
   *     has most
   * @param nearest the nearest store that has it; null when none has, or no place is known
   * @param chosen what the stores asked for by name have
   */
  record Level(int deliverable, int stores, int most, @Nullable Nearest nearest, List<At> chosen) {
    /** Copies what can change. */
    public Level {
      chosen = List.copyOf(chosen);
    }
  }

  /**
   * What one store has.
   *
   * @param store {@code stores/x}
   * @param title its name to show
   * @param available pieces; 0: none
   */
  record At(String store, String title, int available) {}

  /**
   * The nearest store that has something.
   *
   * @param store {@code stores/x}
   * @param title its name to show
   */
  record Nearest(String store, String title, double distanceMeters, int available) {}
}
