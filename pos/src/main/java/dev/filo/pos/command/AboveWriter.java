package dev.filo.pos.command;

import java.io.Writer;
import org.jline.reader.LineReader;

/** Writes whole lines above the line that is being typed. */
final class AboveWriter extends Writer {
  private final LineReader reader;
  private final StringBuilder line = new StringBuilder();

  AboveWriter(LineReader reader) {
    this.reader = reader;
  }

  @Override
  public void write(char[] buffer, int offset, int length) {
    synchronized (line) {
      line.append(buffer, offset, length);
    }
  }

  @Override
  public void flush() {
    synchronized (line) {
      int end = line.lastIndexOf("\n");
      if (end >= 0) {
        reader.printAbove(line.substring(0, end));
        line.delete(0, end + 1);
      }
    }
  }

  @Override
  public void close() {
    flush();
  }
}
