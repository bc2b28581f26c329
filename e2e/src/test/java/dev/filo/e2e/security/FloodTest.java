package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * More than anybody should send, at the HTTP door and at the gRPC door. Each is refused or borne:
 * the neighbour is served meanwhile, and the process has not grown much afterwards.
 */
@Tag("alone")
@Timeout(240)
class FloodTest {
  private static final String CART = "/filo.cart.v1.CartService/GetCart";
  // A heap of 640 MiB that grows into its limit is no leak; what grows past it is.
  private static final long RESIDENT_MAX = 1100;

  private final Victim victim = Victim.get();
  private Neighbour neighbour;

  @BeforeEach
  void meet() {
    neighbour = new Neighbour(victim);
  }

  @AfterEach
  void everybodyElseWasServed() throws InterruptedException {
    try (var shopping = neighbour) {
      shopping.assertServed();
    }
    assertThat(victim.residentMebibytes()).isLessThan(RESIDENT_MAX);
  }

  // ---- HTTP/1.1

  private HttpResponse<String> post(String body) {
    return victim.post("/v1/signIns", body);
  }

  @Test
  void json_deepWideOrLong_isRefused() {
    for (int depth : List.of(100, 10_000, 400_000)) {
      var array = "{\"email\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
      assertThat(Victim.reason(post(array))).as("depth %d", depth).isEqualTo("JSON_INVALID");
      var object = "{\"email\":".repeat(depth / 10) + "1" + "}".repeat(depth / 10);
      if (depth > 1000) {
        assertThat(Victim.reason(post(object))).as("depth %d", depth).isEqualTo("JSON_INVALID");
      }
    }
    assertThat(post("{\"email\":" + "9".repeat(900_000) + "}").statusCode()).isEqualTo(400);
    assertThat(post("{\"email\":1e" + "9".repeat(300) + "}").statusCode()).isEqualTo(400);
    var wide = new StringBuilder("{");
    for (int i = 0; i < 60_000; i++) {
      wide.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":0");
    }
    assertThat(Victim.reason(post(wide.append('}').toString()))).isEqualTo("JSON_INVALID");
    // Names whose hash codes are one (CVE-2011-4461 and its kin).
    var colliding = new StringBuilder("{\"a\":0");
    for (int i = 0; i < 1 << 14; i++) {
      colliding.append(",\"");
      for (int bit = 0; bit < 14; bit++) {
        colliding.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      colliding.append("\":0");
    }
    assertThat(Victim.reason(post(colliding.append('}').toString()))).isEqualTo("JSON_INVALID");
  }

  @Test
  void query_long_isRefused() {
    var path = "/v1/products:search?query=" + "a".repeat(3000);
    assertThat(victim.send(victim.request(path)).statusCode()).isEqualTo(400);
    var many = "/v1/products:search?" + "pageSize=1&".repeat(300);
    assertThat(victim.send(victim.request(many)).statusCode()).isEqualTo(400);
    var dotted = "/v1/products:search?" + "a.".repeat(1500) + "a=1";
    assertThat(victim.send(victim.request(dotted)).statusCode()).isEqualTo(400);
  }

  /** A body without end, with and without a length said before. */
  @Test
  void body_endless_isRefusedBeforeItEnds() throws IOException {
    var head = "POST /v1/signIns HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    var claimed = RawHttp.send(victim.port(), head + "Content-Length: 999999999999\r\n\r\n{");
    assertThat(claimed).first().satisfies(one -> assertThat(one.status()).isEqualTo(413));
    try (var socket = RawHttp.open(victim.port())) {
      RawHttp.write(socket, head + "Transfer-Encoding: chunked\r\n\r\n");
      var chunk = "4000\r\n" + " ".repeat(0x4000) + "\r\n";
      for (int i = 0; i < 100; i++) {
        RawHttp.write(socket, chunk); // 1.6 MB, and no last one
      }
      assertThat(RawHttp.readAll(socket))
          .first()
          .satisfies(one -> assertThat(one.status()).isEqualTo(413));
    }
  }

  @Test
  void heads_tooMany_areRefused() throws IOException {
    var many = new StringBuilder("GET /livez HTTP/1.1\r\nHost: localhost\r\n");
    for (int i = 0; i < 10_000; i++) {
      many.append("X-").append(i).append(": a\r\n");
    }
    var answers = RawHttp.send(victim.port(), many.append("\r\n").toString());
    assertThat(answers.stream().map(RawHttp.Answer::status)).containsExactly(431);
  }

  /** Heads that come a letter at a time; that each ends in time is in RequestGuardTest. */
  @Test
  void connections_manyAndSlow_harmNobody() throws Exception {
    var slow = new ArrayList<Socket>();
    try {
      for (int i = 0; i < 400; i++) {
        var socket = RawHttp.open(victim.port());
        slow.add(socket);
        RawHttp.write(socket, "GET /v1/stores HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      }
      for (int round = 0; round < 5; round++) {
        for (var socket : slow) {
          RawHttp.write(socket, "a");
        }
      }
      neighbour.assertServed();
    } finally {
      for (var socket : slow) {
        socket.close();
      }
    }
  }

  /** Requests without end on one connection, whose answers nobody reads. */
  @Test
  void pipeline_withoutEnd_isCutOff() throws IOException {
    var request = "GET /v1/products:search?query=divano HTTP/1.1\r\nHost: localhost\r\n\r\n";
    var many = request.repeat(500);
    long sent = 0;
    try (var socket = RawHttp.open(victim.port())) {
      byte[] bytes = many.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      try {
        for (; sent < 64L << 20; sent += bytes.length) {
          socket.getOutputStream().write(bytes);
        }
      } catch (IOException e) {
        // It was cut off, as it should be.
      }
    }
    assertThat(sent).isLessThan(64L << 20);
  }

  /** Compressed bodies are not taken: nothing is blown up. */
  @Test
  void body_compressed_isNotBlownUp() throws IOException {
    var bomb = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        gzip.write(zeros);
      }
    }
    var answer =
        victim.send(
            victim
                .request("/v1/signIns")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .POST(BodyPublishers.ofByteArray(bomb.toByteArray())));
    assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
  }

  // ---- gRPC, HTTP/2

  private void assertEnded(Http2Wire wire) throws Exception {
    assertThat(wire.awaitEnd()).as("GOAWAY: an error, not a plain good-bye").isNotZero();
  }

  /** CVE-2023-44487 and its kin. */
  @Test
  void streams_openedAndResetAtOnce_endTheConnection() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      byte[] call = Http2Wire.call(CART);
      boolean open = true;
      for (int i = 0; open && i < 20_000; i++) {
        int stream = 2 * i + 1;
        wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, call);
        open = wire.frame(Http2Wire.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
        if (i % 100 == 0) {
          wire.flush();
        }
      }
      wire.flush();
      assertEnded(wire);
    }
  }

  /** CVE-2025-55163: the server is made to reset. */
  @Test
  void streams_thatMakeTheServerReset_endTheConnection() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      byte[] call = Http2Wire.call(CART);
      boolean open = true;
      for (int i = 0; open && i < 20_000; i++) {
        int stream = 2 * i + 1;
        wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, call);
        open = wire.frame(Http2Wire.WINDOW_UPDATE, 0, stream, new byte[] {0, 0, 0, 0});
        if (i % 100 == 0) {
          wire.flush();
        }
      }
      wire.flush();
      assertEnded(wire);
    }
  }

  @Test
  void streams_moreThanAllowed_areRefused() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      byte[] call =
          Http2Wire.call(
              CART, "authorization", "Bearer " + victim.guest().path("access_token").asString(""));
      for (int i = 0; i < 1000; i++) { // their messages never come
        wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 2 * i + 1, call);
      }
      wire.flush();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> wire.isOver() || wire.refusedStreams() >= 800);
    }
  }

  @Test
  void pings_withoutEnd_endTheConnection() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      boolean open = true;
      for (int i = 0; open && i < 200_000; i++) {
        open = wire.frame(Http2Wire.PING, 0, 0, new byte[8]);
      }
      wire.flush();
      assertEnded(wire);
    }
  }

  /** Each asks for an answer; the neighbour and the memory are what counts. */
  @Test
  void settings_withoutEnd_areBorne() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      boolean open = true;
      for (int i = 0; open && i < 300_000; i++) {
        open = wire.frame(Http2Wire.SETTINGS, 0, 0, new byte[] {0, 3, 0, 0, 0, 100});
      }
      wire.flush();
    }
    neighbour.assertServed();
  }

  /** CVE-2026-33871: heads that never end. */
  @Test
  void continuations_withoutEnd_endTheConnection() throws Exception {
    for (int size : List.of(0, 1, 1000)) {
      try (var wire = new Http2Wire(victim.grpcPort())) {
        wire.frame(Http2Wire.HEADERS, 0, 1, Http2Wire.call(CART));
        var part = new ByteArrayOutputStream();
        if (size > 0) {
          Http2Wire.header(part, "x", "a".repeat(size));
        }
        boolean open = true;
        for (int i = 0; open && i < 200_000; i++) {
          open = wire.frame(Http2Wire.CONTINUATION, 0, 1, part.toByteArray());
        }
        wire.flush();
        assertEnded(wire);
      }
    }
  }

  @Test
  void heads_tooLarge_areRefused() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      byte[] call = Http2Wire.call(CART, "x", "a".repeat(15_000));
      byte[] larger = Http2Wire.call(CART, "x", "a".repeat(16_000), "y", "a".repeat(300));
      for (int i = 0; i < 50; i++) {
        wire.frame(Http2Wire.HEADERS, Http2Wire.END_HEADERS, 2 * i + 1, i < 1 ? call : larger);
      }
      wire.flush();
    }
    neighbour.assertServed();
  }

  private enum Plain implements MethodDescriptor.Marshaller<byte[]> {
    BYTES;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private Status.Code called(byte[] message, boolean compressed) throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", victim.grpcPort()).usePlaintext().build();
    try {
      var method =
          MethodDescriptor.newBuilder(Plain.BYTES, Plain.BYTES)
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName("filo.catalog.v1.CatalogService/ListStores")
              .build();
      var options = CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
      ClientCalls.blockingUnaryCall(
          channel, method, compressed ? options.withCompression("gzip") : options, message);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void message_tooLargeOrBlownUp_isRefused() throws InterruptedException {
    assertThat(called(new byte[0], true))
        .as("compressed as such is fine")
        .isEqualTo(Status.Code.OK);
    // gRPC's server resets such a stream, so that its status may not arrive.
    assertThat(called(new byte[5 << 20], false))
        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    assertThat(called(new byte[200 << 20], true))
        .as("200 MiB of nothing in 200 KiB")
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void message_thatIsNone_isRefused() throws InterruptedException {
    for (var bytes : List.of(new byte[] {(byte) 0xFF}, deep(), new byte[] {0x0A, 0x7F, 1})) {
      assertThat(called(bytes, false))
          .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.INTERNAL, Status.Code.UNKNOWN);
    }
  }

  /** Groups in groups, of a field that is not known. */
  private static byte[] deep() {
    byte[] deep = new byte[100_000];
    java.util.Arrays.fill(deep, (byte) 0x7B);
    return deep;
  }

  @Test
  void frames_thatAreNone_endTheConnection() throws Exception {
    try (var wire = new Http2Wire(victim.grpcPort())) {
      wire.frame(Http2Wire.DATA, 0, 0, new byte[10]);
      wire.flush();
      assertEnded(wire);
    }
    try (var wire = new Http2Wire(victim.grpcPort())) {
      wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, new byte[] {0x7F, -1, -1, -1});
      wire.frame(Http2Wire.WINDOW_UPDATE, 0, 0, new byte[] {0x7F, -1, -1, -1});
      wire.flush();
      assertEnded(wire);
    }
    try (var socket = RawHttp.open(victim.grpcPort())) {
      RawHttp.write(socket, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(socket.getInputStream().readAllBytes()).isNotNull(); // ends by itself
    }
  }
}
