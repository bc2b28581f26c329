package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Locations as they are read again and again. */
@StoreTest
class PlacesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MongoDatabase database;
  private final ShopFloor floor;

  PlacesTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, MutableClock.standing());
  }

  @Test
  void readAgain_areTheSame_untilOneChanges() {
    got(floor.places.location(MILANO));
    got(floor.places.location(MONZA));
    var before = got(floor.places.refresh());
    assertThat(got(floor.places.refresh())).isSameAs(before);

    var moved =
        Store.newBuilder().setName(MILANO).setTitle("Altrove").setTimeZone("Europe/Rome").build();
    // Another replica has learned of it.
    new MongoPlaceStore(database).keepLocation(MILANO, moved.toByteArray()).block(PATIENCE);
    var after = got(floor.places.refresh());
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(got(floor.places.location(MILANO)).title()).isEqualTo("Altrove");
    assertThat(after.get(MONZA)).isSameAs(before.get(MONZA));
  }
}
