package dev.filo.pos.command;

import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import picocli.CommandLine;

/** Sets picocli up, and runs one command line. */
public final class Commands {
  private Commands() {}

  /** Runs a command line from begin to end; gives its exit code. */
  public static int run(World world, String... arguments) {
    var root = new RootCommand(world);
    try {
      return of(root, world, List.of(arguments)).execute(arguments);
    } finally {
      root.close();
    }
  }

  /**
   * A parser for one command line; what the root has open stays open between them.
   *
   * @param words of the line: its help is in the language they ask for
   */
  static CommandLine of(RootCommand root, World world, List<String> words) {
    var commands =
        new CommandLine(root)
            .setOut(world.out())
            .setErr(world.err())
            .setAbbreviatedOptionsAllowed(false)
            .setAbbreviatedSubcommandsAllowed(false)
            .setExpandAtFiles(false);
    if (root.language(words).equals("it")) {
      // English is what the commands themselves say.
      commands.setResourceBundle(ResourceBundle.getBundle("dev.filo.pos.help", Locale.ITALIAN));
    }
    commands.setExecutionExceptionHandler(
        (failure, command, parsed) -> new Failures(root).tell(command.getCommandName(), failure));
    commands.setParameterExceptionHandler(
        (wrong, arguments) -> {
          boolean json = List.of(arguments).contains("--json") || root.output().isJson();
          var command = wrong.getCommandLine();
          if (json) {
            new Output(world.out(), world.err(), true)
                .failure(
                    command.getCommandName(), "usage", "USAGE", String.valueOf(wrong.getMessage()));
          } else {
            world.err().println("filo-pos: " + wrong.getMessage());
            if (!CommandLine.UnmatchedArgumentException.printSuggestions(wrong, world.err())) {
              world
                  .err()
                  .println(
                      root.texts().say("usage.help", command.getCommandSpec().qualifiedName()));
            }
            world.err().flush();
          }
          return Exit.USAGE;
        });
    return commands;
  }
}
