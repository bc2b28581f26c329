package dev.filo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/**
 * A module's executable jar taken apart, as it starts sooner, and what else is made of it once for
 * a build and a JDK, by whichever process needs it first.
 */
public final class Unpacked {
  private Unpacked() {}

  /** Makes more of it: start-up caches, data. */
  @FunctionalInterface
  interface More {
    /** Does it; {@code jar} has what it needs beside it. */
    void make(Path jar) throws IOException;
  }

  /**
   * The jar, with what it needs beside it.
   *
   * @param module a service's name
   * @param folder is emptied first when what it holds was made of another build
   */
  public static Path jar(String module, Path folder) {
    return jar(module, folder, jar -> {});
  }

  /** The same, with what else is made when it is taken apart. */
  static Path jar(String module, Path folder, More more) {
    try {
      Files.createDirectories(folder.getParent());
      try (var file =
              FileChannel.open(
                  folder.resolveSibling(folder.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = file.lock()) {
        var packed = packed(module);
        var jar = folder.resolve("unpacked").resolve(packed.getFileName());
        var madeFor = folder.resolve("made-for");
        var wanted =
            System.getProperty("java.vm.version") + " " + Files.getLastModifiedTime(packed) + "\n";
        if (!Files.exists(madeFor) || !Files.readString(madeFor).equals(wanted)) {
          FileSystemUtils.deleteRecursively(folder);
          unpack(packed, jar.getParent());
          more.make(jar);
          Files.writeString(madeFor, wanted);
        }
        return jar;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Java as it starts soon: it compiles quickly rather than well. */
  public static List<String> java(int megabytes) {
    return new ArrayList<>(
        List.of(
            program(),
            "-Xmx" + megabytes + "m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
  }

  private static Path packed(String module) throws IOException {
    try (var files = Files.list(Path.of("..", "services", module, "target"))) {
      return files
          .filter(
              file -> file.getFileName().toString().matches("filo-" + module + "-.*-exec\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("build services/" + module + " first"));
    }
  }

  private static void unpack(Path packed, Path to) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                program(),
                "-Djarmode=tools",
                "-jar",
                packed.toString(),
                "extract",
                "--destination",
                to.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(packed + " cannot be unpacked:\n" + said);
    }
  }

  private static String program() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
