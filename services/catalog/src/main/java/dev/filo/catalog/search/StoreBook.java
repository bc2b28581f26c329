package dev.filo.catalog.search;

import dev.filo.catalog.domain.Point;
import dev.filo.catalog.store.Kept;
import dev.filo.proto.catalog.v1.Store;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All stores, in memory: a retailer's fit there many times over. Thread-safe. */
public final class StoreBook {
  private final Map<String, Kept<Store>> stores = new ConcurrentHashMap<>();

  /** An empty book. */
  public StoreBook() {}

  /** Takes stores in as they are now; older states than it knows are passed over. */
  public void apply(Collection<Kept<Store>> changed) {
    for (Kept<Store> store : changed) {
      stores.merge(
          store.id(), store, (known, next) -> known.version() >= next.version() ? known : next);
    }
  }

  /**
   * The stores people visit, nearest first, with their distances; without a point by title. Equal
   * ones by id.
   */
  public List<Store> visited(@Nullable Point from) {
    return list(false, from);
  }

  /** The warehouses, in the same order. */
  public List<Store> warehouses(@Nullable Point from) {
    return list(true, from);
  }

  private List<Store> list(boolean warehouses, @Nullable Point from) {
    var visited =
        stores.values().stream()
            .map(Kept::content)
            .filter(store -> store.getWarehouse() == warehouses);
    var byId = Comparator.comparing(Store::getName);
    return from == null
        ? visited.sorted(Comparator.comparing(Store::getTitle).thenComparing(byId)).toList()
        : visited
            .map(store -> store.toBuilder().setDistanceMeters(distance(store, from)).build())
            .sorted(Comparator.comparingDouble(Store::getDistanceMeters).thenComparing(byId))
            .toList();
  }

  private static double distance(Store store, Point from) {
    var place = store.getLocation();
    return Math.rint(from.distanceMeters(new Point(place.getLatitude(), place.getLongitude())));
  }

  /** A store's title by its name; empty when it is not known. */
  public String title(String name) {
    var store = stores.get(name.substring(name.indexOf('/') + 1));
    return store == null ? "" : store.content().getTitle();
  }
}
