package dev.filo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages under {@code docs/} say of what they promise which test shows it, as {@code
 * SomeTest#method} or {@code SomeTest}: each of those is there, and is a test.
 */
class NamedTestsTest {
  private static final Path ROOT = Path.of("..", "..");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)(?:#(\\w+))?`");

  @Test
  void everyTestThatAPageNamesIsThere() throws IOException {
    var tests = tests();
    var gone = new ArrayList<String>();
    int named = 0;
    for (var page : pages()) {
      var matcher = NAMED.matcher(Files.readString(page));
      while (matcher.find()) {
        named++;
        var code = tests.get(matcher.group(1));
        if (code == null || (matcher.group(2) != null && !isTest(code, matcher.group(2)))) {
          gone.add(page.getFileName() + ": " + matcher.group());
        }
      }
    }
    assertThat(named).as("tests named").isGreaterThan(60);
    assertThat(gone).isEmpty();
  }

  @Test
  void everyThreatHasItsTest() throws IOException {
    var lines = Files.readAllLines(ROOT.resolve("docs/security.md"));
    var rows = new ArrayList<String>();
    for (int i = 0; i < lines.size() - 1; i++) {
      boolean isHead = lines.get(i + 1).startsWith("|---");
      if (lines.get(i).startsWith("| ") && !isHead) {
        rows.add(lines.get(i));
      }
    }
    assertThat(rows).hasSizeGreaterThan(20);
    assertThat(rows).allSatisfy(row -> assertThat(row).containsPattern(NAMED));
  }

  private static boolean isTest(String code, String method) {
    return Pattern.compile(
            "@(Test|ParameterizedTest|TestFactory|RepeatedTest)\\b"
                + "(?:(?!\\n  })[\\s\\S])*?"
                + " "
                + method
                + "\\(")
        .matcher(code)
        .find();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }

  /** The text of every test class of the repository, by its name. */
  private static Map<String, String> tests() throws IOException {
    var tests = new HashMap<String, String>();
    for (var module : modules(ROOT)) {
      try (Stream<Path> files = Files.walk(module.resolve("src/test/java"))) {
        files
            .filter(file -> file.toString().endsWith("Test.java"))
            .forEach(
                file ->
                    tests.merge(
                        file.getFileName().toString().replace(".java", ""),
                        read(file),
                        String::concat));
      }
    }
    return tests;
  }

  private static List<Path> modules(Path root) throws IOException {
    var modules = new ArrayList<Path>();
    for (var folder : List.of(root, root.resolve("services"))) {
      try (Stream<Path> all = Files.list(folder)) {
        all.filter(module -> Files.isDirectory(module.resolve("src/test/java")))
            .forEach(modules::add);
      }
    }
    return modules;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
