package dev.filo.cart.domain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a cart remembers so that repeating is harmless.
 *
 * @param operations what each operation did, by its key, the oldest first
 * @param removed ids of lines that were taken out, the newest {@value #REMOVED_MAX}
 * @param archives where older operations are remembered
 * @param merges the carts that came in and are still here, however indirectly
 * @param parted the customers whose carts had come in and went out again
 * @param arrivals ids of what came back, the newest {@value #ARRIVALS_MAX}
 */
public record History(
    SequencedMap<String, Long> operations,
    List<String> removed,
    List<String> archives,
    List<Merge> merges,
    List<String> parted,
    List<String> arrivals) {
  /**
   * Only to tell "it is gone already" from "it never was": the ids of lines are never used twice.
   */
  public static final int REMOVED_MAX = 200;

  /** Only to tell a repetition from something new; repetitions come at once. */
  public static final int ARRIVALS_MAX = 50;

  /** Of a cart nobody has touched. */
  public static final History NONE =
      new History(new LinkedHashMap<>(), List.of(), List.of(), List.of(), List.of(), List.of());

  /** Copies what can change. */
  public History {
    operations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(operations));
    removed = newest(removed, REMOVED_MAX);
    archives = List.copyOf(archives);
    merges = List.copyOf(merges);
    parted = List.copyOf(parted);
    arrivals = newest(arrivals, ARRIVALS_MAX);
  }

  private static List<String> newest(List<String> all, int count) {
    return List.copyOf(all.subList(Math.max(0, all.size() - count), all.size()));
  }

  /** True while what came with this customer's cart is here. */
  public boolean has(String alias) {
    return merges.stream().anyMatch(merge -> merge.alias().equals(alias));
  }

  /** The same with the oldest {@code count} operations remembered in an archive instead. */
  public History archived(int count, String archive) {
    var rest = new LinkedHashMap<>(operations);
    operations.keySet().stream().limit(count).toList().forEach(rest::remove);
    var all = new LinkedHashSet<>(archives);
    all.add(archive);
    return new History(rest, removed, List.copyOf(all), merges, parted, arrivals);
  }

  /** With the operations of another cart known as well. */
  History with(History other) {
    var known = new LinkedHashMap<>(operations);
    other.operations.forEach(known::putIfAbsent);
    var gone = new LinkedHashSet<>(other.removed);
    gone.addAll(removed);
    var places = new LinkedHashSet<>(archives);
    places.addAll(other.archives);
    return new History(known, List.copyOf(gone), List.copyOf(places), merges, parted, arrivals);
  }

  History with(List<Merge> came) {
    return new History(operations, removed, archives, came, parted, arrivals);
  }

  History removing(Collection<String> lines) {
    var gone = new ArrayList<>(removed);
    gone.addAll(lines);
    return new History(operations, gone, archives, merges, parted, arrivals);
  }

  History parting(Collection<String> customers) {
    var all = new LinkedHashSet<>(parted);
    all.addAll(customers);
    return new History(operations, removed, archives, merges, List.copyOf(all), arrivals);
  }

  History arriving(String departure) {
    var all = new ArrayList<>(arrivals);
    all.add(departure);
    return new History(operations, removed, archives, merges, parted, all);
  }
}
