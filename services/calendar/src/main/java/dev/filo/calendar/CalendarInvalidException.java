package dev.filo.calendar;

/** Hours that cannot be: the message says which and what to mend, and is fit to be shown. */
public final class CalendarInvalidException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** One plain sentence. */
  public CalendarInvalidException(String message) {
    super(message, null, false, false);
  }
}
