package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.StaffMember;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps the retailer's people and machines. Every write leaves its act in the same document, until
 * {@link #settle} says that it is in the audit log.
 */
public interface StaffStore extends ActStore {
  /** A person by e-mail, whether or not she may come in. Empty when nobody has it. */
  Mono<StaffMember> person(String email);

  /** A machine by its OAuth client, whether or not it may come in. Empty when there is none. */
  Mono<Device> device(String clientId);

  /** People by e-mail, after this one. */
  Flux<StaffMember> people(String after, int max);

  /** Machines by id, after this one. */
  Flux<Device> devices(String after, int max);

  /** How many may manage now, beside this one. */
  Mono<Long> managersBeside(String email);

  /** Adds a person. False when the e-mail is taken. */
  Mono<Boolean> add(StaffMember person, AuditAct act, Optional<Remembered> request);

  /** Changes a person. False when she is no longer at the version seen. */
  Mono<Boolean> replace(
      StaffMember seen, StaffMember next, AuditAct act, Optional<Remembered> request);

  /** Adds a machine. False when the id is taken. */
  Mono<Boolean> add(Device device, AuditAct act, Optional<Remembered> request);

  /**
   * Changes a machine. False when it is no longer at the version seen. If its epoch rises, the end
   * of its tokens is told in the feed.
   */
  Mono<Boolean> replace(Device seen, Device next, AuditAct act, Optional<Remembered> request);

  /** The first answer to a request a person or machine remembers. Empty when it does not. */
  <T extends Message> Mono<T> remembered(
      String name, String requestId, Message request, Parser<T> parser);

  /** An act is in the log and all that follows from it is done. */
  @Override
  Mono<Void> settle(AuditAct act);

  /** A request to remember with its answer. */
  record Remembered(String requestId, Message request, Message answer) {}
}
