package dev.filo.e2e;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes traces as a collector does: OTLP over HTTP, in protobuf. */
final class TraceReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Seen> spans = new CopyOnWriteArrayList<>();

  /** A span and the process it was made in. */
  record Seen(String service, Span span) {
    String trace() {
      return hex(span.getTraceId());
    }

    String id() {
      return hex(span.getSpanId());
    }

    String parent() {
      return hex(span.getParentSpanId());
    }

    String attribute(String key) {
      return span.getAttributesList().stream()
          .filter(each -> each.getKey().equals(key))
          .map(each -> each.getValue().getStringValue())
          .findFirst()
          .orElse("");
    }

    private static String hex(ByteString bytes) {
      return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Override
    public String toString() {
      return service
          + " "
          + span.getKind().name().replace("SPAN_KIND_", "")
          + " "
          + span.getName()
          + " "
          + id()
          + " < "
          + parent()
          + "\n";
    }
  }

  private TraceReceiver(HttpServer server) {
    this.server = server;
  }

  /** Starts one on a free port. */
  static TraceReceiver start() {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var receiver = new TraceReceiver(server);
      server.createContext("/v1/traces", receiver::take);
      server.start();
      return receiver;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where to send to. */
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** All that has come. */
  List<Seen> spans() {
    return List.copyOf(spans);
  }

  /** All that has come of one trace. */
  List<Seen> of(String trace) {
    return spans.stream().filter(each -> each.trace().equals(trace)).toList();
  }

  private void take(HttpExchange exchange) throws IOException {
    boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    try (InputStream raw = exchange.getRequestBody();
        InputStream body = zipped ? new GZIPInputStream(raw) : raw) {
      var request = ExportTraceServiceRequest.parseFrom(body);
      for (var resource : request.getResourceSpansList()) {
        var service =
            resource.getResource().getAttributesList().stream()
                .filter(each -> each.getKey().equals("service.name"))
                .map(KeyValue::getValue)
                .findFirst()
                .orElseThrow()
                .getStringValue();
        resource.getScopeSpansList().stream()
            .flatMap(scope -> scope.getSpansList().stream())
            .forEach(span -> spans.add(new Seen(service, span)));
      }
    }
    exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
