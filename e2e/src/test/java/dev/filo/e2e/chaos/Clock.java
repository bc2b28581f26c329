package dev.filo.e2e.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of a process as another one sets it: a file both have mapped says by how much it is
 * wrong. Thread-safe.
 */
final class Clock implements InstantSource {
  /** How far a clock of a fault is off at most; beyond a minute tokens are refused. */
  static final Duration WRONG_MAX = Duration.ofSeconds(45);

  private final ByteBuffer offsetMillis;

  private Clock(ByteBuffer offsetMillis) {
    this.offsetMillis = offsetMillis;
  }

  /** The clock that a file sets; right when the file is new. */
  static Clock at(Path file) {
    try (var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Clock(channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets it wrong by this much. */
  void isWrongBy(Duration offset) {
    offsetMillis.putLong(0, offset.toMillis());
  }

  @Override
  public Instant instant() {
    return Instant.now().plusMillis(offsetMillis.getLong(0));
  }
}
