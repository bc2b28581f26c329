package dev.filo.suite;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for what is started in a moment, or stops listening for a while. */
public final class FreePorts {
  // Below what systems give to connections and to whoever asks for any port (Linux from 32768,
  // others from 49152): such a one may be taken before it is used.
  private static final int FROM = 20_000;
  private static final int TO = 32_000;
  private static final int TRIES = 1_000;

  // One after the other from somewhere on: no port is given twice before it is used.
  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(TO - FROM));

  private FreePorts() {}

  /**
   * A port nobody listens on now, at whatever address; each time another one.
   *
   * @throws IllegalStateException when a thousand were taken
   */
  public static int next() {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = FROM + Math.floorMod(NEXT.getAndIncrement(), TO - FROM);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port is free from " + FROM + " to " + TO);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }
}
