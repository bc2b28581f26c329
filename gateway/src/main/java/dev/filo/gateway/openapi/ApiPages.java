package dev.filo.gateway.openapi;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.gateway.web.WebAssets;
import dev.filo.gateway.web.WebFile;
import dev.filo.gateway.web.WebHandlers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/**
 * {@code /openapi.json}, the browsable {@code /api} and {@code /errors}; written once, when first
 * asked for.
 */
@Configuration(proxyBeanMethods = false)
class ApiPages {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  @Bean
  SimpleUrlHandlerMapping documentation(
      ApiMethods methods, RouteTable routes, WebAssets assets, GatewayProperties properties) {
    Map<String, WebHandler> paths = new LinkedHashMap<>();
    paths.put(
        "/openapi.json",
        cached(() -> WebFile.json(OpenApi.write(methods, routes, properties.publicUrl()))));
    paths.put(
        "/api",
        cached(
            () -> WebFile.html(resource("index.html").replace("{swagger}", assets.swaggerUi()))));
    paths.put("/api/api.js", cached(() -> WebFile.script(resource("api.js"))));
    paths.put("/api/api.css", cached(() -> WebFile.style(resource("api.css"))));
    paths.put("/errors", cached(() -> WebFile.html(ErrorsPage.html(methods.files()))));
    return new SimpleUrlHandlerMapping(paths, -1);
  }

  private static WebHandler cached(java.util.function.Supplier<WebFile> write) {
    Mono<WebFile> file = Mono.fromSupplier(write).cache();
    return exchange -> {
      exchange.getResponse().getHeaders().set("Content-Security-Policy", POLICY);
      return file.flatMap(each -> WebHandlers.send(exchange, each, "no-cache"));
    };
  }

  private static String resource(String name) {
    try (InputStream in = ApiPages.class.getResourceAsStream("/gateway/api/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The class path has no /gateway/api/" + name + ".");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
