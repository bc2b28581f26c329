package dev.filo.identity.service;

import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Session;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Keeps sessions, and sessions on their way to another device. */
public interface SessionStore {
  /** Adds a session. */
  Mono<Session> add(Session session);

  /** A session that has not ended. Empty when there is none or it has. */
  Mono<Session> find(String id, Instant now);

  /**
   * Moves a session on to the next generation: exactly one of many at once does. Empty when it is
   * not at this generation, or has ended.
   */
  Mono<Session> refresh(String id, long generation, Instant expireTime, Instant now);

  /** Ends a session for good. */
  Mono<Void> end(String id);

  /** Adds a hand-off; gives the one that is there when its code is taken. */
  Mono<Handoff> addHandoff(Handoff handoff);

  /** Uses a hand-off up: exactly one of many at once gets it. Empty when unknown, over or used. */
  Mono<Handoff> takeHandoff(String codeHash, Instant now);

  /** Forgets what ended before a moment. */
  Mono<Void> forget(Instant before);
}
