package dev.filo.reservation;

import static dev.filo.reservation.Calling.accept;
import static dev.filo.reservation.Calling.acknowledge;
import static dev.filo.reservation.Calling.cancel;
import static dev.filo.reservation.Calling.collect;
import static dev.filo.reservation.Calling.decline;
import static dev.filo.reservation.Calling.get;
import static dev.filo.reservation.Calling.line;
import static dev.filo.reservation.Calling.picks;
import static dev.filo.reservation.Calling.prepare;
import static dev.filo.reservation.Calling.putAway;
import static dev.filo.reservation.Calling.putBacks;
import static dev.filo.reservation.Calling.refuse;
import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.refused;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.GetReservationPolicyRequest;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.Offer;
import dev.filo.proto.reservation.v1.PieceSerials;
import dev.filo.proto.reservation.v1.PutBackEntry;
import dev.filo.proto.reservation.v1.PutBackList;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.Reservation.State;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationChanged.Kind;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.WatchPutBackListRequest;
import dev.filo.testkit.StoreTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A reservation's life at the store and after it, over gRPC. */
@StoreTest
class ReservationLifeTest {
  private final ReservationFixture fixture;

  ReservationLifeTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
    fixture.warehouse.stock("SOFA", "milano", 5);
    fixture.warehouse.stock("LAMP", "milano", 99);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Reservation create(String requestId, String sku, int pieces) {
    return fixture.julia().createReservation(wish(requestId, sku, pieces).build());
  }

  private Reservation now(Reservation of) {
    return fixture.agent().getReservation(get(of));
  }

  private void sweep() {
    fixture.reservations.expire().block(PATIENCE);
    fixture.reservations.escalate().block(PATIENCE);
    fixture.reservations.remind().block(PATIENCE);
  }

  private void told(Reservation of, Kind... kinds) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events(of.getName()))
                    .extracting(ReservationChanged::getKind)
                    .containsExactly(kinds));
  }

  private static String metadata(StatusRuntimeException error, String key) {
    return Objects.requireNonNull(Statuses.errorInfo(error)).getMetadataOrDefault(key, "");
  }

  // ---- never lost

  @Test
  void unseen_itEscalates_inOpeningHours_firstOnThePickList() {
    fixture.clock.set(Instant.parse("2026-03-02T18:50:00Z")); // ten minutes before closing
    var held = untilSaturday("1", "SOFA");
    // twenty minutes are left when it opens on Wednesday: Tuesday is a holiday
    var due = Instant.parse("2026-03-04T09:20:00Z");
    assertThat(Times.instant(now(held).getAcknowledgeDueTime())).isEqualTo(due);
    var other = untilSaturday("2", "LAMP");
    fixture.milan().acknowledgeReservation(acknowledge(other, "v"));
    fixture.clock.set(due.minusMillis(1));
    sweep();
    assertThat(now(held).hasEscalateTime()).isFalse();
    fixture.clock.set(due);
    Flux.range(0, 3)
        .flatMap(i -> fixture.replica(fixture.database()).escalate())
        .blockLast(PATIENCE);
    sweep();
    var escalated = now(held);
    assertThat(Times.instant(escalated.getEscalateTime())).isEqualTo(due);
    assertThat(escalated.hasAcknowledgeDueTime()).isFalse();
    told(held, Kind.HELD, Kind.ESCALATED);
    told(other, Kind.HELD, Kind.ACKNOWLEDGED);
    var third = create("3", "LAMP", 1);
    for (var staff : List.of(fixture.manager(), fixture.agent(), fixture.milan())) {
      assertThat(
              staff
                  .listReservations(
                      ListReservationsRequest.newBuilder().setUnacknowledged(true).build())
                  .getReservationsList())
          .extracting(Reservation::getName)
          .containsExactlyInAnyOrder(held.getName(), third.getName());
    }
    assertThat(fixture.milan().getPickList(picks()).getReservationsList())
        .extracting(Reservation::getName)
        .startsWith(held.getName())
        .contains(other.getName(), third.getName());
    for (var staff : List.of(fixture.manager(), fixture.agent(), fixture.milan())) {
      assertThat(
              staff
                  .listReservations(ListReservationsRequest.newBuilder().setEscalated(true).build())
                  .getReservationsList())
          .extracting(Reservation::getName)
          .containsExactly(held.getName());
    }
    // who made it for herself is not troubled with it
    var hers = fixture.julia().getReservation(get(held));
    assertThat(hers.hasEscalateTime()).isFalse();
    assertThat(hers.hasAcknowledgeDueTime()).isFalse();

    var seen = fixture.till().acknowledgeReservation(acknowledge(held, "v"));
    assertThat(Times.instant(seen.getAcknowledgeTime())).isEqualTo(due);
    assertThat(fixture.till().acknowledgeReservation(acknowledge(held, "v"))).isEqualTo(seen);
    assertThat(fixture.manager().acknowledgeReservation(acknowledge(held, "w"))).isEqualTo(seen);
    assertThat(
            fixture
                .manager()
                .listReservations(ListReservationsRequest.newBuilder().setEscalated(true).build())
                .getReservationsList())
        .isEmpty();
    told(held, Kind.HELD, Kind.ESCALATED, Kind.ACKNOWLEDGED);
  }

  private Reservation untilSaturday(String id, String sku) {
    return fixture
        .julia()
        .createReservation(wish(id, sku, 1).setUntilStoreClosing("2026-03-07").build());
  }

  @Test
  void unseen_itEscalates_wellBeforeSheComes() {
    var end = fixture.clock.instant().plus(Duration.ofMinutes(40));
    var held =
        fixture
            .julia()
            .createReservation(wish("1", "SOFA", 1).setUntilTime(Times.timestamp(end)).build());
    assertThat(Times.instant(now(held).getAcknowledgeDueTime()))
        .isEqualTo(end.minus(Duration.ofMinutes(20)));
    fixture.clock.set(end.minus(Duration.ofMinutes(20)));
    sweep();
    assertThat(now(held).hasEscalateTime()).isTrue();
    assertThat(now(held).hasRemindTime()).isFalse(); // kept too short for a reminder
  }

  @Test
  void prepared_itWasSeen_andHasAShelf() {
    var held = create("1", "SOFA", 1);
    var prepared = fixture.milan().prepareReservation(prepare(held, " B3 ", "p"));
    assertThat(prepared.getShelf()).isEqualTo("B3");
    assertThat(prepared.hasAcknowledgeTime()).isTrue();
    fixture.clock.set(Times.instant(now(held).getExpireTime()).minusSeconds(1));
    fixture.reservations.escalate().block(PATIENCE);
    assertThat(now(held).hasEscalateTime()).isFalse();
    var moved = fixture.till().prepareReservation(prepare(held, "C1", "p2"));
    assertThat(moved.getShelf()).isEqualTo("C1");
    assertThat(moved.getPrepareTime()).isEqualTo(prepared.getPrepareTime());
    assertThat(fixture.milan().getPickList(picks()).getReservations(0).getShelf()).isEqualTo("C1");
    assertThat(fixture.julia().getReservation(get(held)).getShelf()).isEmpty();
    refused(
        () -> fixture.milan().prepareReservation(prepare(held, "x".repeat(41), "p3")),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> fixture.milan().prepareReservation(prepare(held, "D9", "p")),
        Status.Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED");
  }

  @Test
  void reminded_once_andAgainOfALaterEnd() {
    var held = create("1", "SOFA", 1);
    fixture.milan().acknowledgeReservation(acknowledge(held, "v"));
    var end = Times.instant(held.getExpireTime());
    fixture.clock.set(end.minus(Duration.ofHours(24)).minusMillis(1));
    sweep();
    assertThat(now(held).hasRemindTime()).isFalse();
    fixture.clock.advance(Duration.ofMillis(1));
    Flux.range(0, 3).flatMap(i -> fixture.replica(fixture.database()).remind()).blockLast(PATIENCE);
    fixture.reservations.remind().block(PATIENCE);
    assertThat(now(held).hasRemindTime()).isTrue();
    fixture
        .julia()
        .extendReservation(
            ExtendReservationRequest.newBuilder()
                .setName(held.getName())
                .setUntilTime(Times.timestamp(end.plus(Duration.ofDays(1))))
                .setRequestId("e")
                .build());
    assertThat(now(held).hasRemindTime()).isFalse();
    fixture.reservations.remind().block(PATIENCE);
    assertThat(now(held).hasRemindTime()).isFalse();
    fixture.clock.set(end);
    fixture.reservations.remind().block(PATIENCE);
    fixture.clock.set(end.plus(Duration.ofDays(1)));
    fixture.reservations.expire().block(PATIENCE);
    told(
        held,
        Kind.HELD,
        Kind.ACKNOWLEDGED,
        Kind.REMINDED,
        Kind.EXTENDED,
        Kind.REMINDED,
        Kind.EXPIRED);
  }

  // ---- refused, offered elsewhere

  private void elsewhere(int torino, int zara) {
    fixture.warehouse.stock("SOFA", "torino", torino);
    fixture.warehouse.stock("SOFA", "zara", zara);
    fixture.warehouse.stock("SOFA", "closed", 9);
    fixture.warehouse.stock("SOFA", "roma", 9);
  }

  @Test
  void refused_theLevelIsCorrected_theNearestThatHasAllIsOffered() {
    elsewhere(1, 2);
    var held = create("1", "SOFA", 2);
    var refusal =
        fixture
            .milan()
            .refuseReservation(refuse(held, RefusalCause.NOT_FOUND, "r", line("SOFA", 1)));
    assertThat(refusal.getState()).isEqualTo(State.REFUSED);
    assertThat(refusal.getRefusalCause()).isEqualTo(RefusalCause.NOT_FOUND);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(4);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(4);
    assertThat(
            fixture
                .milan()
                .refuseReservation(refuse(held, RefusalCause.NOT_FOUND, "r", line("SOFA", 1))))
        .isEqualTo(refusal);
    assertThat(fixture.warehouse.movements()).hasSize(1);
    var offer = refusal.getOffer();
    assertThat(offer.getStore()).isEqualTo("stores/zara"); // torino has one only
    assertThat(offer.getStoreTitle()).isEqualTo("Filo zara");
    assertThat(offer.getAvailable()).isEqualTo(2);
    assertThat(offer.getDistanceMeters()).isEqualTo(9_000);
    assertThat(offer.getState()).isEqualTo(Offer.State.OPEN);
    assertThat(offer.hasPickupReadyTime()).isTrue();
    told(held, Kind.HELD, Kind.REFUSED, Kind.OFFERED);

    var there = fixture.julia().acceptOffer(accept(held, "a"));
    assertThat(there.getStore()).isEqualTo("stores/zara");
    assertThat(there.getState()).isEqualTo(State.HELD);
    assertThat(there.getReplaces()).isEqualTo(held.getName());
    assertThat(there.getPickupCode()).isNotEmpty().isNotEqualTo(held.getPickupCode());
    assertThat(there.getExpireTime()).isEqualTo(held.getExpireTime());
    assertThat(there.getLines(0).getQuantity()).isEqualTo(2);
    assertThat(fixture.warehouse.available("SOFA", "zara")).isZero();
    assertThat(now(held).getReplacedBy()).isEqualTo(there.getName());
    assertThat(now(held).getOffer().getState()).isEqualTo(Offer.State.ACCEPTED);
    assertThat(fixture.julia().acceptOffer(accept(held, "a"))).isEqualTo(there);
    assertThat(fixture.julia().acceptOffer(accept(held, "b"))).isEqualTo(there);
    refused(
        () -> fixture.julia().declineOffer(decline(held, "d")),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_OVER");
    told(held, Kind.HELD, Kind.REFUSED, Kind.OFFERED, Kind.OFFER_ACCEPTED);
    told(there, Kind.HELD);
  }

  @Test
  void refused_theLedgerSaysWhy() {
    for (var cause :
        List.of(RefusalCause.NOT_FOUND, RefusalCause.DAMAGED, RefusalCause.DISPLAY_ONLY)) {
      var held = create(cause.name(), "SOFA", 1);
      fixture.milan().refuseReservation(refuse(held, cause, "r"));
    }
    var other = create("other", "SOFA", 1);
    fixture
        .milan()
        .refuseReservation(
            refuse(other, RefusalCause.OTHER, "r").toBuilder().setReason("altro").build());
    assertThat(fixture.warehouse.movements().values())
        .extracting(Movement::getKind, Movement::getQuantity, Movement::getSetAsideReason)
        .containsExactlyInAnyOrder(
            tuple(Movement.Kind.ADJUSTMENT, -1, SetAsideReason.SET_ASIDE_REASON_UNSPECIFIED),
            tuple(Movement.Kind.SET_ASIDE, 1, SetAsideReason.DAMAGED),
            tuple(Movement.Kind.SET_ASIDE, 1, SetAsideReason.DISPLAY));
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(4);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(2);
  }

  @Test
  void refused_ofSeveralLines_aStoreThatHasAllOfThem() {
    elsewhere(5, 5);
    fixture.warehouse.stock("LAMP", "zara", 3);
    var held =
        fixture
            .agent()
            .createReservation(
                wish("1", "SOFA", 1)
                    .setCustomer(JULIA)
                    .addLines(ReservationLine.newBuilder().setSku("LAMP").setQuantity(3))
                    .build());
    var refusal =
        fixture
            .milan()
            .refuseReservation(refuse(held, RefusalCause.DISPLAY_ONLY, "r", line("SOFA", 1)));
    assertThat(refusal.getOffer().getStore()).isEqualTo("stores/zara");
    // by the agent, for her; and it stays the agent's
    var there = fixture.agent().acceptOffer(accept(held, "a"));
    assertThat(there.getCreatedBy()).isEqualTo(held.getCreatedBy());
    assertThat(there.getLinesList()).hasSize(2);
  }

  @Test
  void anOfferThatIsGone_isSaid_andTheNextOffered() {
    elsewhere(1, 1);
    var held = create("1", "SOFA", 1);
    fixture.milan().refuseReservation(refuse(held, RefusalCause.DAMAGED, "r"));
    fixture.warehouse.stock("SOFA", "torino", 0);
    var gone =
        refused(
            () -> fixture.julia().acceptOffer(accept(held, "a")),
            Status.Code.FAILED_PRECONDITION,
            "OFFER_GONE");
    assertThat(metadata(gone, "store")).isEqualTo("stores/torino");
    var next = now(held);
    assertThat(next.getOffer().getStore()).isEqualTo("stores/zara");
    assertThat(next.getOffer().getState()).isEqualTo(Offer.State.OPEN);
    told(held, Kind.HELD, Kind.REFUSED, Kind.OFFERED, Kind.OFFERED);
    // a tap on what she had been shown before does not take something else
    refused(
        () ->
            fixture
                .julia()
                .acceptOffer(accept(held, "b").toBuilder().setStore("stores/torino").build()),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_GONE");
    fixture.warehouse.stock("SOFA", "zara", 0);
    refused(
        () -> fixture.julia().acceptOffer(accept(held, "c")),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_GONE");
    assertThat(now(held).getOffer().getState()).isEqualTo(Offer.State.GONE);
    told(held, Kind.HELD, Kind.REFUSED, Kind.OFFERED, Kind.OFFERED, Kind.OFFER_NONE);
    assertThat(fixture.warehouse.active()).isEmpty();
  }

  @Test
  void accept_keepsToHerLimits_andTheOfferStands() {
    elsewhere(9, 0);
    var guest = fixture.as(Role.ROLE_GUEST, "customers/guest1");
    var held = guest.createReservation(wish("1", "SOFA", 1).build());
    fixture.milan().refuseReservation(refuse(held, RefusalCause.DAMAGED, "r"));
    var another = guest.createReservation(wish("2", "LAMP", 1).build());
    refused(
        () -> guest.acceptOffer(accept(held, "a")),
        Status.Code.RESOURCE_EXHAUSTED,
        "RESERVATION_LIMIT");
    assertThat(now(held).getOffer().getState()).isEqualTo(Offer.State.OPEN);
    guest.cancelReservation(cancel(another, "x"));
    assertThat(guest.acceptOffer(accept(held, "b")).getState()).isEqualTo(State.HELD);
    assertThat(fixture.warehouse.active()).hasSize(1);
  }

  @Test
  void inventoryDown_theRefusalStands_andTheRestFollows() {
    elsewhere(9, 0);
    var held = create("1", "SOFA", 1);
    fixture.warehouse.down(true);
    refused(
        () -> fixture.milan().refuseReservation(refuse(held, RefusalCause.NOT_FOUND, "r")),
        Status.Code.UNAVAILABLE,
        "UNAVAILABLE");
    assertThat(now(held).getState()).isEqualTo(State.REFUSED);
    fixture.warehouse.down(false);
    fixture.clock.advance(Duration.ofSeconds(9));
    fixture.reservations.resume().block(PATIENCE);
    assertThat(now(held).getOffer().getState()).isEqualTo(Offer.State.OPEN);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(4);
    fixture.warehouse.down(true);
    refused(
        () -> fixture.julia().acceptOffer(accept(held, "a")),
        Status.Code.UNAVAILABLE,
        "UNAVAILABLE");
    fixture.warehouse.down(false);
    fixture.clock.advance(Duration.ofSeconds(9));
    fixture.reservations.resume().block(PATIENCE);
    assertThat(now(held).getOffer().getState()).isEqualTo(Offer.State.ACCEPTED);
    assertThat(fixture.julia().acceptOffer(accept(held, "a")).getStore())
        .isEqualTo("stores/torino");
  }

  @Test
  void manyAcceptAtOnce_isOneReservation() {
    elsewhere(1, 0);
    var held = create("1", "SOFA", 1);
    fixture.milan().refuseReservation(refuse(held, RefusalCause.DAMAGED, "r"));
    var names =
        Objects.requireNonNull(
            Flux.range(0, 8)
                .flatMap(
                    i ->
                        Mono.fromCallable(() -> fixture.julia().acceptOffer(accept(held, "a" + i)))
                            .subscribeOn(Schedulers.boundedElastic()),
                    8)
                .map(Reservation::getName)
                .distinct()
                .collectList()
                .block(PATIENCE));
    assertThat(names).hasSize(1);
    assertThat(fixture.warehouse.active()).hasSize(1);
  }

  @Test
  void twoWantTheLastOneThere_oneGetsIt() {
    elsewhere(1, 0);
    var first = create("1", "SOFA", 1);
    var second = create("2", "SOFA", 1);
    for (var one : List.of(first, second)) {
      var refusal = fixture.milan().refuseReservation(refuse(one, RefusalCause.DAMAGED, "r"));
      assertThat(refusal.getOffer().getStore()).isEqualTo("stores/torino");
    }
    assertThat(fixture.julia().acceptOffer(accept(first, "a")).getState()).isEqualTo(State.HELD);
    refused(
        () -> fixture.julia().acceptOffer(accept(second, "a")),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_GONE");
    assertThat(fixture.warehouse.available("SOFA", "torino")).isZero();
  }

  @Test
  void anOffer_declined_lapsed_none_foreign() {
    elsewhere(9, 0);
    var first = create("1", "SOFA", 1);
    refused(
        () -> fixture.julia().acceptOffer(accept(first, "a")),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_OVER");
    fixture.milan().refuseReservation(refuse(first, RefusalCause.DAMAGED, "r"));
    var stranger = fixture.as(Role.ROLE_CUSTOMER, "customers/other");
    refused(
        () -> stranger.acceptOffer(accept(first, "a")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    refused(
        () -> stranger.declineOffer(decline(first, "a")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    refused(
        () -> fixture.milan().acceptOffer(accept(first, "a")),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () -> fixture.julia().acceptOffer(accept(first, "")),
        Status.Code.INVALID_ARGUMENT,
        "REQUEST_ID_MISSING");
    refused(
        () ->
            fixture.julia().acceptOffer(accept(first, "a").toBuilder().setName("nonsense").build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    var declined = fixture.julia().declineOffer(decline(first, "d"));
    assertThat(declined.getOffer().getState()).isEqualTo(Offer.State.DECLINED);
    assertThat(fixture.julia().declineOffer(decline(first, "d"))).isEqualTo(declined);
    refused(
        () -> fixture.julia().acceptOffer(accept(first, "a")),
        Status.Code.FAILED_PRECONDITION,
        "OFFER_OVER");
    told(first, Kind.HELD, Kind.REFUSED, Kind.OFFERED, Kind.OFFER_DECLINED);

    var second = create("2", "SOFA", 1);
    var offered = fixture.milan().refuseReservation(refuse(second, RefusalCause.DAMAGED, "r"));
    fixture.clock.set(Times.instant(offered.getOffer().getExpireTime()));
    var lapsed = now(second);
    assertThat(lapsed.getOffer().getState()).isEqualTo(Offer.State.LAPSED);
    assertThat(lapsed.getEtag()).isNotEqualTo(offered.getEtag());
    var over =
        refused(
            () -> fixture.julia().acceptOffer(accept(second, "a")),
            Status.Code.FAILED_PRECONDITION,
            "OFFER_OVER");
    assertThat(metadata(over, "state")).isEqualTo("LAPSED");
    assertThat(fixture.warehouse.available("SOFA", "torino")).isEqualTo(9);
  }

  @Test
  void refuse_malformed() {
    var held = create("1", "SOFA", 2);
    var cases =
        List.<ThrowingCallable>of(
            () -> fixture.milan().refuseReservation(refuse(held, RefusalCause.OTHER, "1")),
            () ->
                fixture
                    .milan()
                    .refuseReservation(
                        refuse(held, RefusalCause.REFUSAL_CAUSE_UNSPECIFIED, "1").toBuilder()
                            .setReason("  ")
                            .build()),
            () ->
                fixture
                    .milan()
                    .refuseReservation(
                        refuse(held, RefusalCause.DAMAGED, "1").toBuilder()
                            .setCauseValue(77)
                            .build()),
            () ->
                fixture
                    .milan()
                    .refuseReservation(refuse(held, RefusalCause.DAMAGED, "1", line("SOFA", 0))));
    for (var one : cases) {
      refused(one, Status.Code.INVALID_ARGUMENT, "FIELDS_INVALID");
    }
    for (var lines :
        List.of(
            new dev.filo.proto.reservation.v1.LineQuantity[] {line("SOFA", 3)},
            new dev.filo.proto.reservation.v1.LineQuantity[] {line("LAMP", 1)},
            new dev.filo.proto.reservation.v1.LineQuantity[] {line("SOFA", 1), line("SOFA", 1)})) {
      refused(
          () -> fixture.milan().refuseReservation(refuse(held, RefusalCause.DAMAGED, "1", lines)),
          Status.Code.INVALID_ARGUMENT,
          "LINES_INVALID");
    }
    assertThat(now(held).getState()).isEqualTo(State.HELD);
    assertThat(fixture.warehouse.movements()).isEmpty();
  }

  // ---- handed over in parts

  @Test
  void collect_some_thenTheRest() {
    var held = create("1", "SOFA", 3);
    assertThat(held.getIdentityCheck()).isFalse();
    var some = fixture.till().collectPickup(collect(held, "c1", line("SOFA", 1)));
    assertThat(some.getState()).isEqualTo(State.HELD);
    assertThat(some.getLines(0).getCollectedQuantity()).isEqualTo(1);
    assertThat(some.hasAcknowledgeTime()).isTrue();
    assertThat(some.hasAcknowledgeDueTime()).isFalse();
    assertThat(fixture.till().collectPickup(collect(held, "c1", line("SOFA", 1)))).isEqualTo(some);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(4);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(2);
    refused(
        () -> fixture.till().collectPickup(collect(held, "c1", line("SOFA", 2))),
        Status.Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED");
    var tooMany =
        refused(
            () -> fixture.till().collectPickup(collect(held, "c2", line("SOFA", 3))),
            Status.Code.INVALID_ARGUMENT,
            "LINES_INVALID");
    assertThat(metadata(tooMany, "left")).isEqualTo("2");
    var rest = fixture.milan().collectPickup(collect(held, "c3"));
    assertThat(rest.getState()).isEqualTo(State.COLLECTED);
    assertThat(rest.getLines(0).getCollectedQuantity()).isEqualTo(3);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(2);
    assertThat(fixture.warehouse.active()).isEmpty();
    told(held, Kind.HELD, Kind.PARTLY_COLLECTED, Kind.COLLECTED);
  }

  @Test
  void collect_byName_takesThosePieces_andAWrongOneIsRefused() {
    fixture.warehouse.serials("SOFA", "milano", "S1", "S2", "S3");
    var held = create("1", "SOFA", 2);
    var asked = collect(held, "c1").toBuilder();
    var wrong =
        refused(
            () -> fixture.till().collectPickup(named(asked, "S1", "S9")),
            Status.Code.FAILED_PRECONDITION,
            "SERIAL_NOT_FOUND");
    assertThat(metadata(wrong, "serial")).isEqualTo("S9");
    assertThat(metadata(wrong, "sku")).isEqualTo("SOFA");
    assertThat(now(held).getState()).isEqualTo(State.HELD);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(3);
    refused(
        () -> fixture.till().collectPickup(named(asked, "S1", "S9")),
        Status.Code.FAILED_PRECONDITION,
        "SERIAL_NOT_FOUND");
    var missing =
        refused(
            () ->
                fixture
                    .till()
                    .collectPickup(asked.clone().clearSerials().setSerialsRequired(true).build()),
            Status.Code.INVALID_ARGUMENT,
            "SERIALS_INVALID");
    assertThat(metadata(missing, "sku")).isEqualTo("SOFA");
    assertThat(metadata(missing, "pieces")).isEqualTo("2");
    var done = fixture.till().collectPickup(named(asked, "S1", "S3"));
    assertThat(done.getState()).isEqualTo(State.COLLECTED);
    assertThat(fixture.till().collectPickup(named(asked, "S1", "S3"))).isEqualTo(done);
    assertThat(fixture.warehouse.serials("SOFA", "milano")).containsExactly("S2");
    refused(
        () -> fixture.till().collectPickup(named(asked, "S2", "S3")),
        Status.Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED");
    told(held, Kind.HELD, Kind.COLLECTED);
  }

  private static CollectPickupRequest named(
      CollectPickupRequest.Builder request, String... serials) {
    return request
        .clearSerials()
        .addSerials(PieceSerials.newBuilder().setSku("SOFA").addAllSerials(List.of(serials)))
        .build();
  }

  @Test
  void collect_some_andLetTheRestGo() {
    var held = create("1", "SOFA", 3);
    fixture.milan().prepareReservation(prepare(held, "B3", "p"));
    var done =
        fixture
            .till()
            .collectPickup(
                collect(held, "c", line("SOFA", 1)).toBuilder().setReleaseRest(true).build());
    assertThat(done.getState()).isEqualTo(State.COLLECTED);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(4);
    var entry = fixture.milan().getPutBackList(putBacks()).getEntries(0);
    assertThat(entry.getReservation()).isEqualTo(held.getName());
    assertThat(entry.getShelf()).isEqualTo("B3");
    assertThat(entry.getState()).isEqualTo(State.COLLECTED);
    assertThat(entry.getLines(0).getQuantity()).isEqualTo(2);
  }

  @Test
  void collect_someByManyTillsAtOnce_neverMoreThanThereIs() {
    var held = create("1", "SOFA", 3);
    Flux.range(0, 6)
        .flatMap(
            i ->
                Mono.fromCallable(
                        () -> fixture.till().collectPickup(collect(held, "t" + i, line("SOFA", 1))))
                    .subscribeOn(Schedulers.boundedElastic())
                    .onErrorResume(StatusRuntimeException.class, e -> Mono.empty()),
            6)
        .blockLast(PATIENCE);
    assertThat(now(held).getState()).isEqualTo(State.COLLECTED);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(2);
    assertThat(fixture.warehouse.sold().getFirst().sold()).isEqualTo(3);
  }

  @Test
  void collect_elsewhere_saysWhere_andWhatIsDearNeedsADocument() {
    fixture.warehouse.stock("LAMP", "milano", 6);
    var dear = create("1", "LAMP", 6); // 599.40 EUR
    assertThat(dear.getIdentityCheck()).isTrue();
    var wrong =
        refused(
            () ->
                fixture
                    .as(Role.ROLE_DEVICE, "devices/t", "stores/roma")
                    .collectPickup(collect(dear, "c").toBuilder().setStore("stores/roma").build()),
            Status.Code.FAILED_PRECONDITION,
            "WRONG_STORE");
    assertThat(metadata(wrong, "store")).isEqualTo("stores/milano");
    assertThat(metadata(wrong, "storeTitle")).isEqualTo("Filo milano");
  }

  // ---- put back

  @Test
  void whatWasPrepared_landsOnThePutBackList_atItsEnd() throws InterruptedException {
    var expired = create("1", "SOFA", 1);
    var cancelled = create("2", "SOFA", 1);
    var never = create("3", "SOFA", 1);
    fixture.milan().prepareReservation(prepare(expired, "A1", "p"));
    fixture.milan().prepareReservation(prepare(cancelled, "A2", "p"));
    var seen = new LinkedBlockingQueue<PutBackList>();
    fixture
        .watching(Role.ROLE_STORE_STAFF, "staff/mara", "stores/milano")
        .watchPutBackList(
            WatchPutBackListRequest.newBuilder().setName("stores/milano/putBackList").build(),
            into(seen));
    assertThat(next(seen).getEntriesList()).isEmpty();
    fixture.julia().cancelReservation(cancel(cancelled, "x"));
    assertThat(next(seen).getEntries(0).getState()).isEqualTo(State.CANCELLED);
    fixture.julia().cancelReservation(cancel(never, "x"));
    fixture.clock.set(Times.instant(expired.getExpireTime()));
    // at that very instant, whether or not anybody has written so
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(5);
    assertThat(fixture.till().getPutBackList(putBacks()).getEntriesList())
        .extracting(PutBackEntry::getShelf)
        .containsExactlyInAnyOrder("A1", "A2");
    var left = fixture.milan().completePutBack(putAway(expired, "d"));
    assertThat(left.getEntriesList())
        .extracting(PutBackEntry::getReservation)
        .containsExactly(cancelled.getName());
    assertThat(now(expired).getState()).isEqualTo(State.EXPIRED);
    assertThat(fixture.milan().completePutBack(putAway(expired, "d")).getEntriesList()).hasSize(1);
    assertThat(fixture.milan().completePutBack(putAway(expired, "e")).getEntriesList()).hasSize(1);
    sweep();
    assertThat(fixture.milan().getPutBackList(putBacks()).getEntriesList()).hasSize(1);
    told(expired, Kind.HELD, Kind.PREPARED, Kind.EXPIRED, Kind.PUT_BACK);
  }

  @Test
  void putBack_refusals() {
    var held = create("1", "SOFA", 1);
    refused(
        () -> fixture.milan().completePutBack(putAway(held, "d")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    fixture.milan().prepareReservation(prepare(held, "A1", "p"));
    refused(
        () -> fixture.milan().completePutBack(putAway(held, "d")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    fixture.milan().refuseReservation(refuse(held, RefusalCause.DAMAGED, "r"));
    assertThat(fixture.milan().getPutBackList(putBacks()).getEntries(0).getRefusalCause())
        .isEqualTo(RefusalCause.DAMAGED);
    var roma = fixture.as(Role.ROLE_STORE_STAFF, "staff/r", "stores/roma");
    refused(
        () -> roma.completePutBack(putAway(held, "d")),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () ->
            roma.completePutBack(
                putAway(held, "d").toBuilder().setName("stores/roma/putBackList").build()),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    refused(
        () -> roma.getPutBackList(putBacks()), Status.Code.PERMISSION_DENIED, "ROLE_NOT_ALLOWED");
    refused(
        () -> fixture.julia().getPutBackList(putBacks()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () -> fixture.milan().completePutBack(putAway(held, "")),
        Status.Code.INVALID_ARGUMENT,
        "REQUEST_ID_MISSING");
    refused(
        () ->
            fixture
                .milan()
                .completePutBack(putAway(held, "d").toBuilder().setReservation("x").build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  // ---- until

  @Test
  void until_aDuration() {
    var now = fixture.clock.instant();
    var held =
        fixture
            .julia()
            .createReservation(wish("1", "LAMP", 1).setUntilDuration(seconds(7200)).build());
    assertThat(Times.instant(held.getExpireTime())).isEqualTo(now.plus(Duration.ofHours(2)));
    for (long wrong : List.of(0L, -5L, Duration.ofDays(15).toSeconds())) {
      refused(
          () ->
              fixture
                  .julia()
                  .createReservation(wish("2", "LAMP", 1).setUntilDuration(seconds(wrong)).build()),
          Status.Code.INVALID_ARGUMENT,
          "TIME_INVALID");
    }
    fixture.clock.advance(Duration.ofHours(1));
    var extended =
        fixture
            .julia()
            .extendReservation(
                ExtendReservationRequest.newBuilder()
                    .setName(held.getName())
                    .setUntilDuration(seconds(86_400))
                    .setRequestId("e")
                    .build());
    assertThat(Times.instant(extended.getExpireTime())).isEqualTo(now.plus(Duration.ofHours(25)));
    refused(
        () ->
            fixture
                .julia()
                .extendReservation(
                    ExtendReservationRequest.newBuilder()
                        .setName(held.getName())
                        .setUntilDuration(seconds(Duration.ofDays(15).toSeconds()))
                        .setRequestId("f")
                        .build()),
        Status.Code.FAILED_PRECONDITION,
        "EXTENSION_TOO_LONG");
  }

  /**
   * Clocks go forward on 29 March and back on 25 October 2026, at night from Saturday to Sunday.
   */
  @Test
  void until_aClosing_overTheChangeOfClocks() {
    fixture.clock.set(Instant.parse("2026-03-27T10:00:00Z")); // Friday, UTC+1
    assertThat(untilClosing("1", "2026-03-28")).isEqualTo(Instant.parse("2026-03-28T19:00:00Z"));
    assertThat(untilClosing("2", "2026-03-30")).isEqualTo(Instant.parse("2026-03-30T18:00:00Z"));
    // a day is 24 hours by the clock on the wall of a physicist
    assertThat(untilDuration("3", Duration.ofDays(3)))
        .isEqualTo(Instant.parse("2026-03-30T10:00:00Z"));
    // unseen: of the half hour ten minutes are left on Monday, which opens an hour sooner in UTC
    fixture.clock.set(Instant.parse("2026-03-28T18:40:00Z"));
    var spring =
        fixture
            .julia()
            .createReservation(wish("4", "LAMP", 1).setUntilStoreClosing("2026-04-04").build());
    assertThat(Times.instant(now(spring).getAcknowledgeDueTime()))
        .isEqualTo(Instant.parse("2026-03-30T08:10:00Z"));
    // kept until Monday's closing only, half of the time comes before the store opens again
    var brief = create("9", "LAMP", 1);
    assertThat(Times.instant(now(brief).getAcknowledgeDueTime()))
        .isEqualTo(Instant.parse("2026-03-29T18:20:00Z"));

    fixture.clock.set(Instant.parse("2026-10-23T10:00:00Z")); // Friday, UTC+2
    assertThat(untilClosing("5", "2026-10-24")).isEqualTo(Instant.parse("2026-10-24T18:00:00Z"));
    assertThat(untilClosing("6", "2026-10-26")).isEqualTo(Instant.parse("2026-10-26T19:00:00Z"));
    assertThat(untilDuration("7", Duration.ofDays(3)))
        .isEqualTo(Instant.parse("2026-10-26T10:00:00Z"));
    fixture.clock.set(Instant.parse("2026-10-24T17:40:00Z"));
    var autumn =
        fixture
            .julia()
            .createReservation(wish("8", "LAMP", 1).setUntilStoreClosing("2026-10-31").build());
    assertThat(Times.instant(now(autumn).getAcknowledgeDueTime()))
        .isEqualTo(Instant.parse("2026-10-26T09:10:00Z"));
  }

  private Instant untilClosing(String id, String date) {
    return Times.instant(
        fixture
            .julia()
            .createReservation(wish(id, "LAMP", 1).setUntilStoreClosing(date).build())
            .getExpireTime());
  }

  private Instant untilDuration(String id, Duration length) {
    return Times.instant(
        fixture
            .julia()
            .createReservation(
                wish(id, "LAMP", 1).setUntilDuration(seconds(length.toSeconds())).build())
            .getExpireTime());
  }

  private static com.google.protobuf.Duration seconds(long seconds) {
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).build();
  }

  // ---- who may

  @Test
  void acknowledge_refusals() {
    var held = create("1", "SOFA", 1);
    refused(
        () ->
            fixture
                .as(Role.ROLE_STORE_STAFF, "staff/r", "stores/roma")
                .acknowledgeReservation(acknowledge(held, "v")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    for (var other : Stream.of(fixture.julia(), fixture.agent()).toList()) {
      refused(
          () -> other.acknowledgeReservation(acknowledge(held, "v")),
          Status.Code.PERMISSION_DENIED,
          "ROLE_NOT_ALLOWED");
    }
    refused(
        () -> fixture.milan().acknowledgeReservation(acknowledge(held, "")),
        Status.Code.INVALID_ARGUMENT,
        "REQUEST_ID_MISSING");
    refused(
        () ->
            fixture
                .milan()
                .acknowledgeReservation(
                    acknowledge(held, "v").toBuilder().setEtag("stale").build()),
        Status.Code.ABORTED,
        "ETAG_STALE");
    fixture.julia().cancelReservation(cancel(held, "x"));
    refused(
        () -> fixture.milan().acknowledgeReservation(acknowledge(held, "v")),
        Status.Code.FAILED_PRECONDITION,
        "RESERVATION_OVER");
  }

  @Test
  void thePolicy_isSaid() {
    var policy =
        fixture
            .julia()
            .getReservationPolicy(
                GetReservationPolicyRequest.newBuilder()
                    .setName("stores/milano/reservationPolicy")
                    .build());
    assertThat(policy.getDefaultClosings()).isEqualTo(2);
    assertThat(policy.getAcknowledgeWithin().getSeconds()).isEqualTo(1800);
    assertThat(policy.getIdentityCheckAbove().getUnits()).isEqualTo(500);
    refused(
        () ->
            fixture
                .julia()
                .getReservationPolicy(
                    GetReservationPolicyRequest.newBuilder()
                        .setName("stores/none/reservationPolicy")
                        .build()),
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND");
  }

  private static <T> T next(BlockingQueue<T> seen) throws InterruptedException {
    return Objects.requireNonNull(seen.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private static <T> StreamObserver<T> into(BlockingQueue<T> seen) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        seen.add(value);
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {}
    };
  }
}
