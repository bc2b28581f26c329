package dev.filo.identity.service;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** Remembers which mail was taken. */
public interface MailStore {
  /**
   * A mail that was taken.
   *
   * @param hash tells its content from another's
   * @param sendTime when it was
   */
  @SuppressWarnings("ArrayRecordComponent") // a hash, compared by its bytes
  record Sent(byte[] hash, Instant sendTime) {}

  /** What was taken under an id; empty when nothing was. */
  Mono<Sent> find(String id);

  /** Remembers that a mail was taken; of two the first is kept. */
  Mono<Void> put(String id, Sent sent);

  /** Forgets what was taken before an instant. */
  Mono<Void> forget(Instant before);
}
