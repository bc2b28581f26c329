package dev.filo.pos.command;

import dev.filo.pos.gateway.Gateway;
import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.gateway.Settings;
import dev.filo.pos.gateway.Tokens;
import dev.filo.pos.journal.Journal;
import dev.filo.pos.sync.Codes;
import dev.filo.pos.sync.Flusher;
import dev.filo.pos.sync.Settled;
import dev.filo.proto.catalog.v1.VariantItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One till: its folder, its journal, its way to the gateway. Each part is opened when it is first
 * wanted.
 */
final class Till implements AutoCloseable {
  /** Whoever sets this variable need not type the secret. */
  static final String SECRET_VARIABLE = "FILO_POS_SECRET";

  /** How long one process waits for another to let go of the journal. */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(5);

  private final Path folder;
  private final World world;
  private final Texts texts;
  private Settings settings;
  private Consumer<Settled> told = settled -> {};
  private Consumer<String> notices = notice -> {};
  private @Nullable String typedSecret;
  private @Nullable Journal journal;
  private @Nullable Gateway gateway;
  private @Nullable Flusher flusher;

  Till(Path folder, Settings settings, World world, Texts texts) {
    this.folder = folder;
    this.settings = settings;
    this.world = world;
    this.texts = texts;
  }

  Path folder() {
    return folder;
  }

  Settings settings() {
    return settings;
  }

  /** The store; refused when the till was never signed in. */
  String store() {
    if (settings.store().isEmpty()) {
      throw new TillException(Exit.USAGE, "SIGNED_OUT", texts.say("signedOut"));
    }
    return settings.store();
  }

  /** Who is told what became of entries nobody waits for, and of how the journal was found. */
  void tell(Consumer<Settled> told, Consumer<String> notices) {
    this.told = told;
    this.notices = notices;
  }

  Journal journal() {
    var open = journal;
    if (open == null) {
      open = Journal.open(folder, world.clock(), LOCK_PATIENCE);
      journal = open;
      open.notices().forEach(notices);
    }
    return open;
  }

  Gateway gateway() throws IOException {
    var open = gateway;
    if (open == null) {
      open = new Gateway(settings, tokens(), texts.language());
      gateway = open;
    }
    return open;
  }

  private Tokens tokens() {
    return new Tokens(folder, settings, this::secret, world.clock());
  }

  /** The client's secret, if it is known without asking anybody. */
  Optional<String> secret() {
    var typed = typedSecret;
    if (typed != null) {
      return Optional.of(typed);
    }
    var file = settings.secretFile();
    return world.variable(SECRET_VARIABLE).or(() -> file == null ? Optional.empty() : read(file));
  }

  /** Keeps the secret in memory, until the process ends. */
  void remember(String secret) {
    typedSecret = secret;
  }

  private static Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(Path.of(file)).strip()).filter(text -> !text.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Signs in with other settings, which are kept when it worked. */
  Tokens signIn(Settings wanted, @Nullable String secret) throws IOException {
    closeGateway();
    settings = wanted;
    typedSecret = secret;
    gateway = null;
    var tokens = gateway().tokens();
    tokens.signIn();
    return tokens;
  }

  /** Keeps the settings. */
  void keep(Settings wanted) throws IOException {
    settings = wanted;
    settings.write(folder);
  }

  /** What sends; running. */
  Flusher flusher() throws IOException {
    var open = flusher;
    if (open == null) {
      open = new Flusher(journal(), gateway(), settled -> told.accept(settled), new Random());
      flusher = open;
      open.start();
    }
    return open;
  }

  /** What sends, if anything does yet. */
  Optional<Flusher> running() {
    return Optional.ofNullable(flusher);
  }

  /**
   * What codes mean, if the catalog can be asked now; empty when it cannot.
   *
   * @param patience how long to ask at most
   */
  Optional<Map<String, VariantItem>> lookUp(Collection<String> codes, Duration patience)
      throws IOException {
    var sending = flusher;
    if (sending != null && sending.lastFailure().isPresent()) {
      return Optional.empty(); // It was tried just now; a clerk need not wait again.
    }
    try {
      return Optional.of(Codes.lookUp(gateway(), codes, patience));
    } catch (GatewayException e) {
      return Optional.empty();
    }
  }

  /** What became of it, waited for; empty when nothing is known by then. */
  static Optional<Settled> await(CompletableFuture<Settled> future, Duration patience) {
    try {
      return Optional.of(future.get(patience.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The store's name without the collection: {@code milano-buenos-aires}. */
  String storeId() {
    return settings.store().replaceFirst("^stores/", "");
  }

  /** Sentences somebody should know at the start. */
  List<String> warnings() {
    return Journal.damagedFile(folder)
        .map(file -> List.of(texts.say("damaged", file)))
        .orElse(List.of());
  }

  private void closeGateway() {
    var sending = flusher;
    flusher = null;
    if (sending != null) {
      sending.close();
    }
    var open = gateway;
    gateway = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closeGateway();
    var open = journal;
    journal = null;
    if (open != null) {
      open.close();
    }
  }
}
