package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.JULIA;
import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.refused;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc.ReservationServiceBlockingStub;
import dev.filo.reservation.service.LimitPolicy;
import dev.filo.testkit.StoreTest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** No limit of the policy is ever passed, however many ask at once. */
@StoreTest
class LimitsTest {
  private static final int AT_ONCE = 64;

  private final ReservationFixture fixture;

  LimitsTest(MongoDatabase database) {
    fixture =
        new ReservationFixture(
            database,
            new LimitPolicy(
                null,
                new LimitPolicy.Allowance(6, 10, 4, 3),
                5,
                Map.of("EUR", 900L),
                null,
                null,
                null,
                Map.of(
                    "roma",
                    new LimitPolicy.Own(
                        null,
                        new LimitPolicy.Allowance(1, null, null, null),
                        null,
                        Map.of("EUR", 100L),
                        null,
                        null,
                        Duration.ofDays(1)))));
    for (int i = 0; i < AT_ONCE; i++) {
      fixture.warehouse.stock("S" + i, "milano", 100);
      fixture.warehouse.stock("S" + i, "roma", 100);
    }
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** How many of 64 at once are let through; all others are refused for this. */
  private int through(String reason, String what, IntFunction<?> call) {
    List<Boolean> through =
        Objects.requireNonNull(
            Flux.range(0, AT_ONCE)
                .flatMap(
                    i ->
                        Mono.fromCallable(
                                () -> {
                                  try {
                                    call.apply(i);
                                    return true;
                                  } catch (StatusRuntimeException e) {
                                    var info = Objects.requireNonNull(Statuses.errorInfo(e));
                                    assertThat(info.getReason()).isEqualTo(reason);
                                    assertThat(info.getMetadataMap()).containsEntry("what", what);
                                    return false;
                                  }
                                })
                            .subscribeOn(Schedulers.boundedElastic()),
                    AT_ONCE)
                .collectList()
                .block(PATIENCE.multipliedBy(2)));
    return (int) through.stream().filter(one -> one).count();
  }

  private ReservationServiceBlockingStub julia() {
    return fixture.julia();
  }

  @Test
  void manyAtOnce_neverMoreReservations() {
    int through =
        through(
            "RESERVATION_LIMIT",
            "reservations",
            i -> julia().createReservation(wish("r" + i, "S" + i, 1).build()));
    assertThat(through).isEqualTo(6);
    assertThat(fixture.warehouse.active()).hasSize(6);
  }

  @Test
  void manyAtOnce_neverMoreUnits() {
    int through =
        through(
            "RESERVATION_LIMIT",
            "units",
            i -> julia().createReservation(wish("r" + i, "S" + i, 3).build()));
    assertThat(through).isEqualTo(3);
    assertThat(fixture.warehouse.active().stream().mapToInt(Warehouse.Held::units).sum())
        .isEqualTo(9);
  }

  @Test
  void manyAtOnce_neverMoreOfOneSku() {
    int through =
        through(
            "RESERVATION_LIMIT",
            "units_per_sku",
            i -> julia().createReservation(wish("r" + i, "S0", 1).build()));
    assertThat(through).isEqualTo(4);
    assertThat(fixture.warehouse.available("S0", "milano")).isEqualTo(96);
  }

  @Test
  void manyAtOnce_neverMoreOfOneAgent() {
    int through =
        through(
            "RESERVATION_LIMIT",
            "agent_reservations",
            i ->
                fixture
                    .agent()
                    .createReservation(
                        wish("r" + i, "S" + i, 9).setCustomer("customers/c" + i).build()));
    assertThat(through).isEqualTo(5);
  }

  @Test
  void manyAtOnce_neverMoreEntriesInLines() {
    int through =
        through(
            "WAITLIST_LIMIT",
            "entries",
            i ->
                fixture
                    .inLine(Role.ROLE_CUSTOMER, JULIA)
                    .joinWaitlist(
                        JoinWaitlistRequest.newBuilder()
                            .setStore("stores/milano")
                            .setSku("X" + i)
                            .setRequestId("w" + i)
                            .build()));
    assertThat(through).isEqualTo(3);
  }

  @Test
  void whatHasEnded_makesRoom() {
    var held = new ArrayList<String>();
    for (int i = 0; i < 6; i++) {
      held.add(julia().createReservation(wish("r" + i, "S" + i, 1).build()).getName());
    }
    var seventh = wish("r7", "S7", 1).build();
    var refusal =
        refused(
            () -> julia().createReservation(seventh),
            Status.Code.RESOURCE_EXHAUSTED,
            "RESERVATION_LIMIT");
    assertThat(Objects.requireNonNull(Statuses.errorInfo(refusal)).getMetadataMap())
        .containsEntry("limit", "6")
        .containsEntry("what", "reservations");
    julia()
        .cancelReservation(
            CancelReservationRequest.newBuilder()
                .setName(held.getFirst())
                .setRequestId("c")
                .build());
    julia().createReservation(seventh);
    // by time alone too, though nobody has written so yet
    fixture.clock.advance(Duration.ofDays(5));
    julia().createReservation(wish("r8", "S8", 1).build());
  }

  @Test
  void value_needsAnAgent() {
    // 99.90 a piece
    var roma = wish("1", "S1", 2).setStore("stores/roma");
    var refusal =
        refused(
            () -> julia().createReservation(roma.build()),
            Status.Code.FAILED_PRECONDITION,
            "VALUE_NEEDS_AGENT");
    assertThat(Objects.requireNonNull(Statuses.errorInfo(refusal)).getMetadataMap())
        .containsEntry("limit", "100")
        .containsEntry("value", "199")
        .containsEntry("currency", "EUR");
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(julia().createReservation(wish("2", "S1", 2).build()).getLinesCount()).isEqualTo(1);
    fixture.agent().createReservation(roma.setCustomer(JULIA).build());
  }

  @Test
  void aStore_hasItsOwnFigures() {
    julia().createReservation(wish("1", "S1", 1).build());
    // what counts is everything she has open, wherever
    refused(
        () -> julia().createReservation(wish("2", "S2", 1).setStore("stores/roma").build()),
        Status.Code.RESOURCE_EXHAUSTED,
        "RESERVATION_LIMIT");
    julia().createReservation(wish("3", "S3", 1).build());

    var inTwoDays = fixture.clock.instant().plus(Duration.ofDays(2));
    CreateReservationRequest.Builder late =
        wish("4", "S4", 1).setUntilTime(Times.timestamp(inTwoDays)).setCustomer("customers/other");
    var refusal =
        refused(
            () -> fixture.agent().createReservation(late.setStore("stores/roma").build()),
            Status.Code.INVALID_ARGUMENT,
            "TIME_INVALID");
    assertThat(Objects.requireNonNull(Statuses.errorInfo(refusal)).getMetadataMap())
        .containsEntry("latest", fixture.clock.instant().plus(Duration.ofDays(1)).toString());
    fixture.agent().createReservation(late.setRequestId("5").setStore("stores/milano").build());
  }

  @Test
  void theStore_isNotLimited() {
    for (int i = 0; i < 8; i++) {
      fixture
          .milan()
          .createReservation(wish("r" + i, "S" + i, 9).setCustomer("customers/one").build());
    }
    assertThat(fixture.warehouse.active()).hasSize(8);
  }

  @Test
  void policy_impossibleFigures_areRefusedAtTheStart() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new LimitPolicy(null, null, -1, null, null, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new LimitPolicy.Own(null, null, null, null, 1001, null, null))
        .isInstanceOf(IllegalArgumentException.class);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new LimitPolicy(null, null, null, null, null, Duration.ZERO, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
