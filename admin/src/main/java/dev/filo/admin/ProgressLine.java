package dev.filo.admin;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How far it is: a bar that moves on a terminal, else a line now and then. */
final class ProgressLine {
  private static final int WIDTH = 30;
  private static final long MOVES_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LINES_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final PrintWriter out;
  private final boolean moves;
  private final boolean silent;
  private final long total;
  private final long begin = System.nanoTime();
  private long last = begin;

  /**
   * A progress of so many.
   *
   * @param moves whether the terminal can go back to the line's beginning
   */
  ProgressLine(PrintWriter out, boolean moves, boolean silent, long total) {
    this.out = out;
    this.moves = moves;
    this.silent = silent;
    this.total = Math.max(1, total);
  }

  /** Shows it, unless it was shown just now. */
  void at(long done, long rows, long refused) {
    long now = System.nanoTime();
    if (silent || now - last < (moves ? MOVES_NANOS : LINES_NANOS)) {
      return;
    }
    last = now;
    show(done, rows, refused);
  }

  private void show(long done, long rows, long refused) {
    int percent = (int) Math.min(100, 100 * done / total);
    double seconds = Math.max(1e-3, (System.nanoTime() - begin) / 1e9);
    var text =
        String.format(
            Locale.ROOT,
            "%3d%%  %,d rows  %,.0f/s  %,d refused",
            percent,
            rows,
            rows / seconds,
            refused);
    if (moves) {
      int full = WIDTH * percent / 100;
      out.print("\r[" + "#".repeat(full) + " ".repeat(WIDTH - full) + "] " + text + "   ");
    } else {
      out.println(text);
    }
    out.flush();
  }

  /** Shows the end and leaves the line. */
  void end(long rows, long refused) {
    if (!silent && moves) {
      show(total, rows, refused);
      out.println();
      out.flush();
    }
  }
}
