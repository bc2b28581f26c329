package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.WAREHOUSE;
import static dev.filo.inventory.grpc.InventoryDoor.reason;
import static dev.filo.inventory.grpc.InventoryDoor.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.filo.inventory.ShopFloor;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.proto.inventory.v1.WatchStockResponse;
import dev.filo.testkit.MutableClock;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Through a real server, with tokens. */
class InventoryServiceTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final InventoryDoor door = new InventoryDoor(MILANO, MONZA, WAREHOUSE);
  private final MutableClock clock = door.clock;
  private final ShopFloor floor = door.floor;

  @AfterEach
  void close() throws InterruptedException {
    door.close();
  }

  private Movement.Builder receipt(String id, String sku, int quantity) {
    return Movement.newBuilder()
        .setId(id)
        .setKind(Movement.Kind.RECEIPT)
        .setSku(sku)
        .setLocation(MILANO)
        .setQuantity(quantity);
  }

  private PlaceHoldRequest.Builder hold(String id, int quantity) {
    return PlaceHoldRequest.newBuilder()
        .setHoldId(id)
        .setLocation(MILANO)
        .addLines(HoldLine.newBuilder().setSku(SOFA).setQuantity(quantity))
        .setExpireTime(Times.timestamp(clock.instant().plus(HOUR)))
        .setOwner("reservations/" + id)
        .setRequestId("q-" + id);
  }

  @Test
  void aHoldFromPlacingToSale() {
    floor.receive(SOFA, MILANO, 2);
    var placed = door.service().placeHold(hold("h1", 1).build());
    assertThat(placed.getName()).isEqualTo("holds/h1");
    assertThat(placed.getState()).isEqualTo(Hold.State.ACTIVE);
    var later = Times.timestamp(clock.instant().plus(HOUR.multipliedBy(2)));
    var longer =
        door.service()
            .extendHold(
                ExtendHoldRequest.newBuilder()
                    .setName("holds/h1")
                    .setExpireTime(later)
                    .setRequestId("q2")
                    .build());
    assertThat(longer.getExpireTime()).isEqualTo(later);
    var sold =
        door.service()
            .sellHold(
                SellHoldRequest.newBuilder()
                    .setName("holds/h1")
                    .setRequestId("q3")
                    .setOnBehalfOf("devices/till-milano-1")
                    .build());
    assertThat(sold.getState()).isEqualTo(Hold.State.SOLD);
    var name = "stockLevels/" + SOFA + "@milano";
    var level = door.till().getStockLevel(GetStockLevelRequest.newBuilder().setName(name).build());
    assertThat(level.getOnHand()).isEqualTo(1);
    assertThat(level.getHeld()).isZero();
    var ledger =
        door.till()
            .listMovements(
                ListMovementsRequest.newBuilder().setParent(name).setPageSize(1).build());
    assertThat(ledger.getMovements(0).getKind()).isEqualTo(Movement.Kind.SALE);
    assertThat(ledger.getMovements(0).getAuthor().getPrincipal())
        .isEqualTo("devices/till-milano-1");
    assertThat(ledger.getMovements(0).getCause()).isEqualTo("reservations/h1");
    var next =
        door.till()
            .listMovements(
                ListMovementsRequest.newBuilder()
                    .setParent(name)
                    .setPageSize(1)
                    .setPageToken(ledger.getNextPageToken())
                    .build());
    assertThat(next.getMovements(0).getKind()).isEqualTo(Movement.Kind.RECEIPT);
    assertThat(next.getNextPageToken()).isEmpty();
  }

  @Test
  void refusalsSayWhy() {
    floor.receive(SOFA, MILANO, 1);
    var tooMany = refusal(() -> door.service().placeHold(hold("h1", 2).build()));
    assertThat(tooMany.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    var info = Statuses.errorInfo(tooMany);
    assertThat(info).isNotNull();
    assertThat(info.getDomain()).isEqualTo("inventory.filo");
    assertThat(info.getReason()).isEqualTo("STOCK_INSUFFICIENT");
    assertThat(info.getMetadataMap())
        .containsEntry("location", MILANO)
        .containsEntry("sku." + SOFA, "1");
    door.service().placeHold(hold("h2", 1).build());
    assertThat(reason(() -> door.service().placeHold(hold("h2", 2).build())))
        .isEqualTo("HOLD_DIFFERS");
    var release = ReleaseHoldRequest.newBuilder().setName("holds/none").setRequestId("q").build();
    assertThat(reason(() -> door.service().releaseHold(release))).isEqualTo("HOLD_NOT_FOUND");
    clock.advance(HOUR);
    var sell = SellHoldRequest.newBuilder().setName("holds/h2").setRequestId("q").build();
    assertThat(reason(() -> door.service().sellHold(sell))).isEqualTo("HOLD_OVER");
    assertThat(
            reason(
                () ->
                    door.anybody()
                        .findNearby(FindNearbyRequest.newBuilder().addSku("NOPE").build())))
        .isEqualTo("SKU_NOT_FOUND");
    assertThat(
            reason(
                () ->
                    door.till()
                        .getStockLevel(
                            GetStockLevelRequest.newBuilder()
                                .setName("stockLevels/" + SOFA + "@atlantis")
                                .build())))
        .isEqualTo("LOCATION_NOT_FOUND");
  }

  @Test
  void onlyServicesHoldAndNobodyWithoutATokenSeesLevels() {
    assertThat(refusal(() -> door.anybody().placeHold(hold("h", 1).build())).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(reason(() -> door.till().placeHold(hold("h", 1).build())))
        .isEqualTo("ROLE_NOT_ALLOWED");
    var get = GetStockLevelRequest.newBuilder().setName("stockLevels/" + SOFA + "@milano").build();
    assertThat(reason(() -> door.as(Role.ROLE_CUSTOMER, "customers/x").getStockLevel(get)))
        .isEqualTo("ROLE_NOT_ALLOWED");
    var safety =
        SetSafetyStockRequest.newBuilder()
            .setName(get.getName())
            .setSafety(1)
            .setRequestId("q")
            .build();
    assertThat(reason(() -> door.till().setSafetyStock(safety))).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(door.as(Role.ROLE_MANAGER, "staff/m").setSafetyStock(safety).getSafety())
        .isEqualTo(1);
    assertThat(
            reason(
                () ->
                    door.as(Role.ROLE_MANAGER, "staff/m")
                        .setSafetyStock(safety.toBuilder().setSafety(2).build())))
        .isEqualTo("REQUEST_ID_REUSED");
  }

  @Test
  void malformedCallsAreRefused() {
    assertThat(reason(() -> door.service().placeHold(hold("h", 0).build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(reason(() -> door.service().placeHold(hold("h", 1).clearRequestId().build())))
        .isEqualTo("REQUEST_ID_MISSING");
    assertThat(
            reason(
                () ->
                    door.anybody()
                        .findNearby(
                            FindNearbyRequest.newBuilder().addSku(SOFA).setLatitude(45).build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(
            reason(
                () ->
                    door.till()
                        .listMovements(
                            ListMovementsRequest.newBuilder()
                                .setParent("stockLevels/" + SOFA + "@milano")
                                .setPageToken("made up")
                                .build())))
        .isEqualTo("PAGE_TOKEN_INVALID");
    assertThat(
            reason(
                () ->
                    door.service()
                        .placeHold(
                            hold("h", 1).setExpireTime(Times.timestamp(clock.instant())).build())))
        .isEqualTo("TIME_INVALID");
  }

  @Test
  void aTillRecordsForItsOwnStoreAndRepetitionsChangeNothing() {
    var request =
        RecordMovementsRequest.newBuilder()
            .setRequestId("q")
            .addMovements(receipt("a", SOFA, 3))
            .addMovements(receipt("b", SOFA, 3).setLocation(MONZA))
            .addMovements(receipt("c", "NOPE", 3))
            .addMovements(receipt("d", SOFA, -3))
            .build();
    var results = door.till().batchCreateMovements(request).getResultsList();
    assertThat(results)
        .extracting(MovementResult::getOutcome)
        .containsExactly(
            MovementResult.Outcome.RECORDED,
            MovementResult.Outcome.REFUSED,
            MovementResult.Outcome.REFUSED,
            MovementResult.Outcome.REFUSED);
    assertThat(results)
        .extracting(MovementResult::getReason)
        .containsExactly("", "LOCATION_NOT_ALLOWED", "SKU_NOT_FOUND", "QUANTITY_INVALID");
    assertThat(results.getFirst().getLevel().getOnHand()).isEqualTo(3);
    var again = door.till().batchCreateMovements(request).getResultsList().getFirst();
    assertThat(again.getOutcome()).isEqualTo(MovementResult.Outcome.REPEATED);
    assertThat(again.getLevel().getOnHand()).isEqualTo(3);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(3);
  }

  @Test
  void theLedgerSaysWhichDeviceRecorded() {
    var request =
        RecordMovementsRequest.newBuilder()
            .setRequestId("q")
            .addMovements(receipt("a", SOFA, 3))
            .build();
    door.till("Cassa 2").batchCreateMovements(request);
    var ledger =
        door.till()
            .listMovements(
                ListMovementsRequest.newBuilder()
                    .setParent("stockLevels/" + SOFA + "@milano")
                    .build());
    var author = ledger.getMovements(0).getAuthor();
    assertThat(author.getDevice()).isEqualTo("Cassa 2");
    assertThat(author.getPrincipal()).isEqualTo("devices/till-milano-1");
  }

  @Test
  void nearbyStoresNearestFirst() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(SOFA, MONZA, 1);
    floor.receive(SOFA, WAREHOUSE, 9);
    door.service().placeHold(hold("h", 1).build());
    var request =
        FindNearbyRequest.newBuilder().addSku(SOFA).setLatitude(45.4642).setLongitude(9.19).build();
    var nearby = door.anybody().findNearby(request);
    assertThat(nearby.getAsOfTime()).isEqualTo(Times.timestamp(clock.instant()));
    assertThat(nearby.getLocationsList())
        .extracting(location -> location.getStore() + " " + location.getAvailable())
        .containsExactly(MILANO + " 2", MONZA + " 1");
    var milano = nearby.getLocations(0);
    assertThat(milano.getDistanceMeters()).isCloseTo(2110, within(50.0));
    assertThat(milano.getExplanation()).isEmpty();
    assertThat(milano.getItemsCount()).isZero();
    // Monday 10:00 in Rome, one hour of opening time
    assertThat(milano.getPickupReadyTime())
        .isEqualTo(Times.timestamp(Instant.parse("2026-03-02T10:00:00Z")));
    assertThat(nearby.getLocations(1).hasPickupReadyTime()).isFalse();
    var staff = door.as(Role.ROLE_AGENT, "staff/a").findNearby(request);
    assertThat(staff.getLocations(0).getExplanation())
        .isEqualTo("on hand 3 - safety 0 - held 1 = 2");
    assertThat(
            door.anybody()
                .findNearby(request.toBuilder().setRadiusMeters(5000).build())
                .getLocationsList())
        .hasSize(1);
  }

  @Test
  void aBasketIsAvailableAsOftenAsItsScarcestPart() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 3);
    var nearby =
        door.anybody()
            .findNearby(
                FindNearbyRequest.newBuilder().addSku(SOFA).addSku(CHAIR).addSku(CHAIR).build());
    var milano = nearby.getLocations(0);
    assertThat(milano.getStore()).isEqualTo(MILANO);
    assertThat(milano.getAvailable()).isEqualTo(1);
    assertThat(milano.getItemsList())
        .extracting(item -> item.getSku() + " " + item.getAvailable())
        .containsExactly(SOFA + " 3", CHAIR + " 3");
    assertThat(milano.hasDistanceMeters()).isFalse();
    assertThat(nearby.getLocations(1).getAvailable()).isZero();
  }

  @Test
  void theNearestStoreOfEachOfManySkus() {
    floor.receive(SOFA, MONZA, 1);
    floor.receive(SOFA, WAREHOUSE, 9);
    var answer =
        door.anybody()
            .batchFindNearest(
                BatchFindNearestRequest.newBuilder()
                    .addSkus(CHAIR)
                    .addSkus(SOFA)
                    .addSkus("NOPE")
                    .setLatitude(45.4642)
                    .setLongitude(9.19)
                    .addStores(MONZA)
                    .addStores("stores/nowhere")
                    .addStores(MILANO)
                    .build());
    assertThat(answer.getItemsList())
        .extracting(item -> item.getSku())
        .containsExactly(CHAIR, SOFA, "NOPE");
    assertThat(answer.getItemsList())
        .extracting(
            item ->
                item.getStoresList().stream()
                    .map(here -> here.getStore() + " " + here.getAvailable())
                    .toList())
        .containsExactly(
            List.of(MONZA + " 0", MILANO + " 0"),
            List.of(MONZA + " 1", MILANO + " 0"),
            List.of(MONZA + " 0", MILANO + " 0"));
    assertThat(answer.getItems(0).hasNearest()).isFalse();
    assertThat(answer.getItems(1).getNearest().getStore()).isEqualTo(MONZA);
    assertThat(answer.getItems(1).getDeliverable()).isEqualTo(9);
    assertThat(answer.getItems(1).getStoreCount()).isEqualTo(1);
    assertThat(answer.getItems(2).getDeliverable()).isZero();
  }

  @Test
  void watchersSeeTheStateThenEachChangeAndExpiry() {
    floor.receive(SOFA, MILANO, 2);
    floor.receive(CHAIR, MILANO, 2);
    var request = WatchStockRequest.newBuilder().addSkus(SOFA).addLocations(MILANO).build();
    Iterator<WatchStockResponse> watch = door.till().watchStock(request);
    var first = await(watch, 2);
    door.service().placeHold(hold("h", 1).build());
    var held = await(watch, 1);
    assertThat(held.getStockLevel().getHeld()).isEqualTo(1);
    clock.advance(HOUR);
    ShopFloor.done(floor.sweeper.sweep());
    var free = await(watch, 2);
    assertThat(free.getStockLevel().getHeld()).isZero();
    var resumed =
        door.till().watchStock(request.toBuilder().setResumeCursor(first.getCursor()).build());
    assertThat(await(resumed, 2).getStockLevel().getSku()).isEqualTo(SOFA);
    assertThat(
            reason(
                () ->
                    door.till()
                        .watchStock(request.toBuilder().setResumeCursor("x").build())
                        .next()))
        .isEqualTo("FIELDS_INVALID");
    assertThat(
            reason(
                () ->
                    door.till()
                        .watchStock(request.toBuilder().setResumeCursor("99999").build())
                        .next()))
        .isEqualTo("CURSOR_TOO_OLD");
  }

  private static WatchStockResponse await(Iterator<WatchStockResponse> watch, int available) {
    var seen = new ArrayList<WatchStockResponse>();
    while (watch.hasNext()) {
      var answer = watch.next();
      seen.add(answer);
      if (answer.getStockLevel().getAvailable() == available) {
        return answer;
      }
    }
    throw new AssertionError("ended after " + seen);
  }
}
