package dev.filo.e2e.crash;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.reactivestreams.client.MongoClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private final List<Integer> ports = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  private ReplicaSet(Path program, Path directory) {
    this.program = program;
    this.directory = directory;
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
  static ReplicaSet start(Path program, Path directory) throws IOException {
    var set = new ReplicaSet(program, directory);
    try {
      for (int i = 0; i < MEMBERS; i++) {
        set.ports.add(Ports.free("127.0.0.1"));
        set.processes.add(set.launch(i));
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
        + String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList())
        + "/?replicaSet=crash";
  }

  /** Ends the primary with SIGKILL and starts it again; false when there is none just now. */
  boolean killPrimary() throws IOException {
    for (int i = 0; i < MEMBERS; i++) {
      if (isPrimary(i)) {
        var killed = processes.get(i);
        killed.destroyForcibly();
        killed.onExit().join();
        processes.set(i, launch(i));
        return true;
      }
    }
    return false;
  }

  private Process launch(int member) throws IOException {
    var data = Files.createDirectories(directory.resolve("member-" + member));
    return new ProcessBuilder(
            program.toString(),
            "--replSet",
            "crash",
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
            "--nounixsocket")
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(
                directory.resolve("member-" + member + ".log").toFile()))
        .start();
  }

  private void initiate() {
    var members = new ArrayList<Document>();
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new Document("_id", i).append("host", "127.0.0.1:" + ports.get(i)));
    }
    var config =
        new Document("_id", "crash")
            .append("members", members)
            // Two seconds instead of ten: a test's failover, on one machine.
            .append("settings", new Document("electionTimeoutMillis", 2000));
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
    while (!isPrimary(0) && !isPrimary(1) && !isPrimary(2)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the replica set has no primary");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
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
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }
}
