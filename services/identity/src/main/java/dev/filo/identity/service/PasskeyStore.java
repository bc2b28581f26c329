package dev.filo.identity.service;

import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps passkeys, and the challenges that devices have to answer. */
public interface PasskeyStore {
  /** Adds a challenge. */
  Mono<Void> add(PasskeyChallenge challenge);

  /**
   * Takes a challenge for good: exactly one of many at once does. Empty when there is none, it is
   * over, or another session asked for it.
   *
   * @param registers whether it must be for a registration; else it must be for a sign-in
   * @param session who answers; a challenge that nobody's session asked for is anybody's
   */
  Mono<PasskeyChallenge> take(String id, boolean registers, String session, Instant now);

  /** Adds a passkey. False when there is one of this id. */
  Mono<Boolean> add(Passkey passkey);

  /** A passkey. Empty when there is none. */
  Mono<Passkey> find(String id);

  /** The passkey that came of a registration. Empty when none did. */
  Mono<Passkey> ofRegistration(String registration);

  /**
   * Passkeys of any of these customers, newest first.
   *
   * @param customers names
   * @param after where the list goes on; empty: at the newest
   */
  Flux<Passkey> list(List<String> customers, Optional<SessionStore.Place> after, int max);

  /**
   * Notes that a passkey was used, if its counter has gone on (or it has none): of many with one
   * count, one does. Empty when it has not, or there is no such passkey.
   */
  Mono<Passkey> used(String id, long signCount, boolean backedUp, Instant now);

  /** Removes a passkey of any of these customers. False when there is none. */
  Mono<Boolean> remove(String id, List<String> customers);

  /** Forgets challenges that were over before a moment. */
  Mono<Void> forget(Instant before);
}
