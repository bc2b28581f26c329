package dev.filo.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where Jazzer comes in, by {@code .ci/fuzz}: the parser that the system property {@code
 * filo.fuzz.target} names.
 */
public final class JazzerEntry {
  private static @Nullable Target target;

  private JazzerEntry() {}

  /** Loads the parser, which takes longer than an input may. */
  public static void fuzzerInitialize() throws Exception {
    var chosen = named(System.getProperty("filo.fuzz.target", ""));
    for (byte[] seed : chosen.seeds()) {
      chosen.parser().parse(seed);
    }
    target = chosen;
  }

  /** One input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Objects.requireNonNull(target).parser().parse(input);
  }

  private static Target named(String name) {
    return Targets.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no parser " + name));
  }

  /** Prints the parsers' names; of one, writes its seeds into a folder. */
  public static void main(String[] args) throws IOException {
    if (args.length < 2) {
      Targets.all().forEach(each -> System.out.println(each.name()));
      return;
    }
    int number = 0;
    for (byte[] seed : named(args[0]).seeds()) {
      Files.write(Path.of(args[1]).resolve("seed-" + number++), seed);
    }
  }
}
