package dev.filo.identity.service;

import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.StaffMember;
import reactor.core.publisher.Mono;

/** Keeps the retailer's people and machines. */
public interface StaffStore {
  /** A person by e-mail. Empty when nobody has it. */
  Mono<StaffMember> person(String email);

  /** A machine by its OAuth client. Empty when there is none. */
  Mono<Device> device(String clientId);

  /** Adds or replaces a person. */
  Mono<Void> put(StaffMember person);

  /** Adds or replaces a machine. */
  Mono<Void> put(Device device);
}
