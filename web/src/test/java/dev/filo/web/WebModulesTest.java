package dev.filo.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The pages' modules: their imports lead somewhere, their languages agree, their markup keeps the
 * security policy.
 */
class WebModulesTest {
  private static final Path WEB = Path.of("src/main/resources/web");

  /** The names modules import libraries by, and the WebJar and main module of each. */
  private static final Map<String, List<String>> LIBRARIES =
      Map.of(
          "lit", List.of("lit", "index.js"),
          "lit-html", List.of("lit-html", "lit-html.js"),
          "lit-element", List.of("lit-element", "index.js"),
          "@lit/reactive-element", List.of("lit__reactive-element", "reactive-element.js"),
          "idb", List.of("idb", "build/index.js"),
          "zxing", List.of("html5-qrcode", "third_party/zxing-js.umd.min.js"));

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*[\"']([^\"'\\s]+)[\"']");
  private static final Pattern KEY = Pattern.compile("(?m)^  '([^']+)': (.+),$");
  private static final Pattern HOLE = Pattern.compile("\\{(\\w+)}");

  @Test
  void imports_ofEveryModule_resolve() {
    List<String> broken = new ArrayList<>();
    for (Path module : files(".js")) {
      for (String specifier : imports(read(module))) {
        if (!resolves(module, specifier)) {
          broken.add(WEB.relativize(module) + " imports " + specifier);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void importsOfLibraries_throughAllTheirModules_resolve() throws IOException {
    TreeMap<String, Boolean> seen = new TreeMap<>();
    for (Path module : files(".js")) {
      for (String specifier : imports(read(module))) {
        String resource = library(specifier);
        if (resource != null) {
          follow(resource, seen);
        }
      }
    }
    assertThat(seen).isNotEmpty().doesNotContainValue(false);
  }

  @Test
  void languages_ofEveryApp_haveTheSameKeysAndHoles() {
    for (Path italian : files("/it.js")) {
      Map<String, String> it = messages(italian);
      Map<String, String> en = messages(italian.resolveSibling("en.js"));
      assertThat(en.keySet()).as(italian.toString()).isEqualTo(it.keySet());
      for (Map.Entry<String, String> each : it.entrySet()) {
        assertThat(holes(en.getOrDefault(each.getKey(), "")))
            .as(each.getKey())
            .isEqualTo(holes(each.getValue()));
      }
    }
  }

  @Test
  void markup_ofEveryModule_keepsTheSecurityPolicy() {
    List<String> broken = new ArrayList<>();
    for (Path module : files(".js")) {
      String source = COMMENT.matcher(read(module)).replaceAll("");
      for (String forbidden :
          List.of(" style=", "<style", "styleMap", "innerHTML", "unsafeHTML", "eval(")) {
        if (source.contains(forbidden)) {
          broken.add(WEB.relativize(module) + " has " + forbidden);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void pages_haveTheImportMapsPlaceAndFilesThatExist() {
    List<Path> pages = files("index.html");
    assertThat(pages).isNotEmpty();
    for (Path page : pages) {
      String html = read(page);
      assertThat(html).as(page.toString()).contains("<!--importmap-->").doesNotContain(" style=");
      var link = Pattern.compile("(?:href|src)=\"/assets/([^\"]+)\"").matcher(html);
      while (link.find()) {
        assertThat(WEB.resolve(link.group(1))).exists();
      }
    }
  }

  private static void follow(String resource, TreeMap<String, Boolean> seen) throws IOException {
    if (seen.containsKey(resource)) {
      return;
    }
    try (var in = WebModulesTest.class.getClassLoader().getResourceAsStream(resource)) {
      seen.put(resource, in != null);
      if (in == null) {
        return;
      }
      for (String specifier : imports(new String(in.readAllBytes(), UTF_8))) {
        String next =
            specifier.startsWith(".")
                ? Path.of(resource).resolveSibling(specifier).normalize().toString()
                : library(specifier);
        follow(next == null ? "unknown: " + specifier : next, seen);
      }
    }
  }

  private static boolean resolves(Path module, String specifier) {
    if (specifier.startsWith("filo/")) {
      return Files.exists(WEB.resolve("common").resolve(specifier.substring("filo/".length())));
    }
    if (specifier.startsWith(".")) {
      return Files.exists(module.resolveSibling(specifier).normalize());
    }
    String resource = library(specifier);
    return resource != null && WebModulesTest.class.getClassLoader().getResource(resource) != null;
  }

  /**
   * Where a library's module is on the class path; nothing for names that are none of the
   * libraries'.
   */
  private static @Nullable String library(String specifier) {
    for (Map.Entry<String, List<String>> each : LIBRARIES.entrySet()) {
      String jar = each.getValue().getFirst();
      if (specifier.equals(each.getKey())) {
        return at(jar) + each.getValue().getLast();
      }
      if (specifier.startsWith(each.getKey() + "/")) {
        return at(jar) + specifier.substring(each.getKey().length() + 1);
      }
    }
    return null;
  }

  private static String at(String jar) {
    String path = "META-INF/maven/org.webjars.npm/" + jar + "/pom.properties";
    try (var in = WebModulesTest.class.getClassLoader().getResourceAsStream(path)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return "META-INF/resources/webjars/" + jar + "/" + properties.getProperty("version") + "/";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> imports(String source) {
    return IMPORT
        .matcher(COMMENT.matcher(source).replaceAll(""))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private static Map<String, String> messages(Path file) {
    Map<String, String> messages = new TreeMap<>();
    KEY.matcher(read(file))
        .results()
        .forEach(found -> messages.put(found.group(1), found.group(2)));
    assertThat(messages).as(file.toString()).isNotEmpty();
    return messages;
  }

  private static TreeSet<String> holes(String message) {
    TreeSet<String> holes = new TreeSet<>();
    HOLE.matcher(message).results().forEach(found -> holes.add(found.group(1)));
    return holes;
  }

  private static List<Path> files(String suffix) {
    try (Stream<Path> all = Files.walk(WEB)) {
      return all.filter(each -> each.toString().endsWith(suffix)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
