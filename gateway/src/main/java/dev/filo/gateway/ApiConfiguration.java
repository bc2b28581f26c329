package dev.filo.gateway;

import dev.filo.gateway.api.ApiHandler;
import dev.filo.gateway.stream.WatchHandler;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.Channels;
import dev.filo.gateway.transcode.MessageJson;
import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.gateway.web.DiagnosisHandler;
import dev.filo.gateway.web.HealthHandler;
import dev.filo.telemetry.trace.Traces;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;

/** Reads the descriptors once and puts the handlers at their paths. */
@Configuration(proxyBeanMethods = false)
class ApiConfiguration {
  private static final int BEFORE_ROUTES = -1; // Spring Cloud Gateway's own mapping is at 1.

  @Bean
  ApiMethods methods(Environment environment) {
    return ApiMethods.load(environment.acceptsProfiles(Profiles.of("dev")));
  }

  @Bean
  RouteTable routes(ApiMethods methods, Channels channels) {
    RouteTable table = RouteTable.of(methods.all());
    for (Route each : table.routes()) {
      channels.get(each.method().target());
    }
    return table;
  }

  @Bean
  Channels channels(GatewayProperties properties, Traces traces) {
    return new Channels(properties, traces.clients());
  }

  @Bean
  MessageJson json(ApiMethods methods) {
    return new MessageJson(methods.all());
  }

  @Bean
  SimpleUrlHandlerMapping paths(
      ApiHandler api, WatchHandler watches, HealthHandler health, DiagnosisHandler diagnosis) {
    Map<String, WebHandler> paths = new LinkedHashMap<>();
    paths.put("/v1/watch", watches);
    paths.put("/v1/diagnosis", diagnosis);
    paths.put("/v1/**", api);
    paths.put("/webhooks", api);
    paths.put("/webhooks/**", api);
    paths.put("/dev/**", api);
    paths.put("/healthz", health);
    paths.put("/livez", HealthHandler::alive);
    return new SimpleUrlHandlerMapping(paths, BEFORE_ROUTES);
  }
}
