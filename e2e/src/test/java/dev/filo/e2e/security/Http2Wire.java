package dev.filo.e2e.security;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * HTTP/2 as frames (RFC 9113), as no library would send them. What comes back is read all the time,
 * so that only what the test wants is not read.
 */
final class Http2Wire implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;

  static final int END_HEADERS = 4;

  /** Nothing came that says why. */
  private static final int NONE = -1;

  private static final int PATIENCE_SECONDS = 60;

  private final Socket socket;
  private final OutputStream out;
  private final AtomicInteger refusedStreams = new AtomicInteger();
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private volatile boolean broken;

  /** Opens a connection and says hello. */
  Http2Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_SECONDS * 1000);
    out = new BufferedOutputStream(socket.getOutputStream(), 64 * 1024);
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    frame(SETTINGS, 1, 0, new byte[0]); // acknowledges theirs, which will come
    Thread.ofVirtual().start(this::read);
  }

  private void read() {
    int goAway = NONE;
    try {
      var in = new DataInputStream(socket.getInputStream());
      for (int high = in.read(); high >= 0; high = in.read()) {
        int length = high << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.skipNBytes(5);
        byte[] payload = in.readNBytes(length);
        if (type == GOAWAY && length >= 8) {
          goAway =
              (payload[4] & 0xFF) << 24
                  | (payload[5] & 0xFF) << 16
                  | (payload[6] & 0xFF) << 8
                  | (payload[7] & 0xFF);
        } else if (type == RST_STREAM) {
          refusedStreams.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // Reset: what came before counts.
    }
    broken = true;
    end.complete(goAway);
  }

  /** Sends a frame. False when the other side has had enough. */
  boolean frame(int type, int flags, int stream, byte[] payload) throws IOException {
    if (broken) {
      return false;
    }
    try {
      out.write(
          new byte[] {
            (byte) (payload.length >> 16),
            (byte) (payload.length >> 8),
            (byte) payload.length,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
          });
      out.write(payload);
      return true;
    } catch (SocketException e) {
      broken = true;
      return false;
    }
  }

  /** Sends what is not sent yet. */
  void flush() throws IOException {
    try {
      out.flush();
    } catch (SocketException e) {
      broken = true;
    }
  }

  /** The heads of a gRPC call of a method, in HPACK's simplest form. */
  static byte[] call(String path, String... more) {
    var block = new ByteArrayOutputStream();
    header(block, ":method", "POST");
    header(block, ":scheme", "http");
    header(block, ":path", path);
    header(block, ":authority", "localhost");
    header(block, "te", "trailers");
    header(block, "content-type", "application/grpc");
    for (int i = 0; i < more.length; i += 2) {
      header(block, more[i], more[i + 1]);
    }
    return block.toByteArray();
  }

  /** A literal that is not indexed (RFC 7541, 6.2.2), without Huffman's code. */
  static void header(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int left = bytes.length - 127;
      for (; left >= 128; left >>= 7) {
        block.write(left & 127 | 128);
      }
      block.write(left);
    }
    block.writeBytes(bytes);
  }

  /** Waits until the other side closes; the GOAWAY's code, or {@link #NONE}. */
  int awaitEnd() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Streams that the other side has reset. */
  int refusedStreams() {
    return refusedStreams.get();
  }

  boolean isOver() {
    return broken;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
