package dev.filo.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param what was measured, or the baseline of the lines after it
 * @param rate answers a second
 * @param p50 milliseconds
 * @param p99 milliseconds
 * @param ratio to the baseline; null for the baseline
 * @param promise what the ratio must be; empty when nothing is promised
 * @param kept whether the promise was kept
 */
record Figure(
    String what,
    double rate,
    double p50,
    double p99,
    @Nullable Double ratio,
    String promise,
    boolean kept) {

  static Figure baseline(String what, Load.Result result) {
    return new Figure(what, result.rate(), result.millis(0.5), result.millis(0.99), null, "", true);
  }

  static Figure rate(String what, Load.Result result, Load.Result baseline) {
    return new Figure(
        what,
        result.rate(),
        result.millis(0.5),
        result.millis(0.99),
        result.rate() / baseline.rate(),
        "",
        true);
  }

  static Figure p99(String what, Load.Result result, Load.Result baseline) {
    return new Figure(
        what,
        result.rate(),
        result.millis(0.5),
        result.millis(0.99),
        result.millis(0.99) / baseline.millis(0.99),
        "",
        true);
  }

  /** What is promised by itself and not of a ratio. */
  static Figure plain(String what, Load.Result result, String promise, boolean kept) {
    return new Figure(
        what, result.rate(), result.millis(0.5), result.millis(0.99), null, promise, kept);
  }

  Figure atLeast(double least) {
    return new Figure(
        what, rate, p50, p99, ratio, "rate ≥ " + least + "×", ratio != null && ratio >= least);
  }

  Figure atMost(double most) {
    return new Figure(
        what, rate, p50, p99, ratio, "p99 ≤ " + most + "×", ratio != null && ratio <= most);
  }

  /** As a row of a Markdown table, which is also what the terminal shows. */
  String row() {
    return String.format(
        Locale.ROOT,
        "| %-58s | %,9.0f | %8.1f | %8.1f | %8s | %s |",
        what,
        rate,
        p50,
        p99,
        ratio == null ? "1" : String.format(Locale.ROOT, "%.2f", ratio),
        promise.isEmpty() ? "" : promise + (kept ? ": kept" : ": NOT kept"));
  }

  static String head() {
    return String.format(
            "| %-58s | %9s | %8s | %8s | %8s | promised |",
            "", "answers/s", "p50 ms", "p99 ms", "ratio")
        + "\n|---|---:|---:|---:|---:|---|";
  }
}
