package dev.filo.identity.service;

import com.google.protobuf.Message;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.proto.feed.v1.Actor;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps customers, the claims on addresses and the journal of merges. */
public interface CustomerStore {
  /** A customer, alias or not. Empty when there is none. */
  Mono<Customer> find(String id);

  /** Adds a customer together with what is to be told; an existing id is left as it is. */
  Mono<Customer> add(Customer customer, List<Message> told, Actor actor);

  /** The id of the customer an address belongs to. Empty when it is nobody's. */
  Mono<String> owner(ContactAddress address);

  /** Takes an address for a customer if it is nobody's; gives whose it is then. One value. */
  Mono<String> claim(ContactAddress address, String customer, Instant now);

  /**
   * Notes that a customer has shown an address to be hers, which makes an account of a guest. Empty
   * when she became an alias.
   */
  Mono<Customer> verified(
      String id, ContactAddress address, List<Message> told, Actor actor, Instant now);

  /** Tells what happened to a customer. Empty when there is none. */
  Mono<Customer> tell(String id, List<Message> told, Actor actor, Instant now);

  /**
   * Changes a customer if she is at this version.
   *
   * @param remembered the request, kept with the answer made of her new state; its id may be empty
   * @return empty when she is not at this version
   */
  Mono<Customer> update(
      Customer seen, Customer.Profile profile, Remembered remembered, Instant now);

  /** A request and how to answer it. */
  record Remembered(String requestId, Message request, Function<Customer, Message> answer) {}

  /** The answer a customer's document remembers for a request. Empty when it knows it not. */
  <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, com.google.protobuf.Parser<T> parser);

  /**
   * Decides that a guest is this customer from now on: the first step of a merge, and the one that
   * counts. Empty, and nothing done, when she is no guest or was merged before.
   */
  Mono<Customer> mergeInto(String guest, String customer, Actor actor, Instant now);

  /** Writes a merge into the journal. Repeating is harmless. */
  Mono<Void> journal(String alias, String customer, Actor actor, Instant now);

  /** Tells once that a customer took over an alias. Repeating is harmless. */
  Mono<Void> absorb(String customer, String alias, Actor actor, Instant now);

  /** Notes that nothing of a merge is left to be done. */
  Mono<Void> merged(String alias);

  /** Merges that were decided before a moment and not finished. */
  Flux<PendingMerge> pendingMerges(Instant before);

  /** A merge that was begun. */
  record PendingMerge(String alias, String customer, Actor actor) {}
}
