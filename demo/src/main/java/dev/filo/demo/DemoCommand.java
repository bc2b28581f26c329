package dev.filo.demo;

import dev.filo.demo.journey.Broken;
import dev.filo.demo.journey.Contention;
import dev.filo.demo.journey.Journey;
import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.seed.Seeder;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code ./filo demo}: plays Julia's journey against a running Filo; {@code contend} lets many
 * shoppers ask for the last pieces; {@code seed} loads the demo retailer.
 */
@Command(
    name = "filo demo",
    mixinStandardHelpOptions = true,
    description = "Plays one customer's journey against a running Filo, one line a step.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0: every promise was kept", "1: a promise was not kept", "2: wrong usage"},
    subcommands = {DemoCommand.Seed.class, DemoCommand.Contend.class})
public final class DemoCommand implements Callable<Integer> {
  @Mixin private Address at = new Address();

  @Option(
      names = "--kill",
      description =
          "The file with the process id to kill for step 9; whoever started it must start it again.")
  private @Nullable Path pidFile;

  @Spec private @Nullable CommandSpec spec;

  /** Runs the command. */
  public static void main(String[] args) {
    // Quiet: what this command has to say it says itself.
    System.setProperty("logback.configurationFile", "demo-logback.xml");
    System.exit(new CommandLine(new DemoCommand()).execute(args));
  }

  @Override
  public Integer call() {
    var out = out(spec);
    var door = at.door();
    try {
      out.println("Julia's journey against " + at.target);
      new Journey(
              at.target,
              door,
              this::restart,
              line -> {
                out.println(line);
                out.flush();
              })
          .play();
      return 0;
    } catch (Broken broken) {
      out.println("BROKEN    " + broken.getMessage());
      return 1;
    } catch (StatusRuntimeException refused) {
      out.println("BROKEN    " + sentence(refused.getStatus()));
      return 1;
    } finally {
      out.flush();
      door.shutdownNow();
    }
  }

  private String sentence(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          "the tills' gRPC door at " + at.grpc + " does not answer (another address: --grpc)";
      default ->
          "the tills' gRPC door refused: " + status.getCode() + " " + status.getDescription();
    };
  }

  private Optional<String> restart() {
    var file = pidFile;
    if (file == null || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(Files.readString(file).trim());
      var process = ProcessHandle.of(pid);
      if (process.isEmpty()) {
        return Optional.empty();
      }
      process.get().destroyForcibly();
      process.get().onExit().join();
      awaitHealth();
      return Optional.of("process " + pid + " was killed");
    } catch (IOException | NumberFormatException e) {
      throw new Broken("the process id cannot be read: " + e.getMessage());
    }
  }

  private void awaitHealth() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    try (var http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        try {
          var answer =
              http.send(
                  HttpRequest.newBuilder(URI.create(at.target + "/healthz"))
                      .timeout(Duration.ofSeconds(2))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
          if (answer.statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Broken("interrupted");
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    throw new Broken("it does not answer again after 90 s");
  }

  private static PrintWriter out(@Nullable CommandSpec spec) {
    return spec == null
        ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
        : spec.commandLine().getOut();
  }

  /** Where the Filo is that a command talks to. */
  static final class Address {
    @Option(
        names = "--target",
        defaultValue = "http://localhost:8080",
        description = "Where it runs (${DEFAULT-VALUE}).")
    private String target = "";

    @Option(
        names = "--grpc",
        defaultValue = "localhost:9090",
        description = "The tills' gRPC door, HOST:PORT (${DEFAULT-VALUE}).")
    private String grpc = "";

    private ManagedChannel door() {
      var builder =
          NettyChannelBuilder.forTarget(grpc)
              .maxInboundMessageSize(16 * 1024 * 1024)
              .defaultServiceConfig(Seeder.PATIENT);
      return target.startsWith("https:") ? builder.build() : builder.usePlaintext().build();
    }
  }

  /** Plays the contention. */
  @Command(
      name = "contend",
      mixinStandardHelpOptions = true,
      description = "64 shoppers ask for the last ten pieces at once; exactly ten get one.")
  static final class Contend implements Callable<Integer> {
    @Mixin private Address at = new Address();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      var out = out(spec);
      try {
        new Contention(at.target, out::println).play();
        return 0;
      } catch (Broken broken) {
        out.println("BROKEN    " + broken.getMessage());
        return 1;
      } finally {
        out.flush();
      }
    }
  }

  /** Loads the demo retailer. */
  @Command(
      name = "seed",
      mixinStandardHelpOptions = true,
      description =
          "Loads the demo retailer: stores, products, pictures, stock. Harmless to repeat.")
  static final class Seed implements Callable<Integer> {
    @Mixin private Address at = new Address();

    @Option(
        names = "--secret-file",
        description = "A file with the secret of the client service-demo; else FILO_CLIENT_SECRET.")
    private @Nullable Path secretFile;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
      var out = out(spec);
      var door = at.door();
      try {
        var seeder =
            new Seeder(
                DemoRetailer.create(),
                door,
                token(),
                line -> {
                  out.println("  " + line);
                  out.flush();
                });
        if (seeder.isLoaded()) {
          out.println("The demo retailer is there already.");
        } else {
          out.println("Loading the demo retailer");
          seeder.load();
        }
        return 0;
      } catch (Broken | IllegalStateException e) {
        out.println(e.getMessage());
        return 1;
      } finally {
        out.flush();
        door.shutdownNow();
      }
    }

    private String token() throws IOException, InterruptedException {
      var file = secretFile;
      var secret =
          file == null ? System.getenv("FILO_CLIENT_SECRET") : Files.readString(file).trim();
      if (secret == null || secret.isEmpty()) {
        throw new Broken("the secret of the client service-demo is missing: --secret-file");
      }
      try (var http = HttpClient.newHttpClient()) {
        var answer =
            http.send(
                HttpRequest.newBuilder(URI.create(at.target + "/oauth2/token"))
                    .timeout(Duration.ofSeconds(10))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header(
                        "Authorization",
                        "Basic "
                            + Base64.getEncoder()
                                .encodeToString(
                                    ("service-demo:" + secret).getBytes(StandardCharsets.UTF_8)))
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
          throw new Broken("no token for service-demo: " + answer.statusCode());
        }
        return JsonMapper.builder()
            .build()
            .readTree(answer.body())
            .path("access_token")
            .asString("");
      }
    }
  }
}
