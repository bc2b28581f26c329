package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.movement;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.proto.inventory.v1.WatchStockResponse;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

@StoreTest
class StockWatchTest {
  private static final WatchStockRequest ALL = WatchStockRequest.getDefaultInstance();

  private final ShopFloor floor;
  private final StockWatch watch;

  StockWatchTest(MongoDatabase database) {
    var clock = MutableClock.standing();
    floor = new ShopFloor(database, clock);
    watch = new StockWatch(floor.levels, floor.feed, floor.changes, floor.items, clock);
  }

  @BeforeEach
  void start() {
    floor.start();
  }

  @AfterEach
  void stop() {
    floor.stop();
  }

  /** A reader that takes one answer when it is told to, and none else. */
  private static final class Reader extends BaseSubscriber<WatchStockResponse> {
    private final BlockingQueue<WatchStockResponse> came = new LinkedBlockingQueue<>();

    static Reader of(Flux<WatchStockResponse> answers) {
      var reader = new Reader();
      answers.subscribe(reader);
      return reader;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(WatchStockResponse answer) {
      came.add(answer);
    }

    WatchStockResponse next() throws InterruptedException {
      request(1);
      var answer = came.poll(30, TimeUnit.SECONDS);
      assertThat(answer).as("an answer within 30 s").isNotNull();
      return answer;
    }

    StockLevel level() throws InterruptedException {
      return next().getStockLevel();
    }
  }

  private void receipts(int from, int to, String sku, String location) {
    var receipts = new ArrayList<Movement>();
    for (int i = from; i < to; i++) {
      receipts.add(
          movement(sku + location + i, Kind.RECEIPT, sku, location, 1, floor.clock.instant()));
    }
    got(floor.stock.record(receipts, allowed -> true));
  }

  /** Waits until the feed has so many events. */
  private void awaitFeed(long events) {
    var last =
        floor
            .feed
            .last()
            .repeatWhen(again -> again.delayElements(Duration.ofMillis(10)))
            .takeUntil(position -> position >= events)
            .blockLast(Duration.ofSeconds(60));
    assertThat(last).isEqualTo(events);
  }

  @Test
  void aSlowReaderHoldsNoWriterUpAndGetsEachLevelOnceAsItIs() throws Exception {
    floor.receive(SOFA, MILANO, 1);
    awaitFeed(1);
    var slow = Reader.of(watch.watch(ALL, ""));
    assertThat(slow.level().getOnHand()).isEqualTo(1);
    // It reads nothing, and 1,200 changes are written: 1,000 of one level, more than two reads of
    // the feed give.
    receipts(0, 1000, SOFA, MILANO);
    receipts(0, 100, CHAIR, MILANO);
    receipts(0, 100, SOFA, MONZA);
    awaitFeed(1201);
    var seen = new HashMap<String, Integer>();
    for (int i = 0; i < 3; i++) {
      var level = slow.level();
      assertThat(seen.put(level.getName(), level.getOnHand())).as(level.getName()).isNull();
    }
    assertThat(seen)
        .isEqualTo(
            Map.of(
                "stockLevels/" + SOFA + "@milano", 1001,
                "stockLevels/" + CHAIR + "@milano", 100,
                "stockLevels/" + SOFA + "@monza", 100));
    floor.receive(SOFA, MILANO, 1);
    assertThat(slow.level().getOnHand()).as("nothing was left over").isEqualTo(1002);
    slow.cancel();
  }

  /** Broken off at every answer and resumed there: in the end each level is known as it is. */
  @Test
  void whoResumesMissesNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      floor.receive("SKU-" + i, MILANO, 1);
    }
    long events = 5;
    awaitFeed(events);
    for (int stop = 1; stop <= 8; stop++) {
      var known = new HashMap<String, Integer>();
      var cursor = "";
      var first = Reader.of(watch.watch(ALL, ""));
      for (int read = 1; read <= stop; read++) {
        if (read == 4) { // while the first state is being read
          floor.receive("SKU-0", MILANO, 1);
          floor.receive("SKU-4", MONZA, 1);
          events += 2;
          awaitFeed(events);
        }
        var answer = first.next();
        known.put(answer.getStockLevel().getName(), answer.getStockLevel().getOnHand());
        cursor = answer.getCursor();
      }
      first.cancel();
      floor.receive("SKU-1", MILANO, 1); // while nobody reads
      awaitFeed(++events);
      var expected = new HashMap<String, Integer>();
      got(floor.levels.page("", List.of(), List.of(), 100, floor.clock.instant()).collectList())
          .forEach(level -> expected.put("stockLevels/" + level.id(), level.onHand()));
      var second = Reader.of(watch.watch(ALL.toBuilder().setResumeCursor(cursor).build(), ""));
      while (!known.equals(expected)) {
        var level = second.level(); // within its limit, or a level was missed
        known.put(level.getName(), level.getOnHand());
      }
      second.cancel();
    }
  }

  @Test
  void onlyWhatWasAskedFor() throws Exception {
    floor.receive(SOFA, MILANO, 1);
    floor.receive(SOFA, MONZA, 2);
    floor.receive(CHAIR, MILANO, 3);
    awaitFeed(3);
    var sofas = Reader.of(watch.watch(ALL.toBuilder().addSkus(SOFA).build(), ""));
    var milano = Reader.of(watch.watch(ALL.toBuilder().addLocations(MILANO).build(), ""));
    assertThat(List.of(sofas.level().getOnHand(), sofas.level().getOnHand())).containsExactly(1, 2);
    assertThat(List.of(milano.level().getOnHand(), milano.level().getOnHand()))
        .containsExactly(1, 3);
    floor.receive(CHAIR, MONZA, 1);
    floor.receive(SOFA, MONZA, 1);
    assertThat(sofas.level().getOnHand()).isEqualTo(3);
    floor.receive(CHAIR, MILANO, 1);
    assertThat(milano.level().getOnHand()).isEqualTo(4);
    sofas.cancel();
    milano.cancel();
  }

  private void rule(ShopFloor at, String id, String category, int pieces) {
    got(
        at.items.update(
            List.of(new SafetyRules.Rule(id, "", "", category, "", pieces)), "", "", ""));
  }

  @Test
  void anotherSafetyRuleIsTold_ofLevelsWithoutANumberOfTheirOwn() throws Exception {
    floor.receive(SOFA, MILANO, 5);
    floor.receive(CHAIR, MILANO, 5);
    got(floor.stock.setSafety(Level.id(CHAIR, MILANO), 1, true, "own", ShopFloor.TILL));
    awaitFeed(3);
    var reader = Reader.of(watch.watch(ALL, ""));
    assertThat(List.of(reader.level().getAvailable(), reader.level().getAvailable()))
        .containsExactlyInAnyOrder(5, 4);
    rule(floor, "all", "", 2);
    var told = reader.next();
    assertThat(told.getStockLevel().getSku()).isEqualTo(SOFA);
    assertThat(told.getStockLevel().getAvailable()).isEqualTo(3);
    assertThat(told.getStockLevel().getSafetyRule()).isEqualTo("safetyRules/all");
    floor.receive(CHAIR, MILANO, 1);
    var next = reader.next();
    assertThat(next.getStockLevel().getSku()).as("the chair has its own").isEqualTo(CHAIR);
    assertThat(next.getStockLevel().getAvailable()).isEqualTo(5);
    reader.cancel();
    rule(floor, "more", "", 4); // while nobody reads
    awaitFeed(6);
    var again =
        Reader.of(watch.watch(ALL.toBuilder().setResumeCursor(next.getCursor()).build(), ""));
    assertThat(again.level().getSafetyRule()).isEqualTo("safetyRules/more");
    again.cancel();
  }

  @Test
  void anotherCategoryIsTold_whicheverReplicaLearnedOfIt() throws Exception {
    rule(floor, "sofas", "sofas", 2);
    floor.receive(SOFA, MILANO, 5);
    floor.receive(SOFA, MONZA, 5);
    floor.receive(CHAIR, MILANO, 5);
    awaitFeed(4);
    var reader = Reader.of(watch.watch(ALL.toBuilder().addLocations(MILANO).build(), ""));
    reader.level();
    reader.level();
    var other = new ShopFloor(floor.database, floor.clock);
    other.start();
    other.items.categorize(List.of(SOFA), "sofas").block(Duration.ofSeconds(20));
    var told = reader.level();
    assertThat(told.getName()).isEqualTo("stockLevels/" + SOFA + "@milano");
    assertThat(told.getAvailable()).isEqualTo(3);
    other.stop();
    floor.receive(CHAIR, MILANO, 1);
    assertThat(reader.level().getSku()).as("nothing of Monza").isEqualTo(CHAIR);
    reader.cancel();
  }

  /** The first state of many levels comes page after page, however many there are. */
  @Test
  void aLongFirstState() throws Exception {
    var receipts = new ArrayList<Movement>();
    for (int i = 0; i < 1200; i++) {
      receipts.add(
          movement(
              "many-" + i,
              Kind.RECEIPT,
              "SKU-%04d".formatted(i),
              MILANO,
              1,
              floor.clock.instant()));
    }
    got(floor.stock.record(receipts, allowed -> true));
    awaitFeed(1200);
    var reader = Reader.of(watch.watch(ALL, ""));
    for (int i = 0; i < 1200; i++) {
      assertThat(reader.level().getSku()).isEqualTo("SKU-%04d".formatted(i));
    }
    reader.cancel();
  }
}
