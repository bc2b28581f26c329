package dev.filo.gateway.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pages' modules: which library is where, and the import map that says so to browsers. The
 * versions are those of the WebJars on the class path; nothing else of a WebJar is served.
 */
@Component
public final class WebAssets {
  /** The line of an index.html that the import map takes. */
  public static final String PLACEHOLDER = "<!--importmap-->";

  /** The apps that have a page and a folder each. */
  public static final List<String> APPS = List.of("shop", "desk", "store");

  /**
   * A library: its WebJar, the name modules import it by, its main module and whether parts are
   * imported too.
   */
  private record Library(String group, String jar, String name, String main, boolean parts) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library("org.webjars.npm", "lit", "lit", "index.js", true),
          new Library("org.webjars.npm", "lit-html", "lit-html", "lit-html.js", true),
          new Library("org.webjars.npm", "lit-element", "lit-element", "index.js", true),
          new Library(
              "org.webjars.npm",
              "lit__reactive-element",
              "@lit/reactive-element",
              "reactive-element.js",
              true),
          new Library("org.webjars.npm", "idb", "idb", "build/index.js", false),
          // Of this jar only the decoder inside it is used: the store's page has the camera itself.
          new Library(
              "org.webjars.npm",
              "html5-qrcode",
              "zxing",
              "third_party/zxing-js.umd.min.js",
              false));

  private static final Library SWAGGER =
      new Library("org.webjars", "swagger-ui", "swagger-ui", "swagger-ui-bundle.js", false);

  private final WebFiles files = new WebFiles();
  private final Map<String, String> versions = new LinkedHashMap<>();
  private final Map<String, String> imports = new LinkedHashMap<>();
  private final String importMap;
  private final String importMapHash;

  /** Finds the libraries' versions and writes the import map. */
  public WebAssets() {
    for (Library each : LIBRARIES) {
      String at = "/webjars/" + each.jar() + "/" + version(each) + "/";
      imports.put(each.name(), at + each.main());
      if (each.parts()) {
        imports.put(each.name() + "/", at);
      }
      if (file(at + each.main()) == null) {
        throw new IllegalStateException(
            "The WebJar " + each.jar() + " has no " + each.main() + " at " + at + ".");
      }
    }
    version(SWAGGER);
    imports.put("filo/", "/assets/common/");
    importMap = JsonMapper.shared().writeValueAsString(Map.of("imports", imports));
    importMapHash = "'sha256-" + WebFile.hash(importMap.getBytes(StandardCharsets.UTF_8)) + "'";
  }

  private String version(Library library) {
    String path = "META-INF/maven/" + library.group() + "/" + library.jar() + "/pom.properties";
    try (InputStream in = WebAssets.class.getClassLoader().getResourceAsStream(path)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      String version = properties.getProperty("version");
      if (version == null) {
        throw new IllegalStateException(
            "The WebJar " + library.jar() + " is not on the class path.");
      }
      versions.put(library.jar(), version);
      return version;
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be read.", e);
    }
  }

  /** The import map: each name modules import, and where it is. */
  public Map<String, String> imports() {
    return imports;
  }

  /** Where Swagger UI is, ending with a slash. */
  public String swaggerUi() {
    return "/webjars/swagger-ui/" + versions.get("swagger-ui") + "/";
  }

  /**
   * What is served at a path: {@code /assets/…} and {@code /webjars/…} with the versions there are.
   *
   * @return nothing when nothing is
   */
  public @Nullable WebFile file(String path) {
    if (path.startsWith("/assets/")) {
      String rest = path.substring("/assets/".length());
      int slash = rest.indexOf('/');
      String app = slash < 0 ? "" : rest.substring(0, slash);
      return (APPS.contains(app) || app.equals("common")) && !rest.endsWith(".html")
          ? files.get("web/" + rest)
          : null;
    }
    if (path.startsWith("/webjars/")) {
      String[] parts = path.split("/", 5);
      return parts.length == 5 && parts[3].equals(versions.get(parts[2]))
          ? files.get("META-INF/resources" + path)
          : null;
    }
    return null;
  }

  /** An app's page with the import map in it; nothing when the app is not there. */
  public @Nullable WebFile index(String app) {
    WebFile file = files.get("web/" + app + "/index.html");
    if (file == null) {
      return null;
    }
    String html = file.bytes().toStringUtf8();
    return WebFile.html(
        html.replace(PLACEHOLDER, "<script type=\"importmap\">" + importMap + "</script>"));
  }

  /** The content security policy of the pages. */
  public String policy() {
    return "default-src 'none'; script-src 'self' "
        + importMapHash
        + "; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self';"
        + " worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';"
        + " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
        + " filo";
  }
}
