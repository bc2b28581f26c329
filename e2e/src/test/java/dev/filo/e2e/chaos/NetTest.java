package dev.filo.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.e2e.chaos.Net.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network does to connections what faults say, to those they are about and to no others. */
class NetTest {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int QUIET_MILLIS = 300;

  // There and back.
  private static final Duration LATE_MIN = Duration.ofMillis(40);

  private final ConcurrentLinkedQueue<Integer> arrived = new ConcurrentLinkedQueue<>();
  private Net net;
  private ServerSocket echo;
  private int port;

  @BeforeEach
  void open() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/net/tcp")), "needs Linux");
    net = new Net();
    net.isNow("service", -1);
    net.isNow("another", -2);
    echo = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    port =
        net.relay(
            "service", "127.0.0.1", 0, new InetSocketAddress("127.0.0.1", echo.getLocalPort()));
    Thread.ofVirtual().start(this::answer);
  }

  @AfterEach
  void close() throws IOException {
    net.close();
    echo.close();
  }

  private void answer() {
    while (!echo.isClosed()) {
      try {
        var socket = echo.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
        arrived.add(b);
        socket.getOutputStream().write(b);
      }
    } catch (IOException e) {
      // Broken, as it should be.
    }
  }

  private Socket connect() throws IOException {
    var socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static int ask(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void open_delivers_andLate() throws Exception {
    try (var socket = connect()) {
      assertThat(ask(socket, 1)).isEqualTo(1);
      net.set(State.SLOW, (from, to) -> true);
      long asked = System.nanoTime();
      assertThat(ask(socket, 2)).isEqualTo(2);
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isGreaterThan(LATE_MIN);
    }
  }

  @Test
  void held_deliversOnceItIsOpen() throws Exception {
    try (var socket = connect()) {
      assertThat(ask(socket, 1)).isEqualTo(1);
      net.set(State.HELD, (from, to) -> to.equals("service"));
      socket.getOutputStream().write(2);
      socket.setSoTimeout(QUIET_MILLIS);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(arrived).containsExactly(1);
      socket.setSoTimeout(PATIENCE_MILLIS);
      net.set(State.OPEN, (from, to) -> true);
      assertThat(socket.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void cut_breaksWhatThereIs_andLetsNothingIn_butForOthers() throws Exception {
    try (var socket = connect()) {
      assertThat(ask(socket, 1)).isEqualTo(1);
      net.set(State.CUT, (from, to) -> from.equals("another"));
      assertThat(ask(socket, 2)).isEqualTo(2);
      net.set(State.CUT, (from, to) -> from.equals(Net.CLIENTS));
      assertThatThrownBy(
              () -> {
                if (ask(socket, 3) < 0) {
                  throw new IOException("ended");
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(answers(4)).isFalse();
    net.set(State.OPEN, (from, to) -> true);
    assertThat(answers(5)).isTrue();
    assertThat(arrived).containsExactly(1, 2, 5);
  }

  @Test
  void deaf_deliversTheRequestAndNotTheAnswer_thenBreaks() throws Exception {
    try (var socket = connect()) {
      assertThat(ask(socket, 1)).isEqualTo(1);
      net.set(State.DEAF, (from, to) -> to.equals("service"));
      socket.getOutputStream().write(2);
      socket.setSoTimeout(QUIET_MILLIS);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertThat(arrived).containsExactly(1, 2);
      net.set(State.OPEN, (from, to) -> true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      assertThat(ends(socket)).isTrue();
    }
    assertThat(answers(3)).isTrue();
  }

  private boolean answers(int value) {
    try (var socket = connect()) {
      return ask(socket, value) == value;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean ends(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // reset
    }
  }
}
