package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps acts inside the documents of what they were done to: an act and its change are one write,
 * and the act stays there until {@link #settle} says that it is in the audit log.
 */
public interface ActStore {
  /** Acts that are not known to be in the log yet. */
  Flux<AuditAct> unsettled();

  /** An act is in the log. */
  Mono<Void> settle(AuditAct act);
}
