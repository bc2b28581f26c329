package dev.filo.admin.data;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoDatabase;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The MongoDB whose databases a command reads or writes: one database a service. */
public final class Databases {
  /** The services that have one, in the order they are told of. */
  static final List<String> SERVICES =
      List.of("identity", "catalog", "inventory", "reservation", "cart", "conversation", "journey");

  private static final int FAILED = 3;

  /** How long one answer may take. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  @Option(
      names = "--mongodb-uri",
      paramLabel = "URI",
      defaultValue = "${env:FILO_MONGODB_URI:-}",
      description =
          "The MongoDB Filo keeps its data in, as the services have it (FILO_MONGODB_URI).")
  private String uri = "";

  @Option(
      names = "--mongodb-ca",
      paramLabel = "FILE",
      defaultValue = "${env:FILO_MONGODB_CA:-}",
      description =
          "A PEM file with the authorities that may have signed its certificate; those Java knows"
              + " without it (FILO_MONGODB_CA).")
  private String ca = "";

  @Option(
      names = "--prefix",
      defaultValue = "${env:FILO_MONGODB_PREFIX:-filo_}",
      description = "What the databases' names begin with (FILO_MONGODB_PREFIX, ${DEFAULT-VALUE}).")
  private String prefix = "";

  /** Cannot go on; the message is for people. */
  static final class CannotException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CannotException(String message) {
      super(message, null, false, false);
    }
  }

  /** Says why a command could not do it; its exit code. */
  static int failed(CommandSpec spec, @Nullable String why) {
    var err = spec.commandLine().getErr();
    err.println(why);
    err.flush();
    return FAILED;
  }

  MongoClient open() {
    if (uri.isBlank()) {
      throw new CannotException(
          "Say where the data are: --mongodb-uri, or FILO_MONGODB_URI. An embedded store is a"
              + " folder: end Filo (./filo down) and copy .filo/data.");
    }
    MongoClientSettings.Builder settings;
    try {
      settings =
          MongoClientSettings.builder()
              .applyConnectionString(new ConnectionString(uri))
              .applicationName("filo-admin")
              .writeConcern(WriteConcern.MAJORITY.withJournal(true))
              .applyToClusterSettings(
                  cluster -> cluster.serverSelectionTimeout(10, TimeUnit.SECONDS));
    } catch (IllegalArgumentException e) {
      throw new CannotException("The MongoDB address cannot be read: " + e.getMessage());
    }
    if (!ca.isBlank()) {
      var trusted = trusted();
      settings.applyToSslSettings(tls -> tls.enabled(true).context(trusted));
    }
    return MongoClients.create(settings.build());
  }

  private SSLContext trusted() {
    try {
      var context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .trustManager(Path.of(ca).toFile())
              .build();
      return ((JdkSslContext) context).context();
    } catch (IOException | IllegalArgumentException e) {
      throw new CannotException(
          "The file with the MongoDB's authorities cannot be read: " + ca + "; it wants PEM.");
    }
  }

  String name(String service) {
    return prefix + service;
  }

  MongoDatabase of(MongoClient client, String service) {
    return client.getDatabase(name(service));
  }

  /** A database of the command's own, for what must outlive it when it is interrupted. */
  MongoDatabase work(MongoClient client) {
    return client.getDatabase(prefix + "restore");
  }

  /** The services that have a database there. */
  List<String> present(MongoClient client) {
    var names =
        Objects.requireNonNull(Flux.from(client.listDatabaseNames()).collectList().block(PATIENCE));
    return SERVICES.stream().filter(service -> names.contains(name(service))).toList();
  }

  /** A service that runs now, by the right to follow a feed that it has taken; null when none. */
  @Nullable String running(MongoClient client, Instant now) {
    for (String service : present(client)) {
      var leads =
          Mono.from(
                  of(client, service)
                      .getCollection("positions")
                      .find(new Document("ownedUntil", new Document("$gt", Date.from(now))))
                      .first())
              .block(PATIENCE);
      if (leads != null) {
        return service;
      }
    }
    return null;
  }
}
