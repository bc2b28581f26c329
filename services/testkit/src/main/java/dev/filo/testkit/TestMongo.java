package dev.filo.testkit;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.platform.mongo.Mongo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.testcontainers.mongodb.MongoDBContainer;
import org.testcontainers.utility.DockerImageName;
import reactor.core.publisher.Mono;

/**
 * The MongoDB engines that tests run on: always the embedded one, and a real one where there is one
 * — at {@code FILO_TEST_MONGODB_URI}, else in Docker ({@code MONGO_IMAGE}, default {@value
 * #DEFAULT_IMAGE}). Each is started once per JVM, at its first use, and says once which it is.
 */
public final class TestMongo {

  /** Where a real server is; it must be a replica set for change streams. */
  public static final String URI_VARIABLE = "FILO_TEST_MONGODB_URI";

  /** The image to start where Docker is. */
  public static final String IMAGE_VARIABLE = "MONGO_IMAGE";

  private static final String REGISTRY = "registry-1.docker.io";
  private static final String DEFAULT_IMAGE = "mongo:8.0";
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  private TestMongo() {}

  /** One engine, with a client made as the services make theirs. */
  public static final class Engine {

    private final String name;
    private final String uri;
    private final MongoClient client;

    private Engine(String name, String uri) {
      this.name = name;
      this.uri = uri;
      this.client = Mongo.client(uri, "test");
    }

    /** What it is, for people: "embedded" or "MongoDB 8.0.1 in Docker". */
    public String name() {
      return name;
    }

    /** Where it is; may hold a password: not for printing. */
    public String uri() {
      return uri;
    }

    /** A client for it, which stays open as long as the JVM. */
    public MongoClient client() {
      return client;
    }

    /** Whether it is the embedded store. */
    public boolean isEmbedded() {
      return this == Embedded.ENGINE;
    }

    /** A new, empty database, dropped when closed. */
    public Store newStore() {
      byte[] random = new byte[6];
      ThreadLocalRandom.current().nextBytes(random);
      return new Store(this, client.getDatabase("test_" + HexFormat.of().formatHex(random)));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A database of a test's own. */
  public record Store(Engine engine, MongoDatabase database) implements AutoCloseable {

    /** The database's name. */
    public String name() {
      return database.getName();
    }

    @Override
    public void close() {
      Mono.from(database.drop()).block(ANSWER_TIMEOUT);
    }
  }

  private static final class Embedded {

    private static final Engine ENGINE = start();

    private static Engine start() {
      try {
        Path directory = Files.createTempDirectory("filo-test-");
        var server = EmbeddedMongo.start(EmbeddedMongo.Settings.in(directory).withoutSync());
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      server.close();
                      directory.resolve(EmbeddedMongo.FILE).toFile().delete();
                      directory.toFile().delete();
                    }));
        return new Engine("embedded", server.uri());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Real {

    private static final @Nullable Engine ENGINE = find();

    private static @Nullable Engine find() {
      String uri = System.getenv(URI_VARIABLE);
      if (uri != null && !uri.isBlank()) {
        return named(uri, "at " + URI_VARIABLE);
      }
      String host = System.getenv("DOCKER_HOST");
      if (host == null && !Files.exists(Path.of("/var/run/docker.sock"))) {
        return null;
      }
      String image = System.getenv().getOrDefault(IMAGE_VARIABLE, DEFAULT_IMAGE);
      if (!isHere(image) && !isReachable(REGISTRY)) {
        System.out.println(
            "store tests: Docker is here but neither the images to start nor "
                + REGISTRY
                + " are; try `docker pull "
                + image
                + "`");
        return null;
      }
      try {
        @SuppressWarnings("resource") // ends with the JVM, which Testcontainers watches
        var container =
            new MongoDBContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("mongo"))
                .withReplicaSet();
        container.start();
        return named(container.getReplicaSetUrl("test"), "in Docker");
      } catch (RuntimeException e) {
        System.out.println(
            "store tests: Docker is here but " + image + " does not start: " + e.getMessage());
        return null;
      }
    }

    /** Whether nothing would have to be pulled, as far as the command line's client knows. */
    private static boolean isHere(String image) {
      try {
        Process listing =
            new ProcessBuilder("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> images;
        try (var output = listing.inputReader(StandardCharsets.UTF_8)) {
          images = output.lines().toList();
        }
        boolean reaper =
            Boolean.parseBoolean(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))
                || images.stream().anyMatch(each -> each.startsWith("testcontainers/ryuk:"));
        return reaper && images.contains(image);
      } catch (IOException e) {
        return false; // no such program
      }
    }

    private static boolean isReachable(String host) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(host, 443), 3_000);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    private static Engine named(String uri, String where) {
      try (var client = MongoClients.create(uri)) {
        var answer =
            Mono.from(client.getDatabase("admin").runCommand(new Document("buildInfo", 1)))
                .block(ANSWER_TIMEOUT);
        String version = answer == null ? "" : " " + answer.getString("version");
        return new Engine("MongoDB" + version + " " + where, uri);
      }
    }
  }

  private static final class Announcement {

    private static final List<Engine> ENGINES = announce();

    private static List<Engine> announce() {
      var engines = new ArrayList<Engine>();
      engines.add(Embedded.ENGINE);
      real().ifPresent(engines::add);
      String names = String.join(", ", engines.stream().map(Engine::name).toList());
      String missing =
          engines.size() > 1 ? "" : "; no real MongoDB: set " + URI_VARIABLE + " or start Docker";
      System.out.println("store tests run on: " + names + missing);
      return List.copyOf(engines);
    }
  }

  /** All engines there are here, the embedded one first. */
  public static List<Engine> engines() {
    return Announcement.ENGINES;
  }

  /** The embedded engine. */
  public static Engine embedded() {
    return Embedded.ENGINE;
  }

  /** A real MongoDB, where there is one. */
  public static Optional<Engine> real() {
    return Optional.ofNullable(Real.ENGINE);
  }
}
