package dev.filo.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param what was measured, or the baseline of the lines after it
 * @param rate answers a second
 * @param p50 milliseconds
 * @param p99 milliseconds
 * @param compared what the ratio is of: rate, p50 or p99; empty for the baseline
 * @param ratio to the baseline; null for the baseline
 * @param promise what the ratio must be; empty when nothing is promised
 * @param kept whether the promise was kept
 */
record Figure(
    String what,
    double rate,
    double p50,
    double p99,
    String compared,
    @Nullable Double ratio,
    String promise,
    boolean kept) {

  static Figure baseline(String what, Load.Result result) {
    return plain(what, result, "", true);
  }

  /** The same, with the processor's time of a request. */
  static Figure baseline(String what, Cost cost) {
    return baseline(cost.text(what), cost.result());
  }

  static Figure rate(String what, Load.Result result, Load.Result baseline) {
    return compared(what, result, "rate", result.rate() / baseline.rate());
  }

  /** The same, with the processor's time of a request. */
  static Figure rate(String what, Cost cost, Cost baseline) {
    return rate(cost.text(what), cost.result(), baseline.result());
  }

  static Figure p50(String what, Load.Result result, Load.Result baseline) {
    return compared(what, result, "p50", result.millis(0.5) / baseline.millis(0.5));
  }

  static Figure p99(String what, Load.Result result, Load.Result baseline) {
    return compared(what, result, "p99", result.millis(0.99) / baseline.millis(0.99));
  }

  private static Figure compared(String what, Load.Result result, String compared, double ratio) {
    return new Figure(
        what, result.rate(), result.millis(0.5), result.millis(0.99), compared, ratio, "", true);
  }

  /** What is promised by itself and not of a ratio. */
  static Figure plain(String what, Load.Result result, String promise, boolean kept) {
    return new Figure(
        what, result.rate(), result.millis(0.5), result.millis(0.99), "", null, promise, kept);
  }

  Figure atLeast(double least) {
    return promised("≥ " + least, ratio != null && ratio >= least);
  }

  Figure atMost(double most) {
    return promised("≤ " + most, ratio != null && ratio <= most);
  }

  /** The same, said to be of so many clients; what is promised is promised of many. */
  Figure by(int clients) {
    return new Figure(clients + ": " + what, rate, p50, p99, compared, ratio, "", true);
  }

  private Figure promised(String bound, boolean isKept) {
    return new Figure(what, rate, p50, p99, compared, ratio, compared + " " + bound + "×", isKept);
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
        Table.said(promise, kept));
  }

  static Table table(List<Figure> figures) {
    var head =
        String.format(
                "| %-58s | %9s | %8s | %8s | %8s | promised |",
                "", "answers/s", "p50 ms", "p99 ms", "ratio")
            + "\n|---|---:|---:|---:|---:|---|\n";
    return new Table(
        figures.stream().map(Figure::row).collect(Collectors.joining("\n", head, "")),
        figures.stream().allMatch(Figure::kept));
  }
}
