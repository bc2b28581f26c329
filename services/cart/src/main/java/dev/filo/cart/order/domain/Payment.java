package dev.filo.cart.order.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an order is paid, and what has come of it.
 *
 * @param account the provider's account; empty when paid in the store
 * @param returnPath where the provider sends her back to
 * @param until until when she can pay; null when paid in the store
 * @param session the provider's name for the payment under way; empty before it is opened
 * @param redirect where she pays; empty before
 * @param closed true once the provider takes no money for it any more
 * @param charges what came in, the first first
 * @param refunds what goes back, the first first
 */
public record Payment(
    Method method,
    String account,
    String returnPath,
    @Nullable Instant until,
    String session,
    String redirect,
    boolean closed,
    List<Charge> charges,
    List<Refund> refunds) {
  /** Ways to pay. */
  public enum Method {
    /** In the store. */
    PAY_IN_STORE,
    /** At a provider. */
    PROVIDER
  }

  /** Copies what can change. */
  public Payment {
    charges = List.copyOf(charges);
    refunds = List.copyOf(refunds);
  }

  /** In the store. */
  public static Payment inStore() {
    return new Payment(Method.PAY_IN_STORE, "", "", null, "", "", true, List.of(), List.of());
  }

  /** At a provider, until an instant. */
  public static Payment at(String account, String returnPath, Instant until) {
    return new Payment(
        Method.PROVIDER, account, returnPath, until, "", "", false, List.of(), List.of());
  }

  /** What pays the order; null while nothing does. */
  public @Nullable Charge accepted() {
    return charges.stream().filter(Charge::accepted).findFirst().orElse(null);
  }

  /** What is to go back and has not gone; null when there is nothing. */
  public @Nullable Refund owed() {
    return refunds.stream().filter(one -> !one.done()).findFirst().orElse(null);
  }

  /** What pays the order, in cents; 0 while nothing does. */
  public long paid() {
    var charge = accepted();
    return charge == null ? 0 : charge.cents();
  }

  /** What has gone back, in cents. */
  public long refunded() {
    return refunds.stream().filter(Refund::done).mapToLong(Refund::cents).sum();
  }

  /** True when this money is known. */
  boolean has(String charge) {
    return charges.stream().anyMatch(one -> one.id().equals(charge));
  }

  Payment opened(String name, String uri) {
    return new Payment(method, account, returnPath, until, name, uri, closed, charges, refunds);
  }

  Payment closing() {
    return new Payment(
        method, account, returnPath, until, session, redirect, true, charges, refunds);
  }

  Payment with(Charge charge) {
    var all = new ArrayList<>(charges);
    all.add(charge);
    return new Payment(method, account, returnPath, until, session, redirect, closed, all, refunds);
  }

  /** So much of some money goes back. */
  Payment owing(Charge charge, long cents) {
    if (cents == 0) {
      return this;
    }
    var all = new ArrayList<>(refunds);
    all.add(new Refund("r" + (all.size() + 1), charge.id(), cents, false));
    return new Payment(method, account, returnPath, until, session, redirect, closed, charges, all);
  }

  Payment refunded(String refund) {
    var all =
        refunds.stream()
            .map(
                one ->
                    one.id().equals(refund)
                        ? new Refund(one.id(), one.charge(), one.cents(), true)
                        : one)
            .toList();
    return new Payment(method, account, returnPath, until, session, redirect, closed, charges, all);
  }
}
