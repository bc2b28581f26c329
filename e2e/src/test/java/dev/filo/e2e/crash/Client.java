package dev.filo.e2e.crash;

import dev.filo.e2e.crash.Book.Kept;
import dev.filo.e2e.crash.Book.Standing;
import dev.filo.e2e.crash.Insistence.Ending;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * One customer, clerk, till and service in one: does random commands until told to stop, never
 * giving one up before it is answered, and writes down what it was told.
 */
final class Client implements Runnable {
  /** SKUs that only holds and their sales take from: sold plus held may never exceed the stock. */
  static final List<String> KEPT = IntStream.range(0, 6).mapToObj(i -> "KEPT-" + i).toList();

  /** SKUs that tills move. */
  static final List<String> MOVED = IntStream.range(0, 6).mapToObj(i -> "MOVED-" + i).toList();

  /** Pieces of each kept SKU at each store. */
  static final int STOCK = 400;

  // Each customer makes a few: none meets the retailer's limits, all compete for the same pieces.
  private static final int PER_CUSTOMER = 4;

  private final int number;
  private final Random random;
  private final Fleet fleet;
  private final Surroundings around;
  private final Insistence insistence;
  private final Book book;
  private final Violations violations;
  private final BooleanSupplier goesOn;
  private final Map<String, Credentials> tokens = new HashMap<>();
  private int made;

  private record Credentials(CallCredentials bearer, long untilNanos) {}

  Client(
      int number,
      long seed,
      Fleet fleet,
      Surroundings around,
      Insistence insistence,
      Book book,
      Violations violations,
      BooleanSupplier goesOn) {
    this.number = number;
    this.random = new Random(seed * 1000 + number);
    this.fleet = fleet;
    this.around = around;
    this.insistence = insistence;
    this.book = book;
    this.violations = violations;
    this.goesOn = goesOn;
  }

  @Override
  public void run() {
    while (goesOn.getAsBoolean()) {
      int dice = random.nextInt(10);
      if (dice < 4) {
        reserve();
      } else if (dice < 7) {
        hold();
      } else {
        move();
      }
    }
  }

  private void reserve() {
    var customer = "customers/c%d-%d".formatted(number, made / PER_CUSTOMER);
    var store = pick(Surroundings.STORES);
    var lines = lines();
    var end = end();
    var request =
        CreateReservationRequest.newBuilder()
            .setStore(store)
            .setUntilTime(Times.timestamp(end))
            .setRequestId(id());
    lines.forEach(
        (sku, quantity) ->
            request.addLines(ReservationLine.newBuilder().setSku(sku).setQuantity(quantity)));
    var ending =
        insistence.call(
            fleet.of("reservation"),
            "create",
            channel ->
                reservations(channel, Role.ROLE_CUSTOMER, customer)
                    .createReservation(request.build()));
    if (!(ending instanceof Ending.Done<Reservation>(var made))) {
      return;
    }
    var kept = new Kept(made.getName(), customer, store, lines, Standing.OPEN, end);
    book.reservation(kept);
    checkFirstAnswer(request.build(), made, customer);
    live(kept, made.getPickupCode());
  }

  /** The same request again gives the same reservation, at whatever replica. */
  private void checkFirstAnswer(
      CreateReservationRequest request, Reservation first, String customer) {
    if (random.nextInt(4) != 0) {
      return;
    }
    var again =
        insistence.call(
            fleet.of("reservation"),
            "create again",
            channel ->
                reservations(channel, Role.ROLE_CUSTOMER, customer).createReservation(request));
    violations.require(
        again instanceof Ending.Done<Reservation>(var second)
            && second.getName().equals(first.getName()),
        "a repeated create gives the first reservation, not " + again);
  }

  private void live(Kept kept, String code) {
    var now = kept;
    if (random.nextInt(3) == 0) {
      now = extend(now);
    }
    if (random.nextInt(2) == 0) {
      now = prepare(now);
    }
    switch (random.nextInt(5)) {
      case 0, 1 -> collect(now, code);
      case 2 -> cancel(now);
      default -> read(now);
    }
  }

  private Kept extend(Kept kept) {
    var end = Instant.ofEpochMilli(System.currentTimeMillis()).plus(Duration.ofDays(2));
    var request =
        ExtendReservationRequest.newBuilder()
            .setName(kept.name())
            .setUntilTime(Times.timestamp(end))
            .setRequestId(id())
            .build();
    return told(
        kept,
        "extend",
        insistence.call(
            fleet.of("reservation"),
            "extend",
            channel ->
                reservations(channel, Role.ROLE_CUSTOMER, kept.customer())
                    .extendReservation(request)),
        kept.standing(),
        end);
  }

  private Kept prepare(Kept kept) {
    var request =
        PrepareReservationRequest.newBuilder().setName(kept.name()).setRequestId(id()).build();
    return told(
        kept,
        "prepare",
        insistence.call(
            fleet.of("reservation"),
            "prepare",
            channel ->
                reservations(channel, Role.ROLE_STORE_STAFF, "staff/s" + number, kept.store())
                    .prepareReservation(request)),
        Standing.PREPARED,
        kept.expireTime());
  }

  private void cancel(Kept kept) {
    var request =
        CancelReservationRequest.newBuilder().setName(kept.name()).setRequestId(id()).build();
    told(
        kept,
        "cancel",
        insistence.call(
            fleet.of("reservation"),
            "cancel",
            channel ->
                reservations(channel, Role.ROLE_CUSTOMER, kept.customer())
                    .cancelReservation(request)),
        Standing.CANCELLED,
        kept.expireTime());
  }

  private void collect(Kept kept, String code) {
    var request = CollectPickupRequest.newBuilder().setStore(kept.store()).setPickupCode(code);
    var first = request.setRequestId(id()).build();
    var now =
        told(
            kept,
            "collect",
            insistence.call(
                fleet.of("reservation"),
                "collect",
                channel ->
                    reservations(channel, Role.ROLE_DEVICE, "devices/till-" + number, kept.store())
                        .collectPickup(first)),
            Standing.COLLECTED,
            kept.expireTime());
    if (now.standing() != Standing.COLLECTED) {
      return;
    }
    var second = request.setRequestId(id()).build();
    var twice =
        insistence.call(
            fleet.of("reservation"),
            "collect twice",
            channel ->
                reservations(channel, Role.ROLE_DEVICE, "devices/till-" + number, kept.store())
                    .collectPickup(second));
    violations.require(
        twice instanceof Ending.Refused<Reservation>(var reason)
            && reason.equals("ALREADY_COLLECTED"),
        "a second collection is refused with ALREADY_COLLECTED, not " + twice);
  }

  /** What was acknowledged by one replica is there at any other. */
  private void read(Kept kept) {
    var ending =
        insistence.call(
            fleet.of("reservation"),
            "get",
            channel ->
                reservations(channel, Role.ROLE_CUSTOMER, kept.customer())
                    .getReservation(
                        GetReservationRequest.newBuilder().setName(kept.name()).build()));
    violations.require(
        ending instanceof Ending.Done<Reservation>, "an acknowledged reservation is there");
  }

  /** Writes down what a command on a reservation came to. */
  private Kept told(
      Kept kept, String what, Ending<Reservation> ending, Standing standing, Instant end) {
    var next =
        switch (ending) {
          case Ending.Done<Reservation> done ->
              new Kept(kept.name(), kept.customer(), kept.store(), kept.lines(), standing, end);
          case Ending.Refused<Reservation>(var reason) -> {
            violations.require(
                reason.equals("RESERVATION_OVER") && !Instant.now().isBefore(kept.expireTime())
                    || kept.standing() == Standing.OVER,
                "%s of an open reservation is refused with %s".formatted(what, reason));
            yield new Kept(
                kept.name(),
                kept.customer(),
                kept.store(),
                kept.lines(),
                Standing.OVER,
                kept.expireTime());
          }
        };
    book.reservation(next);
    return next;
  }

  private void hold() {
    var store = pick(Surroundings.STORES);
    var lines = lines();
    var end = end();
    var hold = "hold-" + id();
    var request =
        PlaceHoldRequest.newBuilder()
            .setHoldId(hold)
            .setLocation(store)
            .setExpireTime(Times.timestamp(end))
            .setOwner("crash/" + hold)
            .setRequestId("place-" + hold);
    lines.forEach(
        (sku, quantity) ->
            request.addLines(HoldLine.newBuilder().setSku(sku).setQuantity(quantity)));
    var placed =
        insistence.call(
            fleet.of("inventory"),
            "place",
            channel -> inventory(channel).placeHold(request.build()));
    if (!(placed instanceof Ending.Done<Hold>)) {
      return;
    }
    var kept = new Kept("holds/" + hold, "", store, lines, Standing.OPEN, end);
    book.hold(kept);
    if (random.nextInt(3) == 0) {
      var later = Instant.ofEpochMilli(System.currentTimeMillis()).plus(Duration.ofDays(2));
      var extension =
          ExtendHoldRequest.newBuilder()
              .setName(kept.name())
              .setExpireTime(Times.timestamp(later))
              .setRequestId(id())
              .build();
      kept =
          holdTold(
              kept,
              "extend",
              insistence.call(
                  fleet.of("inventory"),
                  "extend",
                  channel -> inventory(channel).extendHold(extension)),
              Standing.OPEN,
              later);
    }
    var name = kept.name();
    switch (random.nextInt(4)) {
      case 0 ->
          holdTold(
              kept,
              "sell",
              insistence.call(
                  fleet.of("inventory"),
                  "sell",
                  channel ->
                      inventory(channel)
                          .sellHold(
                              SellHoldRequest.newBuilder()
                                  .setName(name)
                                  .setRequestId("sell-" + name)
                                  .build())),
              Standing.COLLECTED,
              kept.expireTime());
      case 1, 2 ->
          holdTold(
              kept,
              "release",
              insistence.call(
                  fleet.of("inventory"),
                  "release",
                  channel ->
                      inventory(channel)
                          .releaseHold(
                              ReleaseHoldRequest.newBuilder()
                                  .setName(name)
                                  .setRequestId("release-" + name)
                                  .build())),
              Standing.CANCELLED,
              kept.expireTime());
      default -> {}
    }
  }

  private Kept holdTold(
      Kept kept, String what, Ending<Hold> ending, Standing standing, Instant end) {
    var next =
        switch (ending) {
          case Ending.Done<Hold> done ->
              new Kept(kept.name(), "", kept.store(), kept.lines(), standing, end);
          case Ending.Refused<Hold>(var reason) -> {
            violations.require(
                reason.equals("HOLD_OVER") && !Instant.now().isBefore(kept.expireTime())
                    || kept.standing() == Standing.OVER,
                "%s of an open hold is refused with %s".formatted(what, reason));
            yield new Kept(
                kept.name(), "", kept.store(), kept.lines(), Standing.OVER, kept.expireTime());
          }
        };
    book.hold(next);
    return next;
  }

  private void move() {
    var store = pick(Surroundings.STORES);
    var request = RecordMovementsRequest.newBuilder().setRequestId(id());
    int rows = 1 + random.nextInt(5);
    for (int i = 0; i < rows; i++) {
      var kind =
          switch (random.nextInt(3)) {
            case 0 -> Movement.Kind.RECEIPT;
            case 1 -> Movement.Kind.SALE;
            default -> Movement.Kind.RETURN;
          };
      request.addMovements(
          Movement.newBuilder()
              .setId("move-" + id())
              .setKind(kind)
              .setSku(pick(MOVED))
              .setLocation(store)
              .setQuantity(1 + random.nextInt(5))
              .setCause("crash"));
    }
    var batch = request.build();
    var ending =
        insistence.call(
            fleet.of("inventory"),
            "record",
            channel ->
                InventoryServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(Insistence.TRY.toMillis(), TimeUnit.MILLISECONDS)
                    .withCallCredentials(token(Role.ROLE_DEVICE, "devices/till-" + number, store))
                    .batchCreateMovements(batch));
    if (ending
        instanceof Ending.Done<dev.filo.proto.inventory.v1.RecordMovementsResponse>(var answer)) {
      for (int i = 0; i < rows; i++) {
        if (answer.getResults(i).getOutcome() == MovementResult.Outcome.REFUSED) {
          book.refused(batch.getMovements(i));
        } else {
          book.recorded(batch.getMovements(i));
        }
      }
    } else {
      violations.add("a good batch of movements is refused: " + ending);
    }
  }

  private Map<String, Integer> lines() {
    var lines = new TreeMap<String, Integer>();
    // The first SKU is the one everybody wants.
    lines.put(random.nextInt(3) == 0 ? KEPT.getFirst() : pick(KEPT), 1 + random.nextInt(2));
    if (random.nextInt(3) == 0) {
      lines.put(pick(KEPT), 1 + random.nextInt(3));
    }
    return lines;
  }

  /** Far ahead, or so soon that it passes while the test runs. */
  private Instant end() {
    long now = System.currentTimeMillis();
    return Instant.ofEpochMilli(
        random.nextInt(4) == 0
            ? now + 2_000 + random.nextInt(10_000)
            : now + TimeUnit.DAYS.toMillis(1) + random.nextInt(1_000_000));
  }

  private String id() {
    made++;
    return "%d-%d-%d".formatted(number, made, random.nextInt(1_000_000_000));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private ReservationServiceBlockingStub reservations(
      ManagedChannel channel, Role role, String principal, String... stores) {
    return ReservationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Insistence.TRY.toMillis(), TimeUnit.MILLISECONDS)
        .withCallCredentials(token(role, principal, stores));
  }

  private InventoryServiceBlockingStub inventory(ManagedChannel channel) {
    return InventoryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(Insistence.TRY.toMillis(), TimeUnit.MILLISECONDS)
        .withCallCredentials(token(Role.ROLE_SERVICE, "services/crash"));
  }

  private CallCredentials token(Role role, String principal, String... stores) {
    var key = role + principal + String.join(",", stores);
    var known = tokens.get(key);
    if (known == null || System.nanoTime() > known.untilNanos()) {
      known =
          new Credentials(
              around.tokens().bearer(role, principal, stores),
              System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
      tokens.put(key, known);
    }
    return known.bearer();
  }
}
