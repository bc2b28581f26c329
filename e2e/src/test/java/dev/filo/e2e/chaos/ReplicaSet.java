package dev.filo.e2e.chaos;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClients;
import dev.filo.suite.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** A MongoDB replica set of three members, each a process that can be killed. */
final class ReplicaSet implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path program;
  private final Path directory;
  private final Net net;
  // Where members listen, and where the others and clients find them.
  private final List<Integer> ports = new ArrayList<>();
  private final List<Integer> known = new ArrayList<>();
  private final List<Running> members = new ArrayList<>();

  private ReplicaSet(Path program, Path directory, Net net) {
    this.program = program;
    this.directory = directory;
    this.net = net;
  }

  /** The server's program: {@code FILO_MONGOD}, else {@code mongod} on the PATH; empty without. */
  static Optional<Path> program() {
    var named = System.getenv("FILO_MONGOD");
    if (named != null && !named.isBlank()) {
      return Optional.of(Path.of(named));
    }
    for (var folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      var candidate = Path.of(folder.isEmpty() ? "." : folder, "mongod");
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Starts three members and waits until one of them is the primary. */
  static ReplicaSet start(Path program, Path directory, Net net) throws IOException {
    var set = new ReplicaSet(program, directory, net);
    try {
      for (int i = 0; i < MEMBERS; i++) {
        int port = FreePorts.next();
        set.ports.add(port);
        set.known.add(net.relay(name(i), "127.0.0.1", 0, new InetSocketAddress("127.0.0.1", port)));
        set.members.add(set.launch(i));
      }
      set.initiate();
      return set;
    } catch (IOException | RuntimeException e) {
      set.close();
      throw e;
    }
  }

  /** Where clients find it. */
  String uri() {
    return "mongodb://"
        + String.join(",", known.stream().map(port -> "127.0.0.1:" + port).toList())
        + "/?replicaSet=chaos";
  }

  /** A member's name in the network. */
  static String name(int member) {
    return "database-" + member;
  }

  /** Whether somebody is a member. */
  static boolean isMember(String name) {
    return name.startsWith("database-");
  }

  /** Its members' processes. */
  List<Running> members() {
    return members;
  }

  /** Who thinks to be the primary; empty when nobody does just now. */
  OptionalInt primary() {
    for (int i = 0; i < MEMBERS; i++) {
      if (isPrimary(i)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Waits until there is a primary. */
  int awaitPrimary() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var primary = primary();
      if (primary.isPresent()) {
        return primary.getAsInt();
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the replica set has no primary");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  private Running launch(int member) throws IOException {
    var data = Files.createDirectories(directory.resolve("member-" + member));
    return new Running(
        name(member),
        List.of(
            program.toString(),
            "--replSet",
            "chaos",
            "--dbpath",
            data.toString(),
            "--port",
            Integer.toString(ports.get(member)),
            "--bind_ip",
            "127.0.0.1",
            "--wiredTigerCacheSizeGB",
            "0.25",
            "--oplogSize",
            "128",
            "--nounixsocket"),
        directory.resolve("member-" + member + ".log"),
        net);
  }

  private void initiate() {
    var members = new ArrayList<Document>();
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new Document("_id", i).append("host", "127.0.0.1:" + known.get(i)));
    }
    var config =
        new Document("_id", "chaos")
            .append("members", members)
            // Four seconds instead of ten: failovers of a test, which has many. A primary that is
            // alone goes on for so long, which is longer than a caller of ours waits.
            .append("settings", new Document("electionTimeoutMillis", 4000));
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        ask(0, new Document("replSetInitiate", config));
        break;
      } catch (RuntimeException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
    awaitPrimary();
  }

  private boolean isPrimary(int member) {
    try {
      return ask(member, new Document("hello", 1)).getBoolean("isWritablePrimary", false);
    } catch (RuntimeException e) {
      return false; // it is starting
    }
  }

  private Document ask(int member, Document command) {
    var settings =
        MongoClientSettings.builder()
            .applyConnectionString(
                new ConnectionString(
                    "mongodb://127.0.0.1:" + ports.get(member) + "/?directConnection=true"))
            .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(3, TimeUnit.SECONDS))
            .build();
    try (var client = MongoClients.create(settings)) {
      var answer =
          Mono.from(client.getDatabase("admin").runCommand(command)).block(Duration.ofSeconds(10));
      return answer == null ? new Document() : answer;
    }
  }

  @Override
  public void close() {
    members.forEach(Running::kill);
  }
}
