package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.ReservationDocuments;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
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
    for (int at = 1; ; at++) {
      var seen = prepared();
      var mortal = new Mortal(at);
      var dying = fixture.replica(mortal.wrap(fixture.database()));
      end(command.apply(dying, seen));
      bothSidesAgree("write " + at);
      if (!mortal.died()) {
        assertThat(at).isGreaterThan(1);
        break;
      }
    }
    for (boolean after : List.of(false, true)) {
      for (int at = 1; ; at++) {
        var seen = prepared();
        fixture.warehouse.failAt(at, after);
        end(command.apply(fixture.reservations, seen));
        boolean failed = fixture.warehouse.failed();
        fixture.warehouse.failAt(0, false);
        bothSidesAgree("call " + at + (after ? " after" : " before"));
        if (!failed) {
          break;
        }
      }
    }
  }

  private static void end(Mono<?> command) {
    command.then().onErrorResume(e -> Mono.empty()).block(PATIENCE);
  }

  private Document prepared() {
    run++;
    fixture.warehouse.stock("S" + run, "milano", 3);
    fixture.warehouse.stock("LAMP", "milano", 1000);
    return create("base" + run, "LAMP", 1);
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
      assertThat(held.units()).as(where).isEqualTo(one.units());
      assertThat(held.expireTime()).as(where).isEqualTo(one.expireTime());
    }
    assertThat(fixture.warehouse.sold().stream().map(Warehouse.Held::owner))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(
            all.stream()
                .filter(one -> one.state().label().equals("COLLECTED"))
                .map(one -> "reservations/" + one.id())
                .toList());
    // clear the shelf for the next run
    open.forEach(one -> end(other.cancel(one.id(), "", "end" + one.id(), message(), HER)));
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
    survives((dying, seen) -> dying.refuse(id(seen), "", "rotto", "x" + run, message(), STAFF));
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
    survives(
        (dying, seen) ->
            dying.collect(
                "stores/milano",
                seen.getString("pickupCode"),
                "x" + run,
                CollectPickupRequest.getDefaultInstance(),
                STAFF));
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
  void anExtensionNobodyFinished_endsWithTheReservation() {
    var seen = prepared();
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
