package dev.filo.gateway.edge;

/** Identity's keys could not be read: whether a token is good is not known. */
final class KeysUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KeysUnreachableException(Throwable cause) {
    super("The keys that tokens are checked with cannot be read.", cause);
  }
}
