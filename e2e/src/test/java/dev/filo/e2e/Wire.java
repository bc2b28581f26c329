package dev.filo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The network between till and gateway, which can be cut, and can lose what comes back. */
public final class Wire implements AutoCloseable {
  /** HTTP/2 says hello in less; the first call with a token is longer. */
  private static final int HELLO_BYTES_MAX = 400;

  private final ServerSocket listening;
  private final int to;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile boolean losesAnswers;

  /** A wire to a port of this machine. */
  public Wire(int to) {
    this.to = to;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Its near end. */
  public String address() {
    return "localhost:" + listening.getLocalPort();
  }

  /** Nothing goes through, and what was open is broken. */
  public void cut() {
    cut = true;
    open.forEach(Wire::closeQuietly);
  }

  /** Everything goes through again. */
  public void mend() {
    losesAnswers = false;
    cut = false;
  }

  /** Connections are made and what is sent arrives; what is answered does not. */
  public void loseAnswers() {
    losesAnswers = true;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var near = listening.accept();
        if (cut) {
          near.close();
          continue;
        }
        var far = new Socket(InetAddress.getLoopbackAddress(), to);
        open.add(near);
        open.add(far);
        var asked = new AtomicLong();
        Thread.ofVirtual().start(() -> copy(near, far, false, asked));
        Thread.ofVirtual().start(() -> copy(far, near, true, asked));
      } catch (IOException e) {
        // Somebody hung up, or it is over.
      }
    }
  }

  private void copy(Socket from, Socket into, boolean back, AtomicLong asked) {
    byte[] buffer = new byte[16 * 1024];
    try {
      var in = from.getInputStream();
      var out = into.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!back) {
          asked.addAndGet(n);
        }
        if (!(back && losesAnswers && asked.get() > HELLO_BYTES_MAX)) {
          out.write(buffer, 0, n);
          out.flush();
        }
      }
    } catch (IOException e) {
      // It was cut.
    } finally {
      closeQuietly(from);
      closeQuietly(into);
      open.remove(from);
      open.remove(into);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Wire::closeQuietly);
  }
}
