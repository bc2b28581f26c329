package dev.filo.pos.journal;

/** The journal cannot be used. What was to be recorded is not recorded. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Cause why;

  /** Why a journal cannot be used. */
  public enum Cause {
    /** Another process has it open. */
    IN_USE,
    /** The disk is full, or a quota or limit is reached. */
    DISK_FULL,
    /** The disk does not do as it is told. */
    DISK_FAILED,
    /** More waits to be sent than a till may keep. */
    TOO_MANY,
    /** A newer filo-pos wrote it. */
    NEWER
  }

  JournalException(Cause why, String message) {
    super(message);
    this.why = why;
  }

  JournalException(Cause why, String message, Throwable cause) {
    super(message, cause);
    this.why = why;
  }

  /** Why. */
  public Cause why() {
    return why;
  }
}
