package dev.filo.e2e.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A small disk of its own for one member of the database, that can be filled. */
final class Disk implements AutoCloseable {
  // A member needs some 250 MB: its log of operations and three files of its journal.
  private static final String SIZE = "size=640m";
  private static final int BLOCK = 1 << 20;

  private final Path mount;
  private final int member;

  private Disk(Path mount, int member) {
    this.mount = mount;
    this.member = member;
    // Also when somebody ends the run; lazily, for processes that end at the same time.
    Runtime.getRuntime().addShutdownHook(new Thread(this::release));
  }

  /** A disk at a folder; empty where this user may not make one. */
  static Optional<Disk> at(Path mount, int member) throws IOException {
    Files.createDirectories(mount);
    return run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", mount.toString())
        ? Optional.of(new Disk(mount, member))
        : Optional.empty();
  }

  /** Whose it is. */
  int member() {
    return member;
  }

  /** Leaves no byte free. */
  void fill() throws IOException {
    try (var file =
        FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int size = BLOCK; size > 0; size /= 2) {
        if (write(file, ByteBuffer.allocate(size))) {
          size *= 2; // as much again
        }
      }
    }
  }

  private static boolean write(FileChannel file, ByteBuffer block) {
    try {
      return file.write(block, file.size()) == block.capacity();
    } catch (IOException e) {
      return false; // no room
    }
  }

  /** Makes room again. */
  void empty() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return mount.resolve("ballast");
  }

  private static boolean run(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void release() {
    try {
      run("umount", "-l", mount.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    release();
  }
}
