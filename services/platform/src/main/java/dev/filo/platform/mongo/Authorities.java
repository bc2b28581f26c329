package dev.filo.platform.mongo;

import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** Who may have signed the database's certificate, where Java's own list does not have them. */
final class Authorities {
  private static final String PEM = "-----BEGIN";

  private Authorities() {}

  /**
   * TLS that trusts these authorities and no others.
   *
   * @param ca their certificates as PEM, or the path of a file with them
   * @throws IllegalArgumentException when there are none; the message is for people
   */
  static SSLContext trusted(String ca) {
    try (var certificates = open(ca.strip())) {
      var context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .trustManager(certificates)
              .build();
      return ((JdkSslContext) context).context();
    } catch (NoSuchFileException | InvalidPathException e) {
      throw new IllegalArgumentException(
          "filo.mongodb.ca (FILO_MONGODB_CA) is neither PEM nor a file that is there", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "filo.mongodb.ca (FILO_MONGODB_CA) has no certificate that can be read", e);
    }
  }

  private static InputStream open(String ca) throws IOException {
    return ca.startsWith(PEM)
        ? new ByteArrayInputStream(ca.getBytes(StandardCharsets.US_ASCII))
        : Files.newInputStream(Path.of(ca));
  }
}
