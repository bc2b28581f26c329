package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.refused;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.GetPickListRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.PickList;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.Reservation.State;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.WatchPickListRequest;
import dev.filo.proto.reservation.v1.WatchReservationRequest;
import dev.filo.proto.reservation.v1.WatchReservationsRequest;
import dev.filo.proto.reservation.v1.WatchReservationsResponse;
import dev.filo.testkit.StoreTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the service answers, over gRPC. */
@StoreTest
class ReservationRpcTest {
  private static final String GUEST = "customers/guest1";

  private final ReservationFixture fixture;

  ReservationRpcTest(MongoDatabase database) {
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

  private Reservation get(String name) {
    return fixture.julia().getReservation(GetReservationRequest.newBuilder().setName(name).build());
  }

  private static CancelReservationRequest cancel(Reservation reservation, String id) {
    return CancelReservationRequest.newBuilder()
        .setName(reservation.getName())
        .setRequestId(id)
        .build();
  }

  private static PrepareReservationRequest prepare(Reservation reservation, String id) {
    return PrepareReservationRequest.newBuilder()
        .setName(reservation.getName())
        .setRequestId(id)
        .build();
  }

  private static RefuseReservationRequest refuse(Reservation reservation, String id) {
    return RefuseReservationRequest.newBuilder()
        .setName(reservation.getName())
        .setReason("danneggiato")
        .setRequestId(id)
        .build();
  }

  private static ExtendReservationRequest extend(Reservation reservation, Instant end, String id) {
    return ExtendReservationRequest.newBuilder()
        .setName(reservation.getName())
        .setUntilTime(Times.timestamp(end))
        .setRequestId(id)
        .build();
  }

  private static CollectPickupRequest collect(String code, String id) {
    return CollectPickupRequest.newBuilder()
        .setStore("stores/milano")
        .setPickupCode(code)
        .setRequestId(id)
        .build();
  }

  private void nothingIsLeft() {
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(
            Mono.from(
                    fixture
                        .database()
                        .getCollection("reservations")
                        .countDocuments(
                            com.mongodb.client.model.Filters.in(
                                "state", "PENDING", "HELD", "PREPARED")))
                .block(PATIENCE))
        .isZero();
    // her last place is free again
    var again =
        fixture
            .as(Role.ROLE_GUEST, GUEST)
            .createReservation(wish("place is free", "LAMP", 1).build());
    assertThat(again.getState()).isEqualTo(State.HELD);
  }

  @Test
  void create_forHerself_byAnAgent_byTheStore_asAGuest() {
    var hers = create("1", "SOFA", 2);
    assertThat(hers.getState()).isEqualTo(State.HELD);
    assertThat(hers.getCustomer()).isEqualTo(JULIA);
    assertThat(hers.getCustomerDisplayName()).isEqualTo("Giulia R.");
    assertThat(hers.getStoreTitle()).isEqualTo("Filo milano");
    assertThat(hers.getLines(0).getTitle()).isEqualTo("Il SOFA");
    assertThat(hers.getLines(0).getUnitPrice().getNanos()).isEqualTo(900_000_000);
    assertThat(hers.getPickupCode()).hasSize(8);
    assertThat(hers.getQrSvg()).contains("<svg");
    // today's closing, and as Tuesday is a holiday Wednesday's
    assertThat(Times.instant(hers.getExpireTime()))
        .isEqualTo(Instant.parse("2026-03-04T19:00:00Z"));
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(3);

    var byAgent =
        fixture.agent().createReservation(wish("1", "SOFA", 1).setCustomer(JULIA).build());
    assertThat(byAgent.getName()).isNotEqualTo(hers.getName());
    assertThat(byAgent.getPickupCode()).isNotEmpty();
    assertThat(byAgent.getCreatedBy().getRole()).isEqualTo("agent");
    var byStore =
        fixture.milan().createReservation(wish("1", "SOFA", 1).setCustomer(JULIA).build());
    assertThat(byStore.getPickupCode()).isEmpty();
    var guest = fixture.as(Role.ROLE_GUEST, GUEST).createReservation(wish("1", "SOFA", 1).build());
    assertThat(guest.getPickupCode()).isNotEmpty();
    assertThat(fixture.warehouse.available("SOFA", "milano")).isZero();

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(fixture.events(hers.getName())).hasSize(1));
    var event = fixture.events(hers.getName()).getFirst();
    assertThat(event.getReservation().getPickupCode()).isEmpty();
    assertThat(event.getPreviousState()).isEqualTo(State.STATE_UNSPECIFIED);
  }

  @Test
  void create_severalLinesOnOneSku_areSummed() {
    var reservation =
        fixture
            .julia()
            .createReservation(
                wish("1", "SOFA", 2)
                    .addLines(ReservationLine.newBuilder().setSku("LAMP").setQuantity(1))
                    .addLines(ReservationLine.newBuilder().setSku("SOFA").setQuantity(1))
                    .build());
    assertThat(reservation.getLinesList()).hasSize(2);
    assertThat(reservation.getLines(0).getQuantity()).isEqualTo(3);
  }

  @Test
  void create_again_givesTheFirstAnswer_andOtherContentIsRefused() {
    var first = create("1", "SOFA", 1);
    assertThat(create("1", "SOFA", 1)).isEqualTo(first);
    refused(() -> create("1", "SOFA", 2), Status.Code.ALREADY_EXISTS, "REQUEST_ID_REUSED");
    var all =
        Objects.requireNonNull(
            Flux.range(0, 8)
                .flatMap(
                    i ->
                        Mono.fromCallable(() -> create("2", "SOFA", 1))
                            .subscribeOn(Schedulers.boundedElastic()),
                    8)
                .map(Reservation::getName)
                .distinct()
                .collectList()
                .block(PATIENCE));
    assertThat(all).hasSize(1);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(3);
  }

  @Test
  void create_tooMuch_leavesNothing() {
    var guest = fixture.as(Role.ROLE_GUEST, GUEST);
    fixture.warehouse.stock("SOFA", "milano", 1);
    var error =
        refused(
            () -> guest.createReservation(wish("1", "SOFA", 2).build()),
            Status.Code.FAILED_PRECONDITION,
            "STOCK_INSUFFICIENT");
    assertThat(
            Objects.requireNonNull(dev.filo.platform.grpc.Statuses.errorInfo(error))
                .getMetadataMap())
        .containsEntry("store", "stores/milano")
        .containsEntry("sku.SOFA", "1");
    // even the same request, once there is enough, is a new try
    fixture.warehouse.stock("SOFA", "milano", 2);
    var late = guest.createReservation(wish("1", "SOFA", 2).build());
    assertThat(late.getState()).isEqualTo(State.HELD);
    guest.cancelReservation(cancel(late, "2"));
    nothingIsLeft();
  }

  @Test
  void create_partial_keepsWhatThereIs() {
    var reservation =
        fixture
            .julia()
            .createReservation(
                wish("1", "SOFA", 9)
                    .setPartial(true)
                    .addLines(ReservationLine.newBuilder().setSku("NOTHING").setQuantity(1))
                    .build());
    assertThat(reservation.getState()).isEqualTo(State.HELD);
    assertThat(reservation.getLinesList()).hasSize(1);
    assertThat(reservation.getLines(0).getQuantity()).isEqualTo(5);
    assertThat(reservation.getLines(0).getRequestedQuantity()).isEqualTo(9);
    assertThat(fixture.warehouse.active()).hasSize(1);
    assertThat(fixture.warehouse.active().getFirst().units()).isEqualTo(5);
    refused(
        () -> fixture.julia().createReservation(wish("2", "SOFA", 1).setPartial(true).build()),
        Status.Code.FAILED_PRECONDITION,
        "STOCK_INSUFFICIENT");
    var collected = fixture.milan().collectPickup(collect(reservation.getPickupCode(), "3"));
    assertThat(collected.getState()).isEqualTo(State.COLLECTED);
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isZero();
  }

  @Test
  void create_limits() {
    var guest = fixture.as(Role.ROLE_GUEST, GUEST);
    refused(
        () -> guest.createReservation(wish("1", "LAMP", 3).build()),
        Status.Code.RESOURCE_EXHAUSTED,
        "RESERVATION_LIMIT");
    var held =
        Objects.requireNonNull(
            Flux.range(0, 12)
                .flatMap(
                    i ->
                        Mono.fromCallable(
                                () -> guest.createReservation(wish("c" + i, "LAMP", 1).build()))
                            .subscribeOn(Schedulers.boundedElastic())
                            .onErrorResume(
                                e -> {
                                  refused(
                                      () -> {
                                        throw e;
                                      },
                                      Status.Code.RESOURCE_EXHAUSTED,
                                      "RESERVATION_LIMIT");
                                  return Mono.empty();
                                }),
                    12)
                .collectList()
                .block(PATIENCE));
    assertThat(held).hasSize(1);
    assertThat(fixture.warehouse.active()).hasSize(1);
    // what has lapsed makes room, even before anybody has written so
    fixture.clock.set(Times.instant(held.getFirst().getExpireTime()));
    assertThat(
            fixture
                .as(Role.ROLE_GUEST, GUEST)
                .createReservation(wish("2", "LAMP", 2).build())
                .getState())
        .isEqualTo(State.HELD);
    // staff are not limited, and what they make counts for nobody
    for (int i = 0; i < 3; i++) {
      fixture.agent().createReservation(wish("a" + i, "LAMP", 9).setCustomer(GUEST).build());
    }
    create("1", "LAMP", 50);
    var units =
        refused(() -> create("2", "LAMP", 1), Status.Code.RESOURCE_EXHAUSTED, "RESERVATION_LIMIT");
    assertThat(
            Objects.requireNonNull(dev.filo.platform.grpc.Statuses.errorInfo(units))
                .getMetadataMap())
        .containsEntry("what", "units");
  }

  @Test
  void create_untilAClosing() {
    var closing = wish("1", "LAMP", 1).setUntilStoreClosing("2026-03-07").build();
    assertThat(Times.instant(fixture.julia().createReservation(closing).getExpireTime()))
        .isEqualTo(Instant.parse("2026-03-07T19:00:00Z"));
    for (String date : List.of("2026-03-03", "2026-03-08", "2026-03-01")) { // holiday, Sunday, past
      refused(
          () ->
              fixture
                  .julia()
                  .createReservation(wish("2", "LAMP", 1).setUntilStoreClosing(date).build()),
          Status.Code.FAILED_PRECONDITION,
          "STORE_CLOSED");
    }
    fixture.clock.set(Instant.parse("2026-03-02T19:00:00Z")); // it closes now
    refused(
        () ->
            fixture
                .julia()
                .createReservation(wish("3", "LAMP", 1).setUntilStoreClosing("2026-03-02").build()),
        Status.Code.FAILED_PRECONDITION,
        "STORE_CLOSED");
    refused(
        () ->
            fixture
                .julia()
                .createReservation(wish("4", "LAMP", 1).setUntilStoreClosing("2026-04-02").build()),
        Status.Code.INVALID_ARGUMENT,
        "TIME_INVALID");
    refused(
        () ->
            fixture
                .julia()
                .createReservation(wish("5", "LAMP", 1).setUntilStoreClosing("2026-02-30").build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  @Test
  void create_refusals() {
    var julia = fixture.julia();
    for (Duration ahead : List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(15))) {
      var end = Times.timestamp(fixture.clock.instant().plus(ahead));
      refused(
          () -> julia.createReservation(wish("1", "LAMP", 1).setUntilTime(end).build()),
          Status.Code.INVALID_ARGUMENT,
          "TIME_INVALID");
    }
    refused(
        () -> julia.createReservation(wish("1", "NONE", 1).build()),
        Status.Code.NOT_FOUND,
        "SKU_NOT_FOUND");
    refused(
        () -> julia.createReservation(wish("1", "OLD", 1).build()),
        Status.Code.NOT_FOUND,
        "SKU_NOT_FOUND");
    refused(
        () -> julia.createReservation(wish("1", "LAMP", 1).setStore("stores/none").build()),
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND");
    refused(
        () -> julia.createReservation(wish("1", "LAMP", 1).setStore("stores/depot").build()),
        Status.Code.FAILED_PRECONDITION,
        "PICKUP_NOT_OFFERED");
    refused(
        () -> fixture.agent().createReservation(wish("1", "LAMP", 1).build()),
        Status.Code.INVALID_ARGUMENT,
        "CUSTOMER_MISSING");
    refused(
        () ->
            fixture
                .agent()
                .createReservation(wish("1", "LAMP", 1).setCustomer("customers/none").build()),
        Status.Code.NOT_FOUND,
        "CUSTOMER_NOT_FOUND");
    refused(
        () -> julia.createReservation(wish("", "LAMP", 1).build()),
        Status.Code.INVALID_ARGUMENT,
        "REQUEST_ID_MISSING");
    refused(
        () -> julia.createReservation(wish("1", "LAMP", 0).build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> julia.createReservation(wish("1", "LAMP", 1).setCustomer("customers/x").build()),
        Status.Code.NOT_FOUND,
        "RESOURCE_NOT_FOUND");
    refused(
        () ->
            fixture
                .as(Role.ROLE_STORE_STAFF, "staff/r", "stores/roma")
                .createReservation(wish("1", "LAMP", 1).setCustomer(JULIA).build()),
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND");
    assertThat(fixture.warehouse.active()).isEmpty();
  }

  @Test
  void prepare_collect_andEverySecondTime() {
    var held = create("1", "SOFA", 2);
    var prepared = fixture.milan().prepareReservation(prepare(held, "p"));
    assertThat(prepared.getState()).isEqualTo(State.PREPARED);
    assertThat(prepared.hasPrepareTime()).isTrue();
    assertThat(fixture.milan().prepareReservation(prepare(held, "p"))).isEqualTo(prepared);
    assertThat(fixture.milan().prepareReservation(prepare(held, "p2"))).isEqualTo(prepared);
    var typed = held.getPickupCode().toLowerCase(java.util.Locale.ROOT);
    typed = typed.substring(0, 4) + " - " + typed.substring(4);
    var till = fixture.as(Role.ROLE_DEVICE, "devices/till", "stores/milano");
    var collected = till.collectPickup(collect(typed, "c"));
    assertThat(collected.getState()).isEqualTo(State.COLLECTED);
    assertThat(till.collectPickup(collect(typed, "c"))).isEqualTo(collected);
    refused(
        () -> till.collectPickup(collect(held.getPickupCode(), "other")),
        Status.Code.FAILED_PRECONDITION,
        "ALREADY_COLLECTED");
    assertThat(fixture.warehouse.onHand("SOFA", "milano")).isEqualTo(3);
    assertThat(fixture.warehouse.sold()).hasSize(1);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events(held.getName()))
                    .extracting(ReservationChanged::getPreviousState)
                    .containsExactly(State.STATE_UNSPECIFIED, State.HELD, State.PREPARED));
    var last = fixture.events(held.getName()).getLast().getReservation();
    assertThat(last.getState()).isEqualTo(State.COLLECTED);
    assertThat(last.hasCollectTime()).isTrue();
    for (var over :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> fixture.julia().cancelReservation(cancel(held, "x")),
            () -> fixture.milan().prepareReservation(prepare(held, "x")),
            () -> fixture.milan().refuseReservation(refuse(held, "x")),
            () ->
                fixture
                    .julia()
                    .extendReservation(
                        extend(held, fixture.clock.instant().plusSeconds(60), "x")))) {
      refused(over, Status.Code.FAILED_PRECONDITION, "RESERVATION_OVER");
    }
  }

  @Test
  void collect_byTwoTillsAtOnce_isOneHandingOver() {
    var held = create("1", "SOFA", 1);
    var till = fixture.as(Role.ROLE_DEVICE, "devices/till", "stores/milano");
    var got =
        Objects.requireNonNull(
            Flux.range(0, 8)
                .flatMap(
                    i ->
                        Mono.fromCallable(
                                () -> till.collectPickup(collect(held.getPickupCode(), "t" + i)))
                            .subscribeOn(Schedulers.boundedElastic())
                            .onErrorResume(
                                StatusRuntimeException.class,
                                e -> {
                                  refused(
                                      () -> {
                                        throw e;
                                      },
                                      Status.Code.FAILED_PRECONDITION,
                                      "ALREADY_COLLECTED");
                                  return Mono.empty();
                                }),
                    8)
                .collectList()
                .block(PATIENCE));
    assertThat(got).hasSize(1);
    assertThat(fixture.warehouse.sold()).hasSize(1);
  }

  @Test
  void collect_refusals() {
    var held = create("1", "SOFA", 1);
    var till = fixture.as(Role.ROLE_DEVICE, "devices/till", "stores/roma");
    refused(
        () ->
            till.collectPickup(
                collect(held.getPickupCode(), "c").toBuilder().setStore("stores/roma").build()),
        Status.Code.FAILED_PRECONDITION,
        "WRONG_STORE");
    refused(
        () -> till.collectPickup(collect(held.getPickupCode(), "c")),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () -> fixture.milan().collectPickup(collect("ZZZZ9999", "c")),
        Status.Code.NOT_FOUND,
        "PICKUP_CODE_UNKNOWN");
    refused(
        () -> fixture.julia().collectPickup(collect(held.getPickupCode(), "c")),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    fixture.julia().cancelReservation(cancel(held, "x"));
    refused(
        () -> fixture.milan().collectPickup(collect(held.getPickupCode(), "c")),
        Status.Code.FAILED_PRECONDITION,
        "RESERVATION_OVER");
  }

  @Test
  void cancel_andRefuse_freeTheGoods() {
    var guest = fixture.as(Role.ROLE_GUEST, GUEST);
    var held = guest.createReservation(wish("1", "SOFA", 1).build());
    refused(
        () -> guest.cancelReservation(cancel(held, "x").toBuilder().setEtag("1").build()),
        Status.Code.ABORTED,
        "ETAG_STALE");
    var cancelled =
        guest.cancelReservation(cancel(held, "x").toBuilder().setEtag(held.getEtag()).build());
    assertThat(cancelled.getState()).isEqualTo(State.CANCELLED);
    assertThat(guest.cancelReservation(cancel(held, "y"))).isEqualTo(cancelled);
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(5);
    var other = guest.createReservation(wish("2", "SOFA", 1).build());
    var refused = fixture.milan().refuseReservation(refuse(other, "r"));
    assertThat(refused.getState()).isEqualTo(State.REFUSED);
    assertThat(refused.getRefusalReason()).isEqualTo("danneggiato");
    nothingIsLeft();
  }

  @Test
  void extend_movesBoth_neverShorter() {
    var held = create("1", "SOFA", 1);
    var before = Times.instant(held.getExpireTime());
    var later = before.plus(Duration.ofDays(1));
    var extended = fixture.julia().extendReservation(extend(held, later, "e"));
    assertThat(Times.instant(extended.getExpireTime())).isEqualTo(later);
    assertThat(fixture.warehouse.active().getFirst().expireTime()).isEqualTo(later);
    assertThat(fixture.julia().extendReservation(extend(held, later, "e"))).isEqualTo(extended);
    refused(
        () -> fixture.julia().extendReservation(extend(held, before, "f")),
        Status.Code.INVALID_ARGUMENT,
        "TIME_INVALID");
    refused(
        () ->
            fixture.julia().extendReservation(extend(held, before.plus(Duration.ofDays(30)), "g")),
        Status.Code.FAILED_PRECONDITION,
        "EXTENSION_TOO_LONG");
    refused(
        () ->
            fixture
                .julia()
                .extendReservation(
                    extend(held, later, "h").toBuilder()
                        .setUntilStoreClosing("2026-03-08")
                        .build()),
        Status.Code.FAILED_PRECONDITION,
        "STORE_CLOSED");
    var ends = List.of(1, 2, 3, 4, 5, 6);
    Flux.fromIterable(ends)
        .flatMap(
            day ->
                Mono.fromCallable(
                        () ->
                            fixture
                                .julia()
                                .extendReservation(
                                    extend(held, later.plus(Duration.ofDays(day)), "r" + day)))
                    .subscribeOn(Schedulers.boundedElastic())
                    .onErrorResume(StatusRuntimeException.class, e -> Mono.empty()),
            6)
        .blockLast(PATIENCE);
    var end = Times.instant(get(held.getName()).getExpireTime());
    assertThat(end).isAfter(later);
    assertThat(fixture.warehouse.active().getFirst().expireTime()).isEqualTo(end);
    fixture.clock.set(end);
    refused(
        () -> fixture.julia().extendReservation(extend(held, end.plus(Duration.ofDays(1)), "z")),
        Status.Code.FAILED_PRECONDITION,
        "RESERVATION_OVER");
  }

  @Test
  void atItsEnd_itIsOver_andToldOnce() {
    var held = create("1", "SOFA", 1);
    var end = Times.instant(held.getExpireTime());
    fixture.clock.set(end.minusMillis(1));
    fixture.reservations.expire().block(PATIENCE);
    assertThat(get(held.getName()).getState()).isEqualTo(State.HELD);
    fixture.clock.set(end);
    var lapsed = get(held.getName());
    assertThat(lapsed.getState()).isEqualTo(State.EXPIRED);
    assertThat(lapsed.getEtag()).isNotEqualTo(held.getEtag());
    assertThat(fixture.warehouse.available("SOFA", "milano")).isEqualTo(5);
    refused(
        () -> fixture.milan().collectPickup(collect(held.getPickupCode(), "c")),
        Status.Code.FAILED_PRECONDITION,
        "RESERVATION_OVER");
    refused(
        () ->
            fixture
                .julia()
                .cancelReservation(cancel(held, "c").toBuilder().setEtag(lapsed.getEtag()).build()),
        Status.Code.FAILED_PRECONDITION,
        "RESERVATION_OVER");
    Flux.range(0, 4).flatMap(i -> fixture.replica(fixture.database()).expire()).blockLast(PATIENCE);
    fixture.reservations.expire().block(PATIENCE);
    assertThat(get(held.getName()).getState()).isEqualTo(State.EXPIRED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(fixture.events(held.getName())).hasSize(2));
    assertThat(fixture.events(held.getName()).getLast().getPreviousState()).isEqualTo(State.HELD);
  }

  @Test
  void inventoryDown_isSaid_andGoneOnWith() {
    fixture.warehouse.down(true);
    refused(() -> create("1", "SOFA", 1), Status.Code.UNAVAILABLE, "UNAVAILABLE");
    fixture.warehouse.down(false);
    var held = create("1", "SOFA", 1);
    assertThat(held.getState()).isEqualTo(State.HELD);
    fixture.warehouse.down(true);
    refused(
        () -> fixture.julia().cancelReservation(cancel(held, "c")),
        Status.Code.UNAVAILABLE,
        "UNAVAILABLE");
    fixture.warehouse.down(false);
    fixture.clock.advance(Duration.ofSeconds(9));
    fixture.reservations.resume().block(PATIENCE);
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(get(held.getName()).getState()).isEqualTo(State.CANCELLED);
  }

  @Test
  void whatWasNeverPlacedInTime_isGivenUp() {
    fixture.warehouse.down(true);
    refused(() -> create("1", "SOFA", 1), Status.Code.UNAVAILABLE, "UNAVAILABLE");
    fixture.warehouse.down(false);
    fixture.clock.advance(Duration.ofDays(20));
    fixture.reservations.resume().block(PATIENCE);
    assertThat(
            Mono.from(fixture.database().getCollection("reservations").countDocuments())
                .block(PATIENCE))
        .isZero();
    assertThat(create("1", "SOFA", 1).getState()).isEqualTo(State.HELD);
  }

  @Test
  void whoSeesWhat() {
    var held = create("1", "SOFA", 1);
    var name = GetReservationRequest.newBuilder().setName(held.getName()).build();
    assertThat(fixture.milan().getReservation(name).getPickupCode()).isEmpty();
    assertThat(fixture.milan().getReservation(name).getQrSvg()).isEmpty();
    assertThat(fixture.agent().getReservation(name).getPickupCode())
        .isEqualTo(held.getPickupCode());
    assertThat(fixture.as(Role.ROLE_MANAGER, "staff/boss").getReservation(name).getPickupCode())
        .isEmpty();
    for (var stranger :
        List.of(
            fixture.as(Role.ROLE_CUSTOMER, "customers/other"),
            fixture.as(Role.ROLE_STORE_STAFF, "staff/r", "stores/roma"),
            fixture.as(Role.ROLE_STORE_STAFF, "staff/nowhere"))) {
      refused(() -> stranger.getReservation(name), Status.Code.NOT_FOUND, "RESERVATION_NOT_FOUND");
      assertThat(
              stranger
                  .listReservations(ListReservationsRequest.getDefaultInstance())
                  .getReservationsList())
          .isEmpty();
    }
    refused(
        () ->
            fixture.as(Role.ROLE_CUSTOMER, "customers/other").cancelReservation(cancel(held, "x")),
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
    refused(
        () ->
            fixture
                .as(Role.ROLE_STORE_STAFF, "staff/r", "stores/roma")
                .getPickList(
                    GetPickListRequest.newBuilder().setName("stores/milano/pickList").build()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    var list =
        fixture
            .milan()
            .getPickList(GetPickListRequest.newBuilder().setName("stores/milano/pickList").build());
    assertThat(list.getReservationsList()).hasSize(1);
    assertThat(list.getReservations(0).getPickupCode()).isEmpty();
  }

  @Test
  void list_pages() {
    for (int i = 0; i < 5; i++) {
      create("l" + i, "LAMP", 1);
      fixture.clock.advance(Duration.ofSeconds(1));
    }
    var names = new java.util.ArrayList<String>();
    var token = "";
    do {
      var page =
          fixture
              .julia()
              .listReservations(
                  ListReservationsRequest.newBuilder().setPageSize(2).setPageToken(token).build());
      page.getReservationsList().forEach(one -> names.add(one.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).hasSize(5).doesNotHaveDuplicates();
    refused(
        () ->
            fixture
                .julia()
                .listReservations(
                    ListReservationsRequest.newBuilder().setPageToken("made up").build()),
        Status.Code.INVALID_ARGUMENT,
        "PAGE_TOKEN_INVALID");
  }

  @Test
  void signIn_bringsTheGuestsReservation_beforeTheFirstAnswer() {
    var guest = fixture.as(Role.ROLE_GUEST, GUEST).createReservation(wish("1", "LAMP", 1).build());
    var signedIn = fixture.signedIn(JULIA, GUEST);
    var mine = signedIn.listReservations(ListReservationsRequest.getDefaultInstance());
    assertThat(mine.getReservationsList())
        .extracting(Reservation::getName)
        .containsExactly(guest.getName());
    fixture.reservations.merged(JULIA, GUEST).block(PATIENCE);
    assertThat(get(guest.getName()).getPickupCode()).isEqualTo(guest.getPickupCode());
    // it counts for her now
    create("1", "LAMP", 49);
    refused(() -> create("2", "LAMP", 1), Status.Code.RESOURCE_EXHAUSTED, "RESERVATION_LIMIT");
  }

  @Test
  void unmerge_givesBackTheGuestsReservation_andWhatCountsForHer() {
    var guest = fixture.as(Role.ROLE_GUEST, GUEST).createReservation(wish("1", "LAMP", 1).build());
    var hers = create("1", "LAMP", 1);
    fixture.reservations.merged("customers/between", GUEST).block(PATIENCE);
    fixture.reservations.merged(JULIA, "customers/between").block(PATIENCE);
    var later = create("2", "LAMP", 1);
    for (int i = 0; i < 2; i++) {
      fixture.reservations.unmerged(JULIA, GUEST, Set.of(GUEST)).block(PATIENCE);
      assertThat(
              fixture
                  .as(Role.ROLE_GUEST, GUEST)
                  .getReservation(
                      GetReservationRequest.newBuilder().setName(guest.getName()).build())
                  .getPickupCode())
          .isEqualTo(guest.getPickupCode());
      refused(() -> get(guest.getName()), Status.Code.NOT_FOUND, "RESERVATION_NOT_FOUND");
      assertThat(get(hers.getName()).getName()).isEqualTo(hers.getName());
      assertThat(get(later.getName()).getName()).isEqualTo(later.getName());
    }
    // what was hers counts for her no more
    create("3", "LAMP", 48);
    refused(() -> create("4", "LAMP", 1), Status.Code.RESOURCE_EXHAUSTED, "RESERVATION_LIMIT");
    fixture.reservations.merged(JULIA, GUEST).block(PATIENCE);
    assertThat(get(guest.getName()).getName()).isEqualTo(guest.getName());
  }

  @Test
  void watches() throws InterruptedException {
    var first = create("1", "LAMP", 1);
    var one = new Seen<Reservation>();
    fixture
        .watching(Role.ROLE_CUSTOMER, JULIA)
        .watchReservation(
            WatchReservationRequest.newBuilder().setName(first.getName()).build(), one);
    assertThat(one.next()).isEqualTo(first);
    var hers = new Seen<WatchReservationsResponse>();
    fixture
        .watching(Role.ROLE_CUSTOMER, JULIA)
        .watchReservations(
            WatchReservationsRequest.newBuilder().setParent("customers/me").build(), hers);
    var start = hers.next();
    assertThat(start.getReservation()).isEqualTo(first);
    var picks = new Seen<PickList>();
    fixture
        .watching(Role.ROLE_STORE_STAFF, "staff/mara", "stores/milano")
        .watchPickList(
            WatchPickListRequest.newBuilder().setName("stores/milano/pickList").build(), picks);
    assertThat(picks.next().getReservationsList()).hasSize(1);

    var second = create("2", "LAMP", 1);
    assertThat(hers.next().getReservation()).isEqualTo(second);
    assertThat(picks.next().getReservationsList()).hasSize(2);
    fixture.milan().prepareReservation(prepare(first, "p"));
    assertThat(one.next().getState()).isEqualTo(State.PREPARED);
    assertThat(hers.next().getReservation().getState()).isEqualTo(State.PREPARED);

    // away for a while: what changed meanwhile comes
    var again = new Seen<WatchReservationsResponse>();
    fixture
        .watching(Role.ROLE_CUSTOMER, JULIA)
        .watchReservations(
            WatchReservationsRequest.newBuilder()
                .setParent("customers/me")
                .setResumeCursor(start.getCursor())
                .build(),
            again);
    var names = List.of(again.next().getReservation(), again.next().getReservation());
    assertThat(names)
        .extracting(Reservation::getName)
        .containsExactlyInAnyOrder(first.getName(), second.getName());
    refused(
        () -> {
          var foreign = new Seen<Reservation>();
          fixture
              .watching(Role.ROLE_CUSTOMER, "customers/other")
              .watchReservation(
                  WatchReservationRequest.newBuilder().setName(first.getName()).build(), foreign);
          throw foreign.errors.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        },
        Status.Code.NOT_FOUND,
        "RESERVATION_NOT_FOUND");
  }

  private static final class Seen<T> implements StreamObserver<T> {
    private final BlockingQueue<T> values = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();

    T next() throws InterruptedException {
      var value = values.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(value).isNotNull();
      return Objects.requireNonNull(value);
    }

    @Override
    public void onNext(T value) {
      values.add(value);
    }

    @Override
    public void onError(Throwable error) {
      errors.add(error);
    }

    @Override
    public void onCompleted() {
      errors.add(new IllegalStateException("a watch ended"));
    }
  }
}
