package dev.filo.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A MongoDB-compatible server in this process, for trying, developing and small demos; in
 * production a real server takes its place by its URI.
 *
 * <p>An acknowledged write survives the process's sudden end and, unless {@link
 * Settings#withoutSync()} was asked for, the machine's. What it cannot do: no sessions and
 * transactions, pipeline updates, collations, partial unique indexes, geo and text queries; TTL
 * indexes are accepted and delete nothing. It listens on the loopback interface only, without
 * passwords: whoever can run programs on the machine can read it.
 */
public final class EmbeddedMongo implements AutoCloseable {

  /** The name of the file in the data directory. */
  public static final String FILE = "filo.mv";

  /** How many megabytes of pages are kept in memory. */
  private static final int CACHE_MEGABYTES = 16;

  private final StoreBackend backend;
  private final WireServer server;

  /**
   * How to start.
   *
   * @param directory where the data is kept; null keeps it in memory only
   * @param port where to listen; 0 takes any free port
   * @param sync whether a write is acknowledged only once the disk says it has it
   */
  public record Settings(@Nullable Path directory, int port, boolean sync) {

    /** On any free port, safe against a crash of the machine. */
    public static Settings in(Path directory) {
      return new Settings(directory, 0, true);
    }

    /** On this port. */
    public Settings onPort(int port) {
      return new Settings(directory, port, sync);
    }

    /**
     * Faster; safe against a crash of the process, not of the machine: then the file may even be
     * unreadable.
     */
    public Settings withoutSync() {
      return new Settings(directory, port, false);
    }
  }

  private EmbeddedMongo(MVStore store, Settings settings) {
    try {
      this.backend = new StoreBackend(store, new GroupCommit(store, settings.sync()));
      this.server = new WireServer(backend, settings.port());
    } catch (RuntimeException e) {
      store.closeImmediately();
      throw e;
    }
  }

  /**
   * Opens the data in this directory, which is created if need be.
   *
   * @throws StoreInUseException if a running process has it open
   */
  public static EmbeddedMongo start(Path directory) {
    return start(Settings.in(directory));
  }

  /** A store of its own whose data goes with it. */
  public static EmbeddedMongo inMemory() {
    return start(new Settings(null, 0, false));
  }

  /**
   * Starts with these settings.
   *
   * @throws StoreInUseException if a running process has the directory open
   */
  public static EmbeddedMongo start(Settings settings) {
    Path directory = settings.directory();
    return new EmbeddedMongo(directory == null ? MVStore.open(null) : open(directory), settings);
  }

  private static MVStore open(Path directory) {
    try {
      create(directory);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + directory, e);
    }
    try {
      MVStore store =
          new MVStore.Builder()
              .fileName(directory.resolve(FILE).toString())
              // commits are GroupCommit's alone: one between two maps' changes would tear them
              .autoCommitDisabled()
              .autoCommitBufferSize(0)
              .cacheSize(CACHE_MEGABYTES)
              .open();
      store.setRetentionTime(0); // old pages are needed by nobody once the new ones are on disk
      return store;
    } catch (MVStoreException e) {
      if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
        throw new StoreInUseException(directory, e);
      }
      throw e;
    }
  }

  /** Personal data will lie there: for the owner's eyes only. */
  private static void create(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (Files.getFileStore(existing(directory.toAbsolutePath()))
        .supportsFileAttributeView("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }

  private static Path existing(Path path) {
    Path parent = path.getParent();
    return Files.exists(path) || parent == null ? path : existing(parent);
  }

  /** The address for a MongoDB client, with the options it needs here. */
  public String uri() {
    return "mongodb://127.0.0.1:" + port() + "/?retryWrites=false&retryReads=false";
  }

  /** The port it listens on. */
  public int port() {
    return server.port();
  }

  /** Answers what is under way, writes everything down and ends. */
  @Override
  public void close() {
    backend.endWatching();
    server.close();
    backend.close();
  }
}
