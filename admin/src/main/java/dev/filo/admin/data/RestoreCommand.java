package dev.filo.admin.data;

import com.mongodb.MongoException;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.admin.data.Databases.CannotException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.zip.GZIPInputStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code ./filo restore}: the data of all services, or of some, as a backup has them. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description = {
      "Puts the databases of a backup in the place of those that are there, all or those named.",
      "",
      "End Filo first. Services may be restored to different moments: when they start, they"
          + " compare",
      "what they keep with each other and mend what differs (./filo reconcile --status). Who was",
      "erased since the backup stays erased. May be repeated if it was interrupted.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0: done", "2: wrong usage", "3: nothing was changed, or not all of it"})
public final class RestoreCommand implements Callable<Integer> {
  private static final int BATCH = 500;
  private static final long BATCH_BYTES = 8L * 1024 * 1024;
  // What was under way when the backup was made.
  private static final Duration BEFORE = Duration.ofHours(1);
  private static final String ERASED = "erased";

  @Parameters(paramLabel = "FOLDER", description = "The backup.")
  private Path folder = Path.of("");

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description =
          "Only this one's database; may be repeated. Without it all that the backup has.")
  private List<String> services = new ArrayList<>();

  @Option(
      names = "--replace",
      description = "Databases that are there are dropped first. Without it nothing is replaced.")
  private boolean replace;

  @Option(
      names = "--running",
      description =
          "Goes on though a service seems to run: it was killed less than ten seconds ago.")
  private boolean running;

  @Mixin private Databases databases = new Databases();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (var client = databases.open()) {
      var manifest = Manifest.read(folder);
      var chosen = chosen(manifest);
      verify(chosen);
      requireEnded(client);
      requireReplace(client, chosen);
      rememberErased(client);
      var names = String.join(", ", chosen.stream().map(Manifest.Database::service).toList());
      var telling = new Telling(err(), "restored", new Manifest(1, "", chosen).bytes());
      for (Manifest.Database one : chosen) {
        restore(client, one, telling);
        eraseAgain(client, one.service());
      }
      Reconciling.open(
          databases, client, "restore of " + names, Instant.parse(manifest.moment()).minus(BEFORE));
      block(databases.work(client).drop());
      out()
          .printf(
              Locale.ROOT,
              "Restored to %s: %s. Start Filo; it reconciles what differs (./filo reconcile"
                  + " --status).%n",
              manifest.moment(),
              String.join(", ", chosen.stream().map(Manifest.Database::service).toList()));
      out().flush();
      return 0;
    } catch (CannotException e) {
      return Databases.failed(spec, e.getMessage());
    } catch (MongoException e) {
      return Databases.failed(spec, "MongoDB does not answer as it should: " + e.getMessage());
    } catch (IOException e) {
      return Databases.failed(spec, "The backup cannot be read: " + e.getMessage());
    }
  }

  private List<Manifest.Database> chosen(Manifest manifest) {
    for (String service : services) {
      if (manifest.databases().stream().noneMatch(one -> one.service().equals(service))) {
        throw new CannotException(
            "The backup has no "
                + service
                + "; it has "
                + String.join(
                    ", ", manifest.databases().stream().map(Manifest.Database::service).toList())
                + ".");
      }
    }
    return manifest.databases().stream()
        .filter(one -> services.isEmpty() || services.contains(one.service()))
        .toList();
  }

  /** All of it before anything is dropped. */
  private void verify(List<Manifest.Database> chosen) throws IOException {
    for (Manifest.Database database : chosen) {
      for (Manifest.Collection collection : database.collections()) {
        var file = Manifest.file(folder, database, collection.name());
        if (!Files.exists(file) || !Dump.sha256(file).equals(collection.sha256())) {
          throw new CannotException(
              file + " is not what was backed up: another checksum. Nothing was changed.");
        }
      }
    }
  }

  private void requireEnded(MongoClient client) {
    var service = running ? null : databases.running(client, Instant.now());
    if (service != null) {
      throw new CannotException(
          "Filo runs: "
              + service
              + " follows a feed. End all services first; one that was killed counts as running for"
              + " some seconds.");
    }
  }

  private void requireReplace(MongoClient client, List<Manifest.Database> chosen) {
    var present = databases.present(client);
    var there = chosen.stream().map(Manifest.Database::service).filter(present::contains).toList();
    if (!there.isEmpty() && !replace) {
      throw new CannotException(
          "There are data of "
              + String.join(", ", there)
              + ". With --replace they are dropped; back them up first.");
    }
  }

  /** Whoever any service knows to be erased, kept where an interrupted restore finds it again. */
  private void rememberErased(MongoClient client) {
    var work = databases.work(client).getCollection(ERASED);
    for (String service : databases.present(client)) {
      copyErased(
          databases.of(client, service).getCollection(ERASED).find(),
          work,
          one ->
              new ReplaceOneModel<>(
                  new Document("_id", one.get("_id")), one, new ReplaceOptions().upsert(true)));
    }
  }

  private void eraseAgain(MongoClient client, String service) {
    copyErased(
        databases.work(client).getCollection(ERASED).find(),
        databases.of(client, service).getCollection(ERASED),
        one ->
            new UpdateOneModel<>(
                new Document("_id", one.get("_id")),
                new Document("$setOnInsert", withoutId(one)),
                new UpdateOptions().upsert(true)));
  }

  private static Document withoutId(Document document) {
    var rest = new Document(document);
    rest.remove("_id");
    return rest;
  }

  private static void copyErased(
      Publisher<Document> from,
      MongoCollection<Document> to,
      java.util.function.Function<Document, WriteModel<Document>> write) {
    Flux.from(from)
        .map(write)
        .buffer(BATCH)
        .concatMap(to::bulkWrite, 1)
        .then()
        .block(Databases.PATIENCE);
  }

  private void restore(MongoClient client, Manifest.Database from, Telling telling)
      throws IOException {
    var database = databases.of(client, from.service());
    block(database.drop());
    for (Manifest.Collection collection : from.collections()) {
      var into = database.getCollection(collection.name(), RawBsonDocument.class);
      try (var reader = new Dump.Reader(Manifest.file(folder, from, collection.name()))) {
        load(reader, into, telling);
      }
      var indexes = indexes(Manifest.metadata(folder, from, collection.name()));
      if (!indexes.isEmpty()) {
        block(
            database.runCommand(
                new Document("createIndexes", collection.name()).append("indexes", indexes)));
      }
    }
  }

  private static void load(
      Dump.Reader reader, MongoCollection<RawBsonDocument> into, Telling telling)
      throws IOException {
    var batch = new ArrayList<RawBsonDocument>(BATCH);
    long bytes = 0;
    for (var next = reader.next(); next != null; next = reader.next()) {
      batch.add(next);
      bytes += next.getByteBuffer().remaining();
      if (batch.size() == BATCH || bytes > BATCH_BYTES) {
        block(into.insertMany(batch, new InsertManyOptions().ordered(false)));
        telling.more(bytes);
        batch.clear();
        bytes = 0;
      }
    }
    if (!batch.isEmpty()) {
      block(into.insertMany(batch, new InsertManyOptions().ordered(false)));
      telling.more(bytes);
    }
  }

  private static List<Document> indexes(Path metadata) throws IOException {
    try (var in = new GZIPInputStream(Files.newInputStream(metadata))) {
      return Document.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .getList("indexes", Document.class, List.of())
          .stream()
          .filter(index -> !"_id_".equals(index.getString("name")))
          .toList();
    }
  }

  private static <T> @Nullable T block(Publisher<T> publisher) {
    return Mono.from(publisher).block(Databases.PATIENCE);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
