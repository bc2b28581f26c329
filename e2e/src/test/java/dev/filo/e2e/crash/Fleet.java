package dev.filo.e2e.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two replicas of inventory and two of reservation, each a process of its own. Replicas of one
 * service share a name and a port on different loopback addresses, as pods behind one DNS name do.
 */
final class Fleet implements AutoCloseable {
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final List<Replica> replicas = new ArrayList<>();

  private Fleet() {}

  static Fleet start(String mongodbUri, Surroundings around, Path directory) throws IOException {
    var hosts = directory.toAbsolutePath().resolve("hosts");
    Files.writeString(
        hosts,
        """
        127.0.0.1 localhost
        127.0.0.1 catalog
        127.0.0.1 identity
        127.0.0.11 inventory
        127.0.0.12 inventory
        127.0.0.21 reservation
        127.0.0.22 reservation
        """);
    int inventory = Ports.free("127.0.0.11");
    int reservation = Ports.free("127.0.0.21");
    var properties =
        List.of(
            "--filo.mongodb.uri=" + mongodbUri,
            "--filo.token-uri=" + around.tokenUri(),
            "--filo.client-secret=unused",
            "--filo.targets.catalog=dns:///catalog:" + around.port(),
            "--filo.targets.identity=dns:///identity:" + around.port(),
            "--filo.targets.inventory=dns:///inventory:" + inventory,
            "--filo.targets.reservation=dns:///reservation:" + reservation,
            // As many reservations as the clients like: stock is what is to be short.
            "--filo.reservation.policy.customer.reservations=1000",
            "--filo.reservation.policy.customer.units=10000");
    var fleet = new Fleet();
    try {
      for (String address : List.of("127.0.0.11", "127.0.0.12")) {
        fleet.replicas.add(
            new Replica("inventory", address, inventory, hosts, properties, directory));
      }
      for (String address : List.of("127.0.0.21", "127.0.0.22")) {
        fleet.replicas.add(
            new Replica("reservation", address, reservation, hosts, properties, directory));
      }
      fleet.awaitAll();
      return fleet;
    } catch (IOException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  /** All replicas. */
  List<Replica> replicas() {
    return replicas;
  }

  /** The replicas of a service. */
  List<Replica> of(String service) {
    return replicas.stream().filter(replica -> replica.service().equals(service)).toList();
  }

  /** Waits until every replica takes connections. */
  void awaitAll() {
    replicas.forEach(Fleet::await);
  }

  /** Waits until some replica of each service takes connections. */
  void awaitSome() {
    for (String service : List.of("inventory", "reservation")) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (of(service).stream().noneMatch(Replica::listens)) {
        pause(end, service);
      }
    }
  }

  private static void await(Replica replica) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!replica.listens()) {
      pause(end, replica.name());
    }
  }

  private static void pause(long end, String who) {
    if (System.nanoTime() > end) {
      throw new IllegalStateException(who + " does not start");
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
  }

  @Override
  public void close() {
    replicas.forEach(Replica::close);
  }
}
