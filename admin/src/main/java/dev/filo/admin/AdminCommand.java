package dev.filo.admin;

import dev.filo.admin.data.BackupCommand;
import dev.filo.admin.data.ReconcileCommand;
import dev.filo.admin.data.RestoreCommand;
import dev.filo.admin.data.ShardsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ./filo import}, {@code check}, {@code doctor}, {@code staff}, {@code audit}, {@code
 * backup} and others.
 */
@Command(
    name = "filo",
    mixinStandardHelpOptions = true,
    description = "What operators do from a command line.",
    subcommands = {
      ImportCommand.class,
      CheckCommand.class,
      DoctorCommand.class,
      StaffCommand.class,
      AuditCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      ReconcileCommand.class,
      ShardsCommand.class
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
        spec.commandLine(),
        "Say what to do: import, check, doctor, staff, audit, backup, restore, reconcile or shards.");
  }
}
