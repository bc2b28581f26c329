package dev.filo.pos.command;

/** The exit codes. */
final class Exit {
  /** It is done: the gateway has it. */
  static final int DONE = 0;

  /** The gateway, or a rule, refused it. */
  static final int REFUSED = 1;

  /** The command line is wrong; nothing was done. */
  static final int USAGE = 2;

  /** It is recorded here and waits to be sent. */
  static final int QUEUED = 3;

  /** No answer: nothing was recorded, and nothing is known. */
  static final int NO_ANSWER = 4;

  /** This till cannot: its journal, its disk or its settings. */
  static final int TILL = 5;

  private Exit() {}
}
