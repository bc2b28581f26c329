package dev.filo.suite;

import dev.filo.platform.code.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;

/** The secrets of one installation of the suite: made at its first start, kept beside its data. */
final class Secrets {
  private final Properties kept = new Properties();
  private final Path file;

  /** The secrets kept in {@code folder}. */
  Secrets(Path folder) {
    file = folder.resolve("secrets.properties");
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        kept.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The secret of this name, made now if there is none. */
  String get(String name) {
    var secret = kept.getProperty(name);
    if (secret == null) {
      secret = Ids.random() + Ids.random();
      kept.setProperty(name, secret);
      save();
    }
    return secret;
  }

  private void save() {
    try {
      Files.createDirectories(file.getParent());
      if (!Files.exists(file)) {
        if (Files.getFileStore(file.getParent()).supportsFileAttributeView("posix")) {
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
          Files.createFile(file);
        }
      }
      try (var writer = Files.newBufferedWriter(file)) {
        kept.store(writer, "Secrets of this Filo; delete the folder to start afresh");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
