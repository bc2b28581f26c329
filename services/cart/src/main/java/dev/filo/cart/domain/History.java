package dev.filo.cart.domain;

import java.util.ArrayList;
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
 * @param merges the customers whose carts came in
 */
public record History(
    SequencedMap<String, Long> operations,
    List<String> removed,
    List<String> archives,
    List<String> merges) {
  /**
   * Only to tell "it is gone already" from "it never was": the ids of lines are never used twice.
   */
  public static final int REMOVED_MAX = 200;

  /** Of a cart nobody has touched. */
  public static final History NONE =
      new History(new LinkedHashMap<>(), List.of(), List.of(), List.of());

  /** Copies what can change. */
  public History {
    operations = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(operations));
    removed = newest(removed);
    archives = List.copyOf(archives);
    merges = List.copyOf(merges);
  }

  private static List<String> newest(List<String> all) {
    return List.copyOf(all.subList(Math.max(0, all.size() - REMOVED_MAX), all.size()));
  }

  /** The same with the oldest {@code count} operations remembered in an archive instead. */
  public History archived(int count, String archive) {
    var rest = new LinkedHashMap<>(operations);
    operations.keySet().stream().limit(count).toList().forEach(rest::remove);
    var all = new LinkedHashSet<>(archives);
    all.add(archive);
    return new History(rest, removed, List.copyOf(all), merges);
  }

  History with(History other, String merge) {
    var known = new LinkedHashMap<>(operations);
    other.operations.forEach(known::putIfAbsent);
    var gone = new ArrayList<>(other.removed);
    gone.addAll(removed);
    var places = new LinkedHashSet<>(archives);
    places.addAll(other.archives);
    var came = new LinkedHashSet<>(merges);
    came.addAll(other.merges);
    came.add(merge);
    return new History(known, gone, List.copyOf(places), List.copyOf(came));
  }
}
