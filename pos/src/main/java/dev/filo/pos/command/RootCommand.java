package dev.filo.pos.command;

import dev.filo.pos.gateway.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code filo-pos}: without a command it is interactive, or reads commands from a pipe. */
@Command(
    name = "filo-pos",
    mixinStandardHelpOptions = true,
    versionProvider = RootCommand.Version.class,
    description = {
      "A till's command line. What is sold is recorded on this till first and sent to the gateway"
          + " by itself, with or without network.",
      "Without a command it is interactive: type commands without «filo-pos», Tab completes, Ctrl-D"
          + " ends."
    },
    subcommands = {
      LoginCommand.class,
      LogoutCommand.class,
      RecordCommand.Sale.class,
      RecordCommand.Return.class,
      RecordCommand.Receive.class,
      RecordCommand.Count.class,
      CollectCommand.class,
      LookupCommand.class,
      QueueCommand.class,
      AutoComplete.GenerateCompletion.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, the gateway has it",
      "1:refused",
      "2:wrong usage, nothing was done",
      "3:recorded here, waits to be sent: no network, or not signed in",
      "4:no answer from the gateway: nothing was recorded",
      "5:this till cannot: its journal is open elsewhere, its disk is full, its settings are wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  filo-pos login --client till-milano-1",
      "  filo-pos sale 8001234567890 DIV-LUC=2",
      "  filo-pos collect 7KQ2-M9XA",
      "  filo-pos lookup 8001234567890",
      "  filo-pos queue"
    })
public final class RootCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int PATIENCE_SECONDS_MAX = 60;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Where the journal and the settings are (FILO_POS_HOME, ~/.filo-pos).")
  private @Nullable Path home;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Answers as one JSON object a line.")
  private boolean json;

  @Option(
      names = "--lang",
      paramLabel = "LANG",
      scope = ScopeType.INHERIT,
      description = "it or en (FILO_POS_LANG, the system's).")
  private @Nullable String language;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      scope = ScopeType.INHERIT,
      description = "How long to wait for the gateway's answer, 0 to 60 (3).")
  private @Nullable Integer patience;

  @Spec private @Nullable CommandSpec spec;

  private final World world;
  private Prompter prompter;
  private boolean interactive;
  private @Nullable Till till;
  private @Nullable Output output;
  private @Nullable Texts texts;
  private Duration keptPatience = PATIENCE;

  /** The command in a world. */
  public RootCommand(World world) {
    this.world = world;
    this.prompter = RootCommand::fromConsole;
  }

  @Override
  public Integer call() throws IOException {
    if (interactive) {
      return Exit.DONE; // an empty line, or options only
    }
    return new Shell(this, world).run();
  }

  World world() {
    return world;
  }

  /** Keeps language, folder, patience and format for all commands that follow in this process. */
  void becomeInteractive(Prompter asker) throws IOException {
    keptPatience = patience();
    texts();
    output();
    till();
    prompter = asker;
    interactive = true;
  }

  boolean isInteractive() {
    return interactive;
  }

  /** Asks the person at the terminal; nobody is there when scripts read the answers. */
  Optional<String> ask(String question, boolean hidden) {
    return world.terminal() && !output().isJson()
        ? prompter.ask(question, hidden)
        : Optional.empty();
  }

  private static Optional<String> fromConsole(String question, boolean hidden) {
    var console = Optional.ofNullable(System.console());
    return hidden
        ? console.map(at -> at.readPassword("%s", question)).map(String::new)
        : console.map(at -> at.readLine("%s", question));
  }

  Output output() {
    var kept = output;
    if (interactive && kept != null) {
      return json && !kept.isJson() ? new Output(world.out(), world.err(), true) : kept;
    }
    kept = new Output(world.out(), world.err(), json);
    output = kept;
    return kept;
  }

  Texts texts() {
    var kept = texts;
    var given = language;
    if (kept != null && given != null && !given.equals(kept.language())) {
      return new Texts(given, world.zone(), world.clock()); // for this line alone
    }
    if (kept == null) {
      kept = new Texts(wanted(Optional.ofNullable(language)), world.zone(), world.clock());
      texts = kept;
    }
    return kept;
  }

  private String wanted(Optional<String> given) {
    return given
        .or(() -> world.variable("FILO_POS_LANG"))
        .orElseGet(() -> Locale.getDefault().getLanguage());
  }

  /** The language of a line that is not parsed yet. */
  String language(List<String> words) {
    var given = Optional.<String>empty();
    for (int i = 0; i < words.size(); i++) {
      var word = words.get(i);
      if (word.startsWith("--lang=")) {
        given = Optional.of(word.substring("--lang=".length()));
      } else if (word.equals("--lang") && i + 1 < words.size()) {
        given = Optional.of(words.get(i + 1));
      }
    }
    var kept = texts;
    return given.isEmpty() && kept != null ? kept.language() : wanted(given);
  }

  /** How long a clerk waits for the gateway. */
  Duration patience() {
    var seconds = patience;
    if (seconds == null) {
      return keptPatience;
    }
    if (seconds < 0 || seconds > PATIENCE_SECONDS_MAX) {
      throw usage("--patience is 0 to 60 seconds, not " + seconds);
    }
    return Duration.ofSeconds(seconds);
  }

  Till till() throws IOException {
    patience(); // A wrong one is told before anything is done.
    var open = till;
    if (open == null) {
      var folder = folder();
      open = new Till(folder, Settings.read(folder).orElse(Settings.FIRST), world, texts());
      var told = output();
      open.tell(settled -> new Reports(texts(), told).late(settled), told::notice);
      open.warnings().forEach(told::notice);
      till = open;
    }
    return open;
  }

  Path folder() {
    var given = home;
    return (given != null
            ? given
            : world
                .variable("FILO_POS_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".filo-pos")))
        .toAbsolutePath()
        .normalize();
  }

  ParameterException usage(String text) {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return new ParameterException(spec.commandLine(), text);
  }

  /** Lets go of journal and gateway. */
  void close() {
    var open = till;
    till = null;
    if (open != null) {
      open.close();
    }
  }

  /** The version, from the jar. */
  static final class Version implements picocli.CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = RootCommand.class.getPackage().getImplementationVersion();
      return new String[] {"filo-pos " + (version == null ? "(from the sources)" : version)};
    }
  }
}
