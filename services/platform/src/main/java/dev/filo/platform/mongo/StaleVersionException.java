package dev.filo.platform.mongo;

/**
 * The document is not at the version it was read at: somebody else changed it. Read and decide
 * again.
 */
public final class StaleVersionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names the document, never its content. */
  public StaleVersionException(String id, long version) {
    super(id + " is no longer at version " + version, null, false, false);
  }
}
