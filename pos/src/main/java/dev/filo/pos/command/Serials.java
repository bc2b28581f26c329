package dev.filo.pos.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Serial numbers as they are given on a command line: {@code CODE=NUMBER}. */
final class Serials {
  private static final int LENGTH_MAX = 64;

  private Serials() {}

  /**
   * The numbers by the code before them, in the order given.
   *
   * @throws IllegalArgumentException with the word that is none, or that is there twice
   */
  static Map<String, List<String>> byCode(List<String> words) {
    var numbers = new TreeMap<String, List<String>>();
    var seen = new HashSet<String>();
    for (String word : words) {
      int equals = word.indexOf('=');
      var number = equals < 0 ? "" : word.substring(equals + 1).strip();
      if (equals < 1 || number.isEmpty() || number.length() > LENGTH_MAX || !seen.add(word)) {
        throw new IllegalArgumentException(word);
      }
      numbers
          .computeIfAbsent(word.substring(0, equals).strip(), code -> new ArrayList<>())
          .add(number);
    }
    return numbers;
  }
}
