package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Session;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps sessions, and sessions on their way to another device. */
public interface SessionStore {
  /** Acts on their way to the audit log, each kept beside what it did. */
  ActStore acts();

  /** Adds a session. */
  Mono<Session> add(Session session);

  /** A session that has not ended. Empty when there is none or it has. */
  Mono<Session> find(String id, Instant now);

  /**
   * Moves a session on to the next generation: exactly one of many at once does. Empty when it is
   * not at this generation, or has ended.
   */
  Mono<Session> refresh(String id, long generation, Instant expireTime, Instant now);

  /**
   * Sessions that have not ended, of any of these principals, newest first.
   *
   * @param after where the list goes on; empty: at the newest
   */
  Flux<Session> list(List<String> principals, Optional<Place> after, int max, Instant now);

  /** The place of a session in the list. */
  record Place(Instant createTime, String id) {}

  /**
   * Ends a session for good, and says so in the feed. True when this very call ended it.
   *
   * @param act what is to come into the audit log; null: nothing
   */
  Mono<Boolean> end(String id, @Nullable AuditAct act, Instant now);

  /** Adds a hand-off; gives the one that is there when its code is taken. */
  Mono<Handoff> addHandoff(Handoff handoff);

  /** A hand-off, whatever has become of it. Empty when there is none. */
  Mono<Handoff> handoff(String id);

  /**
   * Moves a hand-off on: exactly one of many at once does. Empty when it is no longer in the state
   * it was seen in.
   */
  Mono<Handoff> moveHandoff(Handoff seen, Handoff next);

  /** Forgets what ended before a moment. */
  Mono<Void> forget(Instant before);
}
