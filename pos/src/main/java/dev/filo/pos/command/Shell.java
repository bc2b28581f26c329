package dev.filo.pos.command;

import dev.filo.pos.journal.Item;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine;
import picocli.shell.jline3.PicocliJLineCompleter;

/**
 * Reads commands: from a person, with history and completion, or line by line from a pipe.
 * Meanwhile what waits is sent.
 */
final class Shell {
  private static final int HISTORY_MAX = 1_000;
  private static final int LINE_LENGTH_MAX = 10_000;

  private final RootCommand root;
  private final World world;
  private final DefaultParser parser = new DefaultParser();
  private int last = Exit.DONE;

  Shell(RootCommand root, World world) {
    this.root = root;
    this.world = world;
    parser.setEscapeChars(new char[0]); // A barcode has no backslash; a Windows path has.
  }

  /** Runs until the input ends; gives the last command's exit code when it came from a pipe. */
  int run() throws IOException {
    if (root.output().isJson() || !world.terminal()) {
      root.becomeInteractive((question, hidden) -> Optional.empty());
      begin();
      fromPipe();
      return last;
    }
    try (var terminal = TerminalBuilder.builder().system(true).build()) {
      atTerminal(terminal);
      return Exit.DONE;
    }
  }

  private void begin() throws IOException {
    if (!root.till().settings().store().isEmpty()) {
      root.till().flusher(); // What waited from last time is sent now, not at the first sale.
    }
  }

  private void fromPipe() throws IOException {
    var line = world.in().readLine();
    while (line != null && !isEnd(line)) {
      execute(line);
      line = world.in().readLine();
    }
  }

  private static boolean isEnd(String line) {
    return line.strip().matches("exit|quit");
  }

  private void atTerminal(Terminal terminal) throws IOException {
    var history = history();
    var reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("filo-pos")
            .parser(parser)
            .completer(new PicocliJLineCompleter(commands(List.of()).getCommandSpec()))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.HISTORY_SIZE, HISTORY_MAX)
            .variable(LineReader.HISTORY_FILE_SIZE, HISTORY_MAX)
            .build();
    root.becomeInteractive((question, hidden) -> ask(reader, question, hidden));
    // A notice comes above the line that is being typed, not into it.
    var above = new Output(world.out(), new PrintWriter(new AboveWriter(reader), true), false);
    root.till().tell(settled -> new Reports(root.texts(), above).late(settled), above::notice);
    askForSecret();
    try {
      begin();
    } catch (RuntimeException e) {
      new Failures(root).tell("", e);
      return;
    }
    root.output().line(root.texts().say("shell.hello", where()));
    var line = next(reader);
    while (line.isPresent() && !isEnd(line.get())) {
      execute(line.get());
      line = next(reader);
    }
    farewell();
  }

  /** The next line; what Ctrl-C took back is an empty one, and nothing comes after Ctrl-D. */
  private Optional<String> next(LineReader reader) throws IOException {
    try {
      return Optional.of(reader.readLine(prompt()));
    } catch (UserInterruptException e) {
      return Optional.of("");
    } catch (EndOfFileException e) {
      return Optional.empty();
    }
  }

  /** A day is longer than a token's life: with the secret in memory nobody is asked again. */
  private void askForSecret() throws IOException {
    var till = root.till();
    if (!till.settings().store().isEmpty() && till.secret().isEmpty()) {
      root.ask(root.texts().say("shell.secret", till.settings().client()), true)
          .map(String::strip)
          .filter(typed -> !typed.isEmpty())
          .ifPresent(till::remember);
    }
  }

  private void farewell() throws IOException {
    var flusher = root.till().running();
    if (flusher.isEmpty()) {
      return;
    }
    long open =
        root.till().journal().openItems().stream().filter(item -> !item.isUnanswered()).count();
    if (open > 0) {
      root.output().line(root.texts().say("shell.bye", open));
    }
  }

  private Path history() {
    return root.folder().resolve("history");
  }

  private String where() throws IOException {
    var settings = root.till().settings();
    return settings.store().isEmpty() ? root.texts().say("shell.nowhere") : settings.storeTitle();
  }

  private String prompt() throws IOException {
    var till = root.till();
    var text = new StringBuilder(till.settings().store().isEmpty() ? "filo-pos" : till.storeId());
    var flusher = till.running();
    if (flusher.isPresent()) {
      var open = till.journal().openItems();
      long waiting = open.stream().filter(Item::isToSend).count();
      long refused = open.stream().filter(item -> item.state() == Item.State.REFUSED).count();
      var notes = new ArrayList<String>();
      if (flusher.get().lastFailure().isPresent()) {
        notes.add(root.texts().say("prompt.offline"));
      }
      if (waiting > 0) {
        notes.add(root.texts().say("prompt.waiting", waiting));
      }
      if (refused > 0) {
        notes.add(root.texts().say("prompt.refused", refused));
      }
      if (!notes.isEmpty()) {
        text.append(" (").append(String.join(", ", notes)).append(")");
      }
    }
    return text.append("> ").toString();
  }

  private static Optional<String> ask(LineReader reader, String question, boolean hidden) {
    try {
      return Optional.ofNullable(
          hidden ? reader.readLine(question, '\0') : reader.readLine(question));
    } catch (UserInterruptException | EndOfFileException e) {
      return Optional.empty();
    }
  }

  private void execute(String line) {
    if (line.length() > LINE_LENGTH_MAX) {
      root.output().failure("", "usage", "LINE_TOO_LONG", root.texts().say("shell.long"));
      last = Exit.USAGE;
      return;
    }
    List<String> words;
    try {
      words =
          parser.parse(line, line.length()).words().stream()
              .filter(word -> !word.isEmpty())
              .toList();
    } catch (EOFError e) {
      root.output().failure("", "usage", "QUOTE_OPEN", root.texts().say("shell.quote"));
      last = Exit.USAGE;
      return;
    }
    if (!words.isEmpty() && !words.getFirst().startsWith("#")) {
      last = commands(words).execute(words.toArray(String[]::new));
    }
  }

  private CommandLine commands(List<String> words) {
    return Commands.of(root, world, words);
  }
}
