package dev.filo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * What every test's suite would otherwise do anew: its jar unpacked, a start-up cache (JEP 514) and
 * the data with the retailer loaded. Made by one suite's first start and end, once for a build and
 * a JDK, by whichever process needs it first; it lies under {@code target/suite}.
 */
final class PreparedSuite {
  private static final Path FOLDER = Path.of("target", "suite").toAbsolutePath();
  private static final Path CACHE = FOLDER.resolve("start.aot");
  private static final Path DATA = FOLDER.resolve("data");
  private static final Path MADE_FOR = FOLDER.resolve("made-for");

  private static @Nullable PreparedSuite prepared;

  private final Path jar;

  private PreparedSuite(Path jar) {
    this.jar = jar;
  }

  static synchronized PreparedSuite get() {
    var known = prepared;
    if (known == null) {
      known = prepare();
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

  private static PreparedSuite prepare() {
    try (var file =
            FileChannel.open(
                FOLDER.resolveSibling("suite.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = file.lock()) {
      var packed = packed();
      var jar = FOLDER.resolve("unpacked").resolve(packed.getFileName());
      var wanted =
          System.getProperty("java.vm.version") + " " + Files.getLastModifiedTime(packed) + "\n";
      if (!Files.exists(MADE_FOR) || !Files.readString(MADE_FOR).equals(wanted)) {
        FileSystemUtils.deleteRecursively(FOLDER);
        unpack(packed, jar.getParent());
        SuiteProcess.load(DATA, java(List.of("-XX:AOTCacheOutput=" + CACHE), jar));
        Files.delete(
            DATA.resolve(SuiteProcess.CONSOLE)); // that start's words are not the next one's
        Files.writeString(MADE_FOR, wanted);
      }
      return new PreparedSuite(jar);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path packed() throws IOException {
    try (var files = Files.list(Path.of("..", "services", "suite", "target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("filo-suite-.*-exec\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("build services/suite first"));
    }
  }

  private static void unpack(Path packed, Path to) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                java(),
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
      throw new IllegalStateException("the suite's jar cannot be unpacked:\n" + said);
    }
  }

  private static List<String> java(List<String> flags, Path jar) {
    var command =
        new ArrayList<>(
            List.of(
                java(),
                "-Xmx640m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(flags);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
