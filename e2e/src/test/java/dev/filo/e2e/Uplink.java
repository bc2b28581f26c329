package dev.filo.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * The line between a store and the suite: a TCP relay that can be cut and mended, that can lose an
 * answer, and that notes every act that passes. The browser does not know of it, as it does not
 * know of a Wi-Fi without an uplink.
 */
final class Uplink implements AutoCloseable {
  /** An act as it passed. */
  record Act(String path, String key) {}

  private static final Pattern LINE = Pattern.compile("(?m)^POST (/v1/\\S+) HTTP/1\\.1$");
  private static final Pattern KEY = Pattern.compile("(?mi)^idempotency-key: (\\S+)$");
  private static final int BUFFER = 64 * 1024;

  private final int suitePort;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final List<Act> acts = new CopyOnWriteArrayList<>();
  private final AtomicBoolean losing = new AtomicBoolean();
  private volatile boolean whole = true;

  private Uplink(int suitePort) throws IOException {
    this.suitePort = suitePort;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("uplink").start(this::accept);
  }

  /** A line to a suite on this machine. */
  static Uplink to(int suitePort) {
    try {
      return new Uplink(suitePort);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a browser finds the suite through this line. */
  String target() {
    return "http://localhost:" + server.getLocalPort();
  }

  /** Ends every connection and lets none be made. */
  void cut() {
    whole = false;
    sockets.forEach(Uplink::end);
  }

  /** Lets connections be made again. */
  void mend() {
    whole = true;
  }

  /** Of the next act the server gets the request and the browser no answer. */
  void loseNextAnswer() {
    losing.set(true);
  }

  /** The acts that passed, in the order they did. */
  List<Act> acts() {
    return List.copyOf(acts);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var browser = server.accept();
        if (whole) {
          Thread.ofVirtual().start(() -> relay(browser));
        } else {
          end(browser);
        }
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void relay(Socket browser) {
    var suite = new Socket();
    var doomed = new AtomicBoolean();
    sockets.add(browser);
    sockets.add(suite);
    try {
      suite.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), suitePort));
      var back = Thread.ofVirtual().start(() -> answers(suite, browser, doomed));
      var in = browser.getInputStream();
      var out = suite.getOutputStream();
      var buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        note(new String(buffer, 0, read, ISO_8859_1), doomed);
        out.write(buffer, 0, read);
        out.flush();
      }
      suite.shutdownOutput();
      back.join();
    } catch (IOException e) {
      // Cut, or one end has left: that is what this line is for.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(browser);
      end(suite);
      sockets.remove(browser);
      sockets.remove(suite);
    }
  }

  /** A browser sends the head of a request in one piece. */
  private void note(String piece, AtomicBoolean doomed) {
    var line = LINE.matcher(piece);
    var key = KEY.matcher(piece);
    if (line.find() && key.find()) {
      acts.add(new Act(line.group(1), key.group(1)));
      if (losing.compareAndSet(true, false)) {
        doomed.set(true);
      }
    }
  }

  private static void answers(Socket suite, Socket browser, AtomicBoolean doomed) {
    try {
      var in = suite.getInputStream();
      var out = browser.getOutputStream();
      var buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (doomed.get()) {
          return;
        }
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // Cut, or one end has left.
    } finally {
      end(suite);
      end(browser);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    cut();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
