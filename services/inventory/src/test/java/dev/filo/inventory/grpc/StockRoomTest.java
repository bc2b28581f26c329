package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.FieldMask;
import com.google.type.Date;
import dev.filo.inventory.ShopFloor;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.AvailabilityTerm;
import dev.filo.proto.inventory.v1.ChangeHoldRequest;
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
import dev.filo.proto.inventory.v1.MoveHoldRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.SafetyRule;
import dev.filo.proto.inventory.v1.SafetyRules;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.SetIncomingStockRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.StockItem;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.UpdateSafetyRulesRequest;
import dev.filo.proto.inventory.v1.UpdateStockItemRequest;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  private final TestMongo.Store store = TestMongo.embedded().newStore();
  private final MutableClock clock = MutableClock.standing();
  private final TestTokens tokens = new TestTokens(clock);
  private final ShopFloor floor = new ShopFloor(store.database(), clock);
  private final GrpcServer server = server();
  private final ManagedChannel channel = Channels.open("in-process:" + store.name());

  private GrpcServer server() {
    var service = floor.service();
    return new GrpcServer(
        "in-process:" + store.name(),
        Duration.ofSeconds(1),
        List.of(service),
        List.of(
            new AccessInterceptor(
                Rules.of(List.of(service)),
                tokens.verifier(),
                new SubjectAliases(store.database()),
                new FieldRules())));
  }

  @BeforeEach
  void start() {
    server.start();
    for (var location : List.of(MILANO, MONZA)) {
      floor.places.requireLocation(location).block(Duration.ofSeconds(20));
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.stop();
    store.close();
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub anybody() {
    return InventoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub as(
      Role role, String principal, String... stores) {
    return anybody().withCallCredentials(tokens.bearer(role, principal, stores));
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub service() {
    return as(Role.ROLE_SERVICE, "services/reservation");
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub till() {
    return as(Role.ROLE_DEVICE, "devices/till-milano-1", MILANO);
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub manager() {
    return as(Role.ROLE_MANAGER, "staff/m");
  }

  private static StatusRuntimeException refusal(Supplier<?> call) {
    try {
      var answer = call.get();
      throw new AssertionError("not refused: " + answer);
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  private static String reason(Supplier<?> call) {
    var info = Statuses.errorInfo(refusal(call));
    return info == null ? "" : info.getReason();
  }

  /** Nobody without a token and no till may; customers neither. */
  private <T> void onlyManagersAndServices(
      Function<InventoryServiceGrpc.InventoryServiceBlockingStub, T> call) {
    assertThat(refusal(() -> call.apply(anybody())).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(reason(() -> call.apply(till()))).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(reason(() -> call.apply(as(Role.ROLE_CUSTOMER, "customers/x"))))
        .isEqualTo("ROLE_NOT_ALLOWED");
  }

  private StockLevel level(String name) {
    return till().getStockLevel(GetStockLevelRequest.newBuilder().setName(name).build());
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
    service().placeHold(hold("h", SOFA, 1).build());
    var change =
        ChangeHoldRequest.newBuilder()
            .setName("holds/h")
            .addLines(line(SOFA, 1))
            .addLines(line(SOFA, 2))
            .setRequestId("q1");
    assertThat(service().changeHold(change.build()).getLinesList()).containsExactly(line(SOFA, 3));
    assertThat(service().changeHold(change.build()).getLinesList()).containsExactly(line(SOFA, 3));
    assertThat(reason(() -> service().changeHold(change.clone().addLines(line(SOFA, 1)).build())))
        .isEqualTo("REQUEST_ID_REUSED");
    var tooMany = change.clone().setRequestId("q2").addLines(line(SOFA, 9)).build();
    assertThat(reason(() -> service().changeHold(tooMany))).isEqualTo("STOCK_INSUFFICIENT");
    assertThat(reason(() -> service().changeHold(change.clone().clearLines().build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(reason(() -> service().changeHold(change.clone().clearRequestId().build())))
        .isEqualTo("REQUEST_ID_MISSING");
    onlyManagersAndServicesHold(stub -> stub.changeHold(change.build()));

    var move =
        MoveHoldRequest.newBuilder().setName("holds/h").setLocation(MONZA).setRequestId("q3");
    assertThat(service().moveHold(move.build()).getLocation()).isEqualTo(MONZA);
    assertThat(service().moveHold(move.build()).getLocation()).isEqualTo(MONZA);
    assertThat(reason(() -> service().moveHold(move.clone().setLocation("Monza").build())))
        .isEqualTo("FIELDS_INVALID");
    assertThat(
            reason(
                () ->
                    service()
                        .moveHold(
                            move.clone()
                                .setLocation("stores/atlantis")
                                .setRequestId("q4")
                                .build())))
        .isEqualTo("LOCATION_NOT_FOUND");
    assertThat(reason(() -> service().moveHold(move.clone().setName("holds/none").build())))
        .isEqualTo("HOLD_NOT_FOUND");
    onlyManagersAndServicesHold(stub -> stub.moveHold(move.build()));

    var sell =
        SellHoldRequest.newBuilder().setName("holds/h").addLines(line(SOFA, 2)).setRequestId("q5");
    var rest = service().sellHold(sell.build());
    assertThat(rest.getState()).isEqualTo(Hold.State.ACTIVE);
    assertThat(rest.getLinesList()).containsExactly(line(SOFA, 1));
    assertThat(service().sellHold(sell.build()).getLinesList()).containsExactly(line(SOFA, 1));
    assertThat(reason(() -> service().sellHold(sell.clone().setRequestId("q6").build())))
        .isEqualTo("HOLD_LINE_INVALID");
    assertThat(level(SOFA_IN_MONZA).getOnHand()).isEqualTo(1);
    clock.advance(HOUR);
    assertThat(reason(() -> service().moveHold(move.clone().setRequestId("q7").build())))
        .isEqualTo("HOLD_OVER");
  }

  private <T> void onlyManagersAndServicesHold(
      Function<InventoryServiceGrpc.InventoryServiceBlockingStub, T> call) {
    onlyManagersAndServices(call);
    assertThat(reason(() -> call.apply(manager()))).isEqualTo("ROLE_NOT_ALLOWED");
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
    var made = manager().updateStockItem(kit().build());
    assertThat(made.getEtag()).isEqualTo("1");
    assertThat(manager().updateStockItem(kit().build())).isEqualTo(made);
    assertThat(
            till().getStockItem(GetStockItemRequest.newBuilder().setName(made.getName()).build()))
        .isEqualTo(made);
    var category =
        manager()
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
    var held = service().placeHold(hold("h", SET, 1).build());
    assertThat(held.getLinesList()).containsExactly(line(SET, 1));
    assertThat(held.getPiecesList()).containsExactlyInAnyOrder(line(SOFA, 1), line(CHAIR, 2));
    assertThat(level("stockLevels/" + SET + "@milano").getAvailable()).isEqualTo(1);
    var explained =
        till()
            .explainAvailability(
                ExplainAvailabilityRequest.newBuilder()
                    .setName("stockLevels/" + SET + "@milano")
                    .build());
    assertThat(explained.getText())
        .isEqualTo("the least of " + SOFA + " 1 / 1 = 1, " + CHAIR + " 3 / 2 = 1: 1");
    assertThat(explained.getComponents(1).getQuantityInKit()).isEqualTo(2);
    assertThat(explained.getComponents(1).getHolds(0).getOwner()).isEqualTo("reservations/h");
    assertThat(
            anybody()
                .findNearby(FindNearbyRequest.newBuilder().addSku(SET).addSku(CHAIR).build())
                .getLocations(0)
                .getAvailable())
        .isEqualTo(1);
  }

  @Test
  void itemsThatCannotBeAreRefused() {
    manager().updateStockItem(kit().build());
    assertThat(
            reason(
                () ->
                    manager()
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
    assertThat(reason(() -> manager().updateStockItem(stale.build()))).isEqualTo("ETAG_STALE");
    var serialized = kit().setRequestId("");
    serialized.getStockItemBuilder().setSerialized(true);
    assertThat(reason(() -> manager().updateStockItem(serialized.build())))
        .isEqualTo("FIELDS_INVALID");
    var twice = kit().setRequestId("");
    twice.getStockItemBuilder().addComponents(twice.getStockItem().getComponents(0));
    assertThat(reason(() -> manager().updateStockItem(twice.build()))).isEqualTo("FIELDS_INVALID");
    var none = kit().setRequestId("");
    none.getStockItemBuilder().getComponentsBuilder(0).setQuantity(0);
    assertThat(reason(() -> manager().updateStockItem(none.build()))).isEqualTo("FIELDS_INVALID");
    var mask = kit().setRequestId("").setUpdateMask(FieldMask.newBuilder().addPaths("etag"));
    assertThat(reason(() -> manager().updateStockItem(mask.build()))).isEqualTo("FIELDS_INVALID");
    var unknown = GetStockItemRequest.newBuilder().setName("stockItems/NOPE").build();
    assertThat(reason(() -> till().getStockItem(unknown))).isEqualTo("SKU_NOT_FOUND");
    onlyManagersAndServices(stub -> stub.updateStockItem(kit().build()));
    assertThat(
            reason(
                () ->
                    as(Role.ROLE_CUSTOMER, "customers/x")
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
    var rules = manager().updateSafetyRules(update.build());
    assertThat(rules.getRules(0).getId()).isEqualTo("1");
    assertThat(manager().updateSafetyRules(update.build())).isEqualTo(rules);
    assertThat(till().getSafetyRules(GetSafetyRulesRequest.getDefaultInstance())).isEqualTo(rules);
    assertThat(level(SOFA_IN_MILANO).getSafetyRule()).isEqualTo("safetyRules/1");
    assertThat(level(SOFA_IN_MILANO).getAvailable()).isEqualTo(3);
    assertThat(reason(() -> service().placeHold(hold("h", SOFA, 4).build())))
        .isEqualTo("STOCK_INSUFFICIENT");
    var own =
        SetSafetyStockRequest.newBuilder().setName(SOFA_IN_MILANO).setSafety(1).setRequestId("own");
    assertThat(manager().setSafetyStock(own.build()).getSafetyRule()).isEqualTo("level");
    assertThat(
            reason(
                () ->
                    manager()
                        .setSafetyStock(own.clone().setUseRules(true).setRequestId("x").build())))
        .isEqualTo("FIELDS_INVALID");
    manager()
        .setSafetyStock(own.clone().setSafety(0).setUseRules(true).setRequestId("rules").build());
    assertThat(level(SOFA_IN_MILANO).getSafety()).isEqualTo(2);
    var bad = update.clone().setRequestId("q2");
    bad.getSafetyRulesBuilder().addRules(SafetyRule.newBuilder().setId("1").setPieces(1));
    assertThat(reason(() -> manager().updateSafetyRules(bad.build()))).isEqualTo("FIELDS_INVALID");
    var negative = update.clone().setRequestId("q3");
    negative.getSafetyRulesBuilder().getRulesBuilder(0).setPieces(-1);
    assertThat(reason(() -> manager().updateSafetyRules(negative.build())))
        .isEqualTo("FIELDS_INVALID");
    var stale = update.clone().setRequestId("q4");
    stale.getSafetyRulesBuilder().setEtag("0");
    assertThat(reason(() -> manager().updateSafetyRules(stale.build()))).isEqualTo("ETAG_STALE");
    onlyManagersAndServices(stub -> stub.updateSafetyRules(update.build()));
    assertThat(
            reason(
                () ->
                    as(Role.ROLE_CUSTOMER, "customers/x")
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
    manager().setIncomingStock(incoming("PO-1", 6).build());
    manager().setIncomingStock(incoming("PO-1", 6).build());
    assertThat(level(SOFA_IN_MILANO).getIncomingList())
        .containsExactly(incoming("PO-1", 6).getIncoming());
    assertThat(reason(() -> manager().setIncomingStock(incoming("PO-1", 7).build())))
        .isEqualTo("REQUEST_ID_REUSED");
    var noDay = incoming("PO-2", 1);
    noDay.getIncomingBuilder().getExpectedDateBuilder().setDay(31).setMonth(2);
    assertThat(reason(() -> manager().setIncomingStock(noDay.build()))).isEqualTo("FIELDS_INVALID");
    var noDate = incoming("PO-2", 1);
    noDate.getIncomingBuilder().clearExpectedDate();
    assertThat(reason(() -> manager().setIncomingStock(noDate.build())))
        .isEqualTo("FIELDS_INVALID");
    onlyManagersAndServices(stub -> stub.setIncomingStock(incoming("PO-1", 6).build()));
    record(
        movement("a", Movement.Kind.SET_ASIDE, SOFA, MILANO, 1)
            .setSetAsideReason(SetAsideReason.DAMAGED));
    record(
        movement("o", Movement.Kind.TRANSFER_OUT, SOFA, MONZA, 2)
            .setTransfer("T-1")
            .setCounterpart(MILANO));
    service().placeHold(hold("h", SOFA, 2).build());
    var explain = ExplainAvailabilityRequest.newBuilder().setName(SOFA_IN_MILANO).build();
    var explained = till().explainAvailability(explain);
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
    assertThat(reason(() -> as(Role.ROLE_CUSTOMER, "customers/x").explainAvailability(explain)))
        .isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(
            reason(
                () ->
                    till()
                        .explainAvailability(
                            explain.toBuilder()
                                .setName("stockLevels/" + SOFA + "@atlantis")
                                .build())))
        .isEqualTo("LOCATION_NOT_FOUND");
    assertThat(
            reason(
                () -> till().explainAvailability(explain.toBuilder().setName("levels/x").build())))
        .isEqualTo("FIELDS_INVALID");
  }
}
