package dev.filo.admin.data;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How far a long work is: a line now and then on the error stream. */
final class Telling {
  private static final long LINES_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final double MIB = 1024.0 * 1024.0;

  private final PrintWriter out;
  private final String what;
  private final long total;
  private final long begin = System.nanoTime();
  private long last = begin;
  private long bytes;

  /**
   * A work over so many bytes.
   *
   * @param what is being done: {@code backed up}
   * @param total about; 0 when it is not known
   */
  Telling(PrintWriter out, String what, long total) {
    this.out = out;
    this.what = what;
    this.total = total;
  }

  void more(long moreBytes) {
    bytes += moreBytes;
    long now = System.nanoTime();
    if (now - last > LINES_NANOS) {
      last = now;
      double seconds = (now - begin) / 1e9;
      out.println(
          String.format(
              Locale.ROOT,
              "  %s %,.0f MiB%s, %.1f MiB/s",
              what,
              bytes / MIB,
              total > 0 ? String.format(Locale.ROOT, " of %,.0f", total / MIB) : "",
              bytes / MIB / seconds));
      out.flush();
    }
  }
}
