package dev.filo.embedded;

import java.nio.file.Path;

/** The data directory belongs to a running process already. */
public final class StoreInUseException extends IllegalStateException {

  StoreInUseException(Path directory, Throwable cause) {
    super(
        "the data in "
            + directory
            + " is in use by another process: end that one, or give this one another directory",
        cause);
  }
}
