package dev.filo.e2e.chaos;

import dev.filo.e2e.chaos.Book.Added;
import dev.filo.e2e.chaos.Book.Kept;
import dev.filo.e2e.chaos.Book.Recognised;
import dev.filo.e2e.chaos.Book.Standing;
import dev.filo.e2e.chaos.Insistence.Ending;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.AddLine;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartOperationResult;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.CartServiceGrpc.CartServiceBlockingStub;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.ReplayCartOperationsRequest;
import dev.filo.proto.cart.v1.ReplayCartOperationsResponse;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.proto.identity.v1.IdentifierFact;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
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
  // So that carts are shared, and read often, but never full.
  private static final int PER_CART = 15;
  private static final int IMPATIENT_OF = 4;

  private final int number;
  private final Random random;
  private final Fleet fleet;
  private final Surroundings around;
  private final Insistence insistence;
  private final Book book;
  private final Violations violations;
  private final BooleanSupplier goesOn;
  private final Map<String, Credentials> tokens = new HashMap<>();
  private final Map<String, Added> mine = new HashMap<>();
  private int made;
  private int filled;

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
      int dice = random.nextInt(14);
      if (dice < 4) {
        reserve();
      } else if (dice < 7) {
        hold();
      } else if (dice < 10) {
        move();
      } else if (dice < 13) {
        fill();
      } else {
        recognise();
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
                reason.equals("RESERVATION_OVER") && isOver(kept),
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

  /** Whether its time was over, give or take what a clock is wrong by. */
  private boolean isOver(Kept kept) {
    var early = Duration.between(Instant.now(), kept.expireTime());
    if (early.isPositive()) {
      book.overEarly(early);
    }
    return early.compareTo(Clock.WRONG_MAX) <= 0 || kept.standing() == Standing.OVER;
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
            .setOwner("chaos/" + hold)
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
                reason.equals("HOLD_OVER") && isOver(kept),
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
              .setCause("chaos"));
    }
    var batch = request.build();
    var known =
        insistence.callOrGiveUp(
            fleet.of("inventory"),
            "record",
            channel ->
                InventoryServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(tryMillis(), TimeUnit.MILLISECONDS)
                    .withCallCredentials(token(Role.ROLE_DEVICE, "devices/till-" + number, store))
                    .batchCreateMovements(batch));
    if (known.isEmpty()) {
      batch.getMovementsList().forEach(book::unknown);
      return;
    }
    var ending = known.get();
    if (ending instanceof Ending.Done<RecordMovementsResponse>(var answer)) {
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

  private void fill() {
    filled++;
    fill("customers/f%d-%d".formatted(number / 2, filled / PER_CART));
  }

  private void fill(String customer) {
    var request = ReplayCartOperationsRequest.newBuilder().setName(customer + "/cart");
    var additions = new ArrayList<Added>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      var one = new Added(customer, "op-" + id(), pick(KEPT), 1 + random.nextInt(3));
      additions.add(one);
      request.addOperations(operation(one));
    }
    var before = mine.get(customer);
    if (before != null && random.nextInt(3) == 0) {
      request.addOperations(operation(before)); // as a device without a network does
    }
    var whole = request.build();
    var known =
        insistence.callOrGiveUp(
            fleet.of("cart"),
            "fill",
            channel -> carts(channel, customer).replayCartOperations(whole));
    if (known.isEmpty()) {
      additions.forEach(book::unknown);
      return;
    }
    if (!(known.get() instanceof Ending.Done<ReplayCartOperationsResponse>(var answer))) {
      violations.add("good operations of a cart are refused: " + known.get());
      return;
    }
    for (int i = 0; i < answer.getResultsCount(); i++) {
      var result = answer.getResults(i);
      violations.require(
          i < count
              ? result.getOutcome() != CartOperationResult.Outcome.REFUSED
              : result.getOutcome() == CartOperationResult.Outcome.REPEATED,
          "operation %s of %s is %s %s"
              .formatted(result.getId(), customer, result.getOutcome(), result.getReason()));
    }
    additions.forEach(book::added);
    mine.put(customer, additions.getFirst());
    if (random.nextInt(3) == 0) {
      look(customer);
    }
  }

  /** A guest with a cart, a customer with a cart, and then it is known that they are one. */
  private void recognise() {
    var card = fact(Identifier.Type.LOYALTY_CARD, "CARD" + id().replace('-', 'X'));
    var email = fact(Identifier.Type.EMAIL, "c" + id() + "@example.com");
    var guest = resolve(card);
    fill(guest);
    var known = resolve(email);
    if (random.nextBoolean()) {
      fill(known);
    }
    resolve(card, email);
    book.recognised(new Recognised(card.getValue(), email.getValue(), List.of(guest, known)));
  }

  private static IdentifierFact fact(Identifier.Type type, String value) {
    return IdentifierFact.newBuilder().setType(type).setValue(value).setVerified(true).build();
  }

  private String resolve(IdentifierFact... facts) {
    var request =
        ResolveCustomerRequest.newBuilder()
            .addAllIdentifiers(List.of(facts))
            .setRequestId(id())
            .build();
    var ending =
        insistence.call(
            fleet.of("identity"),
            "resolve",
            channel ->
                IdentityServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(tryMillis(), TimeUnit.MILLISECONDS)
                    .withCallCredentials(fleet.tokens())
                    .resolveCustomer(request));
    if (ending instanceof Ending.Done<Customer>(var customer)) {
      return customer.getName();
    }
    violations.add("who is there is not said: " + ending);
    return "customers/nobody";
  }

  /** What was acknowledged by one replica is in what any other shows. */
  private void look(String customer) {
    var least = new TreeMap<String, Integer>();
    book.added().values().stream()
        .filter(one -> one.customer().equals(customer))
        .forEach(one -> least.merge(one.sku(), one.quantity(), Integer::sum));
    var ending =
        insistence.call(
            fleet.of("cart"),
            "cart",
            channel ->
                carts(channel, customer)
                    .getCart(GetCartRequest.newBuilder().setName(customer + "/cart").build()));
    if (ending instanceof Ending.Done<Cart>(var cart)) {
      cart.getLinesList()
          .forEach(line -> least.merge(line.getSku(), -line.getQuantity(), Integer::sum));
      violations.require(
          least.values().stream().allMatch(missing -> missing <= 0),
          "%s does not see what was put into her cart: %s is missing".formatted(customer, least));
    } else {
      violations.add("a cart cannot be read: " + ending);
    }
  }

  private static CartOperation operation(Added added) {
    return CartOperation.newBuilder()
        .setId(added.operation())
        .setAdd(AddLine.newBuilder().setSku(added.sku()).setQuantity(added.quantity()))
        .build();
  }

  private CartServiceBlockingStub carts(ManagedChannel channel, String customer) {
    return CartServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(tryMillis(), TimeUnit.MILLISECONDS)
        .withCallCredentials(token(Role.ROLE_CUSTOMER, customer));
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

  /** Some callers are impatient: they ask again while the first try may still be done. */
  private static long tryMillis() {
    return ThreadLocalRandom.current().nextInt(IMPATIENT_OF) == 0
        ? Insistence.IMPATIENT.toMillis()
        : Insistence.TRY.toMillis();
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private ReservationServiceBlockingStub reservations(
      ManagedChannel channel, Role role, String principal, String... stores) {
    return ReservationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(tryMillis(), TimeUnit.MILLISECONDS)
        .withCallCredentials(token(role, principal, stores));
  }

  private InventoryServiceBlockingStub inventory(ManagedChannel channel) {
    return InventoryServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(tryMillis(), TimeUnit.MILLISECONDS)
        .withCallCredentials(token(Role.ROLE_SERVICE, "services/chaos"));
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
