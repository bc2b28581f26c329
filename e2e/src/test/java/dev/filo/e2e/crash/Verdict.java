package dev.filo.e2e.crash;

import dev.filo.e2e.crash.Book.Kept;
import dev.filo.e2e.crash.Book.Standing;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Compares what clients were told with what ledger, levels and reservations say in the end. */
final class Verdict {
  private static final int PAGE = 500;

  private final Fleet fleet;
  private final Surroundings around;
  private final Book book;
  private final Violations violations;
  private final Map<String, Reservation> reservations = new HashMap<>();

  Verdict(Fleet fleet, Surroundings around, Book book, Violations violations) {
    this.fleet = fleet;
    this.around = around;
    this.book = book;
    this.violations = violations;
  }

  /** Notes every promise that was not kept. */
  void find() {
    book.reservations().values().forEach(this::reservation);
    for (String store : Surroundings.STORES) {
      Client.KEPT.forEach(sku -> kept(sku, store));
      Client.MOVED.forEach(sku -> moved(sku, store));
    }
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
              ? "crash/" + one.name().substring("holds/".length())
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
    violations.require(
        ids.equals(expected),
        "%s at %s: the ledger has the %d acknowledged movements, not %d"
            .formatted(sku, store, expected.size(), ids.size()));
    var level = level(sku, store);
    violations.require(
        level.getOnHand() == sum,
        "%s at %s: on hand %d = the ledger's sum %d".formatted(sku, store, level.getOnHand(), sum));
    book.refused()
        .keySet()
        .forEach(id -> violations.require(!ids.contains(id), id + " was refused and recorded"));
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
