package dev.filo.admin;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./filo import}, {@code check}, {@code doctor}, {@code staff} and {@code audit}. */
@Command(
    name = "filo",
    mixinStandardHelpOptions = true,
    description = "What operators do from a command line.",
    subcommands = {
      ImportCommand.class,
      CheckCommand.class,
      DoctorCommand.class,
      StaffCommand.class,
      AuditCommand.class
    })
public final class AdminCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command. */
  public static void main(String[] args) {
    // Quiet: what this command has to say it says itself.
    System.setProperty("logback.configurationFile", "admin-logback.xml");
    System.exit(new CommandLine(new AdminCommand()).execute(args));
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: import, check, doctor, staff or audit.");
  }
}
