package dev.filo.e2e.chaos;

import dev.filo.e2e.Unpacked;
import dev.filo.platform.auth.ServiceTokens;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.suite.FreePorts;
import io.grpc.CallCredentials;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Two replicas of each service, each a process of its own. Replicas of one service share a name and
 * a port on different loopback addresses, as pods behind one DNS name do.
 */
final class Fleet implements AutoCloseable {
  /** The services there are. */
  static final List<String> SERVICES = List.of("inventory", "reservation", "cart", "identity");

  /** Replicas of each. */
  static final int REPLICAS = 2;

  private static final String IDENTITY = "identity";
  private static final String SECRET = "a secret of this test's fleet";
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(4);

  private final List<Replica> replicas = new ArrayList<>();
  private final List<ServiceTokens> tokens = new ArrayList<>();

  private Fleet() {}

  static Fleet start(
      String mongodbUri, Surroundings around, Net net, Set<Flaw> flaws, Path directory)
      throws IOException {
    var hosts = directory.toAbsolutePath().resolve("hosts");
    var names = new StringBuilder("127.0.0.1 localhost\n127.0.0.1 around\n");
    var ports = new TreeMap<String, Integer>();
    for (int i = 0; i < SERVICES.size(); i++) {
      for (int number = 1; number <= REPLICAS; number++) {
        names.append(address(i, number)).append(' ').append(SERVICES.get(i)).append('\n');
      }
      ports.put(SERVICES.get(i), FreePorts.next());
    }
    Files.writeString(hosts, names);
    var properties =
        new ArrayList<>(
            List.of(
                "--filo.mongodb.uri=" + mongodbUri,
                "--filo.token-uri=" + around.tokenUri(),
                "--filo.client-secret=unused",
                "--filo.targets.catalog=dns:///around:" + around.catalogPort(),
                "--filo.targets.identity=dns:///around:" + around.identityPort(),
                // As many reservations as the clients like: stock is what is to be short.
                "--filo.reservation.policy.customer.reservations=1000",
                "--filo.reservation.policy.customer.units=10000"));
    ports.forEach(
        (service, port) -> {
          if (!service.equals(IDENTITY)) {
            properties.add("--filo.targets." + service + "=dns:///" + service + ":" + port);
          }
        });
    var fleet = new Fleet();
    try {
      for (int i = 0; i < SERVICES.size(); i++) {
        var service = SERVICES.get(i);
        // A start-up cache for each would take longer to make than it saves.
        var jar = Unpacked.jar(service, Path.of("target", "services", service).toAbsolutePath());
        for (int number = 1; number <= REPLICAS; number++) {
          int port = ports.getOrDefault(service, 0);
          var address = address(i, number);
          var own = new ArrayList<>(properties);
          if (service.equals(IDENTITY)) {
            own.addAll(fleet.identity(address, port));
          }
          var launch = new Replica.Launch(jar, hosts, directory.toAbsolutePath(), own);
          fleet.replicas.add(
              new Replica(service, number, address, port, launch, net, Flaw.of(flaws, service)));
        }
      }
      fleet.awaitAll();
      around.identityFeed(
          () ->
              FeedServiceGrpc.newStub(fleet.any(IDENTITY).channel())
                  .withCallCredentials(fleet.tokens()));
      return fleet;
    } catch (IOException | RuntimeException e) {
      fleet.close();
      throw e;
    }
  }

  /** {@code 127.0.0.11} and {@code .12}, {@code .21} and {@code .22}, and so on. */
  private static String address(int service, int number) {
    return "127.0.0." + (10 * (service + 1) + number);
  }

  private List<String> identity(String address, int port) {
    int http = FreePorts.next();
    tokens.add(
        new ServiceTokens(
            URI.create("http://" + address + ":" + http + "/oauth2/token"),
            "service-chaos",
            SECRET,
            InstantSource.system()));
    return List.of(
        "--filo.targets.identity=dns:///" + IDENTITY + ":" + port, // itself
        "--server.address=" + address,
        "--server.port=" + http,
        "--filo.identity.smtp.host=127.0.0.1", // nobody is written to
        "--filo.identity.service-secret=" + SECRET,
        "--filo.identity.key-secret=" + SECRET);
  }

  /** What identity gives a service to call it with; from one of its replicas. */
  ServiceTokens tokens() {
    return tokens.get(ThreadLocalRandom.current().nextInt(tokens.size()));
  }

  /** What a service calls another one with. */
  CallCredentials credentials(String service, Surroundings around) {
    return service.equals(IDENTITY)
        ? tokens()
        : around.tokens().bearer(Role.ROLE_SERVICE, "services/auditor");
  }

  /** Some replica of a service. */
  Replica any(String service) {
    var all = of(service);
    return all.get(ThreadLocalRandom.current().nextInt(all.size()));
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
    for (String service : SERVICES) {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (of(service).stream().noneMatch(Replica::listens)) {
        pause(end, service);
      }
    }
  }

  private static void await(Replica replica) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!replica.listens()) {
      if (!replica.running().isAlive()) {
        throw new IllegalStateException(
            replica.name() + " has ended; what it said is in " + replica.running().log());
      }
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
