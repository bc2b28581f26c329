package dev.filo.admin.data;

import com.mongodb.ClientSessionOptions;
import com.mongodb.MongoException;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.admin.data.Databases.CannotException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code ./filo backup}: the data of all services as they were at one moment. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copies the databases of all services, as they were at one moment, into a new folder.",
      "",
      "Filo runs on meanwhile. The folder has a file a collection, as mongodump --gzip writes it,"
          + " and",
      "filo-backup.json with a checksum of each. What is encrypted stays so: keep key-secret"
          + " elsewhere.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0: done", "2: wrong usage", "3: it could not be made"})
public final class BackupCommand implements Callable<Integer> {
  private static final int SNAPSHOT_TOO_OLD = 239;
  private static final int SNAPSHOT_UNAVAILABLE = 246;
  private static final int BATCH = 1_000;

  @Parameters(paramLabel = "FOLDER", description = "Where to: a folder that is not there yet.")
  private Path folder = Path.of("");

  @Mixin private Databases databases = new Databases();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (var client = databases.open()) {
      if (Files.exists(folder)) {
        throw new CannotException(folder + " is there already; name another folder.");
      }
      requireSnapshots(client);
      var present = databases.present(client);
      if (present.isEmpty()) {
        throw new CannotException(
            "There is no database " + databases.name("cart") + " or the like. Is --prefix right?");
      }
      var manifest = dump(client, present);
      manifest.write(folder);
      long documents =
          manifest.databases().stream()
              .flatMap(one -> one.collections().stream())
              .mapToLong(Manifest.Collection::documents)
              .sum();
      out()
          .printf(
              Locale.ROOT,
              "%,d documents of %d services, as of %s, are in %s%n",
              documents,
              manifest.databases().size(),
              manifest.moment(),
              folder);
      out().flush();
      return 0;
    } catch (CannotException e) {
      return Databases.failed(spec, e.getMessage());
    } catch (MongoException e) {
      return Databases.failed(spec, words(e));
    } catch (IOException e) {
      return Databases.failed(spec, "It cannot be written: " + e.getMessage());
    }
  }

  private static String words(MongoException error) {
    return switch (error.getCode()) {
      case SNAPSHOT_TOO_OLD ->
          "The database no longer keeps the moment this backup began at (five minutes by default)."
              + " Raise minSnapshotHistoryWindowInSeconds on every mongod, or use the volumes'"
              + " snapshots.";
      case SNAPSHOT_UNAVAILABLE ->
          "A collection was changed in its form while the backup began; begin again.";
      default -> "MongoDB does not answer as it should: " + error.getMessage();
    };
  }

  /** One moment over all databases: only a replica set or a sharded cluster has that. */
  private static void requireSnapshots(MongoClient client) {
    var hello =
        Objects.requireNonNull(
            Mono.from(client.getDatabase("admin").runCommand(new Document("hello", 1)))
                .block(Databases.PATIENCE));
    if (!hello.containsKey("setName") && !"isdbgrid".equals(hello.getString("msg"))) {
      throw new CannotException(
          "This MongoDB is no replica set: it cannot be read as of one moment. Of an embedded store"
              + " copy the folder, with Filo ended.");
    }
  }

  private Manifest dump(MongoClient client, List<String> present) throws IOException {
    var options = ClientSessionOptions.builder().snapshot(true).build();
    try (var session =
        Objects.requireNonNull(Mono.from(client.startSession(options)).block(Databases.PATIENCE))) {
      Files.createDirectories(folder);
      var telling = new Telling(err(), "backed up", 0);
      var dumped = new ArrayList<Manifest.Database>();
      for (String service : present) {
        dumped.add(dump(databases.of(client, service), service, session, telling));
      }
      var at = session.getSnapshotTimestamp();
      var moment = at == null ? Instant.now() : Instant.ofEpochSecond(at.getTime());
      return new Manifest(Manifest.FORMAT, moment.toString(), dumped);
    }
  }

  private Manifest.Database dump(
      MongoDatabase database, String service, ClientSession session, Telling telling)
      throws IOException {
    var into = new Manifest.Database(service, database.getName(), List.of());
    Files.createDirectories(folder.resolve(database.getName()));
    var collections = new ArrayList<Manifest.Collection>();
    for (Document collection : collections(database)) {
      var name = collection.getString("name");
      var writer = new Dump.Writer(Manifest.file(folder, into, name));
      try (writer) {
        var all =
            Flux.from(
                    database
                        .getCollection(name, RawBsonDocument.class)
                        .find(session)
                        .batchSize(BATCH))
                .toIterable(BATCH);
        for (RawBsonDocument document : all) {
          long before = writer.bytes();
          writer.write(document);
          telling.more(writer.bytes() - before);
        }
      }
      collections.add(writer.said(name));
      writeMetadata(database, into, collection);
    }
    return new Manifest.Database(service, database.getName(), collections);
  }

  private static List<Document> collections(MongoDatabase database) {
    return Objects.requireNonNull(
            Flux.from(database.listCollections()).collectList().block(Databases.PATIENCE))
        .stream()
        .filter(one -> "collection".equals(one.getString("type")))
        .filter(one -> !one.getString("name").startsWith("system."))
        .sorted((one, other) -> one.getString("name").compareTo(other.getString("name")))
        .toList();
  }

  private void writeMetadata(MongoDatabase database, Manifest.Database into, Document collection)
      throws IOException {
    var name = collection.getString("name");
    var indexes =
        Objects.requireNonNull(
            Flux.from(database.getCollection(name).listIndexes())
                .collectList()
                .block(Databases.PATIENCE));
    var metadata =
        new Document("options", collection.get("options", new Document()))
            .append("indexes", indexes)
            .append("collectionName", name)
            .append("type", "collection");
    try (var out =
        new GZIPOutputStream(Files.newOutputStream(Manifest.metadata(folder, into, name)))) {
      out.write(metadata.toJson().getBytes(StandardCharsets.UTF_8));
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
