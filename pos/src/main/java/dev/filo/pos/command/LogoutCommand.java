package dev.filo.pos.command;

import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code filo-pos logout}. */
@Command(
    name = "logout",
    mixinStandardHelpOptions = true,
    description = "Deletes the token. Refused while something waits to be sent.")
final class LogoutCommand extends TillCommand {
  @Override
  public Integer call() throws IOException {
    var till = root().till();
    int open = till.journal().openItems().size();
    if (open > 0) {
      throw new TillException(Exit.REFUSED, "QUEUE_NOT_EMPTY", say("logout.queue", open));
    }
    till.gateway().tokens().signOut();
    output().line(say("logout.done"));
    output().object(Output.object(name()).put("result", "done"));
    return Exit.DONE;
  }
}
