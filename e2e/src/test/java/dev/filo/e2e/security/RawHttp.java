package dev.filo.e2e.security;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP/1.1 as bytes: what is sent is up to the test, what comes back is read strictly. */
final class RawHttp {
  private static final int PATIENCE_MILLIS = 60_000;

  private RawHttp() {}

  /** One answer. */
  record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * Refused with {@link #LASTS_STATUS} when all before it is answered, and the connection ends: so
   * that a test knows that nothing more will come.
   */
  static final String LAST = "GET /last HTTP/9.9\r\nHost: localhost\r\n\r\n";

  static final int LASTS_STATUS = 505;

  /** Sends the bytes on a connection of their own and reads answers until the server closes it. */
  static List<Answer> send(int port, String bytes) throws IOException {
    try (var socket = open(port)) {
      write(socket, bytes);
      return readAll(socket);
    }
  }

  static Socket open(int port) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  static void write(Socket socket, String bytes) throws IOException {
    try {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (SocketException e) {
      // It has heard enough; what it answered is there to read.
    }
  }

  /** The answers until the connection's end, whether it was closed or reset. */
  static List<Answer> readAll(Socket socket) throws IOException {
    var answers = new ArrayList<Answer>();
    try {
      var in = new BufferedInputStream(socket.getInputStream());
      for (var line = line(in); line != null; line = line(in)) {
        answers.add(read(in, line));
      }
    } catch (SocketException e) {
      // Reset: what came before counts.
    }
    return answers;
  }

  private static Answer read(InputStream in, String statusLine) throws IOException {
    if (!statusLine.startsWith("HTTP/1.")) {
      throw new IOException("not the beginning of an answer: " + statusLine);
    }
    int status = Integer.parseInt(statusLine.split(" ")[1]);
    var headers = new TreeMap<String, String>();
    for (var line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    if (status < 200 || status == 204 || status == 304) {
      return new Answer(status, headers, "");
    }
    var body = new StringBuilder();
    if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      for (int size = chunk(in); size > 0; size = chunk(in)) {
        body.append(new String(exactly(in, size), StandardCharsets.ISO_8859_1));
        line(in);
      }
      line(in);
    } else {
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      body.append(new String(exactly(in, length), StandardCharsets.ISO_8859_1));
    }
    return new Answer(status, headers, body.toString());
  }

  private static int chunk(InputStream in) throws IOException {
    var line = line(in);
    if (line == null) {
      throw new EOFException("a chunk is missing");
    }
    return Integer.parseInt(line, 16);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer is cut off");
    }
    return bytes;
  }

  private static @org.jspecify.annotations.Nullable String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return line.isEmpty() ? null : line.toString();
      }
      line.append((char) c);
    }
    return line.toString().strip();
  }
}
