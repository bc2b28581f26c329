package dev.filo.identity.service;

import dev.filo.identity.domain.DeviceLogin;
import java.time.Duration;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Keeps sign-ins of devices without a browser. */
public interface DeviceLoginStore {
  /** Adds one. False when its user code is taken at this moment. */
  Mono<Boolean> add(DeviceLogin login);

  /** By what the person enters, whatever has become of it. Empty when there is none. */
  Mono<DeviceLogin> byUserCode(String userCodeHash);

  /** Answers for the device: exactly one of many at once does. False when it is not open. */
  Mono<Boolean> decide(String id, DeviceLogin.State answer, String principal, Instant now);

  /**
   * Notes that the device asks. The sign-in as it was before; empty when there is none of this
   * client.
   */
  Mono<DeviceLogin> poll(String id, String clientId, Instant now);

  /** Makes the device wait longer between two questions. */
  Mono<Void> slowDown(String id, Duration by);

  /** Uses an approved one up: exactly one of many at once does. False when it is not approved. */
  Mono<Boolean> take(String id, Instant now);

  /** Forgets what ended before a moment. */
  Mono<Void> forget(Instant before);
}
