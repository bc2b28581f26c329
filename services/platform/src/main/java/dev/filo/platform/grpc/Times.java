package dev.filo.platform.grpc;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Instants as proto timestamps, in milliseconds: what the database keeps is what clients see. */
public final class Times {
  private Times() {}

  /** To proto. */
  public static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano() / 1_000_000 * 1_000_000)
        .build();
  }

  /** From proto. */
  public static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }
}
