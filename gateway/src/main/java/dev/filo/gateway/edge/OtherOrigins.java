package dev.filo.gateway.edge;

import dev.filo.gateway.GatewayProperties;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/** Which other origins' pages may call. */
@Configuration(proxyBeanMethods = false)
class OtherOrigins {
  @Bean
  @Order(EdgeFilter.ORDER + 1)
  CorsWebFilter cors(GatewayProperties properties) {
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    List<String> origins = properties.cors().allowedOrigins();
    if (!origins.isEmpty()) {
      CorsConfiguration cors = new CorsConfiguration();
      cors.setAllowedOriginPatterns(origins);
      cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"));
      cors.setAllowedHeaders(
          List.of(
              "Authorization",
              "Content-Type",
              "Accept-Language",
              "Idempotency-Key",
              "If-Match",
              "If-None-Match",
              "Last-Event-ID",
              "Cache-Control",
              "X-Request-Id",
              "Traceparent"));
      cors.setExposedHeaders(List.of(HttpHeaders.ETAG, HttpHeaders.RETRY_AFTER, "X-Request-Id"));
      cors.setMaxAge(Duration.ofHours(1));
      source.registerCorsConfiguration("/**", cors);
    }
    return new CorsWebFilter(source);
  }
}
