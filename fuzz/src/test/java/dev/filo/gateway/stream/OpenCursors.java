package dev.filo.gateway.stream;

import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** The cursors of streams, for who feeds them. */
@NullMarked
public final class OpenCursors {
  private OpenCursors() {}

  /** As {@link Cursors#read}. */
  public static String @Nullable [] read(List<String> topics, String cursor) {
    return Cursors.read(topics, cursor);
  }

  /** As {@link Cursors#write}. */
  public static String write(List<String> topics, String[] cursors) {
    return Cursors.write(topics, cursors);
  }
}
