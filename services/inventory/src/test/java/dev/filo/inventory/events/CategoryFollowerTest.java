package dev.filo.inventory.events;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import dev.filo.platform.feed.Outbox;
import dev.filo.proto.catalog.v1.ProductChanged;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.VariantRecord;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A SKU has the category of its product, wherever the product moves. */
@StoreTest
class CategoryFollowerTest {
  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  CategoryFollowerTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private Event moved(String category, String... skus) {
    var product = ProductRecord.newBuilder().setName("products/lucca").setCategory(category);
    for (String sku : skus) {
      product.addVariants(VariantRecord.newBuilder().setSku(sku));
    }
    return Outbox.event(
        "filo/catalog",
        "products/lucca",
        clock.instant(),
        Actor.getDefaultInstance(),
        ProductChanged.newBuilder().setProduct(product).build());
  }

  private void tell(ShopFloor at, Event event) {
    new CategoryFollower(at.items).deal(event).block(Duration.ofSeconds(20));
  }

  @Test
  void aRulePerCategoryFollowsTheProduct() {
    floor.receive(SOFA, MILANO, 5);
    got(
        floor.items.update(
            List.of(
                new SafetyRules.Rule("sofas", "", "", "sofas", "", 2),
                new SafetyRules.Rule("sale", "", "", "outlet", "", 0)),
            "",
            "",
            ""));
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(5);
    tell(floor, moved("sofas", SOFA, CHAIR));
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(3);
    assertThat(floor.level(SOFA, MILANO).safety().rule()).isEqualTo("safetyRules/sofas");
    tell(floor, moved("outlet", SOFA, CHAIR));
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(5);
    assertThat(floor.level(SOFA, MILANO).safety().rule()).isEqualTo("safetyRules/sale");
    assertThat(got(floor.items.get(CHAIR)).catalogCategory()).isEqualTo("outlet");
  }

  @Test
  void aCategoryOfItsOwnComesFirstAndRepeatingChangesNothing() {
    got(
        floor.items.update(
            SOFA,
            "",
            "",
            "",
            item ->
                new StockItem(
                    SOFA,
                    true,
                    List.of(),
                    "displayed",
                    item.catalogCategory(),
                    item.version() + 1)));
    tell(floor, moved("sofas", SOFA));
    var item = got(floor.items.get(SOFA));
    assertThat(item).isEqualTo(new StockItem(SOFA, true, List.of(), "displayed", "sofas", 2));
    assertThat(item.ruledCategory()).isEqualTo("displayed");
    tell(floor, moved("sofas", SOFA));
    var behind = new ShopFloor(database, clock);
    tell(behind, moved("sofas", SOFA));
    assertThat(got(floor.items.get(SOFA))).isEqualTo(item);
  }

  @Test
  void afterADeathAtAnyWriteTheNextOneGoesOn() {
    for (int at = 1; ; at++) {
      var mortal = new MortalMongo(at);
      var category = "category-" + at;
      var event = moved(category, SOFA, CHAIR, "SKU-" + at);
      var dying = new ShopFloor(mortal.wrap(database), clock);
      new CategoryFollower(dying.items).deal(event).onErrorComplete().block(Duration.ofSeconds(20));
      var next = new ShopFloor(database, clock); // the event is told again
      tell(next, event);
      for (String sku : List.of(SOFA, CHAIR, "SKU-" + at)) {
        assertThat(got(next.items.get(sku)).catalogCategory()).as(sku).isEqualTo(category);
        assertThat(next.items.item(sku).catalogCategory()).as(sku).isEqualTo(category);
      }
      if (!mortal.died()) {
        assertThat(at).isGreaterThan(3);
        break;
      }
    }
  }
}
