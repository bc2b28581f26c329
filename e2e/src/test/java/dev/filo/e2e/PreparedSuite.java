package dev.filo.e2e;

import com.mongodb.client.result.InsertManyResult;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.platform.mongo.Mongo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Flux;

/**
 * What every test's suite would otherwise do anew: its jar unpacked, a start-up cache (JEP 514) and
 * the data with the retailer loaded, made by one suite's first start and end. It lies under {@code
 * target/suite}.
 */
final class PreparedSuite {
  private static final Path FOLDER = Path.of("target", "suite").toAbsolutePath();
  private static final Path CACHE = FOLDER.resolve("start.aot");
  private static final Path DATA = FOLDER.resolve("data");
  private static final int MEGABYTES = 640;
  private static final int BATCH = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What the databases' names begin with where nothing is said. */
  static final String PREFIX = "filo_";

  private static @Nullable PreparedSuite prepared;

  private final Path jar;

  private PreparedSuite(Path jar) {
    this.jar = jar;
  }

  static synchronized PreparedSuite get() {
    var known = prepared;
    if (known == null) {
      known = new PreparedSuite(Unpacked.jar("suite", FOLDER, PreparedSuite::load));
      prepared = known;
    }
    return known;
  }

  /** Java with the suite, as it starts quickly. */
  List<String> command() {
    // where no cache could be made, starts only take longer
    return java(Files.exists(CACHE) ? List.of("-XX:AOTCache=" + CACHE) : List.of(), jar);
  }

  /** Puts the loaded retailer where a suite with its own store will look for it. */
  void copyData(Path data) {
    try {
      FileSystemUtils.copyRecursively(DATA, data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Puts the loaded retailer into a MongoDB: the documents alone, a starting suite makes its
   * indexes.
   *
   * @param data where {@link #copyData} has put it
   * @param prefix what the databases' names begin with
   */
  void copyInto(Path data, String uri, String prefix) {
    try (var store = EmbeddedMongo.start(data.resolve("store"));
        var from = Mongo.client(store.uri(), "test");
        var to = Mongo.client(uri, "test")) {
      Flux.from(from.listDatabaseNames())
          .filter(name -> name.startsWith(PREFIX))
          .concatMap(
              name ->
                  copy(
                      from.getDatabase(name),
                      to.getDatabase(prefix + name.substring(PREFIX.length()))))
          .blockLast(PATIENCE);
    }
  }

  private static Flux<InsertManyResult> copy(MongoDatabase from, MongoDatabase to) {
    return Flux.from(from.listCollectionNames())
        .filter(name -> !name.startsWith("system."))
        .concatMap(
            name -> {
              var collection = to.getCollection(name, RawBsonDocument.class);
              return Flux.from(
                      from.getCollection(name, RawBsonDocument.class).find().batchSize(BATCH))
                  .buffer(BATCH)
                  .concatMap(collection::insertMany);
            });
  }

  private static void load(Path jar) throws IOException {
    SuiteProcess.load(DATA, java(List.of("-XX:AOTCacheOutput=" + CACHE), jar));
    Files.delete(DATA.resolve(SuiteProcess.CONSOLE)); // that start's words are not the next one's
  }

  private static List<String> java(List<String> flags, Path jar) {
    var command = Unpacked.java(MEGABYTES);
    command.addAll(flags);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }
}
