package dev.filo.gateway.transcode;

import dev.filo.gateway.edge.Ascii;
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

  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> ACCEPT_LANGUAGE = key("accept-language");
  private static final Metadata.Key<String> REQUEST_ID = key("x-request-id");
  private static final Metadata.Key<String> CLIENT_ADDRESS = key("x-filo-client-address");
  private static final Metadata.Key<String> USER_AGENT = key("x-filo-user-agent");
  private static final Metadata.Key<String> TRACE = key("traceparent");

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
    put(metadata, AUTHORIZATION, headers.getFirst(HttpHeaders.AUTHORIZATION));
    put(metadata, ACCEPT_LANGUAGE, headers.getFirst(HttpHeaders.ACCEPT_LANGUAGE));
    put(metadata, REQUEST_ID, ProblemWriter.requestId(exchange));
    put(metadata, CLIENT_ADDRESS, addresses.of(request));
    String agent = headers.getFirst(HttpHeaders.USER_AGENT);
    if (agent != null) {
      put(
          metadata,
          USER_AGENT,
          agent.length() > USER_AGENT_MAX ? agent.substring(0, USER_AGENT_MAX) : agent);
    }
    String trace = headers.getFirst("traceparent");
    if (trace != null && TRACEPARENT.matcher(trace).matches()) {
      put(metadata, TRACE, trace);
    }
    return metadata;
  }

  private static void put(Metadata metadata, Metadata.Key<String> name, @Nullable String value) {
    if (value != null && Ascii.isPrintable(value)) {
      metadata.put(name, value);
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
