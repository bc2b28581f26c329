package dev.filo.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * How far an import has come, beside its file, for whoever goes on with it. Rows up to {@code row}
 * were answered, and what was refused of them is in the first {@code refusedBytes} of the file of
 * refused rows.
 */
record Checkpoint(
    String importId, long row, long recorded, long repeated, long refused, long refusedBytes) {

  static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".filo-import");
  }

  /** The checkpoint of this import; empty when there is none, or another's. */
  static Optional<Checkpoint> read(Path path, String importId) throws IOException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    var kept = new Properties();
    try (var reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      kept.load(reader);
      return importId.equals(kept.getProperty("import"))
          ? Optional.of(
              new Checkpoint(
                  importId,
                  number(kept, "row"),
                  number(kept, "recorded"),
                  number(kept, "repeated"),
                  number(kept, "refused"),
                  number(kept, "refusedBytes")))
          : Optional.empty();
    } catch (IllegalArgumentException damaged) {
      return Optional.empty(); // all rows are sent again then, which changes nothing
    }
  }

  private static long number(Properties kept, String key) {
    return Long.parseLong(kept.getProperty(key, ""));
  }

  /** Keeps it in place of the one before, whole or not at all. */
  void write(Path path) throws IOException {
    var text =
        "import=%s%nrow=%d%nrecorded=%d%nrepeated=%d%nrefused=%d%nrefusedBytes=%d%n"
            .formatted(importId, row, recorded, repeated, refused, refusedBytes);
    var next = path.resolveSibling(path.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
