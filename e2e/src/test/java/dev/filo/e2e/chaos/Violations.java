package dev.filo.e2e.chaos;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Promises that were not kept, in words. Thread-safe. */
final class Violations {
  private final ConcurrentLinkedQueue<String> found = new ConcurrentLinkedQueue<>();

  void add(String what) {
    found.add(what);
  }

  /** Notes it unless it is true. */
  void require(boolean kept, String promise) {
    if (!kept) {
      found.add(promise);
    }
  }

  List<String> all() {
    return List.copyOf(found);
  }
}
