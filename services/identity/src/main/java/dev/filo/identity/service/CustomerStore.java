package dev.filo.identity.service;

import com.google.protobuf.Message;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Customer;
import dev.filo.proto.feed.v1.Actor;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps customers and the claims on identifiers. */
public interface CustomerStore {
  /** Acts on their way to the audit log, each kept beside what it did. */
  ActStore acts();

  /** A customer, alias or not. Empty when there is none. */
  Mono<Customer> find(String id);

  /** Those of these customers that there are. */
  Flux<Customer> findAll(Collection<String> ids);

  /** Who has one of these identifiers, by what they are compared by, proven or claimed. */
  Flux<Customer> having(Collection<String> identifiers);

  /** Who is merged into one of these, directly. */
  Flux<Customer> mergedInto(Collection<String> ids);

  /** Adds a customer together with what is to be told; an existing id is left as it is. */
  Mono<Customer> add(Customer customer, List<Message> told, Actor actor);

  /** The id of the customer who had an identifier first. Empty when it is nobody's. */
  Mono<String> owner(String identifier);

  /** Takes an identifier for a customer if it is nobody's; gives whose it is then. One value. */
  Mono<String> claim(String identifier, String customer, Instant now);

  /** Gives an identifier to another customer if it is this one's. */
  Mono<Void> passOn(String identifier, String from, String to);

  /** Tells what happened to a customer. Empty when there is none. */
  Mono<Customer> tell(String id, List<Message> told, Actor actor, Instant now);

  /** Tells that a customer was erased; nothing else is ever told of her again. Completes. */
  Mono<Void> tellErased(String id, Message told, Actor actor, Instant now);

  /** True when a customer was erased: nobody finds her, and nobody else has her id. One value. */
  Mono<Boolean> isErased(String id);

  /**
   * Changes a customer's profile if she is at this version.
   *
   * @param remembered the request, kept with the answer made of her new state; its id may be empty
   * @param act what is to come into the audit log; null: nothing
   * @return empty when she is not at this version
   */
  Mono<Customer> update(
      Customer seen,
      Customer.Profile profile,
      Remembered remembered,
      @Nullable AuditAct act,
      Instant now);

  /**
   * Puts a customer's next state in place of the one seen, with what is to be told.
   *
   * @param act what is to come into the audit log; null: nothing
   * @return empty when she has changed meanwhile, or the request had its effect before
   */
  Mono<Customer> replace(
      Customer seen,
      Customer next,
      List<Told> told,
      Actor actor,
      @Nullable Remembered remembered,
      @Nullable AuditAct act,
      Instant now);

  /** An event, and the customer it happened to. */
  record Told(String customer, Message message) {}

  /** Notes that nothing is left to be worked out of a customer, if she is as seen. */
  Mono<Void> settled(Customer seen);

  /** Customers of whom something is left to be worked out since before a moment. */
  Flux<Customer> unsettled(Instant before);

  /** A request and how to answer it. */
  record Remembered(String requestId, Message request, Function<Customer, Message> answer) {}

  /** The answer a customer's document remembers for a request. Empty when it knows it not. */
  <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, com.google.protobuf.Parser<T> parser);
}
