package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.AcceptOfferRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.LineQuantity;
import dev.filo.proto.reservation.v1.PieceSerials;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.service.RefusedException;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.ReservationDocuments;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A process dies after each of its writes, or its call to inventory fails before or after it had
 * its effect; another goes on. Then both sides agree: nothing is held that is not reserved, nothing
 * reserved that is not held, nothing sold twice.
 */
@StoreTest
class CrashTest {
  private static final Caller HER = caller(Role.ROLE_CUSTOMER, JULIA);
  private static final Caller STAFF = caller(Role.ROLE_STORE_STAFF, "staff/mara");

  private final ReservationFixture fixture;
  private int run;

  CrashTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static Caller caller(Role role, String principal) {
    return new Caller(
        principal, Set.of(role), List.of("stores/milano"), "c", "web", "", "", "", "s", "t");
  }

  /** One command, on a reservation made before it; the other end of each run is checked. */
  private void survives(BiFunction<Reservations, Document, Mono<?>> command) {
    survives(this::base, command, () -> {});
  }

  private void survives(
      Supplier<Document> given,
      BiFunction<Reservations, Document, Mono<?>> command,
      Runnable thenHolds) {
    for (int at = 1; ; at++) {
      var seen = given.get();
      var mortal = new MortalMongo(at);
      var dying = fixture.replica(mortal.wrap(fixture.database()));
      end(command.apply(dying, seen));
      bothSidesAgree("write " + at);
      thenHolds.run();
      clear();
      if (!mortal.died()) {
        assertThat(at).isGreaterThan(1);
        break;
      }
    }
    for (boolean after : List.of(false, true)) {
      for (int at = 1; ; at++) {
        var seen = given.get();
        fixture.warehouse.failAt(at, after);
        end(command.apply(fixture.reservations, seen));
        boolean failed = fixture.warehouse.failed();
        fixture.warehouse.failAt(0, false);
        bothSidesAgree("call " + at + (after ? " after" : " before"));
        thenHolds.run();
        clear();
        if (!failed) {
          break;
        }
      }
    }
  }

  private static void end(Mono<?> command) {
    command.then().onErrorResume(e -> Mono.empty()).block(PATIENCE);
  }

  private Document base() {
    run++;
    fixture.warehouse.stock("S" + run, "milano", 3);
    fixture.warehouse.stock("LAMP", "milano", 1000);
    return create("base" + run, "LAMP", 1);
  }

  /** Three pieces, set aside. */
  private Document shelved() {
    base();
    var made = create("shelved" + run, "S" + run, 3);
    return Objects.requireNonNull(
        fixture
            .reservations
            .prepare(
                id(made),
                PrepareReservationRequest.newBuilder()
                    .setName("reservations/" + id(made))
                    .setShelf("B3")
                    .setRequestId("p" + run)
                    .build(),
                STAFF)
            .block(PATIENCE));
  }

  /** Two pieces Milan has not, of which {@code torino} and {@code zara} have so many. */
  private Document offered(int torino, int zara) {
    base();
    fixture.warehouse.stock("S" + run, "torino", 2);
    fixture.warehouse.stock("S" + run, "zara", zara);
    var made = create("offered" + run, "S" + run, 2);
    var refused =
        Objects.requireNonNull(
            fixture
                .reservations
                .refuse(id(made), refusal(RefusalCause.NOT_FOUND), STAFF)
                .block(PATIENCE));
    assertThat(Objects.requireNonNull(ReservationDocuments.read(refused).offer()).store())
        .isEqualTo("stores/torino");
    fixture.warehouse.stock("S" + run, "torino", torino); // since then
    return refused;
  }

  private RefuseReservationRequest refusal(RefusalCause cause) {
    return RefuseReservationRequest.newBuilder()
        .setCause(cause)
        .setReason("rotto")
        .setRequestId("x" + run)
        .build();
  }

  private CollectPickupRequest.Builder collection(Document of) {
    return CollectPickupRequest.newBuilder()
        .setStore("stores/milano")
        .setPickupCode(of.getString("pickupCode"))
        .setRequestId("x" + run);
  }

  private CollectPickupRequest.Builder collection(Document of, int pieces) {
    return collection(of).addLines(LineQuantity.newBuilder().setSku("S" + run).setQuantity(pieces));
  }

  private Reservation now(String id) {
    return ReservationDocuments.read(
        Objects.requireNonNull(fixture.store.find(id).block(PATIENCE)));
  }

  private Document create(String id, String sku, int pieces) {
    return Objects.requireNonNull(
        fixture.reservations.create(wish(id, sku, pieces).build(), HER).block(PATIENCE));
  }

  private void bothSidesAgree(String where) {
    fixture.clock.advance(Duration.ofSeconds(9));
    var other = fixture.replica(fixture.database());
    other.expire().block(PATIENCE);
    other.resume().block(PATIENCE);
    var all =
        Objects.requireNonNull(
            Flux.from(fixture.database().getCollection("reservations").find())
                .map(ReservationDocuments::read)
                .collectList()
                .block(PATIENCE));
    var now = fixture.clock.instant();
    assertThat(all).as(where).allMatch(one -> one.step() == Step.NONE);
    var open = all.stream().filter(one -> one.stateAt(now).isOpen()).toList();
    assertThat(fixture.warehouse.active().stream().map(Warehouse.Held::owner))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(
            open.stream().map(one -> "reservations/" + one.id()).toList());
    for (var held : fixture.warehouse.active()) {
      var one =
          open.stream().filter(it -> held.owner().endsWith(it.id())).findFirst().orElseThrow();
      assertThat(held.units()).as(where).isEqualTo(one.left());
      assertThat(held.expireTime()).as(where).isEqualTo(one.expireTime());
    }
    assertThat(
            fixture.warehouse.sold().stream()
                .collect(Collectors.toMap(Warehouse.Held::owner, Warehouse.Held::sold)))
        .as(where)
        .isEqualTo(
            all.stream()
                .filter(one -> one.units() > one.left())
                .collect(
                    Collectors.toMap(
                        one -> "reservations/" + one.id(), one -> one.units() - one.left())));
    assertThat(
            fixture.warehouse.movements().values().stream()
                .map(one -> one.getCause() + " " + one.getSku() + " " + one.getQuantity()))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(
            all.stream()
                .filter(one -> one.state() instanceof Reservation.State.Refused)
                .flatMap(CrashTest::corrections)
                .toList());
    var links = new HashMap<String, String>();
    for (var one : all) {
      var offer = one.offer();
      assertThat(one.offerStateAt(now).map(Enum::name).orElse("NONE"))
          .as(where)
          .isIn("NONE", "OPEN", "ACCEPTED", "GONE", "LAPSED");
      if (offer != null && offer.reservation() != null) {
        links.put(offer.reservation(), one.id());
      }
    }
    assertThat(replacements()).as(where).isEqualTo(links);
    assertThat(
            Objects.requireNonNull(
                Flux.from(fixture.database().getCollection("quotas").find())
                    .flatMapIterable(quota -> quota.getList("open", Document.class))
                    .map(counted -> counted.getString("id"))
                    .collectList()
                    .block(PATIENCE)))
        .as(where)
        .containsAll(open.stream().map(Reservation::id).toList());
  }

  private static Stream<String> corrections(Reservation refused) {
    var state = (Reservation.State.Refused) refused.state();
    return state.cause().corrects()
        ? state.lines().stream()
            .map(
                line ->
                    "reservations/%s %s %d"
                        .formatted(
                            refused.id(),
                            line.sku(),
                            state.cause() == dev.filo.reservation.domain.RefusalCause.NOT_FOUND
                                ? -line.quantity()
                                : line.quantity()))
        : Stream.of();
  }

  /** What replaces what, as the replacing ones say. */
  private Map<String, String> replacements() {
    return Objects.requireNonNull(
        Flux.from(fixture.database().getCollection("reservations").find())
            .filter(one -> !one.getString("replaces").isEmpty())
            .collectMap(one -> one.getString("_id"), one -> one.getString("replaces"))
            .block(PATIENCE));
  }

  /** Clears the shelf for the next run. */
  private void clear() {
    var other = fixture.replica(fixture.database());
    Objects.requireNonNull(
            Flux.from(fixture.database().getCollection("reservations").find())
                .map(ReservationDocuments::read)
                .filter(one -> one.stateAt(fixture.clock.instant()).isOpen())
                .collectList()
                .block(PATIENCE))
        .forEach(one -> end(other.cancel(one.id(), "", "end" + one.id(), message(), HER)));
  }

  private static PrepareReservationRequest message() {
    return PrepareReservationRequest.getDefaultInstance();
  }

  private static String id(Document document) {
    return document.getString("_id");
  }

  @Test
  void create() {
    survives((dying, seen) -> dying.create(wish("c" + run, "S" + run, 2).build(), HER));
  }

  @Test
  void create_tooMuch() {
    survives((dying, seen) -> dying.create(wish("c" + run, "S" + run, 4).build(), HER));
  }

  @Test
  void create_partial() {
    survives(
        (dying, seen) -> dying.create(wish("c" + run, "S" + run, 5).setPartial(true).build(), HER));
  }

  @Test
  void cancel() {
    survives((dying, seen) -> dying.cancel(id(seen), "", "x" + run, message(), HER));
  }

  @Test
  void refuse() {
    survives((dying, seen) -> dying.refuse(id(seen), refusal(RefusalCause.OTHER), STAFF));
  }

  @Test
  void extend() {
    survives(
        (dying, seen) ->
            dying.extend(
                id(seen),
                ExtendReservationRequest.newBuilder()
                    .setRequestId("x" + run)
                    .setUntilTime(
                        Times.timestamp(
                            ReservationDocuments.read(seen).expireTime().plus(Duration.ofDays(1))))
                    .build(),
                HER));
  }

  @Test
  void collect() {
    survives((dying, seen) -> dying.collect(collection(seen).build(), STAFF));
  }

  private CollectPickupRequest named(Document of, String... serials) {
    return collection(of)
        .addSerials(PieceSerials.newBuilder().setSku("S" + run).addAllSerials(List.of(serials)))
        .build();
  }

  @Test
  void collect_byName() {
    survives(
        this::shelved,
        (dying, seen) -> {
          fixture.warehouse.serials("S" + run, "milano", "A", "B", "C");
          return dying.collect(named(seen, "A", "B", "C"), STAFF);
        },
        () -> {
          // Begun, it was finished; not begun, nothing was sold.
          var left = fixture.warehouse.serials("S" + run, "milano").size();
          assertThat(left).isIn(0, 3);
        });
  }

  @Test
  void collect_whatIsNotThere_leavesItReserved_andIsNotRemembered() {
    survives(
        this::shelved,
        (dying, seen) -> {
          fixture.warehouse.serials("S" + run, "milano", "A", "B", "C");
          return dying.collect(named(seen, "A", "B", "Z"), STAFF);
        },
        () -> {
          var id = Ids.derived("reservation", JULIA, "shelved" + run);
          assertThat(now(id).left()).isEqualTo(3);
          var document = Objects.requireNonNull(fixture.store.find(id).block(PATIENCE));
          assertThatThrownBy(
                  () ->
                      fixture
                          .reservations
                          .collect(named(document, "A", "B", "Z"), STAFF)
                          .block(PATIENCE))
              .isInstanceOfSatisfying(
                  RefusedException.class,
                  e -> assertThat(e.why()).isEqualTo(new Refusal.SerialNotFound("S" + run, "Z")));
          assertThat(fixture.warehouse.serials("S" + run, "milano")).hasSize(3);
        });
  }

  @Test
  void expire() {
    survives(
        (dying, seen) -> {
          fixture.clock.set(ReservationDocuments.read(seen).expireTime());
          return dying.expire();
        });
  }

  @Test
  void expire_prepared_landsOnThePutBackList() {
    survives(
        this::shelved,
        (dying, seen) -> {
          fixture.clock.set(ReservationDocuments.read(seen).expireTime());
          return dying.expire();
        },
        this::isOnThePutBackList);
  }

  @Test
  void cancel_prepared_landsOnThePutBackList() {
    survives(
        this::shelved,
        (dying, seen) -> dying.cancel(id(seen), "", "x" + run, message(), HER),
        this::isOnThePutBackList);
  }

  private void isOnThePutBackList() {
    var shelved = now(Ids.derived("reservation", JULIA, "shelved" + run));
    if (!shelved.state().isOpen()) {
      assertThat(Objects.requireNonNull(shelved.putBack()).done()).isNull();
      assertThat(
              Objects.requireNonNull(
                  fixture
                      .store
                      .putBackList("stores/milano", fixture.clock.instant(), 500)
                      .map(CrashTest::id)
                      .collectList()
                      .block(PATIENCE)))
          .contains(shelved.id());
    }
  }

  @Test
  void refuse_notFound_isCorrected_andAnotherStoreOffered() {
    survives(
        () -> {
          base();
          fixture.warehouse.stock("S" + run, "torino", 2);
          return create("r" + run, "S" + run, 2);
        },
        (dying, seen) -> dying.refuse(id(seen), refusal(RefusalCause.NOT_FOUND), STAFF),
        () -> {
          var one = now(Ids.derived("reservation", JULIA, "r" + run));
          assertThat(one.state()).isInstanceOf(Reservation.State.Refused.class);
          assertThat(Objects.requireNonNull(one.offer()).store()).isEqualTo("stores/torino");
          assertThat(fixture.warehouse.onHand("S" + run, "milano")).isEqualTo(1);
        });
  }

  @Test
  void refuse_damaged_andNobodyElseHasIt() {
    survives(
        () -> {
          base();
          return create("r" + run, "S" + run, 2);
        },
        (dying, seen) -> dying.refuse(id(seen), refusal(RefusalCause.DAMAGED), STAFF),
        () ->
            assertThat(now(Ids.derived("reservation", JULIA, "r" + run)))
                .matches(one -> one.offer() == null && !one.state().isOpen()));
  }

  private AcceptOfferRequest acceptance() {
    return AcceptOfferRequest.newBuilder().setRequestId("a" + run).build();
  }

  @Test
  void accept_isHeldThere_andLinked() {
    survives(
        () -> offered(2, 0),
        (dying, seen) -> dying.accept(id(seen), acceptance(), HER),
        () -> {
          var one = now(Ids.derived("reservation", JULIA, "offered" + run));
          var offer = Objects.requireNonNull(one.offer());
          assertThat(offer.state()).isEqualTo(Offer.State.ACCEPTED);
          var there = now(Objects.requireNonNull(offer.reservation()));
          assertThat(there.store()).isEqualTo("stores/torino");
          assertThat(there.state().isOpen()).isTrue();
          assertThat(fixture.warehouse.available("S" + run, "torino")).isZero();
        });
  }

  @Test
  void accept_gone_theNextIsOffered() {
    survives(
        () -> offered(1, 5),
        (dying, seen) -> dying.accept(id(seen), acceptance(), HER),
        () -> {
          var one = now(Ids.derived("reservation", JULIA, "offered" + run));
          var offer = Objects.requireNonNull(one.offer());
          assertThat(offer.store()).isEqualTo("stores/zara");
          assertThat(offer.state()).isEqualTo(Offer.State.OPEN);
          assertThat(fixture.warehouse.available("S" + run, "torino")).isEqualTo(1);
        });
  }

  @Test
  void accept_gone_andNobodyElseHasIt() {
    survives(
        () -> offered(1, 0),
        (dying, seen) -> dying.accept(id(seen), acceptance(), HER),
        () ->
            assertThat(
                    Objects.requireNonNull(
                            now(Ids.derived("reservation", JULIA, "offered" + run)).offer())
                        .state())
                .isEqualTo(Offer.State.GONE));
  }

  @Test
  void collect_some_theRestIsKept() {
    survives(
        this::shelved,
        (dying, seen) -> dying.collect(collection(seen, 1).build(), STAFF),
        () -> {
          var one = now(Ids.derived("reservation", JULIA, "shelved" + run));
          assertThat(one.state().label()).isEqualTo("PREPARED");
          assertThat(one.left()).isEqualTo(2);
          assertThat(fixture.warehouse.onHand("S" + run, "milano")).isEqualTo(2);
        });
  }

  @Test
  void collect_some_theRestIsFreed() {
    survives(
        this::shelved,
        (dying, seen) -> dying.collect(collection(seen, 1).setReleaseRest(true).build(), STAFF),
        () -> {
          var one = now(Ids.derived("reservation", JULIA, "shelved" + run));
          assertThat(one.state().label()).isEqualTo("COLLECTED");
          assertThat(fixture.warehouse.available("S" + run, "milano")).isEqualTo(2);
          isOnThePutBackList();
        });
  }

  @Test
  void collect_some_again_sellsEachOnce() {
    survives(
        () -> {
          var seen = shelved();
          var first = collection(seen, 1).setRequestId("first" + run).build();
          return Objects.requireNonNull(fixture.reservations.collect(first, STAFF).block(PATIENCE));
        },
        (dying, seen) -> dying.collect(collection(seen, 1).build(), STAFF),
        () -> assertThat(fixture.warehouse.onHand("S" + run, "milano")).isEqualTo(1));
  }

  @Test
  void escalate() {
    survives(
        (dying, seen) -> {
          fixture.clock.set(Objects.requireNonNull(now(id(seen)).care().escalateDue()));
          return dying.escalate();
        });
  }

  @Test
  void anExtensionNobodyFinished_endsWithTheReservation() {
    var seen = base();
    var end = ReservationDocuments.read(seen).expireTime();
    fixture.warehouse.failAt(1, true); // the hold is moved, and nobody knows
    end(
        fixture.reservations.extend(
            id(seen),
            ExtendReservationRequest.newBuilder()
                .setRequestId("x")
                .setUntilTime(Times.timestamp(end.plus(Duration.ofDays(3))))
                .build(),
            HER));
    fixture.warehouse.failAt(0, false);
    fixture.clock.set(end);
    assertThat(fixture.warehouse.active()).hasSize(1);
    bothSidesAgree("end");
    assertThat(fixture.warehouse.active()).isEmpty();
  }
}
