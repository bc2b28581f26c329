package dev.filo.gateway.web;

import dev.filo.gateway.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Puts the pages and their files at their paths. */
@Configuration(proxyBeanMethods = false)
public class WebHandlers {
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";
  private static final String FILE_POLICY =
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
          + " img-src 'self' data:; frame-ancestors 'none'";
  private static final List<String> SHOP_PATHS =
      List.of(
          "/",
          "/search",
          "/products",
          "/products/**",
          "/cart",
          "/checkout",
          "/order",
          "/orders",
          "/orders/**",
          "/privacy",
          "/reservations",
          "/reservations/**",
          "/account",
          "/account/**",
          "/handoff",
          "/handoff/**",
          "/l/**",
          "/go/**",
          "/chat",
          "/chat/**");

  @Bean
  SimpleUrlHandlerMapping pages(WebAssets assets) {
    Map<String, WebHandler> paths = new LinkedHashMap<>();
    for (String each : SHOP_PATHS) {
      paths.put(each, exchange -> page(exchange, assets, "shop"));
    }
    for (String app : WebAssets.APPS) {
      if (!app.equals("shop")) {
        paths.put("/" + app, exchange -> page(exchange, assets, app));
        paths.put("/" + app + "/**", exchange -> page(exchange, assets, app));
        paths.put(
            "/" + app + "/sw.js",
            exchange -> worker(exchange, assets, "/assets/" + app + "/sw.js", "/" + app));
      }
    }
    paths.put("/sw.js", exchange -> worker(exchange, assets, "/assets/shop/sw.js", "/"));
    paths.put(
        "/favicon.svg",
        exchange -> send(exchange, assets.file("/assets/common/icon.svg"), "no-cache"));
    paths.put(
        "/favicon.ico",
        exchange -> send(exchange, assets.file("/assets/common/icon.svg"), "no-cache"));
    paths.put(
        "/assets/**",
        exchange -> {
          String path = exchange.getRequest().getURI().getRawPath();
          if (path.endsWith("/sw.js")) {
            return worker(exchange, assets, path, "/");
          }
          return send(exchange, assets.file(path), "no-cache");
        });
    paths.put(
        "/webjars/**",
        exchange ->
            send(exchange, assets.file(exchange.getRequest().getURI().getRawPath()), IMMUTABLE));
    return new SimpleUrlHandlerMapping(paths, -1);
  }

  private static Mono<Void> page(ServerWebExchange exchange, WebAssets assets, String app) {
    HttpHeaders headers = exchange.getResponse().getHeaders();
    WebFile index = assets.index(app);
    if (index != null) {
      headers.set("Content-Security-Policy", assets.policy());
      headers.set(
          "Permissions-Policy",
          app.equals("store")
              ? "camera=(self), geolocation=(self), microphone=()"
              : "camera=(), geolocation=(self), microphone=()");
    }
    return send(exchange, index, "no-cache");
  }

  private static Mono<Void> worker(
      ServerWebExchange exchange, WebAssets assets, String path, String scope) {
    exchange.getResponse().getHeaders().set("Service-Worker-Allowed", scope);
    return send(exchange, assets.file(path), "no-cache");
  }

  /** Answers with a file, or 304 when the browser has it. */
  public static Mono<Void> send(
      ServerWebExchange exchange, @Nullable WebFile file, String cacheControl) {
    ServerHttpRequest request = exchange.getRequest();
    ServerHttpResponse response = exchange.getResponse();
    boolean head = HttpMethod.HEAD.equals(request.getMethod());
    if (!head && !HttpMethod.GET.equals(request.getMethod())) {
      throw Problem.of(405, "METHOD_NOT_ALLOWED", "This path takes other methods: GET, HEAD.")
          .with("allow", "GET, HEAD")
          .withHeader(HttpHeaders.ALLOW, "GET, HEAD")
          .exception();
    }
    if (file == null) {
      throw Problem.of(404, "PATH_UNKNOWN", "Nothing is at this path.").exception();
    }
    HttpHeaders headers = response.getHeaders();
    headers.set(HttpHeaders.CACHE_CONTROL, cacheControl);
    headers.set(HttpHeaders.ETAG, file.etag());
    headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (!headers.containsHeader("Content-Security-Policy")) {
      headers.set("Content-Security-Policy", FILE_POLICY);
    }
    for (String line : request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH)) {
      if (line.contains(file.etag())) {
        response.setStatusCode(HttpStatus.NOT_MODIFIED);
        return response.setComplete();
      }
    }
    response.setStatusCode(HttpStatus.OK);
    headers.set(HttpHeaders.CONTENT_TYPE, file.contentType());
    headers.setContentLength(file.bytes().size());
    return head
        ? response.setComplete()
        : response.writeWith(
            Mono.just(response.bufferFactory().wrap(file.bytes().asReadOnlyByteBuffer())));
  }
}
