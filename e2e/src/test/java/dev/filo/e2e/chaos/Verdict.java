package dev.filo.e2e.chaos;

import dev.filo.e2e.chaos.Book.Added;
import dev.filo.e2e.chaos.Book.Kept;
import dev.filo.e2e.chaos.Book.Recognised;
import dev.filo.e2e.chaos.Book.Standing;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.proto.identity.v1.IdentifierFact;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compares what clients were told with what ledger, levels and reservations say in the end. */
final class Verdict {
  private static final int PAGE = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(45);
  private static final Duration SOON = Duration.ofMinutes(1);

  private final Fleet fleet;
  private final Surroundings around;
  private final Book book;
  private final Violations violations;
  private final Map<String, Reservation> reservations = new HashMap<>();
  private int took;

  Verdict(Fleet fleet, Surroundings around, Book book, Violations violations) {
    this.fleet = fleet;
    this.around = around;
    this.book = book;
    this.violations = violations;
  }

  /** Notes every promise that was not kept. */
  void find() {
    awaitEnds();
    book.reservations().values().forEach(this::reservation);
    for (String store : Surroundings.STORES) {
      Client.KEPT.forEach(sku -> kept(sku, store));
      Client.MOVED.forEach(sku -> moved(sku, store));
    }
    carts();
  }

  /** What ends in some seconds has ended: what is still kept then is known to the piece. */
  private void awaitEnds() {
    var soon = Instant.now().plus(SOON);
    Stream.concat(book.reservations().values().stream(), book.holds().values().stream())
        .map(Kept::expireTime)
        .filter(end -> end.isBefore(soon))
        .max(Instant::compareTo)
        .ifPresent(
            last -> {
              while (!Instant.now().isAfter(last)) {
                LockSupport.parkUntil(last.toEpochMilli() + 1);
              }
            });
  }

  private void reservation(Kept kept) {
    var seen = read(kept);
    reservations.put(kept.name(), seen);
    var now = Instant.now();
    var state = seen.getState();
    boolean fits =
        switch (kept.standing()) {
          case OPEN ->
              state == Reservation.State.HELD
                  || (state == Reservation.State.EXPIRED && !now.isBefore(kept.expireTime()));
          case PREPARED ->
              state == Reservation.State.PREPARED
                  || (state == Reservation.State.EXPIRED && !now.isBefore(kept.expireTime()));
          case COLLECTED -> state == Reservation.State.COLLECTED;
          case CANCELLED -> state == Reservation.State.CANCELLED;
          case OVER -> state == Reservation.State.EXPIRED;
        };
    violations.require(
        fits,
        "%s was left %s until %s and is %s"
            .formatted(kept.name(), kept.standing(), kept.expireTime(), state));
    var lines = new TreeMap<String, Integer>();
    seen.getLinesList().forEach(line -> lines.put(line.getSku(), line.getQuantity()));
    violations.require(
        lines.equals(new TreeMap<>(kept.lines())),
        "%s has the lines it was made with, not %s".formatted(kept.name(), lines));
  }

  /** Only holds and their sales took from it. */
  private void kept(String sku, String store) {
    var ledger = ledger(sku, store);
    var level = level(sku, store);
    var at = Times.instant(level.getAsOfTime());
    int sold = 0;
    int held = 0;
    var sales = new HashMap<String, Integer>();
    for (Movement movement : ledger) {
      if (movement.getKind() == Movement.Kind.SALE) {
        sold += movement.getQuantity();
        sales.merge(movement.getCause(), 1, Integer::sum);
      }
    }
    var all = new ArrayList<>(book.reservations().values());
    all.addAll(book.holds().values());
    for (Kept one : all) {
      int quantity = one.store().equals(store) ? one.lines().getOrDefault(sku, 0) : 0;
      if (quantity == 0) {
        continue;
      }
      var cause =
          one.name().startsWith("holds/")
              ? "chaos/" + one.name().substring("holds/".length())
              : one.name();
      int times = sales.getOrDefault(cause, 0);
      violations.require(
          times == (one.standing() == Standing.COLLECTED ? 1 : 0),
          "%s, %s, is in the ledger of %s %d times"
              .formatted(one.name(), one.standing(), sku, times));
      sales.remove(cause);
      if ((one.standing() == Standing.OPEN || one.standing() == Standing.PREPARED)
          && at.isBefore(one.expireTime())) {
        held += quantity;
      }
    }
    violations.require(
        sales.isEmpty(), "%s at %s has sales nobody was told of: %s".formatted(sku, store, sales));
    var where = sku + " at " + store;
    violations.require(
        level.getOnHand() == Client.STOCK - sold,
        "%s: on hand %d = %d - sold %d".formatted(where, level.getOnHand(), Client.STOCK, sold));
    violations.require(
        level.getHeld() == held,
        "%s: held %d = what open reservations and holds keep, %d"
            .formatted(where, level.getHeld(), held));
    violations.require(
        level.getOnHand() >= level.getHeld() && level.getOnHand() >= 0,
        "%s is oversold: on hand %d, held %d".formatted(where, level.getOnHand(), level.getHeld()));
  }

  /** Tills moved it. */
  private void moved(String sku, String store) {
    var ids = new HashSet<String>();
    int sum = 0;
    for (Movement movement : ledger(sku, store)) {
      violations.require(ids.add(movement.getId()), movement.getId() + " is in the ledger twice");
      sum +=
          movement.getKind() == Movement.Kind.SALE
              ? -movement.getQuantity()
              : movement.getQuantity();
    }
    var expected = new HashSet<String>();
    book.recorded().values().stream()
        .filter(movement -> movement.getSku().equals(sku) && movement.getLocation().equals(store))
        .forEach(movement -> expected.add(movement.getId()));
    var missing = new TreeSet<>(expected);
    missing.removeAll(ids);
    violations.require(
        missing.isEmpty(),
        "%s at %s: of %d acknowledged movements the ledger has not %s"
            .formatted(sku, store, expected.size(), missing));
    var unasked = new TreeSet<>(ids);
    unasked.removeAll(expected);
    took += unasked.size();
    unasked.removeAll(book.unknown().keySet());
    took -= unasked.size();
    violations.require(
        unasked.isEmpty(),
        "%s at %s: the ledger has movements nobody was told of: %s".formatted(sku, store, unasked));
    var level = level(sku, store);
    violations.require(
        level.getOnHand() == sum,
        "%s at %s: on hand %d = the ledger's sum %d".formatted(sku, store, level.getOnHand(), sum));
    book.refused()
        .keySet()
        .forEach(id -> violations.require(!ids.contains(id), id + " was refused and recorded"));
  }

  /** Who was found to be one person is, with all that proves it. */
  private Map<String, String> people() {
    var now = new HashMap<String, String>();
    for (Recognised one : book.recognised()) {
      var byCard = customer(Identifier.Type.LOYALTY_CARD, one.card());
      var byEmail = customer(Identifier.Type.EMAIL, one.email());
      violations.require(
          byCard.getName().equals(byEmail.getName()) && one.names().contains(byCard.getName()),
          "of %s, who are one, the card is %s and the address %s"
              .formatted(one.names(), byCard.getName(), byEmail.getName()));
      var values =
          byEmail.getIdentifiersList().stream()
              .map(Identifier::getValue)
              .collect(Collectors.toSet());
      violations.require(
          values.containsAll(List.of(one.card(), one.email())),
          "%s has lost what proves who she is: of %s there is %s"
              .formatted(byEmail.getName(), one.names(), values.size()));
      one.names().forEach(name -> now.put(name, byCard.getName()));
    }
    return now;
  }

  private Customer customer(Identifier.Type type, String value) {
    return IdentityServiceGrpc.newBlockingStub(fleet.of("identity").getFirst().channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withWaitForReady()
        .withCallCredentials(fleet.tokens())
        .resolveCustomer(
            ResolveCustomerRequest.newBuilder()
                .addIdentifiers(
                    IdentifierFact.newBuilder().setType(type).setValue(value).setVerified(true))
                .build());
  }

  /**
   * Every cart has the pieces put into it, once, and perhaps those nobody knows of; what was in a
   * guest's is in hers.
   */
  private void carts() {
    var people = people();
    var least = sums(book.added().values(), people);
    var perhaps = sums(book.perhapsAdded().values(), people);
    var customers = new TreeSet<>(least.keySet());
    customers.addAll(perhaps.keySet());
    // A guest's cart follows her name, by a feed.
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (String customer : customers) {
      var told = least.getOrDefault(customer, Map.of());
      var there = pieces(customer);
      while (people.containsValue(customer) && !has(there, told) && System.nanoTime() < end) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        there = pieces(customer);
      }
      var unknown = perhaps.getOrDefault(customer, Map.of());
      for (String sku : Client.KEPT) {
        int found = there.getOrDefault(sku, 0);
        int certain = told.getOrDefault(sku, 0);
        violations.require(
            found >= certain && found <= certain + unknown.getOrDefault(sku, 0),
            "the cart of %s has %d of %s: %d were put in, of %d more that is not known"
                .formatted(customer, found, sku, certain, unknown.getOrDefault(sku, 0)));
      }
    }
  }

  private static boolean has(Map<String, Integer> there, Map<String, Integer> told) {
    return told.entrySet().stream()
        .allMatch(one -> there.getOrDefault(one.getKey(), 0) >= one.getValue());
  }

  private Map<String, Integer> pieces(String customer) {
    var there = new TreeMap<String, Integer>();
    cart(customer)
        .getLinesList()
        .forEach(line -> there.merge(line.getSku(), line.getQuantity(), Integer::sum));
    return there;
  }

  private static Map<String, Map<String, Integer>> sums(
      Collection<Added> additions, Map<String, String> people) {
    var sums = new HashMap<String, Map<String, Integer>>();
    additions.forEach(
        one ->
            sums.computeIfAbsent(
                    people.getOrDefault(one.customer(), one.customer()),
                    customer -> new TreeMap<>())
                .merge(one.sku(), one.quantity(), Integer::sum));
    return sums;
  }

  private Cart cart(String customer) {
    return CartServiceGrpc.newBlockingStub(fleet.of("cart").getFirst().channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withWaitForReady()
        .withCallCredentials(around.tokens().bearer(Role.ROLE_SERVICE, "services/auditor"))
        .getCart(GetCartRequest.newBuilder().setName(customer + "/cart").build());
  }

  /** Movements nobody knew of that were done. */
  int took() {
    return took;
  }

  private Reservation read(Kept kept) {
    return ReservationServiceGrpc.newBlockingStub(fleet.of("reservation").getFirst().channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withWaitForReady()
        .withCallCredentials(around.tokens().bearer(Role.ROLE_AGENT, "staff/auditor"))
        .getReservation(GetReservationRequest.newBuilder().setName(kept.name()).build());
  }

  private List<Movement> ledger(String sku, String store) {
    var all = new ArrayList<Movement>();
    var token = "";
    do {
      var page =
          inventory()
              .listMovements(
                  ListMovementsRequest.newBuilder()
                      .setParent(name(sku, store))
                      .setPageSize(PAGE)
                      .setPageToken(token)
                      .build());
      all.addAll(page.getMovementsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  private StockLevel level(String sku, String store) {
    return inventory()
        .getStockLevel(GetStockLevelRequest.newBuilder().setName(name(sku, store)).build());
  }

  private static String name(String sku, String store) {
    return "stockLevels/" + sku + "@" + store.substring("stores/".length());
  }

  private InventoryServiceBlockingStub inventory() {
    return InventoryServiceGrpc.newBlockingStub(fleet.of("inventory").getLast().channel())
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .withWaitForReady()
        .withCallCredentials(around.tokens().bearer(Role.ROLE_SERVICE, "services/auditor"));
  }
}
