package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.LineQuantity;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.Reservation.State;
import dev.filo.reservation.Warehouse.Held;
import dev.filo.testkit.StoreTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reservation's database and inventory's are put back to different moments. Afterwards both sides
 * agree: what is reserved is held, what is held is reserved, what was handed over is sold, once.
 */
@StoreTest
class RestoreTest {
  private static final String SKU = "SOFA";

  private final ReservationFixture fixture;
  private final MongoCollection<Document> reservations;

  RestoreTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
    reservations = database.getCollection("reservations");
    fixture.warehouse.stock(SKU, "milano", 10);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private List<Document> backup() {
    return Objects.requireNonNull(Flux.from(reservations.find()).collectList().block(PATIENCE));
  }

  private void restore(List<Document> backup) {
    Mono.from(reservations.deleteMany(new Document())).block(PATIENCE);
    if (!backup.isEmpty()) {
      Mono.from(reservations.insertMany(backup)).block(PATIENCE);
    }
  }

  private List<String> reconcile() {
    return Objects.requireNonNull(
        fixture.reservations.reconcile(Instant.EPOCH).collectList().block(PATIENCE));
  }

  private Reservation reserve(String request, int pieces) {
    return fixture.julia().createReservation(wish(request, SKU, pieces).build());
  }

  private Reservation now(Reservation reservation) {
    return fixture
        .julia()
        .getReservation(GetReservationRequest.newBuilder().setName(reservation.getName()).build());
  }

  private void collect(Reservation reservation, String request) {
    fixture
        .milan()
        .collectPickup(
            CollectPickupRequest.newBuilder()
                .setPickupCode(reservation.getPickupCode())
                .setStore("stores/milano")
                .setRequestId(request)
                .build());
  }

  @Test
  void inventoryRestoredToBeforeIt_itIsHeldAgain() {
    var before = fixture.warehouse.backup();
    var kept = reserve("r1", 2);
    fixture.warehouse.restore(before);
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(reconcile()).containsExactly("reservation held again");
    assertThat(now(kept).getState()).isEqualTo(State.HELD);
    assertThat(fixture.warehouse.available(SKU, "milano")).isEqualTo(8);
    assertThat(reconcile()).isEmpty();
    collect(kept, "c1"); // as if nothing had happened
    assertThat(fixture.warehouse.onHand(SKU, "milano")).isEqualTo(8);
  }

  @Test
  void inventoryRestoredAndTheGoodsGoneSince_itIsRefusedAndToldAndAnotherStoreLookedFor() {
    var before = fixture.warehouse.backup();
    var kept = reserve("r1", 2);
    fixture.warehouse.restore(before);
    fixture.warehouse.stock(SKU, "milano", 1);
    fixture.warehouse.stock(SKU, "torino", 5);
    assertThat(reconcile()).containsExactly("reservation refused");
    assertThat(now(kept).getState()).isEqualTo(State.REFUSED);
    assertThat(now(kept).getOffer().getStore()).isEqualTo("stores/torino");
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void reservationRestoredToBeforeIt_whatIsHeldForNobodyIsFreed() {
    var kept = reserve("r1", 2);
    var before = backup();
    reserve("r2", 3);
    restore(before);
    assertThat(reconcile()).containsExactly("hold freed");
    assertThat(fixture.warehouse.active()).extracting(Held::owner).containsExactly(kept.getName());
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void reservationRestoredToBeforeTheHandOver_itIsHandedOverAndSoldOnce() {
    var kept = reserve("r1", 2);
    var before = backup();
    fixture
        .milan()
        .prepareReservation(
            PrepareReservationRequest.newBuilder()
                .setName(kept.getName())
                .setRequestId("p1")
                .build());
    collect(kept, "c1");
    restore(before);
    assertThat(now(kept).getState()).isEqualTo(State.HELD);
    assertThat(reconcile()).containsExactly("reservation was handed over");
    assertThat(now(kept).getState()).isEqualTo(State.COLLECTED);
    assertThat(fixture.warehouse.onHand(SKU, "milano")).isEqualTo(8);
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void reservationRestoredToBeforeAPartWasHandedOver_thePartIsHandedOver() {
    var kept = reserve("r1", 3);
    var before = backup();
    fixture
        .milan()
        .collectPickup(
            CollectPickupRequest.newBuilder()
                .setPickupCode(kept.getPickupCode())
                .setStore("stores/milano")
                .addLines(LineQuantity.newBuilder().setSku(SKU).setQuantity(1))
                .setRequestId("c1")
                .build());
    restore(before);
    assertThat(reconcile()).containsExactly("reservation was handed over");
    assertThat(now(kept).getState()).isEqualTo(State.HELD);
    assertThat(now(kept).getLines(0).getCollectedQuantity()).isEqualTo(1);
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void inventoryRestoredToBeforeTheHandOver_theSaleIsRecordedAgainOnce() {
    var kept = reserve("r1", 2);
    var before = fixture.warehouse.backup();
    collect(kept, "c1");
    fixture.warehouse.restore(before);
    assertThat(fixture.warehouse.onHand(SKU, "milano")).isEqualTo(10);
    assertThat(reconcile()).containsExactly("sale recorded again");
    assertThat(fixture.warehouse.onHand(SKU, "milano")).isEqualTo(8);
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void inventoryRestoredToBeforeItWasHeldAndHandedOver_theSaleIsRecordedAgainOnce() {
    var before = fixture.warehouse.backup();
    collect(reserve("r1", 2), "c1");
    fixture.warehouse.restore(before);
    assertThat(reconcile()).containsExactly("sale recorded again");
    assertThat(fixture.warehouse.onHand(SKU, "milano")).isEqualTo(8);
    assertThat(fixture.warehouse.active()).isEmpty();
    assertThat(reconcile()).isEmpty();
  }

  @Test
  void inventoryRestoredToBeforeItsEnd_whatIsOverIsFreed() {
    var kept = reserve("r1", 2);
    var before = fixture.warehouse.backup();
    cancel(kept, "x1");
    fixture.warehouse.restore(before);
    assertThat(fixture.warehouse.active()).hasSize(1);
    assertThat(reconcile()).containsExactly("hold freed");
    assertThat(fixture.warehouse.active()).isEmpty();
  }

  @Test
  void reservationRestoredToBeforeItsEnd_itIsWithdrawn() {
    var kept = reserve("r1", 2);
    var before = backup();
    cancel(kept, "x1");
    restore(before);
    assertThat(reconcile()).containsExactly("reservation was withdrawn");
    assertThat(now(kept).getState()).isEqualTo(State.CANCELLED);
    assertThat(reconcile()).isEmpty();
  }

  private void cancel(Reservation reservation, String request) {
    fixture
        .julia()
        .cancelReservation(
            CancelReservationRequest.newBuilder()
                .setName(reservation.getName())
                .setRequestId(request)
                .build());
  }

  /** Any history, either side put back to any moment of it, and the life after it. */
  @Test
  void anyHistoryRestoredAnywhere_bothSidesAgree() {
    var full = fixture.warehouse.backup();
    for (int seed = 1; seed <= 12; seed++) {
      var random = new Random(seed);
      fixture.warehouse.restore(full);
      var rows = new ArrayList<List<Document>>();
      var levels = new ArrayList<Warehouse.Backup>();
      var made = new ArrayList<Reservation>();
      restore(List.of());
      for (int step = 0; step < 14; step++) {
        rows.add(backup());
        levels.add(fixture.warehouse.backup());
        act(random, "s" + seed + "-" + step, made);
      }
      if (random.nextBoolean()) {
        restore(rows.get(random.nextInt(rows.size())));
      }
      if (random.nextBoolean()) {
        fixture.warehouse.restore(levels.get(random.nextInt(levels.size())));
      }
      reconcile();
      agree("seed " + seed);
      assertThat(reconcile()).as("seed %d, twice", seed).isEmpty();
      restore(List.of());
      reconcile();
      assertThat(fixture.warehouse.active()).as("seed %d, nothing left", seed).isEmpty();
    }
  }

  private void act(Random random, String request, List<Reservation> made) {
    var open =
        made.stream()
            .filter(
                one -> now(one).getState() == State.HELD || now(one).getState() == State.PREPARED)
            .toList();
    if (open.isEmpty() || random.nextInt(3) == 0) {
      int pieces = 1 + random.nextInt(2);
      if (fixture.warehouse.available(SKU, "milano") >= pieces) {
        made.add(reserve(request, pieces));
      }
      return;
    }
    var one = open.get(random.nextInt(open.size()));
    switch (random.nextInt(3)) {
      case 0 -> collect(one, request);
      case 1 -> cancel(one, request);
      default ->
          fixture
              .milan()
              .prepareReservation(
                  PrepareReservationRequest.newBuilder()
                      .setName(one.getName())
                      .setRequestId(request)
                      .build());
    }
  }

  private void agree(String when) {
    var all = backup();
    var held =
        fixture.warehouse.active().stream()
            .collect(Collectors.toMap(Held::owner, Held::units, Integer::sum));
    var sold =
        fixture.warehouse.sold().stream()
            .collect(Collectors.toMap(Held::owner, Held::sold, Integer::sum));
    for (Document one : all) {
      var name = "reservations/" + one.getString("_id");
      var line = one.getList("lines", Document.class).getFirst();
      int pieces = ((Number) line.get("quantity")).intValue();
      switch (one.getString("state")) {
        case "HELD", "PREPARED" ->
            assertThat(held.remove(name)).as("%s %s", when, name).isEqualTo(pieces);
        case "COLLECTED" -> assertThat(sold.get(name)).as("%s %s", when, name).isEqualTo(pieces);
        case "CANCELLED", "REFUSED" -> assertThat(sold.get(name)).as("%s %s", when, name).isNull();
        default -> throw new IllegalStateException(one.getString("state"));
      }
    }
    assertThat(held).as(when).isEmpty();
    assertThat(fixture.warehouse.onHand(SKU, "milano"))
        .as(when)
        .isEqualTo(10 - sold.values().stream().mapToInt(pieces -> pieces).sum());
  }
}
