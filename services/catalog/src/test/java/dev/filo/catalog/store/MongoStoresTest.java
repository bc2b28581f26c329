package dev.filo.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.type.LatLng;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.catalog.Feeds;
import dev.filo.catalog.Shops;
import dev.filo.catalog.domain.Refusal;
import dev.filo.platform.feed.Outbox;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.StoreChanged;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

@StoreTest
class MongoStoresTest {
  private static final java.time.Duration LONG = java.time.Duration.ofSeconds(30);

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final MongoStores stores;

  MongoStoresTest(MongoDatabase database) {
    this.database = database;
    var relay = Feeds.standingRelay(database, clock);
    stores = new MongoStores(database, relay);
    stores.prepare(relay);
  }

  private Imported<Store> take(Store... rows) {
    return stores
        .importAll(List.of(rows), Actor.getDefaultInstance(), clock.instant())
        .blockOptional(LONG)
        .orElseThrow();
  }

  @Test
  void importAll_isThereWithItsEvent_andOnceOnly() throws Exception {
    assertThat(take(Shops.milan(), Shops.rome()).changed()).hasSize(2);
    assertThat(take(Shops.milan(), Shops.rome()).changed()).isEmpty();
    assertThat(stores.get("milano").block(LONG)).isEqualTo(Shops.milan());
    assertThat(stores.all().map(Kept::id).collectList().block(LONG))
        .containsExactly("milano", "roma");
    var events =
        Flux.from(database.getCollection("stores").find(new org.bson.Document("_id", "milano")))
            .flatMapIterable(Outbox::events)
            .collectList()
            .blockOptional(LONG)
            .orElseThrow();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getData().unpack(StoreChanged.class).getStore())
        .isEqualTo(Shops.milan());
  }

  @Test
  void importAll_distanceIsNoContent() {
    take(Shops.milan());
    assertThat(take(Shops.milan().toBuilder().setDistanceMeters(12).build()).changed()).isEmpty();
  }

  @Test
  void importAll_badHoursAndPlaces_areRefused() {
    var imported =
        take(
            Shops.milan().toBuilder().setTimeZone("Europe/Roma").build(),
            Shops.milan().toBuilder().setLocation(LatLng.newBuilder().setLatitude(91)).build(),
            Shops.milan().toBuilder().setPickupLead(Duration.newBuilder().setSeconds(-60)).build(),
            Shops.rome());
    assertThat(imported.changed()).extracting(Kept::id).containsExactly("roma");
    assertThat(imported.refusals()).hasSize(3).containsEntry(1, new Refusal.LocationInvalid());
    assertThat(imported.refusals().get(0)).isInstanceOf(Refusal.CalendarInvalid.class);
    assertThat(imported.refusals().get(2)).isInstanceOf(Refusal.CalendarInvalid.class);
  }

  @Test
  void get_unknown_isEmpty() {
    assertThat(stores.get("none").blockOptional(LONG)).isEmpty();
  }
}
