package dev.filo.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
  @Test
  void metrics_areServedWithTheServicesName() throws Exception {
    int port = free();
    var meters = TelemetryConfiguration.exported("cart");
    meters.counter("filo.test.things").increment(3);
    var server = new ManagementServer(port, meters);
    server.start();
    try {
      assertThat(get(port))
          .contains("filo_test_things_total{service=\"cart\"} 3.0")
          .contains("jvm_memory_used_bytes")
          .contains("process_cpu_usage");
    } finally {
      server.stop();
    }
    assertThat(server.isRunning()).isFalse();
    assertThatThrownBy(() -> get(port)).isInstanceOf(IOException.class);
  }

  @Test
  void portZero_opensNothing() {
    var server = new ManagementServer(0, new SimpleMeterRegistry());
    server.start();
    assertThat(server.isRunning()).isFalse();
    server.stop();
  }

  @Test
  void portTaken_saysWhichSetting() throws Exception {
    try (var taken = new ServerSocket(0)) {
      var server = new ManagementServer(taken.getLocalPort(), TelemetryConfiguration.exported("x"));
      assertThatThrownBy(server::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("FILO_MANAGEMENT_PORT");
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String get(int port) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
              .timeout(Duration.ofSeconds(5))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
