package dev.filo.admin.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is in a backup. It is written last: a folder without it is no backup.
 *
 * @param format the form of the folder, {@value #FORMAT}
 * @param moment the one moment all data are of, ISO 8601
 * @param databases one a service
 */
record Manifest(int format, String moment, List<Database> databases) {
  /** Raised when a folder cannot be read the same way any more. */
  static final int FORMAT = 1;

  private static final String FILE = "filo-backup.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /**
   * A service's database.
   *
   * @param name as it was called; the folder's name as well
   */
  record Database(String service, String name, List<Collection> collections) {
    Database {
      collections = List.copyOf(collections);
    }
  }

  /**
   * A collection.
   *
   * @param documents how many
   * @param bytes the size of its documents, uncompressed
   * @param sha256 of the file, hexadecimal
   */
  record Collection(String name, long documents, long bytes, String sha256) {}

  Manifest {
    databases = List.copyOf(databases);
  }

  long bytes() {
    return databases.stream()
        .flatMap(database -> database.collections.stream())
        .mapToLong(Collection::bytes)
        .sum();
  }

  static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  static Manifest read(Path folder) throws IOException {
    if (!isIn(folder)) {
      throw new Databases.CannotException(
          folder + " is no backup, or one that was not finished: it has no " + FILE + ".");
    }
    try {
      var manifest = JSON.readValue(folder.resolve(FILE), Manifest.class);
      if (manifest.format != FORMAT) {
        throw new Databases.CannotException(
            "This backup is of format " + manifest.format + "; this Filo reads " + FORMAT + ".");
      }
      return manifest;
    } catch (JacksonException e) {
      throw new Databases.CannotException(folder.resolve(FILE) + " cannot be read.");
    }
  }

  void write(Path folder) throws IOException {
    var next = folder.resolve(FILE + ".next");
    JSON.writeValue(next, this);
    Files.move(next, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Where a collection's documents are: BSON one after the other, as mongodump has them. */
  static Path file(Path folder, Database database, String collection) {
    return folder.resolve(database.name).resolve(fileName(collection) + ".bson.gz");
  }

  /** Where its indexes are, as mongodump has them. */
  static Path metadata(Path folder, Database database, String collection) {
    return folder.resolve(database.name).resolve(fileName(collection) + ".metadata.json.gz");
  }

  private static String fileName(String collection) {
    if (!collection.matches("[A-Za-z0-9_.-]{1,120}") || collection.startsWith(".")) {
      throw new Databases.CannotException("A collection's name is no file's name: " + collection);
    }
    return collection;
  }
}
