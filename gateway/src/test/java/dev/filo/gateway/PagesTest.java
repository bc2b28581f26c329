package dev.filo.gateway;

import static dev.filo.gateway.RunningGateway.json;
import static dev.filo.gateway.RunningGateway.reason;
import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.gateway.web.WebAssets;
import dev.filo.gateway.web.WebFile;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class PagesTest {
  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*[\"']([^\"'\\s]+)[\"']", Pattern.MULTILINE);
  private static final Pattern LINK =
      Pattern.compile("(?:src|href)=\"(/(?:assets|webjars)/[^\"]+)\"");

  private RunningGateway gateway;
  private WebAssets assets;

  @BeforeEach
  void forget() {
    gateway = RunningGateway.get();
    assets = gateway.context.getBean(WebAssets.class);
  }

  /** Where a module's import leads by the import map, as a browser resolves it. */
  private String resolve(String from, String name) {
    if (name.startsWith("/")) {
      return name;
    }
    if (name.startsWith(".")) {
      return java.net.URI.create(from).resolve(name).getPath();
    }
    Map<String, String> imports = assets.imports();
    if (imports.containsKey(name)) {
      return imports.get(name);
    }
    return imports.entrySet().stream()
        .filter(each -> each.getKey().endsWith("/") && name.startsWith(each.getKey()))
        .map(each -> each.getValue() + name.substring(each.getKey().length()))
        .findFirst()
        .orElse("(no entry of the import map)");
  }

  private static String withoutComments(String source) {
    return source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
  }

  @Test
  void routes_everyOneOfTheShop_isAPage() {
    var routes = assets.file("/assets/shop/routes.js");
    assertThat(routes).isNotNull();
    var paths =
        Pattern.compile("path: '([^']+)'")
            .matcher(routes.bytes().toStringUtf8())
            .results()
            .toList();
    assertThat(paths).hasSizeGreaterThan(10);
    assertThat(paths)
        .extracting(found -> found.group(1).replaceAll(":\\w+", "one"))
        .allSatisfy(
            path -> {
              HttpResponse<String> response = gateway.send(gateway.request(path));
              assertThat(response.statusCode()).as(path).isEqualTo(200);
              assertThat(response.headers().firstValue("Content-Type").orElse(""))
                  .as(path)
                  .startsWith("text/html");
            });
  }

  @Test
  void modules_everyImport_isAFile() {
    List<String> broken = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    ArrayDeque<String> open = new ArrayDeque<>(assets.imports().values());
    open.removeIf(each -> each.endsWith("/"));
    for (String app : WebAssets.APPS) {
      WebFile index = assets.index(app);
      if (index != null) {
        Matcher links = LINK.matcher(index.bytes().toStringUtf8());
        while (links.find()) {
          if (assets.file(links.group(1)) == null) {
            broken.add(app + "/index.html -> " + links.group(1));
          } else if (links.group(1).endsWith(".js")) {
            open.add(links.group(1));
          }
        }
      }
    }
    while (!open.isEmpty()) {
      String path = open.pop();
      WebFile file = assets.file(path);
      if (!seen.add(path) || file == null) {
        continue;
      }
      String source = withoutComments(file.bytes().toStringUtf8());
      Matcher imports = IMPORT.matcher(source);
      while (imports.find()) {
        String to = resolve(path, imports.group(1));
        if (assets.file(to) == null) {
          broken.add(path + " -> " + imports.group(1) + " = " + to);
        } else {
          open.add(to);
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(seen).as("Lit and its parts at least").hasSizeGreaterThan(5);
  }

  @Test
  void index_hasImportMapWhoseHashIsInThePolicy() throws Exception {
    for (String app : WebAssets.APPS) {
      if (assets.index(app) == null) {
        continue;
      }
      HttpResponse<String> page =
          gateway.send(gateway.request(app.equals("shop") ? "/" : "/" + app));
      assertThat(page.statusCode()).isEqualTo(200);
      Matcher map =
          Pattern.compile("<script type=\"importmap\">(.*?)</script>").matcher(page.body());
      assertThat(map.find()).isTrue();
      String hash =
          Base64.getEncoder()
              .encodeToString(
                  MessageDigest.getInstance("SHA-256")
                      .digest(map.group(1).getBytes(StandardCharsets.UTF_8)));
      assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
          .contains("script-src 'self' 'sha256-" + hash + "'")
          .endsWith("require-trusted-types-for 'script'; trusted-types lit-html filo");
      assertThat(page.body()).doesNotContain("<!--importmap-->");
    }
  }

  @Test
  void files_areServedWithCachingAndNothingElse() {
    String lit = assets.imports().get("lit");
    HttpResponse<String> library = gateway.send(gateway.request(lit));
    assertThat(library.statusCode()).isEqualTo(200);
    assertThat(library.headers().firstValue("cache-control").orElse("")).contains("immutable");
    assertThat(library.headers().firstValue("content-type").orElse("")).contains("javascript");
    String etag = library.headers().firstValue("etag").orElseThrow();
    assertThat(gateway.send(gateway.request(lit).header("If-None-Match", etag)).statusCode())
        .isEqualTo(304);
    for (String path :
        new String[] {
          "/webjars/lit/1.0.0/index.js",
          "/webjars/lit/../lit/index.js",
          "/assets/shop/index.html",
          "/assets/../gateway.yaml",
          "/assets/common/nothing.js",
          "/assets/insight/x.js",
          "/insight",
        }) {
      assertThat(gateway.send(gateway.request(path)).statusCode()).as(path).isIn(400, 404);
    }
  }

  @Test
  void openApi_everyOperationIsNamedAndEveryReferenceLeadsSomewhere() {
    HttpResponse<String> response = gateway.send(gateway.request("/openapi.json"));
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode document = json(response);
    assertThat(document.path("openapi").asString()).isEqualTo("3.1.0");
    Set<String> ids = new HashSet<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        operation -> {
                          String id = operation.getValue().path("operationId").asString();
                          assertThat(id).as(path.getKey()).isNotBlank();
                          assertThat(ids.add(id)).as(id).isTrue();
                          assertThat(operation.getValue().path("summary").asString())
                              .as(path.getKey())
                              .isNotBlank();
                          Matcher names = Pattern.compile("\\{([^}]+)}").matcher(path.getKey());
                          while (names.find()) {
                            String name = names.group(1);
                            assertThat(operation.getValue().path("parameters"))
                                .as(path.getKey())
                                .anyMatch(each -> each.path("name").asString().equals(name));
                          }
                        }));
    assertThat(ids).contains("CartService_ApplyCartOperations", "Watch", "MailboxService_ListMail");
    for (JsonNode reference : document.findValues("$ref")) {
      String name = reference.asString().replace("#/components/schemas/", "");
      assertThat(document.path("components").path("schemas").has(name)).as(name).isTrue();
    }
    JsonNode quantity =
        document
            .path("components")
            .path("schemas")
            .path("cart.v1.AddLine")
            .path("properties")
            .path("quantity");
    assertThat(quantity.path("minimum").asInt()).isEqualTo(1);
    assertThat(quantity.path("maximum").asInt()).isEqualTo(999);
    assertThat(quantity.path("description").asString()).contains("Pieces");
  }

  @Test
  void documentationPages_answer() {
    HttpResponse<String> errors = gateway.send(gateway.request("/errors"));
    assertThat(errors.body())
        .contains("id=\"ETAG_STALE\"", "id=\"CART_FULL\"", "id=\"TOKEN_MISSING\"");
    HttpResponse<String> api = gateway.send(gateway.request("/api"));
    assertThat(api.statusCode()).isEqualTo(200);
    assertThat(api.body()).contains("/webjars/swagger-ui/").doesNotContain("{swagger}");
    Matcher links = LINK.matcher(api.body());
    while (links.find()) {
      assertThat(assets.file(links.group(1))).as(links.group(1)).isNotNull();
    }
    assertThat(gateway.send(gateway.request("/api/api.js")).statusCode()).isEqualTo(200);
  }

  @Test
  void reasons_everyOneTheGatewayGives_isListed() {
    String errors = gateway.send(gateway.request("/errors")).body();
    HttpResponse<String> unknown = gateway.send(gateway.request("/v1/nothing"));
    assertThat(errors).contains("id=\"" + reason(unknown) + "\"");
  }
}
