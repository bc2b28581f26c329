package dev.filo.e2e.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;

/**
 * The network of a fleet: TCP relays that every connection between its processes goes through. A
 * relay asks the operating system whose connection it is, so that what happens to it is said by
 * pairs, caller and called, as between machines: no word need be known of the protocol.
 * Thread-safe.
 */
final class Net implements AutoCloseable {
  /** The name of this JVM as a caller: clients, checker, and what a fleet has around it. */
  static final String CLIENTS = "clients";

  /** What a link does with what is sent over it. */
  enum State {
    /** It delivers. */
    OPEN,
    /** It delivers nothing and says nothing; what was sent meanwhile arrives when it is open. */
    HELD,
    /** Connections are broken, and none can be made. */
    CUT,
    /** It delivers late. */
    SLOW,
    /** Requests arrive, answers do not; then the connection breaks. */
    DEAF
  }

  private static final int BUFFER = 64 * 1024;
  private static final int LATE_MIN_MILLIS = 20;
  private static final int LATE_MAX_MILLIS = 120;

  private final Map<Pair, Link> links = new ConcurrentHashMap<>();
  private final List<ServerSocket> doors = new ArrayList<>();
  private final Sockets sockets = new Sockets();

  private record Pair(String from, String to) {}

  /** Makes a process known, as whoever has this id from now on. */
  void isNow(String name, long pid) {
    sockets.isNow(name, pid);
  }

  /**
   * A relay.
   *
   * @param to the name of what is called
   * @param port where callers connect; 0: any that is free
   * @param target where the called one listens
   * @return where callers connect
   */
  int relay(String to, String address, int port, InetSocketAddress target) throws IOException {
    var door = new ServerSocket(port, 200, InetAddress.getByName(address));
    synchronized (doors) {
      doors.add(door);
    }
    Thread.ofVirtual().name("relay to " + to).start(() -> accept(door, to, target));
    return door.getLocalPort();
  }

  /** Sets the state of all links that fit, those to come as well until it is set again. */
  void set(State state, BiPredicate<String, String> which) {
    for (String from : names()) {
      for (String to : names()) {
        if (!from.equals(to) && which.test(from, to)) {
          link(from, to).set(state);
        }
      }
    }
  }

  private Set<String> names() {
    return sockets.names();
  }

  private Link link(String from, String to) {
    return links.computeIfAbsent(new Pair(from, to), pair -> new Link());
  }

  private void accept(ServerSocket door, String to, InetSocketAddress target) {
    while (!door.isClosed()) {
      try {
        var near = door.accept();
        Thread.ofVirtual().start(() -> connect(near, to, target));
      } catch (IOException e) {
        if (!door.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void connect(Socket near, String to, InetSocketAddress target) {
    var caller = sockets.owner(near);
    if (caller.isEmpty()) {
      reset(near); // it has ended already
      return;
    }
    var link = link(caller.get(), to);
    var far = new Socket();
    try {
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      if (!link.enter(near, far)) {
        return;
      }
      far.connect(target);
      var back = Thread.ofVirtual().start(() -> copy(link, far, near, true));
      copy(link, near, far, false);
      back.join();
    } catch (IOException e) {
      // Nobody listens there just now: the caller is told by what follows.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      link.leave(near, far);
      reset(near);
      reset(far);
    }
  }

  private static void copy(Link link, Socket from, Socket into, boolean back) {
    var buffer = new byte[BUFFER];
    try {
      var in = from.getInputStream();
      var out = into.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (link.passes(back, from, into)) {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // Broken, by us or by one of the ends.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      reset(from);
      reset(into);
    }
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (SocketException e) {
      // It is closed already.
    }
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone all the same.
    }
  }

  @Override
  public void close() {
    synchronized (doors) {
      for (var door : doors) {
        try {
          door.close();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    links.values().forEach(link -> link.set(State.CUT));
  }

  /** What is between one caller and one called. */
  private static final class Link {
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    // Connections that have lost something: whatever came after it would make no sense.
    private final Set<Socket> spoiled = ConcurrentHashMap.newKeySet();
    private State state = State.OPEN;

    void set(State next) {
      synchronized (this) {
        state = next;
        notifyAll();
      }
      if (next == State.CUT) {
        open.forEach(Net::reset);
      } else if (next != State.DEAF) {
        spoiled.forEach(Net::reset);
      }
    }

    /** Lets a connection in when the link is open; false when it does not. */
    boolean enter(Socket near, Socket far) throws InterruptedException {
      synchronized (this) {
        awaitDelivery();
        if (state == State.CUT) {
          return false;
        }
        open.add(near);
        open.add(far);
        return true;
      }
    }

    void leave(Socket near, Socket far) {
      open.remove(near);
      open.remove(far);
      spoiled.remove(near);
      spoiled.remove(far);
    }

    /** Whether something that was sent arrives; waits until it may. */
    boolean passes(boolean back, Socket from, Socket into)
        throws InterruptedException, SocketException {
      State now;
      synchronized (this) {
        awaitDelivery();
        now = state;
      }
      return switch (now) {
        case OPEN, HELD -> !spoiled.contains(from);
        case CUT -> throw new SocketException("cut");
        case SLOW -> {
          LockSupport.parkNanos(
              TimeUnit.MILLISECONDS.toNanos(
                  ThreadLocalRandom.current().nextInt(LATE_MIN_MILLIS, LATE_MAX_MILLIS)));
          yield !spoiled.contains(from);
        }
        case DEAF -> {
          if (back) {
            spoiled.add(from);
            spoiled.add(into);
          }
          yield !back;
        }
      };
    }

    private void awaitDelivery() throws InterruptedException {
      while (state == State.HELD) {
        wait();
      }
    }
  }
}
