package dev.filo.admin.data;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** Files of BSON documents one after the other, compressed; a document at a time in memory. */
final class Dump {
  private static final int BUFFER = 1 << 16;
  private static final int DOCUMENT_MIN = 5;
  // MongoDB's own limit is 16 MiB.
  private static final int DOCUMENT_MAX = 17 * 1024 * 1024;

  private Dump() {}

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Writes a file and knows what is in it. */
  static final class Writer implements AutoCloseable {
    private final MessageDigest digest = sha256();
    private final OutputStream out;
    private long documents;
    private long bytes;

    Writer(Path file) throws IOException {
      out =
          new GZIPOutputStream(
              new DigestOutputStream(
                  new BufferedOutputStream(Files.newOutputStream(file), BUFFER), digest),
              BUFFER);
    }

    void write(RawBsonDocument document) throws IOException {
      var buffer = document.getByteBuffer();
      var content = new byte[buffer.remaining()];
      buffer.get(content);
      out.write(content);
      documents++;
      bytes += content.length;
    }

    long bytes() {
      return bytes;
    }

    /** What was written; only once it is closed. */
    Manifest.Collection said(String name) {
      return new Manifest.Collection(
          name, documents, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** Reads a file. */
  static final class Reader implements AutoCloseable {
    private final InputStream in;

    Reader(Path file) throws IOException {
      in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), BUFFER), BUFFER);
    }

    /** The next document; null at the end. */
    @Nullable RawBsonDocument next() throws IOException {
      var head = in.readNBytes(Integer.BYTES);
      if (head.length == 0) {
        return null;
      }
      if (head.length < Integer.BYTES) {
        throw new EOFException("a document is cut off");
      }
      int size = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (size < DOCUMENT_MIN || size > DOCUMENT_MAX) {
        throw new IOException("no document has " + size + " bytes");
      }
      var content = new byte[size];
      System.arraycopy(head, 0, content, 0, head.length);
      if (in.readNBytes(content, head.length, size - head.length) < size - head.length) {
        throw new EOFException("a document is cut off");
      }
      return new RawBsonDocument(content);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  static String sha256(Path file) throws IOException {
    var digest = sha256();
    try (var out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
