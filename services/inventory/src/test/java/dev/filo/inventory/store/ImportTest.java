package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.movement;
import static dev.filo.inventory.ShopFloor.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.grpc.ImportDoor;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.Reconciliation.News;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.ImportProgress;
import dev.filo.proto.inventory.v1.ImportRowResult;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.StockLevelRow;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Imports through a real server. */
@StoreTest
class ImportTest {
  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;
  private final ImportDoor door;

  ImportTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
    this.door = new ImportDoor(floor);
  }

  @AfterEach
  void close() {
    door.close();
  }

  private static ImportStockLevelsRequest request(String id, StockLevelRow... rows) {
    return ImportStockLevelsRequest.newBuilder().setImportId(id).addAllRows(List.of(rows)).build();
  }

  private List<ImportStockLevelsResponse> send(ImportStockLevelsRequest... requests)
      throws Exception {
    return door.send(List.of(requests));
  }

  private static String words(ImportRowResult result) {
    return (result.getRow() + " " + result.getOutcome() + " " + result.getReason()).trim();
  }

  private void assertNoDrift() {
    assertThat(got(floor.reconciliation.check(List.of(), Mono.empty()).collectList()))
        .noneMatch(News.Found.class::isInstance);
  }

  @Test
  void rowsSetLevelsAndEachHasItsResult() throws Exception {
    var answers =
        send(
            request(
                "spring",
                row(1, SOFA, MILANO, 7),
                row(2, "NOPE", MILANO, 1),
                row(3, "no such name!", MILANO, 1),
                row(4, SOFA, "stores/atlantis", 1),
                row(5, SOFA, "Milano", 1),
                row(6, SOFA, MONZA, -1),
                row(7, SOFA, MONZA, 1_000_001),
                row(8, SOFA, MONZA, 0).toBuilder()
                    .setEffectiveTime(Times.timestamp(clock.instant().plusSeconds(301)))
                    .build(),
                row(9, SOFA, MONZA, 0)),
            request("spring", row(12, "SKU-1", MONZA, 4)));
    assertThat(answers).hasSize(2);
    assertThat(answers.getFirst().getResultsList())
        .extracting(ImportTest::words)
        .containsExactly(
            "1 RECORDED",
            "2 REFUSED SKU_NOT_FOUND",
            "3 REFUSED SKU_NOT_FOUND",
            "4 REFUSED LOCATION_NOT_FOUND",
            "5 REFUSED LOCATION_NOT_FOUND",
            "6 REFUSED QUANTITY_INVALID",
            "7 REFUSED QUANTITY_INVALID",
            "8 REFUSED TIME_INVALID",
            "9 RECORDED");
    assertThat(answers.getFirst().getResultsList())
        .allMatch(result -> result.getDetail().isEmpty() == result.getReason().isEmpty());
    assertThat(answers.getLast().getProgress())
        .isEqualTo(
            ImportProgress.newBuilder()
                .setImportId("spring")
                .setLastRow(12)
                .setRecordedCount(3)
                .setRefusedCount(7)
                .setStartTime(Times.timestamp(clock.instant()))
                .build());
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(7);
    assertThat(floor.level("SKU-1", MONZA).onHand()).isEqualTo(4);
    var ledger = got(floor.stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 10));
    assertThat(ledger).hasSize(1);
    assertThat(ledger.getFirst().movement().kind()).isEqualTo(Kind.COUNT);
    assertThat(ledger.getFirst().movement().cause()).isEqualTo("imports/spring");
    assertThat(ledger.getFirst().movement().author().principal()).isEqualTo("staff/manager");
    assertNoDrift();
  }

  @Test
  void sentAgainNothingCountsTwiceAndWhoComesBackLearnsWhereToGoOn() throws Exception {
    var first = request("spring", row(1, SOFA, MILANO, 7), row(2, "NOPE", MILANO, 1));
    send(first);
    floor.record(movement("sale", Kind.SALE, SOFA, MILANO, 2, clock.instant().plusMillis(1)));
    clock.advance(Duration.ofMinutes(10));
    var where = send(request("spring")).getFirst();
    assertThat(where.getResultsList()).isEmpty();
    assertThat(where.getProgress().getLastRow()).isEqualTo(2);
    var again = send(first, request("spring", row(3, SOFA, MONZA, 1)));
    assertThat(again.getFirst().getResultsList())
        .extracting(ImportTest::words)
        .containsExactly("1 REPEATED", "2 REFUSED SKU_NOT_FOUND");
    var progress = again.getLast().getProgress();
    assertThat(progress.getLastRow()).isEqualTo(3);
    assertThat(progress.getRecordedCount()).isEqualTo(2);
    assertThat(progress.getRepeatedCount()).isEqualTo(1);
    assertThat(progress.getRefusedCount()).isEqualTo(1);
    assertThat(floor.level(SOFA, MILANO).onHand()).as("7 counted, 2 sold after").isEqualTo(5);
    assertNoDrift();
  }

  @Test
  void aRowSentAgainWithOtherContentIsRefused() throws Exception {
    send(request("spring", row(1, SOFA, MILANO, 7)));
    assertThat(send(request("spring", row(1, SOFA, MILANO, 8))).getFirst().getResultsList())
        .extracting(ImportTest::words)
        .containsExactly("1 REFUSED MOVEMENT_DIFFERS");
    assertThat(send(request("spring", row(1, SOFA, MONZA, 7))).getFirst().getResultsList())
        .extracting(ImportTest::words)
        .containsExactly("1 REFUSED MOVEMENT_DIFFERS");
    assertThat(send(request("summer", row(1, SOFA, MILANO, 8))).getFirst().getResultsList())
        .extracting(ImportTest::words)
        .containsExactly("1 RECORDED");
    assertThat(floor.level(SOFA, MONZA).onHand()).isZero();
  }

  private static final int MANY = 200;

  private void importMany() throws Exception {
    var rows = new ArrayList<StockLevelRow>();
    for (int i = 1; i <= MANY; i++) {
      rows.add(row(i, "SKU-" + i, MILANO, i % 7));
    }
    assertThat(
            send(request("many", rows.toArray(StockLevelRow[]::new))).getFirst().getResultsList())
        .allMatch(result -> words(result).endsWith(" RECORDED"));
  }

  private List<String> told() {
    return got(floor.feed.after(0, 10_000)).stream()
        .map(one -> one.event().getSubject())
        .sorted()
        .toList();
  }

  private static List<String> allOfThem() {
    return IntStream.rangeClosed(1, MANY)
        .mapToObj(i -> "stockLevels/" + Level.id("SKU-" + i, MILANO))
        .sorted()
        .toList();
  }

  private long announced() {
    return got(Mono.from(database.getCollection("announcements").countDocuments()));
  }

  @Test
  void whatManyLevelsTellIsAnnouncedTogetherAndToldOnce() throws Exception {
    floor.start();
    try {
      importMany();
      await().atMost(Duration.ofSeconds(20)).until(() -> told().size() == MANY && announced() == 0);
      assertThat(told()).isEqualTo(allOfThem());
      assertThat(EventsOf.levels(database)).as("no level pays for an outbox").isEmpty();
    } finally {
      floor.stop();
    }
    clock.advance(Duration.ofHours(1));
    got(floor.sweeper.sweep().thenReturn(true));
    assertThat(told()).isEqualTo(allOfThem());
  }

  @Test
  void whatAKilledProcessAnnouncedIsToldAsFarAsItCameTrue() throws Exception {
    importMany(); // nothing relays
    assertThat(announced()).isPositive();
    assertThat(told()).isEmpty();
    var never =
        Announcements.Row.of(Level.id(SOFA, MILANO), "import-never", 1, Event.getDefaultInstance());
    var otherTry =
        Announcements.Row.of(
            Level.id("SKU-1", MILANO),
            "import-many-%012d".formatted(1),
            9,
            Event.getDefaultInstance());
    new Announcements(database)
        .insert("killed", List.of(never, otherTry), clock.instant())
        .block(Duration.ofSeconds(20));
    got(floor.sweeper.sweep().thenReturn(true));
    assertThat(told()).as("whoever announced it may still be at it").isEmpty();
    clock.advance(Duration.ofMinutes(1));
    got(floor.sweeper.sweep().thenReturn(true));
    assertThat(told()).isEqualTo(allOfThem());
    assertThat(announced()).isZero();
  }

  @Test
  void whatBreaksTheStreamEndsItAndWhatWasDoneStays() throws Exception {
    assertBroken(request("spring", row(1, SOFA, MILANO, 7)), request("summer"));
    assertBroken(request("spring", row(2, SOFA, MILANO, 7), row(2, SOFA, MILANO, 7)));
    assertBroken(request("spring", row(0, SOFA, MILANO, 7)));
    assertBroken(
        request("spring", row(3, SOFA, MILANO, 7)), request("spring", row(3, SOFA, MONZA, 7)));
    assertBroken(request("not an id"));
    assertNoDrift();
  }

  private void assertBroken(ImportStockLevelsRequest... requests) {
    assertThatThrownBy(() -> send(requests))
        .rootCause()
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused ->
                assertThat(Statuses.isReason(refused, ErrorReason.ERROR_REASON_FIELDS_INVALID))
                    .isTrue());
  }

  @Test
  void theSameLevelTwiceAtOneTimeTheLaterRowIsTrue() throws Exception {
    send(request("spring", row(9, SOFA, MILANO, 7), row(10, SOFA, MILANO, 6)));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(6);
    assertNoDrift();
  }

  /**
   * Killed at every write, and gone on with: the numbers are those of an import never disturbed.
   */
  @Test
  void killedAnywhereAndGoneOnWith() throws Exception {
    for (int at = 1; at <= 4; at++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "killed-" + at + after;
        var crash = new Crashing(at, after);
        var dying =
            new ShopFloor(
                database, clock, store -> crash.wrap(LevelStore.class, store), store -> store);
        var sku = "SKU-" + at + after;
        var rows =
            new StockLevelRow[] {
              row(1, sku, MILANO, 3), row(2, sku, MONZA, 4), row(3, "NOPE", MILANO, 1)
            };
        floor.record(movement(id, Kind.SALE, sku, MONZA, 1, clock.instant().plusMillis(5)));
        try (var brokenDoor = new ImportDoor(dying)) {
          brokenDoor.send(List.of(request(id, rows)));
        } catch (java.util.concurrent.ExecutionException died) {
          assertThat(crash.died()).isTrue();
        }
        var answers = send(request(id, rows));
        assertThat(answers.getFirst().getResults(2).getReason()).isEqualTo("SKU_NOT_FOUND");
        assertThat(answers.getFirst().getProgress().getLastRow()).isEqualTo(3);
        assertThat(floor.level(sku, MILANO).onHand()).as(id).isEqualTo(3);
        assertThat(floor.level(sku, MONZA).onHand()).as(id).isEqualTo(3);
        assertThat(got(floor.stock.movements(Level.id(sku, MILANO), Long.MAX_VALUE, 10)))
            .hasSize(1);
      }
    }
    assertNoDrift();
  }

  /** Two of the same import at once, and sales meanwhile. */
  @Test
  void theSameImportTwiceAtOnce() throws Exception {
    int rows = 300;
    var requests = new ArrayList<ImportStockLevelsRequest>();
    for (int from = 0; from < rows; from += 50) {
      var request = ImportStockLevelsRequest.newBuilder().setImportId("twice");
      for (int i = from; i < from + 50; i++) {
        request.addRows(row(i + 1L, "SKU-" + i % 100, i % 200 < 100 ? MILANO : MONZA, i));
      }
      requests.add(request.build());
    }
    var other = new ImportDoor(new ShopFloor(database, clock));
    Instant sold = clock.instant().plusMillis(1);
    try (other) {
      var both =
          Flux.just(door, other)
              .flatMap(
                  one ->
                      Mono.fromCallable(() -> one.send(requests))
                          .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()))
              .collectList();
      var sales =
          Flux.range(0, 100)
              .flatMap(
                  i ->
                      floor.stock.record(
                          List.of(movement("sale-" + i, Kind.SALE, "SKU-" + i, MILANO, 1, sold)),
                          location -> true),
                  8)
              .then();
      Mono.zip(both, sales.thenReturn(true)).block(Duration.ofMinutes(2));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(floor.level("SKU-" + i, MILANO).onHand()).isEqualTo(200 + i - 1);
      assertThat(floor.level("SKU-" + i, MONZA).onHand()).isEqualTo(100 + i);
    }
    assertThat(send(request("twice")).getFirst().getProgress().getLastRow()).isEqualTo(rows);
    assertNoDrift();
  }
}
