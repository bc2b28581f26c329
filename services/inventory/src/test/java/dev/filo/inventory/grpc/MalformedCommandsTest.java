package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.row;
import static dev.filo.inventory.grpc.InventoryDoor.inStream;
import static dev.filo.inventory.grpc.InventoryDoor.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.type.Date;
import dev.filo.inventory.domain.Hold;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.ChangeHoldRequest;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.ImportRowResult;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.Incoming;
import dev.filo.proto.inventory.v1.KitComponent;
import dev.filo.proto.inventory.v1.MoveHoldRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SafetyRule;
import dev.filo.proto.inventory.v1.SafetyRules;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SerialNumbers;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.SetIncomingStockRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.StockItem;
import dev.filo.proto.inventory.v1.UpdateSafetyRulesRequest;
import dev.filo.proto.inventory.v1.UpdateStockItemRequest;
import dev.filo.testkit.Malformed;
import io.grpc.Status;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * Every command with every field broken against every rule the API states for it: refused as
 * INVALID_ARGUMENT with a reason that names the field, and nothing is written. The rules are read
 * from the API itself, so a new field is tried as soon as it has one.
 */
class MalformedCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CASES_MIN = 110;
  // Of those the etag, of an import its id and the rows' numbers do what a request id would.
  private static final Set<String> WITHOUT_REQUEST_ID =
      Set.of("UpdateStockItem", "UpdateSafetyRules", "ImportStockLevels");

  private final InventoryDoor door = new InventoryDoor(MILANO, MONZA);

  /** A command: a request that is right, and the call. */
  private record Command(Message right, Function<Message, Message> call) {}

  @AfterEach
  void close() throws InterruptedException {
    door.close();
  }

  private Map<String, Command> commands() {
    var end = Times.timestamp(door.clock.instant().plus(Duration.ofHours(2)));
    var line = HoldLine.newBuilder().setSku(SOFA).setQuantity(1).build();
    var all = new LinkedHashMap<String, Command>();
    all.put(
        "PlaceHold",
        new Command(
            PlaceHoldRequest.newBuilder()
                .setHoldId("new")
                .setLocation(MILANO)
                .addLines(line)
                .setExpireTime(end)
                .setOwner("reservations/new")
                .setChannel("web")
                .setRequestId("q")
                .build(),
            request -> door.service().placeHold((PlaceHoldRequest) request)));
    all.put(
        "ExtendHold",
        new Command(
            ExtendHoldRequest.newBuilder()
                .setName("holds/h")
                .setExpireTime(end)
                .setRequestId("q")
                .build(),
            request -> door.service().extendHold((ExtendHoldRequest) request)));
    all.put(
        "ChangeHold",
        new Command(
            ChangeHoldRequest.newBuilder()
                .setName("holds/h")
                .addLines(line)
                .setRequestId("q")
                .build(),
            request -> door.service().changeHold((ChangeHoldRequest) request)));
    all.put(
        "MoveHold",
        new Command(
            MoveHoldRequest.newBuilder()
                .setName("holds/h")
                .setLocation(MONZA)
                .setRequestId("q")
                .build(),
            request -> door.service().moveHold((MoveHoldRequest) request)));
    all.put(
        "ReleaseHold",
        new Command(
            ReleaseHoldRequest.newBuilder().setName("holds/h").setRequestId("q").build(),
            request -> door.service().releaseHold((ReleaseHoldRequest) request)));
    all.put(
        "SellHold",
        new Command(
            SellHoldRequest.newBuilder()
                .setName("holds/h")
                .setOnBehalfOf("devices/till")
                .addLines(line)
                .addSerials(SerialNumbers.newBuilder().setSku(SOFA).addSerials("S1"))
                .setRequestId("q")
                .build(),
            request -> door.service().sellHold((SellHoldRequest) request)));
    all.put(
        "SetSafetyStock",
        new Command(
            SetSafetyStockRequest.newBuilder()
                .setName("stockLevels/" + SOFA + "@milano")
                .setSafety(1)
                .setRequestId("q")
                .build(),
            request -> door.manager().setSafetyStock((SetSafetyStockRequest) request)));
    all.put(
        "SetIncomingStock",
        new Command(
            SetIncomingStockRequest.newBuilder()
                .setName("stockLevels/" + SOFA + "@milano")
                .setIncoming(
                    Incoming.newBuilder()
                        .setId("PO-1")
                        .setQuantity(1)
                        .setExpectedDate(Date.newBuilder().setYear(2026).setMonth(4).setDay(1)))
                .setRequestId("q")
                .build(),
            request -> door.manager().setIncomingStock((SetIncomingStockRequest) request)));
    all.put(
        "UpdateStockItem",
        new Command(
            UpdateStockItemRequest.newBuilder()
                .setStockItem(
                    StockItem.newBuilder()
                        .setName("stockItems/SKU-SET")
                        .setCategory("sets")
                        .setEtag("1")
                        .addComponents(KitComponent.newBuilder().setSku(SOFA).setQuantity(1)))
                .setRequestId("q")
                .build(),
            request -> door.manager().updateStockItem((UpdateStockItemRequest) request)));
    all.put(
        "UpdateSafetyRules",
        new Command(
            UpdateSafetyRulesRequest.newBuilder()
                .setSafetyRules(
                    SafetyRules.newBuilder()
                        .setName("safetyRules")
                        .setEtag("1")
                        .addRules(
                            SafetyRule.newBuilder()
                                .setId("one")
                                .setSku(SOFA)
                                .setLocation(MILANO)
                                .setCategory("sofas")
                                .setChannel("web")
                                .setPieces(1)))
                .setRequestId("q")
                .build(),
            request -> door.manager().updateSafetyRules((UpdateSafetyRulesRequest) request)));
    var movements =
        RecordMovementsRequest.newBuilder()
            .addMovements(
                Movement.newBuilder()
                    .setId("m")
                    .setKind(Movement.Kind.SET_ASIDE)
                    .setSku(SOFA)
                    .setLocation(MILANO)
                    .setQuantity(1)
                    .setCause("test")
                    .setCounterpart(MONZA)
                    .setTransfer("T")
                    .addSerials("S1")
                    .setSetAsideReason(SetAsideReason.DAMAGED))
            .setRequestId("q")
            .build();
    all.put(
        "BatchCreateMovements",
        new Command(
            movements,
            request -> door.till().batchCreateMovements((RecordMovementsRequest) request)));
    var till = door.streaming(Role.ROLE_DEVICE, "devices/till-milano-1", MILANO);
    all.put(
        "RecordMovements",
        new Command(
            movements,
            request -> inStream(till::recordMovements, (RecordMovementsRequest) request)));
    var manager = door.streaming(Role.ROLE_MANAGER, "staff/m");
    all.put(
        "ImportStockLevels",
        new Command(
            ImportStockLevelsRequest.newBuilder()
                .setImportId("i")
                .addRows(row(1, SOFA, MILANO, 3))
                .build(),
            request -> inStream(manager::importStockLevels, (ImportStockLevelsRequest) request)));
    return all;
  }

  @Test
  void eachCommandWithEachFieldBroken_isRefusedByNameAndNothingIsWritten() {
    door.floor.receive(SOFA, MILANO, 5);
    door.floor.receive(CHAIR, MILANO, 5);
    // Of two SKUs, so that its journal is written when it is answered.
    got(door.floor.hold("h", Duration.ofHours(1), new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 1)));
    var before = contents();
    int cases = 0;
    for (var command : commands().entrySet()) {
      var broken = Malformed.of(command.getValue().right);
      if (!WITHOUT_REQUEST_ID.contains(command.getKey())) {
        broken.add(Malformed.without(command.getValue().right, "request_id"));
      }
      assertThat(broken).as(command.getKey()).isNotEmpty();
      for (Malformed one : broken) {
        var as = command.getKey() + " with " + one.what();
        var refused = refusal(() -> command.getValue().call.apply(one.request()));
        assertThat(refused.getStatus().getCode()).as(as).isEqualTo(Status.Code.INVALID_ARGUMENT);
        var info = Objects.requireNonNull(Statuses.errorInfo(refused), as);
        if (info.getReason().equals("REQUEST_ID_MISSING")) {
          assertThat(one.field()).as(as).isEqualTo("request_id");
        } else {
          assertThat(info.getReason()).as(as).isEqualTo("FIELDS_INVALID");
          assertThat(Malformed.fields(refused)).as(as).contains(one.field());
        }
        cases++;
      }
    }
    assertThat(cases).as("cases").isGreaterThanOrEqualTo(CASES_MIN);
    assertThat(contents()).isEqualTo(before);
  }

  /** A row of an import is refused by its own result, so that the others count. */
  @Test
  void eachRowWithEachFieldBroken_isRefusedByItsResultAndNoStockIsWritten() {
    door.floor.receive(SOFA, MILANO, 5);
    var before = contents();
    var right = row(1, SOFA, MILANO, 3);
    var late = Times.timestamp(door.clock.instant().plus(Duration.ofMinutes(6)));
    var broken =
        List.of(
            Map.entry("SKU_NOT_FOUND", right.toBuilder().clearSku().build()),
            Map.entry("SKU_NOT_FOUND", right.toBuilder().setSku("no SKU §").build()),
            Map.entry("SKU_NOT_FOUND", right.toBuilder().setSku("x".repeat(65)).build()),
            Map.entry("SKU_NOT_FOUND", right.toBuilder().setSku("UNKNOWN").build()),
            Map.entry("LOCATION_NOT_FOUND", right.toBuilder().clearLocation().build()),
            Map.entry("LOCATION_NOT_FOUND", right.toBuilder().setLocation("milano").build()),
            Map.entry("LOCATION_NOT_FOUND", right.toBuilder().setLocation("stores/MILANO").build()),
            Map.entry("LOCATION_NOT_FOUND", right.toBuilder().setLocation("stores/none").build()),
            Map.entry("QUANTITY_INVALID", right.toBuilder().setOnHand(-1).build()),
            Map.entry("QUANTITY_INVALID", right.toBuilder().setOnHand(1_000_001).build()),
            Map.entry("QUANTITY_INVALID", right.toBuilder().setOnHand(Integer.MIN_VALUE).build()),
            Map.entry("QUANTITY_INVALID", right.toBuilder().setOnHand(Integer.MAX_VALUE).build()),
            Map.entry("TIME_INVALID", right.toBuilder().setEffectiveTime(late).build()));
    var request = ImportStockLevelsRequest.newBuilder().setImportId("i");
    for (int i = 0; i < broken.size(); i++) {
      request.addRows(broken.get(i).getValue().toBuilder().setRow(i + 1));
    }
    var manager = door.streaming(Role.ROLE_MANAGER, "staff/m");
    var answer = inStream(manager::importStockLevels, request.build());
    assertThat(answer.getResultsList())
        .allSatisfy(
            result -> assertThat(result.getOutcome()).isEqualTo(MovementResult.Outcome.REFUSED));
    assertThat(answer.getResultsList())
        .extracting(ImportRowResult::getReason)
        .isEqualTo(broken.stream().map(Map.Entry::getKey).toList());
    assertThat(answer.getResultsList()).allSatisfy(r -> assertThat(r.getDetail()).isNotEmpty());
    for (long number : new long[] {0, -1, 1_000_000_000_000L}) {
      var wrong =
          ImportStockLevelsRequest.newBuilder()
              .setImportId("i")
              .addRows(right.toBuilder().setRow(number))
              .build();
      var refused = refusal(() -> inStream(manager::importStockLevels, wrong));
      assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(Malformed.fields(refused)).as("%s", number).isEqualTo("rows.row");
    }
    assertThat(contents()).isEqualTo(before);
  }

  /** Everything that is kept, but for what is told of it by and by. */
  private Map<String, List<Document>> contents() {
    var all = new LinkedHashMap<String, List<Document>>();
    for (String name : List.of("levels", "movements", "holds", "items", "settings")) {
      all.put(
          name,
          Flux.from(door.floor.database.getCollection(name).find())
              .doOnNext(
                  document -> {
                    for (String passing : List.of("outbox", "outboxSince", "opened", "tail")) {
                      document.remove(passing);
                    }
                    document.remove("applied"); // noted in the ledger after the answer
                    document.remove("claimTime");
                  })
              .collectSortedList(
                  Comparator.comparing(document -> String.valueOf(document.get("_id"))))
              .block(PATIENCE));
    }
    return all;
  }
}
