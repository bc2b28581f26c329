package dev.filo.gateway.transcode;

import dev.filo.gateway.edge.ClientAddress;
import dev.filo.gateway.problem.ProblemWriter;
import io.grpc.Metadata;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/** Makes a call's metadata of an HTTP request's headers: only those named here pass. */
@Component
public final class CallHeaders {
  private static final int USER_AGENT_MAX = 200; // Enough to tell devices apart.
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  private final ClientAddress addresses;

  /** Uses the addresses that the edge knows. */
  public CallHeaders(ClientAddress addresses) {
    this.addresses = addresses;
  }

  /** The metadata of calls for this exchange; a new object each time, as a call may keep it. */
  public Metadata of(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    HttpHeaders headers = request.getHeaders();
    Metadata metadata = new Metadata();
    put(metadata, "authorization", headers.getFirst(HttpHeaders.AUTHORIZATION));
    put(metadata, "accept-language", headers.getFirst(HttpHeaders.ACCEPT_LANGUAGE));
    put(metadata, "x-request-id", ProblemWriter.requestId(exchange));
    put(metadata, "x-filo-client-address", addresses.of(request));
    String agent = headers.getFirst(HttpHeaders.USER_AGENT);
    if (agent != null) {
      put(
          metadata,
          "x-filo-user-agent",
          agent.length() > USER_AGENT_MAX ? agent.substring(0, USER_AGENT_MAX) : agent);
    }
    String trace = headers.getFirst("traceparent");
    if (trace != null && TRACEPARENT.matcher(trace).matches()) {
      put(metadata, "traceparent", trace);
    }
    return metadata;
  }

  private static void put(Metadata metadata, String name, @Nullable String value) {
    if (value != null && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
    }
  }
}
