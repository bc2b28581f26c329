package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Refund;
import dev.filo.cart.order.domain.Securing;
import dev.filo.platform.grpc.Statuses;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stores, warehouses and a payment provider as they decide: what is asked twice is done once. Any
 * call can be made to fail, before or after it had its effect.
 */
public final class Others implements Keeping, Payments {
  /** The account. */
  public static final String ACCOUNT = "test";

  private final InstantSource clock;
  private final Map<String, Integer> onHand = new HashMap<>();
  private final Map<String, Held> held = new LinkedHashMap<>();
  private final Map<String, Session> sessions = new LinkedHashMap<>();
  private final Map<String, String> sessionState = new HashMap<>();
  private final Map<String, Ending> paid = new HashMap<>();
  private final Map<String, Long> refunds = new LinkedHashMap<>();
  private final List<String> wrongs = new ArrayList<>();
  private int calls;
  private int failAt;
  private boolean failsAfter;
  private boolean failed;

  /** By a clock. */
  public Others(InstantSource clock) {
    this.clock = clock;
  }

  /** Goods kept for an order. */
  private static final class Held {
    private final Parcel parcel;
    private final String order;
    private Instant until;
    private String state = "HELD";

    private Held(String order, Parcel parcel, Instant until) {
      this.order = order;
      this.parcel = parcel;
      this.until = until;
    }
  }

  /** Puts pieces at a place. */
  public synchronized void stock(String sku, String place, int pieces) {
    onHand.put(sku + "@" + place, pieces);
  }

  /** The n-th call from now fails, before or after its effect; 0: none does. */
  public synchronized void failAt(int n, boolean after) {
    calls = 0;
    failAt = n;
    failsAfter = after;
    failed = false;
  }

  /** True when a call has failed so. */
  public synchronized boolean failed() {
    return failed;
  }

  /** What must never have been asked. */
  public synchronized List<String> wrongs() {
    return List.copyOf(wrongs);
  }

  private synchronized <T> Mono<T> call(Supplier<T> effect) {
    return Mono.fromCallable(
        () -> {
          synchronized (this) {
            calls++;
            boolean fails = calls == failAt;
            failed |= fails;
            if (fails && !failsAfter) {
              throw Statuses.unavailable("Test");
            }
            var answer = effect.get();
            if (fails) {
              throw Statuses.unavailable("Test");
            }
            return answer;
          }
        });
  }

  /** Pieces kept for an order now. */
  public synchronized int pieces(String order) {
    return held.values().stream()
        .filter(one -> one.order.equals(order) && isHeld(one))
        .mapToInt(one -> one.parcel.pieces().values().stream().mapToInt(n -> n).sum())
        .sum();
  }

  /** The earliest moment at which an order's goods are free. */
  public synchronized Instant until(String order) {
    return held.values().stream()
        .filter(one -> one.order.equals(order) && isHeld(one))
        .map(one -> one.until)
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private boolean isHeld(Held one) {
    return one.state.equals("HELD") && clock.instant().isBefore(one.until);
  }

  private int available(String sku, String place) {
    int there = onHand.getOrDefault(sku + "@" + place, 0);
    for (Held one : held.values()) {
      if (isHeld(one) && one.parcel.location().equals(place)) {
        there -= one.parcel.pieces().getOrDefault(sku, 0);
      }
    }
    return there;
  }

  /** Something happens to a parcel's goods at the store. */
  public synchronized void atStore(String order, String state) {
    held.values().stream()
        .filter(one -> one.order.equals(order) && one.parcel.isPickup())
        .forEach(one -> one.state = state);
  }

  @Override
  public Mono<List<String>> warehouses() {
    return call(() -> List.of("stores/w1", "stores/w2"));
  }

  @Override
  public Mono<Securing> secure(Order order, Parcel parcel, @Nullable Instant until) {
    return call(
        () -> {
          var name = parcel.hold(order.id());
          var known = held.get(name);
          if (known == null) {
            var shortOf = new HashMap<String, String>();
            parcel
                .pieces()
                .forEach(
                    (sku, pieces) -> {
                      int there = available(sku, parcel.location());
                      if (there < pieces) {
                        shortOf.put(sku, Integer.toString(there));
                      }
                    });
            if (!shortOf.isEmpty()) {
              return new Securing.TooFew(shortOf);
            }
            var end = until == null ? clock.instant().plusSeconds(172_800) : until;
            held.put(name, new Held(order.id(), parcel, end));
          } else if (!isHeld(known)) {
            return new Securing.Closed(parcel.location());
          }
          return new Securing.Kept(parcel.isPickup() ? "reservations/" + name : "", "Milano");
        });
  }

  @Override
  public Mono<Boolean> keep(Order order, Parcel parcel, Instant until) {
    return call(
        () -> {
          if (order.payment().accepted() == null) {
            wrongs.add("kept for good, unpaid: " + order.id());
          }
          var known = held.get(parcel.hold(order.id()));
          if (known == null || !isHeld(known)) {
            return known != null && known.state.equals("COLLECTED");
          }
          known.until = until;
          return true;
        });
  }

  @Override
  public Mono<Parcel.State> release(Order order, Parcel parcel, @Nullable Instant until) {
    return call(
        () -> {
          var known = held.get(parcel.hold(order.id()));
          if (known != null && known.state.equals("COLLECTED")) {
            return Parcel.State.HANDED_OVER;
          }
          if (known != null) {
            known.state = "RELEASED";
          }
          return Parcel.State.RELEASED;
        });
  }

  @Override
  public Mono<Void> sell(Order order, Parcel parcel) {
    return call(() -> {
          var known = held.get(parcel.hold(order.id()));
          if (known == null || !(isHeld(known) || known.state.equals("SOLD"))) {
            wrongs.add("sold what is not held: " + order.id());
          } else if (!known.state.equals("SOLD")) {
            known.state = "SOLD";
            parcel
                .pieces()
                .forEach(
                    (sku, pieces) ->
                        onHand.merge(sku + "@" + parcel.location(), -pieces, Integer::sum));
          }
          return true;
        })
        .then();
  }

  /** They forget all they kept: restored to a moment before. */
  public synchronized void forgetAll() {
    held.clear();
  }

  /** A warehouse holds something for an order. */
  public synchronized void holds(String order, Parcel parcel) {
    held.put(parcel.hold(order), new Held(order, parcel, clock.instant().plusSeconds(172_800)));
  }

  @Override
  public Mono<Parcel.State> look(Parcel parcel) {
    return call(
        () -> {
          var known = held.get(parcel.reservation().substring("reservations/".length()));
          return known == null
              ? Parcel.State.PENDING
              : known.state.equals("COLLECTED")
                  ? Parcel.State.HANDED_OVER
                  : isHeld(known) ? Parcel.State.SECURED : Parcel.State.RELEASED;
        });
  }

  @Override
  public Flux<Holding> holdings() {
    return call(() ->
            held.values().stream()
                .filter(one -> !one.parcel.isPickup() && isHeld(one))
                .map(one -> new Holding(one.order, one.parcel.hold(one.order)))
                .toList())
        .flatMapIterable(all -> all);
  }

  @Override
  public Mono<Void> free(Holding holding) {
    return call(() -> {
          held.remove(holding.hold());
          return true;
        })
        .then();
  }

  // ---- the provider

  @Override
  public Optional<String> account() {
    return Optional.of(ACCOUNT);
  }

  @Override
  public Mono<Session> open(Order order) {
    return call(
        () -> {
          int ordered = order.contents().lines().stream().mapToInt(one -> one.quantity()).sum();
          if (pieces(order.id()) != ordered) {
            wrongs.add("payment without stock: " + order.id());
          }
          sessionState.putIfAbsent(order.id(), "OPEN");
          return sessions.computeIfAbsent(
              order.id(), id -> new Session("s-" + id, "https://pay.example/" + id));
        });
  }

  /** She pays; false when the provider does not take it any more. */
  public synchronized boolean pay(String order, String charge, long cents) {
    if (!"OPEN".equals(sessionState.get(order))) {
      return false;
    }
    sessionState.put(order, "PAID");
    paid.put(order, new Ending(charge, cents, "EUR"));
    return true;
  }

  @Override
  public Mono<Ending> close(Order order) {
    return call(
        () -> {
          if ("OPEN".equals(sessionState.get(order.id()))) {
            sessionState.put(order.id(), "EXPIRED");
          }
          return paid.getOrDefault(order.id(), new Ending("", 0, ""));
        });
  }

  @Override
  public Mono<Void> refund(Order order, Refund refund) {
    return call(() -> {
          var before = refunds.put(order.id() + "/" + refund.id(), refund.cents());
          if (before != null && before != refund.cents()) {
            wrongs.add("one refund of two amounts: " + order.id());
          }
          return true;
        })
        .then();
  }

  /** What the provider has of her money for an order now. */
  public synchronized long money(String order) {
    var ending = paid.get(order);
    long back =
        refunds.entrySet().stream()
            .filter(one -> one.getKey().startsWith(order + "/"))
            .mapToLong(Map.Entry::getValue)
            .sum();
    return (ending == null ? 0 : ending.cents()) - back;
  }

  /** True while the provider would take money for an order. */
  public synchronized boolean isPayable(String order) {
    return "OPEN".equals(sessionState.get(order));
  }

  @Override
  public Notice read(String account, String signature, byte[] body) {
    throw new IllegalStateException("read by its own tests");
  }
}
