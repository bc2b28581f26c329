package dev.filo.identity.service;

import dev.filo.identity.domain.Erasure;
import dev.filo.identity.domain.ExportTicket;
import java.time.Instant;
import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps erasures on their way and leaves to download. */
public interface ErasureStore {
  /** Adds an erasure, due at once; one that is there stays as it is. One value: what is there. */
  Mono<Erasure> add(Erasure erasure);

  /** An erasure. Empty when there is none. */
  Mono<Erasure> find(String id);

  /**
   * Takes one that is due, so that nobody else does until a moment. Empty when none is, or somebody
   * else was quicker.
   */
  Mono<Erasure> take(String id, Instant now, Instant until);

  /** The ids of those that are due. */
  Flux<String> due(Instant now, int limit);

  /** Notes that it is in the audit log. One value: the erasure since. */
  Mono<Erasure> audited(Erasure seen);

  /** Adds customers found late. One value: the erasure since. */
  Mono<Erasure> include(Erasure seen, Collection<String> customers);

  /**
   * Notes a service's receipt and who is next.
   *
   * @param due when to go on
   * @return the erasure since; empty when somebody else was quicker
   */
  Mono<Erasure> advance(
      Erasure seen, String service, byte[] receipt, int round, int next, Instant due);

  /** Notes that all is done. One value: the erasure since. */
  Mono<Erasure> end(Erasure seen, Instant now);

  /** It is to be tried again then. */
  Mono<Void> postpone(String id, Instant due);

  /** Adds a leave to download; one that is there stays as it is. One value: what is there. */
  Mono<ExportTicket> add(ExportTicket ticket);

  /** A leave to download. Empty when there is none. */
  Mono<ExportTicket> ticket(String id);

  /** Forgets leaves to download that ended before a moment. */
  Mono<Void> forgetTickets(Instant before);
}
