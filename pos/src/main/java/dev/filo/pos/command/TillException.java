package dev.filo.pos.command;

/** A command ends here, with its exit code and one sentence. */
final class TillException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exit;
  private final String reason;

  TillException(int exit, String reason, String message) {
    super(message);
    this.exit = exit;
    this.reason = reason;
  }

  int exit() {
    return exit;
  }

  String reason() {
    return reason;
  }
}
