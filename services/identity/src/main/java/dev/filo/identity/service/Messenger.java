package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import reactor.core.publisher.Mono;

/** A way to reach people. */
public interface Messenger {
  /** True when it can send to this kind of address. */
  boolean serves(ContactAddress.Kind kind);

  /**
   * Sends a message. Completes when it has been taken; an error when it has not: {@link
   * AddressRefusedException} when it never will be.
   *
   * @param subject not used for text messages
   */
  Mono<Void> send(ContactAddress to, String subject, String text);
}
