package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.grpc.InventoryDoor.reason;
import static dev.filo.inventory.grpc.InventoryDoor.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.FieldMask;
import com.google.type.Date;
import dev.filo.inventory.ShopFloor;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.AvailabilityTerm;
import dev.filo.proto.inventory.v1.ChangeHoldRequest;
import dev.filo.proto.inventory.v1.CheckStockRequest;
import dev.filo.proto.inventory.v1.ExpectedChange;
import dev.filo.proto.inventory.v1.ExplainAvailabilityRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.GetSafetyRulesRequest;
import dev.filo.proto.inventory.v1.GetStockItemRequest;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.Incoming;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.KitComponent;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.MoveHoldRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.SafetyRule;
import dev.filo.proto.inventory.v1.SafetyRules;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SerialNumbers;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.SetIncomingStockRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.StockDrift;
import dev.filo.proto.inventory.v1.StockItem;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.UpdateSafetyRulesRequest;
import dev.filo.proto.inventory.v1.UpdateStockItemRequest;
import dev.filo.testkit.MutableClock;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the stock room is told and asked, through a real server with tokens: done, refused,
 * malformed, not allowed, repeated.
 */
class StockRoomTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String SET = "SKU-SET";
  private static final String SOFA_IN_MILANO = "stockLevels/" + SOFA + "@milano";
  private static final String SOFA_IN_MONZA = "stockLevels/" + SOFA + "@monza";

  private final InventoryDoor door = new InventoryDoor(MILANO, MONZA);
  private final MutableClock clock = door.clock;
  private final ShopFloor floor = door.floor;

  @AfterEach
  void close() throws InterruptedException {
    door.close();
  }

  /** Nobody without a token and no till may; customers neither. */
  private <T> void onlyManagersAndServices(
      Function<InventoryServiceGrpc.InventoryServiceBlockingStub, T> call) {
    assertThat(refusal(() -> call.apply(door.anybody())).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(reason(() -> call.apply(door.till()))).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(reason(() -> call.apply(door.as(Role.ROLE_CUSTOMER, "customers/x"))))
        .isEqualTo("ROLE_NOT_ALLOWED");
  }

  private StockLevel level(String name) {
    return door.till().getStockLevel(GetStockLevelRequest.newBuilder().setName(name).build());
  }

  private MovementResult record(Movement.Builder movement) {
    var result =
        floor.stock.record(
            List.of(InventoryProtos.movement(movement.build(), ShopFloor.TILL, clock.instant())),
            location -> location.equals(MILANO) || location.equals(MONZA));
    return InventoryProtos.result(
        InventoryProtos.movement(movement.build(), ShopFloor.TILL, clock.instant()),
        ShopFloor.got(result).getFirst());
  }

  private static Movement.Builder movement(
      String id, Movement.Kind kind, String sku, String location, int quantity) {
    return Movement.newBuilder()
        .setId(id)
        .setKind(kind)
        .setSku(sku)
        .setLocation(location)
        .setQuantity(quantity);
  }

  @Test
  void aTransferIsSeenAtBothEnds() {
    floor.receive(SOFA, MILANO, 5);
    var out =
        movement("o", Movement.Kind.TRANSFER_OUT, SOFA, MILANO, 3)
            .setTransfer("T-1")
            .setCounterpart(MONZA);
    assertThat(record(out).getOutcome()).isEqualTo(MovementResult.Outcome.RECORDED);
    assertThat(record(out).getOutcome()).isEqualTo(MovementResult.Outcome.REPEATED);
    assertThat(record(out.clone().setTransfer("T-2")).getReason()).isEqualTo("MOVEMENT_DIFFERS");
    assertThat(level(SOFA_IN_MONZA).getInTransit()).isEqualTo(3);
    record(
        movement("i", Movement.Kind.TRANSFER_IN, SOFA, MONZA, 3)
            .setTransfer("T-1")
            .setCounterpart(MILANO));
    assertThat(level(SOFA_IN_MONZA).getInTransit()).isZero();
    assertThat(level(SOFA_IN_MONZA).getOnHand()).isEqualTo(3);
    assertThat(record(movement("x", Movement.Kind.TRANSFER_IN, SOFA, MONZA, 1)).getReason())
        .isEqualTo("TRANSFER_INVALID");
    assertThat(
            refusal(() -> record(movement("x", Movement.Kind.TRANSFER_ANNOUNCED, SOFA, MONZA, 1)))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void whatIsSetAsideIsShown() {
    floor.receive(SOFA, MILANO, 2);
    var aside =
        movement("a", Movement.Kind.SET_ASIDE, SOFA, MILANO, 1)
            .setSetAsideReason(SetAsideReason.DISPLAY);
    assertThat(record(aside).getLevel().getSetAside()).isEqualTo(1);
    assertThat(level(SOFA_IN_MILANO).getAvailable()).isEqualTo(1);
    assertThat(record(movement("b", Movement.Kind.SET_ASIDE, SOFA, MILANO, 1)).getReason())
        .isEqualTo("SET_ASIDE_REASON_INVALID");
  }

  private PlaceHoldRequest.Builder hold(String id, String sku, int quantity) {
    return PlaceHoldRequest.newBuilder()
        .setHoldId(id)
        .setLocation(MILANO)
        .addLines(HoldLine.newBuilder().setSku(sku).setQuantity(quantity))
        .setExpireTime(Times.timestamp(clock.instant().plus(HOUR)))
        .setOwner("reservations/" + id)
        .setRequestId("q-" + id);
  }

  private static HoldLine line(String sku, int quantity) {
    return HoldLine.newBuilder().setSku(sku).setQuantity(quantity).build();
  }

  @Test
  void aHoldIsChangedMovedAndSoldInPart() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(SOFA, MONZA, 3);
    door.service().placeHold(hold("h", SOFA, 1).build());
    var change =
        ChangeHoldRequest.newBuilder()
            .setName("holds/h")
            .addLines(line(SOFA, 1))
            .addLines(line(SOFA, 2))
            .setRequestId("q1");
    assertThat(door.service().changeHold(change.build()).getLinesList())
        .containsExactly(line(SOFA, 3));
    assertThat(door.service().changeHold(change.build()).getLinesList())
        .containsExactly(line(SOFA, 3));
    assertThat(
            reason(() -> door.service().changeHold(change.clone().addLines(line(SOFA, 1)).build())))
        .isEqualTo("REQUEST_ID_REUSED");
    var tooMany = change.clone().setRequestId("q2").addLines(line(SOFA, 9)).build();
    assertThat(reason(() -> door.service().changeHold(tooMany))).isEqualTo("STOCK_INSUFFICIENT");
    assertThat(reason(() -> door.service().changeHold(change.clone().clearLines().build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(reason(() -> door.service().changeHold(change.clone().clearRequestId().build())))
        .isEqualTo("REQUEST_ID_MISSING");
    onlyManagersAndServicesHold(stub -> stub.changeHold(change.build()));

    var move =
        MoveHoldRequest.newBuilder().setName("holds/h").setLocation(MONZA).setRequestId("q3");
    assertThat(door.service().moveHold(move.build()).getLocation()).isEqualTo(MONZA);
    assertThat(door.service().moveHold(move.build()).getLocation()).isEqualTo(MONZA);
    assertThat(reason(() -> door.service().moveHold(move.clone().setLocation("Monza").build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(
            reason(
                () ->
                    door.service()
                        .moveHold(
                            move.clone()
                                .setLocation("stores/atlantis")
                                .setRequestId("q4")
                                .build())))
        .isEqualTo("LOCATION_NOT_FOUND");
    assertThat(reason(() -> door.service().moveHold(move.clone().setName("holds/none").build())))
        .isEqualTo("HOLD_NOT_FOUND");
    onlyManagersAndServicesHold(stub -> stub.moveHold(move.build()));

    var sell =
        SellHoldRequest.newBuilder().setName("holds/h").addLines(line(SOFA, 2)).setRequestId("q5");
    var rest = door.service().sellHold(sell.build());
    assertThat(rest.getState()).isEqualTo(Hold.State.ACTIVE);
    assertThat(rest.getLinesList()).containsExactly(line(SOFA, 1));
    assertThat(door.service().sellHold(sell.build()).getLinesList()).containsExactly(line(SOFA, 1));
    assertThat(reason(() -> door.service().sellHold(sell.clone().setRequestId("q6").build())))
        .isEqualTo("HOLD_LINE_INVALID");
    assertThat(level(SOFA_IN_MONZA).getOnHand()).isEqualTo(1);
    clock.advance(HOUR);
    assertThat(reason(() -> door.service().moveHold(move.clone().setRequestId("q7").build())))
        .isEqualTo("HOLD_OVER");
  }

  private <T> void onlyManagersAndServicesHold(
      Function<InventoryServiceGrpc.InventoryServiceBlockingStub, T> call) {
    onlyManagersAndServices(call);
    assertThat(reason(() -> call.apply(door.manager()))).isEqualTo("ROLE_NOT_ALLOWED");
  }

  private UpdateStockItemRequest.Builder kit() {
    return UpdateStockItemRequest.newBuilder()
        .setStockItem(
            StockItem.newBuilder()
                .setName("stockItems/" + SET)
                .setCategory("sets")
                .addComponents(KitComponent.newBuilder().setSku(SOFA).setQuantity(1))
                .addComponents(KitComponent.newBuilder().setSku(CHAIR).setQuantity(2)))
        .setRequestId("kit");
  }

  @Test
  void aKitIsSaidHeldAndExplained() {
    var made = door.manager().updateStockItem(kit().build());
    assertThat(made.getEtag()).isEqualTo("1");
    assertThat(door.manager().updateStockItem(kit().build())).isEqualTo(made);
    assertThat(
            door.till()
                .getStockItem(GetStockItemRequest.newBuilder().setName(made.getName()).build()))
        .isEqualTo(made);
    var category =
        door.manager()
            .updateStockItem(
                UpdateStockItemRequest.newBuilder()
                    .setStockItem(
                        StockItem.newBuilder().setName(made.getName()).setCategory("promo"))
                    .setUpdateMask(FieldMask.newBuilder().addPaths("category"))
                    .build());
    assertThat(category.getComponentsCount()).isEqualTo(2);
    assertThat(category.getCategory()).isEqualTo("promo");
    floor.receive(SOFA, MILANO, 2);
    floor.receive(CHAIR, MILANO, 5);
    var held = door.service().placeHold(hold("h", SET, 1).build());
    assertThat(held.getLinesList()).containsExactly(line(SET, 1));
    assertThat(held.getPiecesList()).containsExactlyInAnyOrder(line(SOFA, 1), line(CHAIR, 2));
    assertThat(level("stockLevels/" + SET + "@milano").getAvailable()).isEqualTo(1);
    var explained =
        door.till()
            .explainAvailability(
                ExplainAvailabilityRequest.newBuilder()
                    .setName("stockLevels/" + SET + "@milano")
                    .build());
    assertThat(explained.getText())
        .isEqualTo("the least of " + SOFA + " 1 / 1 = 1, " + CHAIR + " 3 / 2 = 1: 1");
    assertThat(explained.getComponents(1).getQuantityInKit()).isEqualTo(2);
    assertThat(explained.getComponents(1).getHolds(0).getOwner()).isEqualTo("reservations/h");
    assertThat(
            door.anybody()
                .findNearby(FindNearbyRequest.newBuilder().addSku(SET).addSku(CHAIR).build())
                .getLocations(0)
                .getAvailable())
        .isEqualTo(1);
  }

  @Test
  void itemsThatCannotBeAreRefused() {
    door.manager().updateStockItem(kit().build());
    assertThat(
            reason(
                () ->
                    door.manager()
                        .updateStockItem(
                            UpdateStockItemRequest.newBuilder()
                                .setStockItem(
                                    StockItem.newBuilder()
                                        .setName("stockItems/SKU-BIG")
                                        .addComponents(
                                            KitComponent.newBuilder().setSku(SET).setQuantity(1)))
                                .build())))
        .isEqualTo("KIT_NESTED");
    var stale = kit().setRequestId("");
    stale.getStockItemBuilder().setEtag("0");
    assertThat(reason(() -> door.manager().updateStockItem(stale.build()))).isEqualTo("ETAG_STALE");
    var serialized = kit().setRequestId("");
    serialized.getStockItemBuilder().setSerialized(true);
    assertThat(reason(() -> door.manager().updateStockItem(serialized.build())))
        .isEqualTo("FIELDS_INVALID");
    var twice = kit().setRequestId("");
    twice.getStockItemBuilder().addComponents(twice.getStockItem().getComponents(0));
    assertThat(reason(() -> door.manager().updateStockItem(twice.build())))
        .isEqualTo("FIELDS_INVALID");
    var none = kit().setRequestId("");
    none.getStockItemBuilder().getComponentsBuilder(0).setQuantity(0);
    assertThat(reason(() -> door.manager().updateStockItem(none.build())))
        .isEqualTo("FIELDS_INVALID");
    var mask = kit().setRequestId("").setUpdateMask(FieldMask.newBuilder().addPaths("etag"));
    assertThat(reason(() -> door.manager().updateStockItem(mask.build())))
        .isEqualTo("FIELDS_INVALID");
    var unknown = GetStockItemRequest.newBuilder().setName("stockItems/NOPE").build();
    assertThat(reason(() -> door.till().getStockItem(unknown))).isEqualTo("SKU_NOT_FOUND");
    onlyManagersAndServices(stub -> stub.updateStockItem(kit().build()));
    assertThat(
            reason(
                () ->
                    door.as(Role.ROLE_CUSTOMER, "customers/x")
                        .getStockItem(
                            GetStockItemRequest.newBuilder().setName("stockItems/" + SET).build())))
        .isEqualTo("ROLE_NOT_ALLOWED");
  }

  @Test
  void safetyRulesAreSetReadAndSeen() {
    floor.receive(SOFA, MILANO, 5);
    var update =
        UpdateSafetyRulesRequest.newBuilder()
            .setSafetyRules(
                SafetyRules.newBuilder()
                    .setName("safetyRules")
                    .addRules(SafetyRule.newBuilder().setSku(SOFA).setPieces(2)))
            .setRequestId("q1");
    var rules = door.manager().updateSafetyRules(update.build());
    assertThat(rules.getRules(0).getId()).isEqualTo("1");
    assertThat(door.manager().updateSafetyRules(update.build())).isEqualTo(rules);
    assertThat(door.till().getSafetyRules(GetSafetyRulesRequest.getDefaultInstance()))
        .isEqualTo(rules);
    assertThat(level(SOFA_IN_MILANO).getSafetyRule()).isEqualTo("safetyRules/1");
    assertThat(level(SOFA_IN_MILANO).getAvailable()).isEqualTo(3);
    assertThat(reason(() -> door.service().placeHold(hold("h", SOFA, 4).build())))
        .isEqualTo("STOCK_INSUFFICIENT");
    var own =
        SetSafetyStockRequest.newBuilder().setName(SOFA_IN_MILANO).setSafety(1).setRequestId("own");
    assertThat(door.manager().setSafetyStock(own.build()).getSafetyRule()).isEqualTo("level");
    assertThat(
            reason(
                () ->
                    door.manager()
                        .setSafetyStock(own.clone().setUseRules(true).setRequestId("x").build())))
        .isEqualTo("FIELDS_INVALID");
    door.manager()
        .setSafetyStock(own.clone().setSafety(0).setUseRules(true).setRequestId("rules").build());
    assertThat(level(SOFA_IN_MILANO).getSafety()).isEqualTo(2);
    var bad = update.clone().setRequestId("q2");
    bad.getSafetyRulesBuilder().addRules(SafetyRule.newBuilder().setId("1").setPieces(1));
    assertThat(reason(() -> door.manager().updateSafetyRules(bad.build())))
        .isEqualTo("FIELDS_INVALID");
    var negative = update.clone().setRequestId("q3");
    negative.getSafetyRulesBuilder().getRulesBuilder(0).setPieces(-1);
    assertThat(reason(() -> door.manager().updateSafetyRules(negative.build())))
        .isEqualTo("FIELDS_INVALID");
    var stale = update.clone().setRequestId("q4");
    stale.getSafetyRulesBuilder().setEtag("0");
    assertThat(reason(() -> door.manager().updateSafetyRules(stale.build())))
        .isEqualTo("ETAG_STALE");
    onlyManagersAndServices(stub -> stub.updateSafetyRules(update.build()));
    assertThat(
            reason(
                () ->
                    door.as(Role.ROLE_CUSTOMER, "customers/x")
                        .getSafetyRules(GetSafetyRulesRequest.getDefaultInstance())))
        .isEqualTo("ROLE_NOT_ALLOWED");
  }

  private static SetIncomingStockRequest.Builder incoming(String order, int quantity) {
    return SetIncomingStockRequest.newBuilder()
        .setName(SOFA_IN_MILANO)
        .setIncoming(
            Incoming.newBuilder()
                .setId(order)
                .setQuantity(quantity)
                .setExpectedDate(Date.newBuilder().setYear(2026).setMonth(3).setDay(9)))
        .setRequestId("q-" + order);
  }

  @Test
  void whatIsExpectedIsSaidAndExplained() {
    floor.receive(SOFA, MILANO, 4);
    door.manager().setIncomingStock(incoming("PO-1", 6).build());
    door.manager().setIncomingStock(incoming("PO-1", 6).build());
    assertThat(level(SOFA_IN_MILANO).getIncomingList())
        .containsExactly(incoming("PO-1", 6).getIncoming());
    assertThat(reason(() -> door.manager().setIncomingStock(incoming("PO-1", 7).build())))
        .isEqualTo("REQUEST_ID_REUSED");
    var noDay = incoming("PO-2", 1);
    noDay.getIncomingBuilder().getExpectedDateBuilder().setDay(31).setMonth(2);
    assertThat(reason(() -> door.manager().setIncomingStock(noDay.build())))
        .isEqualTo("FIELDS_INVALID");
    var noDate = incoming("PO-2", 1);
    noDate.getIncomingBuilder().clearExpectedDate();
    assertThat(reason(() -> door.manager().setIncomingStock(noDate.build())))
        .isEqualTo("FIELDS_INVALID");
    onlyManagersAndServices(stub -> stub.setIncomingStock(incoming("PO-1", 6).build()));
    record(
        movement("a", Movement.Kind.SET_ASIDE, SOFA, MILANO, 1)
            .setSetAsideReason(SetAsideReason.DAMAGED));
    record(
        movement("o", Movement.Kind.TRANSFER_OUT, SOFA, MONZA, 2)
            .setTransfer("T-1")
            .setCounterpart(MILANO));
    door.service().placeHold(hold("h", SOFA, 2).build());
    var explain = ExplainAvailabilityRequest.newBuilder().setName(SOFA_IN_MILANO).build();
    var explained = door.till().explainAvailability(explain);
    assertThat(explained.getText()).isEqualTo("on hand 4 - set aside 1 - safety 0 - held 2 = 1");
    assertThat(explained.getTermsList())
        .extracting(term -> term.getKind() + " " + term.getQuantity() + " " + term.getDetail())
        .containsExactly("ON_HAND 4 ", "SET_ASIDE 1 damaged", "HELD 2 ", "SAFETY 0 ");
    assertThat(explained.getHolds(0).getOwner()).isEqualTo("reservations/h");
    assertThat(explained.getHoldCount()).isEqualTo(1);
    assertThat(explained.getTransfers(0).getCounterpart()).isEqualTo(MONZA);
    assertThat(explained.getChangesList())
        .extracting(ExpectedChange::getKind)
        .containsExactly(
            ExpectedChange.Kind.HOLD_EXPIRES,
            ExpectedChange.Kind.INCOMING,
            ExpectedChange.Kind.TRANSFER);
    assertThat(explained.getChanges(1).getDate().getDay()).isEqualTo(9);
    assertThat(explained.getTerms(0).getKind()).isEqualTo(AvailabilityTerm.Kind.ON_HAND);
    assertThat(
            reason(() -> door.as(Role.ROLE_CUSTOMER, "customers/x").explainAvailability(explain)))
        .isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(
            reason(
                () ->
                    door.till()
                        .explainAvailability(
                            explain.toBuilder()
                                .setName("stockLevels/" + SOFA + "@atlantis")
                                .build())))
        .isEqualTo("LOCATION_NOT_FOUND");
    assertThat(
            reason(
                () ->
                    door.till()
                        .explainAvailability(explain.toBuilder().setName("levels/x").build())))
        .isEqualTo("FIELDS_INVALID");
  }

  @Test
  void aPieceIsSoldByItsSerialNumber() {
    door.manager()
        .updateStockItem(
            UpdateStockItemRequest.newBuilder()
                .setStockItem(
                    StockItem.newBuilder().setName("stockItems/" + SOFA).setSerialized(true))
                .build());
    record(movement("r", Movement.Kind.RECEIPT, SOFA, MILANO, 2).addSerials("S1").addSerials("S2"));
    door.service().placeHold(hold("h", SOFA, 1).build());
    var sell =
        SellHoldRequest.newBuilder()
            .setName("holds/h")
            .setRequestId("q1")
            .addSerials(SerialNumbers.newBuilder().setSku(SOFA).addSerials("S9"))
            .build();
    var wrong = refusal(() -> door.service().sellHold(sell));
    assertThat(wrong.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    var info = java.util.Objects.requireNonNull(Statuses.errorInfo(wrong));
    assertThat(info.getReason()).isEqualTo("SERIAL_NOT_FOUND");
    assertThat(info.getMetadataMap())
        .containsEntry("serial", "S9")
        .containsEntry("sku", SOFA)
        .containsEntry("location", MILANO);
    var unnamed =
        sell.toBuilder().clearSerials().setSerialsRequired(true).setRequestId("q0").build();
    assertThat(reason(() -> door.service().sellHold(unnamed))).isEqualTo("SERIALS_INVALID");
    assertThat(level(SOFA_IN_MILANO).getHeld()).isEqualTo(1);
    var two = sell.toBuilder().setSerials(0, named("S1", "S2")).setRequestId("q2").build();
    assertThat(reason(() -> door.service().sellHold(two))).isEqualTo("SERIALS_INVALID");
    var twice = sell.toBuilder().addSerials(named("S1")).setRequestId("q3").build();
    assertThat(reason(() -> door.service().sellHold(twice))).isEqualTo("FIELDS_INVALID");
    var same = sell.toBuilder().setSerials(0, named("S1", "S1")).setRequestId("q4").build();
    assertThat(reason(() -> door.service().sellHold(same))).isEqualTo("FIELDS_INVALID");
    var right = sell.toBuilder().setSerials(0, named("S2")).setRequestId("q5").build();
    assertThat(door.service().sellHold(right).getState()).isEqualTo(Hold.State.SOLD);
    assertThat(door.service().sellHold(right).getState()).isEqualTo(Hold.State.SOLD);
    assertThat(level(SOFA_IN_MILANO).getSerialsList()).containsExactly("S1");
    assertThat(ledger(SOFA_IN_MILANO).getSerialsList()).containsExactly("S2");
  }

  private static SerialNumbers named(String... serials) {
    return SerialNumbers.newBuilder().setSku(SOFA).addAllSerials(List.of(serials)).build();
  }

  /** The newest movement of a level. */
  private Movement ledger(String level) {
    return door.till()
        .listMovements(ListMovementsRequest.newBuilder().setParent(level).setPageSize(1).build())
        .getMovements(0);
  }

  @Test
  void aTillSellsAKitAndTakesItBack() {
    door.manager().updateStockItem(kit().build());
    floor.receive(SOFA, MILANO, 1);
    floor.receive(CHAIR, MILANO, 3);
    var sale =
        RecordMovementsRequest.newBuilder()
            .addMovements(movement("sold", Movement.Kind.SALE, SET, MILANO, 1))
            .addMovements(movement("counted", Movement.Kind.COUNT, SET, MILANO, 1))
            .setRequestId("q")
            .build();
    var first = door.till().batchCreateMovements(sale);
    assertThat(first.getResults(0).getOutcome()).isEqualTo(MovementResult.Outcome.RECORDED);
    assertThat(first.getResults(0).getLevel().getName())
        .isEqualTo("stockLevels/" + SET + "@milano");
    assertThat(first.getResults(0).getLevel().getOnHand()).isZero();
    assertThat(first.getResults(1).getReason()).isEqualTo("KIT_NOT_ALLOWED");
    assertThat(door.till().batchCreateMovements(sale).getResults(0).getOutcome())
        .isEqualTo(MovementResult.Outcome.REPEATED);
    assertThat(level(SOFA_IN_MILANO).getOnHand()).isZero();
    var chairs = ledger("stockLevels/" + CHAIR + "@milano");
    assertThat(chairs.getQuantity()).isEqualTo(2);
    assertThat(chairs.getKit()).isEqualTo("stockItems/" + SET);
    assertThat(chairs.getKitMovement()).isEqualTo("sold");
    assertThat(chairs.getCause()).isEqualTo("stockItems/" + SET);
    var back =
        RecordMovementsRequest.newBuilder()
            .addMovements(movement("back", Movement.Kind.RETURN, SET, MILANO, 1))
            .setRequestId("q2")
            .build();
    assertThat(door.till().batchCreateMovements(back).getResults(0).getOutcome())
        .isEqualTo(MovementResult.Outcome.RECORDED);
    assertThat(level(SOFA_IN_MILANO).getOnHand()).isEqualTo(1);
    assertThat(level("stockLevels/" + CHAIR + "@milano").getOnHand()).isEqualTo(3);
  }

  @Test
  void theCheckNamesWhatIsSetAsideByNobody() {
    floor.receive(SOFA, MILANO, 3);
    record(
        movement("a", Movement.Kind.SET_ASIDE, SOFA, MILANO, 1)
            .setSetAsideReason(SetAsideReason.DISPLAY));
    ShopFloor.got(
        reactor.core.publisher.Mono.from(
            floor
                .database
                .getCollection("levels")
                .updateOne(
                    com.mongodb.client.model.Filters.eq("_id", SOFA + "@milano"),
                    com.mongodb.client.model.Updates.inc("goods.aside.DISPLAY", 1))));
    var news = door.manager().checkStock(CheckStockRequest.getDefaultInstance());
    var drift = news.next().getDrift();
    assertThat(drift.getKind()).isEqualTo(StockDrift.Kind.SET_ASIDE);
    assertThat(drift.getSetAsideReason()).isEqualTo(SetAsideReason.DISPLAY);
    assertThat(drift.getExpected()).isEqualTo(1);
    assertThat(drift.getFound()).isEqualTo(2);
    assertThat(drift.getDetail()).contains("2 set aside as DISPLAY");
  }

  @Test
  void theCatalogsCategoryIsShownAndDecidesUnlessTheItemHasItsOwn() {
    floor.receive(SOFA, MILANO, 5);
    floor.items.categorize(List.of(SOFA), "sofas").block(Duration.ofSeconds(20));
    var name = GetStockItemRequest.newBuilder().setName("stockItems/" + SOFA).build();
    assertThat(door.till().getStockItem(name).getCatalogCategory()).isEqualTo("sofas");
    assertThat(door.till().getStockItem(name).getCategory()).isEmpty();
    door.manager()
        .updateSafetyRules(
            UpdateSafetyRulesRequest.newBuilder()
                .setSafetyRules(
                    SafetyRules.newBuilder()
                        .addRules(SafetyRule.newBuilder().setCategory("sofas").setPieces(2)))
                .build());
    assertThat(level(SOFA_IN_MILANO).getAvailable()).isEqualTo(3);
    var own =
        UpdateStockItemRequest.newBuilder()
            .setStockItem(
                StockItem.newBuilder()
                    .setName("stockItems/" + SOFA)
                    .setCategory("outlet")
                    .setCatalogCategory("made up"))
            .build();
    var changed = door.manager().updateStockItem(own);
    assertThat(changed.getCategory()).isEqualTo("outlet");
    assertThat(changed.getCatalogCategory()).as("not the caller's to say").isEqualTo("sofas");
    assertThat(level(SOFA_IN_MILANO).getAvailable()).isEqualTo(5);
  }
}
