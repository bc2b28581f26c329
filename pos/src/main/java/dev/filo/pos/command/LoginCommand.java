package dev.filo.pos.command;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.gateway.Pin;
import dev.filo.pos.gateway.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code filo-pos login}. */
@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description = {
      "Signs this till in with its client id and secret, and keeps where the gateway is.",
      "The secret comes from FILO_POS_SECRET, from a file or is asked for; it is never kept. Only"
          + " the token is, readable by its owner alone. With a file or the variable the token is"
          + " renewed without asking."
    })
final class LoginCommand extends TillCommand {
  @Option(
      names = "--client",
      paramLabel = "ID",
      description = "The till's client id (FILO_POS_CLIENT, the one of last time).")
  private @Nullable String client;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "A file with the secret; its path is kept, so that the token can be renewed.")
  private @Nullable Path secretFile;

  @Option(
      names = "--target",
      paramLabel = "URL",
      description =
          "The gateway's HTTP address (FILO_POS_TARGET, the one of last time,"
              + " http://localhost:8080).")
  private @Nullable URI target;

  @Option(
      names = "--grpc",
      paramLabel = "HOST:PORT",
      description =
          "The gateway's gRPC door (FILO_POS_GRPC, the one of last time, localhost:9090).")
  private @Nullable String grpc;

  @Option(
      names = "--tls",
      negatable = true,
      description = "TLS to the door on this machine too; to any other it is always TLS.")
  private @Nullable Boolean tls;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "A PEM file with the authorities to trust instead of Java's; empty: Java's again.")
  private @Nullable String ca;

  @Option(
      names = "--pin",
      paramLabel = "sha256/BASE64",
      description =
          "The gateway's public key must be this one, or one of several; empty: any trusted one"
              + " again.")
  private @Nullable List<String> pins;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "Which store, when the client is of several.")
  private @Nullable String store;

  @Override
  public Integer call() throws IOException {
    var till = root().till();
    var wanted = wanted(till.settings());
    var secret = secret(wanted);
    var tokens = till.signIn(wanted, secret);
    var chosen = chooseStore(tokens.stores());
    Settings kept;
    try {
      var place = till.gateway().store(chosen, root().patience().plusSeconds(5));
      kept =
          wanted.at(
              chosen,
              place.getTitle(),
              place.hasLocation() ? place.getLocation().getLatitude() : null,
              place.hasLocation() ? place.getLocation().getLongitude() : null);
    } catch (GatewayException e) {
      tokens.signOut(); // Half signed in would fail at the first sale, not now.
      throw e;
    }
    till.keep(kept);
    output().line(say("login.done", kept.client(), kept.storeTitle(), kept.grpc(), safety(kept)));
    tokens
        .skew()
        .ifPresent(
            by ->
                output()
                    .aside(
                        say(
                            by.isNegative() ? "clock.ahead" : "clock.behind",
                            by.abs().toSeconds())));
    output()
        .object(
            Output.object(name())
                .put("result", "done")
                .put("client", kept.client())
                .put("store", kept.store())
                .put("storeTitle", kept.storeTitle())
                .put("tls", kept.doorIsTls())
                .put("pinned", !kept.pins().isEmpty()));
    return Exit.DONE;
  }

  private String safety(Settings kept) {
    if (!kept.doorIsTls()) {
      return say("door.plain");
    }
    return kept.pins().isEmpty() ? say("door.tls") : say("door.pinned");
  }

  private Settings wanted(Settings before) {
    var id = given(client, "FILO_POS_CLIENT").orElse(before.client());
    if (id.isEmpty()) {
      throw usage(say("login.noClient"));
    }
    var url =
        Optional.ofNullable(target)
            .or(() -> root().world().variable("FILO_POS_TARGET").map(this::url))
            .orElse(before.target());
    var scheme = url.getScheme();
    if (url.getHost() == null
        || scheme == null
        || !(scheme.equals("http") || scheme.equals("https"))) {
      throw usage(say("login.target", url));
    }
    var door = given(grpc, "FILO_POS_GRPC").orElse(before.grpc());
    if (!door.matches("(\\[[0-9A-Fa-f:]+]|[A-Za-z0-9._-]+):[0-9]{1,5}")) {
      throw usage(say("login.grpc", door));
    }
    var authorities = ca == null ? before.ca() : ca.isEmpty() ? null : absolute(Path.of(ca));
    if (authorities != null && !Files.isReadable(Path.of(authorities))) {
      throw usage(say("login.file", authorities));
    }
    var keys = pins == null ? before.pins() : pins.stream().filter(pin -> !pin.isEmpty()).toList();
    try {
      keys.forEach(Pin::parse);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
    if (secretFile != null && !Files.isReadable(secretFile)) {
      throw usage(say("login.file", secretFile));
    }
    return new Settings(
        URI.create(url.toString().replaceFirst("/+$", "")),
        door,
        tls == null ? before.tls() : tls,
        authorities,
        keys,
        id,
        secretFile != null
            ? absolute(secretFile)
            : id.equals(before.client()) ? before.secretFile() : null,
        before.store(),
        before.storeTitle(),
        before.latitude(),
        before.longitude());
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw usage(say("login.target", text));
    }
  }

  private Optional<String> given(@Nullable String option, String variable) {
    return Optional.ofNullable(option).or(() -> root().world().variable(variable));
  }

  /** The secret that was typed; null when it is in the environment or a file. */
  private @Nullable String secret(Settings wanted) throws IOException {
    if (root().world().variable(Till.SECRET_VARIABLE).isPresent()) {
      return null;
    }
    var file = wanted.secretFile();
    if (file != null) {
      if (Files.readString(Path.of(file)).isBlank()) {
        throw usage(say("login.emptySecret", file));
      }
      return null;
    }
    return root()
        .ask(say("login.ask", wanted.client()), true)
        .map(String::strip)
        .filter(typed -> !typed.isEmpty())
        .orElseThrow(() -> usage(say("login.noSecret")));
  }

  private String chooseStore(List<String> stores) {
    if (stores.isEmpty()) {
      throw new TillException(Exit.REFUSED, "STORE_MISSING", say("login.noStore"));
    }
    var wanted = store;
    if (wanted == null) {
      if (stores.size() > 1) {
        throw usage(say("login.stores", String.join(", ", stores)));
      }
      return stores.getFirst();
    }
    var name = wanted.startsWith("stores/") ? wanted : "stores/" + wanted;
    if (!stores.contains(name)) {
      throw new TillException(
          Exit.REFUSED, "LOCATION_NOT_ALLOWED", say("login.stores", String.join(", ", stores)));
    }
    return name;
  }
}
