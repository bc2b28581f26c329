package dev.filo.e2e.chaos;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Whose sockets are whose, as Linux tells under {@code /proc}. Thread-safe. */
final class Sockets {
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int INODE = 9;

  private final Map<String, Long> pids = new ConcurrentHashMap<>();

  Sockets() {
    pids.put(Net.CLIENTS, ProcessHandle.current().pid());
  }

  /** Names a process. */
  void isNow(String name, long pid) {
    pids.put(name, pid);
  }

  /** The names given. */
  Set<String> names() {
    return new TreeSet<>(pids.keySet());
  }

  /** The name of whoever has the other end of a connection; empty when it is not there any more. */
  Optional<String> owner(Socket accepted) {
    try {
      var theirs = end(accepted.getInetAddress(), accepted.getPort());
      var ours = end(accepted.getLocalAddress(), accepted.getLocalPort());
      for (String table : new String[] {"tcp", "tcp6"}) {
        for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
          var fields = line.trim().split("\\s+");
          if (fields.length > INODE
              && fields[LOCAL].endsWith(theirs)
              && fields[REMOTE].endsWith(ours)) {
            return owner("socket:[" + fields[INODE] + "]");
          }
        }
      }
    } catch (IOException e) {
      // A process that ends takes its entries with it.
    }
    return Optional.empty();
  }

  private Optional<String> owner(String socket) {
    return pids.entrySet().stream()
        .filter(entry -> has(entry.getValue(), socket))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean has(long pid, String socket) {
    try (var open = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path one : open) {
        if (leadsTo(one, socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      // It has ended.
    }
    return false;
  }

  private static boolean leadsTo(Path descriptor, String socket) {
    try {
      return Files.readSymbolicLink(descriptor).toString().equals(socket);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** {@code 0B00007F:1F90}: the address as a number of this machine's byte order, and the port. */
  private static String end(InetAddress address, int port) {
    if (!(address instanceof Inet4Address)) {
      throw new IllegalArgumentException("not IPv4: " + address);
    }
    var bytes = address.getAddress();
    return String.format(
        Locale.ROOT, "%02X%02X%02X%02X:%04X", bytes[3], bytes[2], bytes[1], bytes[0], port);
  }
}
