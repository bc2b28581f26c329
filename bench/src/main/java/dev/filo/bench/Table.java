package dev.filo.bench;

/**
 * What was measured, as a page shows it.
 *
 * @param text a Markdown table, which is also what the terminal shows
 * @param kept whether all it promises was kept
 */
record Table(String text, boolean kept) {
  /** A promise and what became of it. */
  static String said(String promise, boolean kept) {
    return promise.isEmpty() ? "" : promise + (kept ? ": kept" : ": NOT kept");
  }
}
