package dev.filo.bench;

import java.util.Locale;

/**
 * What a load took, and the processor's time for one of its requests.
 *
 * @param micros of the processor, this whole process's: both ends of the connection
 */
record Cost(Load.Result result, double micros) {
  /** Both together, one after the other. */
  Cost and(Cost more) {
    double calls = result.answers();
    double others = more.result.answers();
    return new Cost(
        result.and(more.result), (micros * calls + more.micros * others) / (calls + others));
  }

  String text(String what) {
    return String.format(Locale.ROOT, "%s; %.0f µs of CPU", what, micros);
  }
}
