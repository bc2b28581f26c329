package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.movement;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.type.LatLng;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.service.Availability;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.RecordedCommands;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Which stores have a whole basket, in one question however many stores. */
@StoreTest
class BasketNearbyTest {
  private static final Set<String> READS = Set.of("find", "getMore", "aggregate");
  private static final int STORES = 300;
  private static final Availability.Point DUOMO = new Availability.Point(45.4642, 9.19);

  private final TestMongo.Engine engine;

  BasketNearbyTest(TestMongo.Engine engine) {
    this.engine = engine;
  }

  private static Store store(String name, double latitude) {
    return Store.newBuilder()
        .setName(name)
        .setTitle(name)
        .setTimeZone("Europe/Rome")
        .setLocation(LatLng.newBuilder().setLatitude(latitude).setLongitude(9.19))
        .build();
  }

  @Test
  void oneQuestionHoweverManyStores() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var clock = MutableClock.standing();
      var floor = new ShopFloor(commands.database(store.name()), clock);
      var received = new ArrayList<Movement>();
      for (int i = 0; i < STORES; i++) {
        var name = "stores/s" + i;
        floor
            .places
            .learnLocation(name, store(name, 45.4 + i * 0.0001).toByteArray())
            .block(Duration.ofSeconds(20));
        received.add(movement("a" + i, Kind.RECEIPT, SOFA, name, 1, clock.instant()));
        received.add(movement("b" + i, Kind.RECEIPT, CHAIR, name, 2, clock.instant()));
      }
      got(floor.stock.record(received, location -> true));
      var baskets = List.of(List.of(SOFA), List.of(SOFA, CHAIR, CHAIR));
      for (List<String> basket : baskets) {
        got(floor.availability.nearby(basket, DUOMO, 1e6, 500, ""));
        clock.advance(Duration.ofSeconds(3)); // what was read is too old by now
        commands.seen().clear();
        var nearby = got(floor.availability.nearby(basket, DUOMO, 1e6, 500, ""));
        assertThat(nearby.locations()).hasSize(STORES).allMatch(here -> here.available() == 1);
        assertThat(commands.seen()).as("%s", basket).containsExactly("find");
      }
      clock.advance(Duration.ofSeconds(3));
      commands.seen().clear();
      got(floor.availability.nearestOfMany(List.of(SOFA, CHAIR), DUOMO, 1e6, List.of(), ""));
      assertThat(commands.seen()).containsExactly("find");
    }
  }

  private static Movement sale(String id, String sku, String location, int pieces, Instant time) {
    return movement(id, Kind.SALE, sku, location, pieces, time);
  }

  /** What is where of a basket: how many of them each store has, and since when that is true. */
  private static Map<String, Integer> whole(ShopFloor floor, Instant since) {
    var nearby = got(floor.availability.nearby(List.of(SOFA, CHAIR), DUOMO, 1e6, 10, ""));
    assertThat(nearby.time()).isEqualTo(since);
    return nearby.locations().stream()
        .filter(here -> here.available() > 0)
        .collect(toMap(here -> here.location().name(), Availability.Here::available));
  }

  @Test
  void usedForASecond_ownWritesAtOnce_endsAtTheirInstant_othersAfterIt() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var clock = MutableClock.standing();
      var floor = new ShopFloor(commands.database(store.name()), clock);
      var other = new ShopFloor(store.database(), clock);
      floor.receive(SOFA, MILANO, 5);
      floor.receive(CHAIR, MILANO, 5);
      floor.receive(CHAIR, MONZA, 5);
      var read = clock.instant();
      assertThat(whole(floor, read)).isEqualTo(Map.of(MILANO, 5));

      commands.seen().clear();
      assertThat(whole(floor, read)).isEqualTo(Map.of(MILANO, 5));
      assertThat(commands.seen()).as("asked again within the second").isEmpty();

      floor.receive(SOFA, MONZA, 1); // where none was
      got(floor.hold("h", 3, Duration.ofMillis(500)));
      assertThat(whole(floor, read)).isEqualTo(Map.of(MILANO, 2, MONZA, 1));

      other.receive(SOFA, MONZA, 3);
      got(other.stock.record(List.of(sale("s", CHAIR, MILANO, 5, read)), location -> true));
      assertThat(whole(floor, read)).isEqualTo(Map.of(MILANO, 2, MONZA, 1));

      clock.advance(Duration.ofMillis(500)); // the hold has ended
      assertThat(whole(floor, read)).isEqualTo(Map.of(MILANO, 5, MONZA, 1));

      clock.advance(Duration.ofMillis(501)); // it is to be read again, by nobody who waits for it
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(whole(floor, clock.instant())).isEqualTo(Map.of(MONZA, 4)));

      other.receive(CHAIR, MILANO, 1);
      clock.advance(Duration.ofMillis(2001)); // too old for anybody
      assertThat(whole(floor, clock.instant())).isEqualTo(Map.of(MONZA, 4, MILANO, 1));
    }
  }

  @Test
  void manyWhoAskAtOnce_areAnsweredByOneQuestion() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var floor = new ShopFloor(commands.database(store.name()), MutableClock.standing());
      floor.receive(SOFA, MILANO, 5);
      floor.receive(CHAIR, MILANO, 4);
      got(floor.availability.nearby(List.of(SOFA), DUOMO, 1e6, 1, "")); // knows the places
      commands.seen().clear();
      var all =
          Flux.range(0, 50)
              .flatMap(i -> floor.availability.nearby(List.of(SOFA, CHAIR), DUOMO, 1e6, 10, ""), 50)
              .map(nearby -> nearby.locations().getFirst().available())
              .collectList()
              .block(Duration.ofSeconds(20));
      assertThat(all).hasSize(50).containsOnly(4);
      assertThat(commands.seen()).containsExactly("find");
    }
  }

  @Test
  void allOfItFirstThenMostThenTheNearest() {
    try (var store = engine.newStore()) {
      var floor = new ShopFloor(store.database(), MutableClock.standing());
      for (int i = 0; i < 3; i++) {
        var name = "stores/s" + i;
        floor
            .places
            .learnLocation(name, store(name, 45.4642 + i * 0.01).toByteArray())
            .block(Duration.ofSeconds(20));
      }
      for (String location : List.of(MILANO, MONZA)) {
        floor.places.requireLocation(location).block(Duration.ofSeconds(20));
      }
      floor.receive(SOFA, "stores/s1", 1); // 1 of 3
      floor.receive(CHAIR, "stores/s2", 5); // 2 of 3
      floor.receive(SOFA, MILANO, 1); // all
      floor.receive(CHAIR, MILANO, 2);
      floor.receive(SOFA, MONZA, 1); // all, further away
      floor.receive(CHAIR, MONZA, 9);
      var nearby = got(floor.availability.nearby(List.of(SOFA, CHAIR, CHAIR), DUOMO, 1e6, 4, ""));
      assertThat(nearby.basketSize()).isEqualTo(3);
      assertThat(nearby.locations())
          .extracting(here -> here.location().name() + " " + here.available() + " " + here.found())
          .containsExactly(MILANO + " 1 3", MONZA + " 1 3", "stores/s2 0 2", "stores/s1 0 1");
      // Monday 10:00 in Rome, one hour of opening time; without pickup there is no such time
      assertThat(nearby.locations().getFirst().readyTime())
          .contains(Instant.parse("2026-03-02T10:00:00Z"));
      assertThat(nearby.locations().get(1).readyTime()).isEmpty();
    }
  }
}
