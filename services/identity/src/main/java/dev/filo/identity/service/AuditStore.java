package dev.filo.identity.service;

import dev.filo.identity.domain.AuditEntry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps the audit log: entries are added, never changed. */
public interface AuditStore {
  /** The last entry. Empty when there is none. */
  Mono<AuditEntry> last();

  /** True when an act is in the log. */
  Mono<Boolean> has(String actId);

  /** Adds an entry. False when its place, or its act's, is taken. */
  Mono<Boolean> add(AuditEntry entry);

  /** Entries after a place, oldest first. */
  Flux<AuditEntry> after(long sequence, int max);

  /** Entries before a place, newest first. */
  Flux<AuditEntry> before(long sequence, int max);

  /**
   * Every entry, in the order of places, as it is kept. What is not an entry at all comes with
   * place 0.
   */
  Flux<AuditEntry> all();
}
