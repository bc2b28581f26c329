package dev.filo.e2e.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param seed gives the schedule and what each client does
 * @param operations that were answered, well or with a refusal
 * @param tries calls made for them
 * @param unanswered tries that ended without an answer
 * @param unknowns operations whose caller gave up: movements and additions to carts
 * @param took of the movements among them, those that were done
 * @param unknownMovements the movements among them
 * @param faults how often each kind happened
 * @param silences by kind of fault, the longest time without any answer
 * @param early by how much something was said to be over too early, at most
 * @param acknowledged what was acknowledged, by kind
 * @param violations promises not kept, in words
 */
record Report(
    long seed,
    long operations,
    long tries,
    long unanswered,
    int unknowns,
    int unknownMovements,
    int took,
    Map<Fault.Kind, Integer> faults,
    Map<Fault.Kind, Duration> silences,
    Duration early,
    Map<String, Integer> acknowledged,
    List<String> violations) {

  /** For people. */
  String text() {
    var text = new StringBuilder();
    text.append("chaos: seed %d%n".formatted(seed));
    text.append(
        "  operations %,d (%,d tries, %,d without an answer), known to be done: %s%n"
            .formatted(operations, tries, unanswered, acknowledged));
    text.append("  faults     %,d%n".formatted(faults.values().stream().mapToInt(n -> n).sum()));
    faults.forEach(
        (kind, times) ->
            text.append(
                "    %-30s %3d   longest without any answer %.1f s%n"
                    .formatted(
                        kind.text(),
                        times,
                        silences.getOrDefault(kind, Duration.ZERO).toMillis() / 1000.0)));
    text.append(
        "  unknowns   %,d given up; of %,d movements among them %,d were done%n"
            .formatted(unknowns, unknownMovements, took));
    text.append("  too early  %.1f s at most%n".formatted(early.toMillis() / 1000.0));
    text.append("  violations %,d%n".formatted(violations.size()));
    violations.stream().limit(40).forEach(one -> text.append("    ").append(one).append('\n'));
    return text.toString();
  }
}
