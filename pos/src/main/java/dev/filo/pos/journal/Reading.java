package dev.filo.pos.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * What a journal's file says.
 *
 * @param items the entries by number: the open ones, and hand-overs that were answered
 * @param next the next entry's number
 * @param end where the last whole line ends
 * @param size where the file ends; what is between is a torn line, being written when the till was
 *     stopped
 * @param damaged lines between whole ones whose sum does not fit
 */
record Reading(
    SequencedMap<Integer, Item> items, int next, int end, int size, List<String> damaged) {

  /** Reads a journal; an empty one when there is no file. */
  static Reading of(Path file) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      bytes = new byte[0];
    }
    return of(bytes);
  }

  static Reading of(byte[] bytes) {
    var items = new TreeMap<Integer, Item>();
    var damaged = new ArrayList<String>();
    int next = 1;
    int from = 0;
    int whole = 0; // the end of the last line that was good
    var doubtful = new ArrayList<String>();
    while (from < bytes.length) {
      int to = lineFeed(bytes, from);
      if (to < 0) {
        break;
      }
      var fact = Lines.fact(bytes, from, to);
      if (fact == null) {
        doubtful.add(new String(bytes, from, to - from, StandardCharsets.UTF_8));
      } else {
        damaged.addAll(doubtful);
        doubtful.clear();
        next = Math.max(next, apply(items, fact));
        whole = to + 1;
      }
      from = to + 1;
    }
    return new Reading(items, next, whole, bytes.length, List.copyOf(damaged));
  }

  private static int lineFeed(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Applies a fact; gives the number the next entry has at least. */
  static int apply(Map<Integer, Item> items, Fact fact) {
    return switch (fact) {
      case Fact.Counted(var next) -> next;
      case Fact.Recorded recorded -> {
        items.putIfAbsent(recorded.number(), Item.recorded(recorded));
        yield recorded.number() + 1;
      }
      case Fact.Resolved(var number, var skus) -> change(items, number, fact);
      case Fact.Done(var number, var time, var answer) -> change(items, number, fact);
      case Fact.Refused(var number, var time, var refusals) -> change(items, number, fact);
      case Fact.Retried(var number, var time) -> change(items, number, fact);
      case Fact.Dropped(var number, var time) -> change(items, number, fact);
    };
  }

  private static int change(Map<Integer, Item> items, int number, Fact fact) {
    Optional.ofNullable(items.get(number))
        .map(item -> item.after(fact))
        .ifPresent(
            item -> {
              if (item.isOpen() || item.entry() instanceof Entry.Collection) {
                items.put(number, item);
              } else {
                items.remove(number);
              }
            });
    return 1;
  }
}
