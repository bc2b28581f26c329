package dev.filo.suite;

import com.mongodb.MongoException;
import dev.filo.cart.CartApplication;
import dev.filo.catalog.CatalogApplication;
import dev.filo.conversation.ConversationApplication;
import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.seed.Seeder;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.embedded.StoreInUseException;
import dev.filo.gateway.GatewayApplication;
import dev.filo.identity.IdentityApplication;
import dev.filo.inventory.InventoryApplication;
import dev.filo.journey.JourneyApplication;
import dev.filo.platform.Services;
import dev.filo.platform.auth.ServiceTokens;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.mongo.Mongo;
import dev.filo.reservation.ReservationApplication;
import dev.filo.telemetry.trace.Traces;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;

/**
 * The seven services and the gateway, started in one JVM; they call each other without a network in
 * between.
 */
public final class Suite implements AutoCloseable {
  private static final Map<String, Class<?>> SERVICES = services();
  private static final int SAMPLE = 20;

  private final List<ConfigurableApplicationContext> contexts = new CopyOnWriteArrayList<>();
  private final @Nullable EmbeddedMongo embedded;
  private @Nullable TrialPayments payments;

  private Suite(@Nullable EmbeddedMongo embedded) {
    this.embedded = embedded;
  }

  /** What runs a context by its arguments. */
  private interface Application {
    ConfigurableApplicationContext run(String... arguments);
  }

  private static Map<String, Class<?>> services() {
    var services = new LinkedHashMap<String, Class<?>>();
    services.put("catalog", CatalogApplication.class);
    services.put("inventory", InventoryApplication.class);
    services.put("cart", CartApplication.class);
    services.put("reservation", ReservationApplication.class);
    services.put("conversation", ConversationApplication.class);
    services.put("journey", JourneyApplication.class);
    return services;
  }

  /**
   * Starts everything.
   *
   * @param tell is told what happens, a line at a time
   * @throws CannotStart with the one line that says why
   */
  static Suite start(Settings settings, Consumer<String> tell) {
    return start(settings, Map.of(), SERVICES.keySet(), tell);
  }

  /**
   * Starts what is to be measured as {@code ./filo up} would: identity, the gateway, and the
   * services named.
   *
   * @param environment the settings, by the names of the environment: {@code FILO_PORT}
   * @param properties settings of all applications that an operator would give in a file
   * @param services by their short names: {@code cart}
   */
  public static Suite start(
      Map<String, String> environment,
      Map<String, String> properties,
      Set<String> services,
      Consumer<String> tell) {
    return start(Settings.from(environment), properties, services, tell);
  }

  private static Suite start(
      Settings settings,
      Map<String, String> properties,
      Set<String> services,
      Consumer<String> tell) {
    long begin = System.nanoTime();
    requireFree(settings.port(), "--port");
    requireFree(settings.grpcPort(), "--grpc-port");
    var secrets = new Secrets(settings.data());
    var embedded = settings.mongodbUri().isPresent() ? null : embedded(settings);
    var uri = settings.mongodbUri().orElseGet(() -> embedded == null ? "" : embedded.uri());
    var suite = new Suite(embedded);
    try {
      requireMongo(uri, settings.mongodbCa());
      tell.accept(
          embedded == null
              ? "Filo keeps its data in the MongoDB you named."
              : "Filo keeps its data in an embedded store under "
                  + settings.data()
                  + ": for trying and developing, not for a shop.");
      var common = common(settings, uri, secrets);
      common.putAll(properties);
      suite.startApplications(settings, common, services, secrets);
      switch (settings.demo()) {
        case NONE -> {}
        case SAMPLE -> suite.seed(DemoRetailer.create().sample(SAMPLE), settings, common, tell);
        case ALL -> suite.seed(DemoRetailer.create(), settings, common, tell);
      }
      tell.accept(welcome(settings, Duration.ofNanos(System.nanoTime() - begin)));
      return suite;
    } catch (RuntimeException e) {
      suite.close();
      throw e;
    }
  }

  private static EmbeddedMongo embedded(Settings settings) {
    try {
      return EmbeddedMongo.start(settings.data().resolve("store"));
    } catch (StoreInUseException e) {
      throw new CannotStart(
          "another Filo has "
              + settings.data()
              + " open; end it, or use another folder: --data DIR");
    }
  }

  private static void requireFree(int port, String option) {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(new InetSocketAddress(port));
    } catch (IOException e) {
      throw new CannotStart("port %d is taken; choose another: %s N".formatted(port, option));
    }
  }

  private static void requireMongo(String uri, String ca) {
    try (var client = Mongo.client(uri, ca, "suite", Traces.off())) {
      Mono.from(client.getDatabase("admin").runCommand(new org.bson.Document("ping", 1)))
          .block(Duration.ofSeconds(8));
    } catch (MongoException | IllegalStateException e) {
      throw new CannotStart(
          "the MongoDB cannot be used: %s: %s"
              .formatted(uri.replaceAll("//[^@/]*@", "//…@"), e.getMessage()));
    } catch (IllegalArgumentException e) {
      throw new CannotStart("the MongoDB address cannot be read: " + e.getMessage());
    }
  }

  private static Map<String, String> common(Settings settings, String uri, Secrets secrets) {
    var common = new LinkedHashMap<String, String>();
    common.put("spring.profiles.active", "dev");
    common.put("spring.main.register-shutdown-hook", "false");
    common.put("filo.mongodb.uri", uri);
    common.put("filo.mongodb.ca", settings.mongodbCa());
    common.put("filo.issuer", settings.publicUrl());
    common.put("filo.public-url", settings.publicUrl());
    common.put("filo.client-secret", secrets.get("service"));
    common.put("filo.grpc.drain", "1s");
    common.put("filo.feed.poll", "1s"); // every writer is in this process and tells at once
    common.put("filo.targets.identity", Channels.IN_PROCESS + "identity");
    SERVICES
        .keySet()
        .forEach(name -> common.put("filo.targets." + name, Channels.IN_PROCESS + name));
    common.put("filo.catalog.index-dir", settings.data().resolve("index").toString());
    return common;
  }

  /** The dev profile's provider: orders can be paid in a shop that was just started. */
  private void startTrialPayments(Settings settings, Secrets secrets) {
    payments =
        TrialPayments.start(
            settings.data(),
            secrets.get("payment-key"),
            secrets.get("payment-webhook"),
            URI.create("http://localhost:" + settings.port() + "/webhooks/payments/trial"),
            InstantSource.system());
  }

  private Map<String, String> payments(Secrets secrets) {
    var provider = payments;
    return provider == null
        ? Map.of()
        : Map.of(
            "filo.payments.account",
            "trial",
            "filo.payments.accounts.trial.base-uri",
            provider.uri(),
            "filo.payments.accounts.trial.api-key",
            secrets.get("payment-key"),
            "filo.payments.accounts.trial.webhook-secrets",
            secrets.get("payment-webhook"));
  }

  /**
   * Starts all applications, two at once beside the gateway: none needs another to be there
   * already. The gateway, one of the three that take longest, comes first; its doors open last, so
   * that whoever gets in finds everything there.
   */
  private void startApplications(
      Settings settings, Map<String, String> common, Set<String> services, Secrets secrets) {
    int identityPort = FreePorts.next();
    common.put("filo.token-uri", "http://127.0.0.1:" + identityPort + "/oauth2/token");
    common.put("filo.identity-http", "http://127.0.0.1:" + identityPort);
    var behind = new CompletableFuture<Void>();
    try (var executor = Executors.newFixedThreadPool(3)) {
      var gateway =
          start(
              executor,
              arguments ->
                  GatewayApplication.builder().initializers(new Doors(behind)).run(arguments),
              gateway(settings, common));
      try {
        startTrialPayments(settings, secrets);
        join(startServices(executor, identityPort, common, services, secrets));
        behind.complete(null);
      } finally {
        behind.cancel(false); // without an effect when all is there
      }
      join(List.of(gateway));
    }
  }

  private List<CompletableFuture<ConfigurableApplicationContext>> startServices(
      Executor executor,
      int identityPort,
      Map<String, String> common,
      Set<String> services,
      Secrets secrets) {
    var starting = new ArrayList<CompletableFuture<ConfigurableApplicationContext>>();
    starting.add(
        start(
            executor,
            arguments -> IdentityApplication.builder().run(arguments),
            identity(identityPort, common, secrets)));
    SERVICES.forEach(
        (name, application) -> {
          if (!services.contains(name)) {
            return;
          }
          var own = new LinkedHashMap<>(common);
          own.put("filo.grpc.listen", Channels.IN_PROCESS + name);
          if (name.equals("cart")) {
            own.putAll(payments(secrets));
          }
          starting.add(
              start(executor, arguments -> Services.run(application, name, arguments), own));
        });
    return starting;
  }

  /**
   * Waits for applications and keeps them in this order, whatever came up first: they are closed in
   * the opposite one.
   */
  private void join(List<CompletableFuture<ConfigurableApplicationContext>> starting) {
    var failures = new ArrayList<RuntimeException>();
    for (var one : starting) {
      try {
        contexts.add(one.join());
      } catch (CompletionException e) {
        failures.add(e.getCause() instanceof RuntimeException cause ? cause : e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private static CompletableFuture<ConfigurableApplicationContext> start(
      Executor executor, Application application, Map<String, String> properties) {
    return CompletableFuture.supplyAsync(() -> application.run(arguments(properties)), executor);
  }

  private static Map<String, String> identity(
      int port, Map<String, String> common, Secrets secrets) {
    var own = new LinkedHashMap<>(common);
    own.put("server.port", Integer.toString(port));
    own.put("server.address", "127.0.0.1");
    own.put("filo.grpc.listen", Channels.IN_PROCESS + "identity");
    own.put("filo.identity.service-secret", secrets.get("service"));
    own.put("filo.identity.key-secret", secrets.get("keys"));
    return own;
  }

  private static Map<String, String> gateway(Settings settings, Map<String, String> common) {
    var own = new LinkedHashMap<>(common);
    own.put("server.port", Integer.toString(settings.port()));
    own.put("filo.gateway.grpc.port", Integer.toString(settings.grpcPort()));
    own.put("filo.gateway.identity-uri", common.getOrDefault("filo.identity-http", ""));
    own.put("filo.gateway.issuer", settings.publicUrl());
    own.put("filo.gateway.targets.identity", Channels.IN_PROCESS + "identity");
    SERVICES
        .keySet()
        .forEach(name -> own.put("filo.gateway.targets." + name, Channels.IN_PROCESS + name));
    return own;
  }

  private void seed(
      DemoRetailer retailer, Settings settings, Map<String, String> common, Consumer<String> tell) {
    var tokens =
        new ServiceTokens(
            URI.create(common.getOrDefault("filo.token-uri", "")),
            "service-demo",
            common.getOrDefault("filo.client-secret", ""),
            InstantSource.system());
    var door = door(settings);
    try {
      var token = tokens.token().retry(2).block(Duration.ofSeconds(20));
      var seeder =
          new Seeder(
              retailer, door, token == null ? "" : token, line -> tell.accept("  loaded " + line));
      if (!seeder.isLoaded()) {
        tell.accept("Loading the demo retailer (once) ...");
        seeder.load();
      }
    } finally {
      door.shutdownNow();
    }
  }

  /** The gateway's own gRPC door, in TLS when it has a certificate. */
  private static ManagedChannel door(Settings settings) {
    var certificate = System.getenv("FILO_GRPC_CERTIFICATE");
    var builder =
        NettyChannelBuilder.forAddress("localhost", settings.grpcPort())
            .maxInboundMessageSize(16 * 1024 * 1024)
            .defaultServiceConfig(Seeder.PATIENT);
    if (certificate == null || certificate.isBlank()) {
      return builder.usePlaintext().build();
    }
    try {
      return builder
          .sslContext(GrpcSslContexts.forClient().trustManager(new File(certificate)).build())
          .build();
    } catch (SSLException e) {
      throw new CannotStart("the certificate cannot be used: " + certificate);
    }
  }

  private static String[] arguments(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
        .toArray(String[]::new);
  }

  private static String welcome(Settings settings, Duration took) {
    return """

    Filo runs (started in %.1f s). Ctrl-C ends it.

      shop    %2$s/
      desk    %2$s/desk          sign in as agent@filo.example
      store   %2$s/store         sign in as milano@filo.example
      API     %2$s/api
      tills   localhost:%3$d (gRPC), client till-milano-1, secret till-secret

      Sign-in codes arrive at %2$s/dev/mailbox?to=ADDRESS
      This is the dev profile: made-up people, open secrets. Not for production.
    """
        .formatted(took.toMillis() / 1000.0, settings.publicUrl(), settings.grpcPort());
  }

  @Override
  public void close() {
    for (var context : contexts.reversed()) {
      context.close();
    }
    contexts.clear();
    var provider = payments;
    if (provider != null) {
      provider.close();
      payments = null;
    }
    var store = embedded;
    if (store != null) {
      store.close();
    }
  }
}
