package dev.filo.gateway.edge;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/**
 * The resource server: a token that is there must be good; whether one is needed, the method says.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class SecurityConfiguration {
  @Bean
  SecurityWebFilterChain api(ServerHttpSecurity http, TokenChecker tokens, ProblemWriter problems) {
    return http.securityMatcher(ServerWebExchangeMatchers.pathMatchers("/v1/**"))
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .headers(ServerHttpSecurity.HeaderSpec::disable)
        .cors(ServerHttpSecurity.CorsSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
        .oauth2ResourceServer(
            server ->
                server
                    .authenticationEntryPoint(
                        (exchange, refusal) -> problems.write(exchange, problem(refusal)))
                    .jwt(jwt -> jwt.authenticationManager(tokens)))
        .build();
  }

  /** Other paths have their own ways: identity's check for themselves, pages need nobody. */
  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  SecurityWebFilterChain rest(ServerHttpSecurity http) {
    return http.securityMatcher(ServerWebExchangeMatchers.anyExchange())
        .csrf(ServerHttpSecurity.CsrfSpec::disable)
        .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
        .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
        .logout(ServerHttpSecurity.LogoutSpec::disable)
        .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
        .headers(ServerHttpSecurity.HeaderSpec::disable)
        .cors(ServerHttpSecurity.CorsSpec::disable)
        .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
        .authorizeExchange(exchanges -> exchanges.anyExchange().permitAll())
        .build();
  }

  /** Paths and headers that no honest client sends: encoded slashes, control characters. */
  @Bean
  ServerExchangeRejectedHandler rejected(ProblemWriter problems) {
    return (exchange, refusal) ->
        problems.write(
            exchange, Problem.of(400, "FIELDS_INVALID", "The URL or a header is not accepted."));
  }

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

  static Problem problem(AuthenticationException refusal) {
    boolean expired =
        refusal instanceof OAuth2AuthenticationException oauth
            && oauth.getError().getErrorCode().equals(TokenChecker.EXPIRED);
    String reason = expired ? "TOKEN_EXPIRED" : "TOKEN_INVALID";
    return Problem.of(
            401,
            reason,
            expired
                ? "The token has expired. Refresh it at /oauth2/token."
                : "The token is not one of ours or is damaged.")
        .withHeader(HttpHeaders.WWW_AUTHENTICATE, GrpcProblems.challenge(reason));
  }
}
