package dev.filo.cart.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A cart that came into another one.
 *
 * @param id names it, for undoing
 * @param alias whose cart it was
 * @param into whose cart it came into then
 * @param device the device its lines came from; empty when not known or several
 * @param lineCount lines that came along, saved ones included
 * @param undone what was taken out when the customer undid it; empty while she has not
 * @param undoneSaved likewise, of what was saved for later
 * @param isUndone true once she has undone it
 */
public record Merge(
    String id,
    String alias,
    String into,
    Instant time,
    String device,
    int lineCount,
    List<Part> undone,
    List<Part> undoneSaved,
    boolean isUndone) {
  /** Copies what can change. */
  public Merge {
    undone = List.copyOf(undone);
    undoneSaved = List.copyOf(undoneSaved);
  }

  /** One that has just happened. */
  static Merge of(String alias, String into, Instant time, String device, int lineCount) {
    return new Merge(
        Operation.digest(alias + " " + into + " " + time.toEpochMilli()).substring(0, 20),
        alias,
        into,
        time,
        device,
        lineCount,
        List.of(),
        List.of(),
        false);
  }

  Merge undone(List<Part> lines, List<Part> saved) {
    var all = new ArrayList<>(undone);
    all.addAll(lines);
    var allSaved = new ArrayList<>(undoneSaved);
    allSaved.addAll(saved);
    return new Merge(id, alias, into, time, device, lineCount, all, allSaved, true);
  }

  /** The same without what came from those customers. */
  Merge without(Set<String> customers) {
    return new Merge(
        id,
        alias,
        into,
        time,
        device,
        lineCount,
        undone.stream().filter(part -> !customers.contains(part.customer())).toList(),
        undoneSaved.stream().filter(part -> !customers.contains(part.customer())).toList(),
        isUndone);
  }

  /** A customer and all whose carts had come into hers before, however indirectly. */
  static Set<String> with(String alias, List<Merge> merges) {
    var all = new HashSet<>(Set.of(alias));
    boolean more = true;
    while (more) {
      more = false;
      for (Merge merge : merges) {
        more |= all.contains(merge.into()) && all.add(merge.alias());
      }
    }
    return all;
  }
}
