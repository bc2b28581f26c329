package dev.filo.platform.privacy;

import java.util.List;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One kind of thing that a service holds about people. A service has one for each; docs/privacy.md
 * lists them all. Customers come by all their names, aliases included.
 */
public interface PersonalData {
  /** All there is about a person; names are unique within the service. */
  Flux<Part> export(Set<String> customers);

  /** How much there is, and what {@link #erase} does with it. One value; changes nothing. */
  Mono<List<Treatment>> preview(Set<String> customers);

  /**
   * Erases or anonymises it. Repeating is harmless. UNAVAILABLE when something is under way that
   * has to end first: then it is tried again.
   */
  Mono<Void> erase(Set<String> customers);

  /**
   * The subjects under which events about her stand in this service's feed. Asked before {@link
   * #erase}; what is personal in those events is taken out by {@link Redaction}.
   */
  Flux<String> subjects(Set<String> customers);

  /**
   * A part of an export.
   *
   * @param name letters, digits and {@code -} only
   * @param json a JSON object
   */
  record Part(String name, String json) {
    /** What is in it stays out of logs. */
    @Override
    public String toString() {
      return "Part " + name;
    }
  }

  /**
   * What becomes of one kind of thing.
   *
   * @param category what: {@code carts}
   * @param reason why, in a word that pages have a sentence for
   */
  record Treatment(String category, Kind kind, long count, String reason) {
    /** So many things that go, as nothing needs them any more. */
    public static Treatment gone(String category, long count) {
      return new Treatment(category, Kind.ERASED, count, "no_longer_needed");
    }
  }

  /** What is done with a thing. */
  enum Kind {
    /** It is gone. */
    ERASED,
    /** It stays without anything about her. */
    ANONYMISED,
    /** It stays as it is. */
    KEPT
  }
}
