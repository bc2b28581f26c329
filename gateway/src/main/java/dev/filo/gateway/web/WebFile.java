package dev.filo.gateway.web;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file as it is served.
 *
 * @param bytes its content
 * @param contentType its media type
 * @param etag a hash of the content, with quotes
 */
public record WebFile(ByteString bytes, String contentType, String etag) {
  private static final Map<String, String> types =
      Map.ofEntries(
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff2", "font/woff2"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("map", "application/json"),
          Map.entry("json", "application/json"),
          Map.entry("webmanifest", "application/manifest+json"));

  /** A file with the type its name says; nothing when such files are not served. */
  static @Nullable WebFile named(String name, byte[] bytes) {
    String type = type(name);
    return type == null ? null : of(type, bytes);
  }

  /** A page. */
  public static WebFile html(String text) {
    return text("html", text);
  }

  /** A script. */
  public static WebFile script(String text) {
    return text("js", text);
  }

  /** A style sheet. */
  public static WebFile style(String text) {
    return text("css", text);
  }

  /** A JSON document. */
  public static WebFile json(byte[] bytes) {
    return of("application/json", bytes);
  }

  private static WebFile text(String extension, String text) {
    return of(types.getOrDefault(extension, "text/plain"), text.getBytes(StandardCharsets.UTF_8));
  }

  private static WebFile of(String type, byte[] bytes) {
    return new WebFile(
        ByteString.copyFrom(bytes), type, "\"" + hash(bytes).substring(0, 22) + "\"");
  }

  /** The media type of files of this name; nothing when such files are not served. */
  static @Nullable String type(String name) {
    return types.get(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /** SHA-256 in base64, as a content security policy writes it. */
  static String hash(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
