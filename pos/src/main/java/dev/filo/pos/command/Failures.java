package dev.filo.pos.command;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.journal.JournalException;
import java.io.IOException;

/** Tells what went wrong, in one sentence, and knows the exit code for it. */
final class Failures {
  private final RootCommand root;

  Failures(RootCommand root) {
    this.root = root;
  }

  /** Tells it; gives the exit code. */
  int tell(String command, Exception failure) {
    if (failure instanceof TillException e) {
      return say(command, e.exit(), e.reason(), String.valueOf(e.getMessage()));
    }
    if (failure instanceof GatewayException e) {
      return say(command, exit(e), e.reason(), root.texts().why(e));
    }
    if (failure instanceof JournalException e) {
      return say(command, Exit.TILL, "JOURNAL_" + e.why().name(), journal(e));
    }
    if (failure instanceof IOException e) {
      return say(command, Exit.TILL, "TILL_UNUSABLE", String.valueOf(e.getMessage()));
    }
    return say(command, Exit.TILL, "FAULT", "a fault of ours: " + failure);
  }

  private String journal(JournalException e) {
    return e.why() == JournalException.Cause.DISK_FULL
        ? root.texts().say("diskFull")
        : String.valueOf(e.getMessage());
  }

  private int say(String command, int exit, String reason, String text) {
    root.output().failure(command, result(exit), reason, text);
    return exit;
  }

  private static String result(int exit) {
    return switch (exit) {
      case Exit.REFUSED -> "refused";
      case Exit.USAGE -> "usage";
      case Exit.NO_ANSWER -> "unanswered";
      default -> "failed";
    };
  }

  private static int exit(GatewayException e) {
    return switch (e.kind()) {
      case UNREACHABLE, UNANSWERED, LATER -> Exit.NO_ANSWER;
      case NOT_TRUSTED, NOT_ALLOWED, REFUSED, SIGNED_OUT -> Exit.REFUSED;
    };
  }
}
