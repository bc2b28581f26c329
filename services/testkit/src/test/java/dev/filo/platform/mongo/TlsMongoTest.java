package dev.filo.platform.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ConnectionString;
import com.mongodb.MongoTimeoutException;
import dev.filo.telemetry.trace.Traces;
import dev.filo.testkit.TestCertificate;
import dev.filo.testkit.TestMongo;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;

/** A database whose certificate an authority of the house has signed. */
final class TlsMongoTest {
  @Test
  void authorityInAFile_isTrusted(@TempDir Path folder) throws Exception {
    var own = TestCertificate.make(folder, "own");
    try (var server = new TlsFront(own)) {
      assertThat(ping(server.uri(), own.chain().toString())).isEqualTo(1.0);
    }
  }

  @Test
  void authorityAsText_isTrusted(@TempDir Path folder) throws Exception {
    var own = TestCertificate.make(folder, "own");
    try (var server = new TlsFront(own)) {
      assertThat(ping(server.uri(), Files.readString(own.chain()))).isEqualTo(1.0);
    }
  }

  @Test
  void otherAuthority_isNotTrusted_andTheErrorSaysWhy(@TempDir Path folder) throws Exception {
    var own = TestCertificate.make(folder, "own");
    var stranger = TestCertificate.make(folder, "stranger");
    try (var server = new TlsFront(own)) {
      assertThatThrownBy(() -> ping(server.uri(), stranger.chain().toString()))
          .isInstanceOf(MongoTimeoutException.class)
          .hasMessageContaining("PKIX path");
    }
  }

  @Test
  void certificateOfAnotherHost_isNotTrusted(@TempDir Path folder) throws Exception {
    var own = TestCertificate.make(folder, "own");
    try (var server = new TlsFront(own)) {
      var uri = server.uri().replace("localhost", "127.0.0.2");

      assertThatThrownBy(() -> ping(uri, own.chain().toString()))
          .isInstanceOf(MongoTimeoutException.class)
          .hasMessageContaining("No subject alternative names matching IP address 127.0.0.2");
    }
  }

  @Test
  void caThatIsNone_isRefusedByItsName(@TempDir Path folder) throws Exception {
    var empty = Files.writeString(folder.resolve("ca.pem"), "nothing");
    for (var ca :
        List.of(
            folder.resolve("missing.pem").toString(),
            empty.toString(),
            "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----")) {
      assertThatThrownBy(() -> Mongo.client("mongodb://localhost", ca, "test", Traces.off()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("FILO_MONGODB_CA");
    }
  }

  @Test
  void await_withoutTheAuthority_saysInTheEndWhyItDoesNotAnswer(@TempDir Path folder)
      throws Exception {
    var own = TestCertificate.make(folder, "own");
    try (var server = new TlsFront(own);
        var client = Mongo.client(server.uri() + "&tls=true", "test")) {
      assertThatThrownBy(() -> Mongo.await(client.getDatabase("test"), Duration.ofSeconds(7)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("FILO_MONGODB_URI")
          .hasMessageContaining("PKIX path");
    }
  }

  private static double ping(String uri, String ca) {
    try (var client = Mongo.client(uri, ca, "test", Traces.off())) {
      var answer =
          Mono.from(client.getDatabase("test").runCommand(new Document("ping", 1)))
              .block(Duration.ofSeconds(30));
      return answer == null ? 0 : answer.get("ok", Number.class).doubleValue();
    }
  }

  /** A test's database behind TLS. */
  private static final class TlsFront implements AutoCloseable {
    private final SSLServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final String behind;

    TlsFront(TestCertificate own) throws IOException {
      behind = new ConnectionString(TestMongo.embedded().uri()).getHosts().getFirst();
      var tls =
          (JdkSslContext)
              SslContextBuilder.forServer(own.chain().toFile(), own.key().toFile())
                  .sslProvider(SslProvider.JDK)
                  .build();
      server = (SSLServerSocket) tls.context().getServerSocketFactory().createServerSocket(0);
      Thread.ofVirtual().start(this::accept);
    }

    String uri() {
      return "mongodb://localhost:" + server.getLocalPort() + "/?directConnection=true";
    }

    private void accept() {
      while (!server.isClosed()) {
        try {
          var front = server.accept();
          int colon = behind.lastIndexOf(':');
          var back =
              new Socket(
                  InetAddress.getByName(behind.substring(0, colon)),
                  Integer.parseInt(behind.substring(colon + 1)));
          sockets.addAll(List.of(front, back));
          Thread.ofVirtual().start(() -> pass(front, back));
          Thread.ofVirtual().start(() -> pass(back, front));
        } catch (IOException closed) {
          return;
        }
      }
    }

    private static void pass(Socket from, Socket to) {
      try (from;
          to) {
        from.getInputStream().transferTo(to.getOutputStream());
      } catch (IOException closed) {
        // The other end has gone: so does this one.
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (var socket : sockets) {
        socket.close();
      }
    }
  }
}
