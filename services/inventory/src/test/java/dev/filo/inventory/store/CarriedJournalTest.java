package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ReadConcern;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.service.HoldStore;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.store.CarriedJournals.Journal;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The journal of a hold of one SKU, between its level and the other journals. */
@StoreTest
class CarriedJournalTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Set<String> WRITES = Set.of("claim", "write", "settle", "insert", "replace");

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;
  private final ShopFloor other;

  CarriedJournalTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
    this.other = new ShopFloor(database, clock);
    floor.receive(SOFA, MILANO, 10);
    floor.receive(CHAIR, MILANO, 10);
  }

  /** Waits until so many journals lie among the others and no level carries one. */
  private void put(int count) {
    var journals = Flux.from(database.getCollection("holds").find()).count().map(n -> n == count);
    var settled = database.getCollection("levels").withReadConcern(ReadConcern.MAJORITY);
    var levels = Flux.from(settled.find()).all(level -> Documents.opened(level).isEmpty());
    done(
        Flux.interval(Duration.ofMillis(20))
            .onBackpressureDrop()
            .concatMap(tick -> Mono.zip(journals, levels, Boolean::logicalAnd), 1)
            .takeUntil(is -> is)
            .then());
  }

  private List<Document> journals() {
    return got(Flux.from(database.getCollection("holds").find()).collectList());
  }

  private List<Hold> carried() {
    return got(
        Flux.from(database.getCollection("levels").find())
            .flatMapIterable(Documents::opened)
            .collectList());
  }

  @Test
  void whoWantsAPieceWaitsForOneWrite() {
    var writes = new ArrayList<String>();
    var counted =
        new ShopFloor(
            database,
            clock,
            levels -> counting(LevelStore.class, levels, writes),
            holds -> counting(HoldStore.class, holds, writes));
    got(counted.hold("h1", 1, HOUR));
    assertThat(writes).containsExactly("write");
    assertThat(journals()).isEmpty();
  }

  private static <T> T counting(Class<T> type, T store, List<String> writes) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (WRITES.contains(method.getName())) {
                writes.add(method.getName());
              }
              return method.invoke(store, arguments);
            }));
  }

  @Test
  void whoDiesBeforeItIsPutAmongTheOthersHasLostNothing() {
    got(floor.hold("sold", 1, HOUR));
    got(floor.hold("released", 2, HOUR));
    got(floor.hold("extended", 3, HOUR));
    assertThat(carried()).hasSize(3);
    assertThat(got(other.holds.sell("sold", TILL)).state()).isEqualTo(Hold.State.SOLD);
    assertThat(got(other.holds.release("released", TILL)).state()).isEqualTo(Hold.State.RELEASED);
    var end = clock.instant().plus(HOUR.multipliedBy(2));
    assertThat(got(other.holds.extend("extended", end, "q1", TILL)).expireTime()).isEqualTo(end);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(9);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(3);
  }

  @Test
  void repeatedOnAnotherReplicaItIsTheSameHold() {
    var first = got(floor.hold("h1", 2, HOUR));
    assertThat(got(other.hold("h1", 2, HOUR))).isEqualTo(first);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(2);
    got(floor.hold("h2", 2, HOUR));
    assertThat(refusal(other.hold("h2", 3, HOUR))).isEqualTo(new Refusal.HoldDiffers("h2"));
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(4);
  }

  @Test
  void aLevelCarriesSoManyAndNoMoreUntilTheyAreTold() {
    floor.receive(SOFA, MILANO, 10_000);
    var all =
        Flux.range(0, Holds.CARRIED_MAX).flatMap(i -> floor.hold("many" + i, 1, HOUR), 500).count();
    assertThat(got(all)).isEqualTo(Holds.CARRIED_MAX);
    assertThat(refusal(floor.hold("late", 1, HOUR))).isEqualTo(new Refusal.JournalsWaiting(MILANO));
    assertThat(carried()).hasSize(Holds.CARRIED_MAX);
    got(other.hold("elsewhere", 1, HOUR));
    clock.advance(Duration.ofSeconds(2)); // what lies so long is looked for by anybody
    other.start();
    try {
      put(Holds.CARRIED_MAX + 1);
    } finally {
      other.stop();
    }
    assertThat(got(floor.hold("late", 1, HOUR)).state()).isEqualTo(Hold.State.ACTIVE);
  }

  @Test
  void itIsPutAmongTheOthersAndForgottenByItsLevel() {
    floor.start();
    try {
      for (int i = 0; i < 5; i++) {
        got(floor.hold("h" + i, 1, HOUR));
      }
      put(5);
      assertThat(journals())
          .extracting(journal -> journal.getString("state"))
          .containsOnly(Hold.State.ACTIVE.name());
    } finally {
      floor.stop();
    }
  }

  @Test
  void whatAKilledProcessLeftIsPutThereByAnother() {
    got(floor.hold("h1", 1, HOUR));
    clock.advance(Duration.ofSeconds(5));
    other.start();
    try {
      put(1);
    } finally {
      other.stop();
    }
  }

  @Test
  void anIdUsedForTwoHoldsAtOneInstantKeepsOne() {
    got(floor.hold("h1", HOUR, new Hold.Line(SOFA, 1)));
    got(other.hold("h1", HOUR, new Hold.Line(CHAIR, 2)));
    Relayed.journals(floor);
    var kept = got(floor.journal.find("h1"));
    assertThat(kept.state()).isEqualTo(Hold.State.ACTIVE);
    var held =
        Map.of(SOFA, floor.level(SOFA, MILANO).held(), CHAIR, floor.level(CHAIR, MILANO).held());
    assertThat(held)
        .isEqualTo(
            kept.lines().getFirst().sku().equals(SOFA)
                ? Map.of(SOFA, 1, CHAIR, 0)
                : Map.of(SOFA, 0, CHAIR, 2));
  }

  @Test
  void placedAgainWhileItIsReleasedItKeepsNothing() {
    var looks = new AtomicInteger();
    var late =
        new ShopFloor(
            database,
            clock,
            levels -> levels,
            holds ->
                (HoldStore)
                    Proxy.newProxyInstance(
                        HoldStore.class.getClassLoader(),
                        new Class<?>[] {HoldStore.class},
                        (proxy, method, arguments) -> {
                          var answer = method.invoke(holds, arguments);
                          return method.getName().equals("journal") && looks.getAndIncrement() == 0
                              ? ((Mono<?>) answer).switchIfEmpty(placedAndReleased())
                              : answer;
                        }));
    assertThat(got(late.hold("h1", 2, HOUR)).wasActive()).isTrue();
    assertThat(got(late.holds.release("h1", TILL)).state()).isEqualTo(Hold.State.RELEASED);
    Relayed.journals(late);
    assertThat(floor.level(SOFA, MILANO).held()).isZero();
  }

  /** All of it between another's look and its write; empty. */
  private <T> Mono<T> placedAndReleased() {
    return floor
        .hold("h1", 2, HOUR)
        .then(Mono.defer(() -> floor.holds.release("h1", TILL)))
        .then(Mono.empty());
  }

  @Test
  void whatALevelKeepsIsHeldThoughItWasRefusedAtTheSameInstant() {
    var held = got(floor.hold("h1", 1, HOUR));
    got(other.journal.insert(held.refusedAtOnce(Map.of(SOFA, 0))));
    done(floor.holds.keep(carried().stream().map(Journal::of).toList()));
    assertThat(got(other.journal.find("h1")).state()).isEqualTo(Hold.State.ACTIVE);
    assertThat(got(other.holds.sell("h1", TILL)).state()).isEqualTo(Hold.State.SOLD);
  }

  @Test
  void aRefusalIsRememberedAndKeepsNothing() {
    assertThat(refusal(floor.hold("h1", 11, HOUR)))
        .isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(SOFA, 10)));
    floor.receive(SOFA, MILANO, 10);
    assertThat(refusal(other.hold("h1", 11, HOUR)))
        .isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(SOFA, 10)));
    assertThat(floor.level(SOFA, MILANO).held()).isZero();
  }
}
