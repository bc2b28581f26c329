package dev.filo.pos;

import dev.filo.pos.command.Commands;
import dev.filo.pos.command.World;
import java.util.logging.LogManager;

/** The till as a program. */
public final class FiloPos {
  private FiloPos() {}

  /** Runs a command line and ends with its exit code. */
  public static void main(String[] arguments) {
    LogManager.getLogManager().reset(); // What the till has to say it says itself.
    System.exit(Commands.run(World.real(), arguments));
  }
}
