package dev.filo.inventory;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.events.CatalogFollower;
import dev.filo.inventory.events.CategoryFollower;
import dev.filo.inventory.events.GrpcCatalog;
import dev.filo.inventory.grpc.GrpcInventoryService;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Explanations;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.Items;
import dev.filo.inventory.service.LevelWriter;
import dev.filo.inventory.service.Places;
import dev.filo.inventory.service.RecentLevels;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.SelfCheck;
import dev.filo.inventory.service.Stock;
import dev.filo.inventory.service.StockCheck;
import dev.filo.inventory.service.Sweeper;
import dev.filo.inventory.store.MongoCheckStore;
import dev.filo.inventory.store.MongoHoldStore;
import dev.filo.inventory.store.MongoImportStore;
import dev.filo.inventory.store.MongoItemStore;
import dev.filo.inventory.store.MongoLevelStore;
import dev.filo.inventory.store.MongoPlaceStore;
import dev.filo.platform.Background;
import dev.filo.platform.feed.FeedFollower;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.watch.Changes;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** What inventory is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(InventoryProperties.class)
public class InventoryConfiguration {
  // How far a replica may be behind one that has learned of a new or moved store, or was told of
  // a kit or a safety rule.
  private static final Duration PLACES_REFRESH = Duration.ofSeconds(2);
  // Between the self-check's two looks: many times what a step of a hold takes.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  // At most 1,000 levels a second are checked: a million in a quarter of an hour, unnoticed.
  private static final Duration PORTION_PAUSE = Duration.ofMillis(200);

  @Bean
  MongoLevelStore levelStore(MongoDatabase database, Relay relay) {
    var store = new MongoLevelStore(database, relay);
    store.prepare();
    return store;
  }

  @Bean
  MongoHoldStore holdStore(MongoDatabase database) {
    var store = new MongoHoldStore(database);
    store.prepare();
    return store;
  }

  @Bean
  Places places(MongoDatabase database, Channels channels) {
    return new Places(new MongoPlaceStore(database), new GrpcCatalog(channels));
  }

  @Bean
  RecentLevels recentLevels(
      MongoLevelStore levels, InventoryProperties properties, InstantSource clock) {
    return new RecentLevels(levels, properties.nearbyAge(), clock);
  }

  @Bean
  LevelWriter levelWriter(MongoLevelStore levels, RecentLevels recent, InstantSource clock) {
    return new LevelWriter(levels, recent, clock);
  }

  @Bean
  MongoItemStore itemStore(MongoDatabase database, Relay relay) {
    var store = new MongoItemStore(database, relay);
    store.prepare();
    return store;
  }

  @Bean
  Items items(MongoItemStore store, Places places, MongoLevelStore levels, InstantSource clock) {
    var items = new Items(store, places, levels, clock);
    levels.ruledBy((level, numbers) -> items.ruled(level, numbers, ""));
    return items;
  }

  @Bean
  Stock stock(
      MongoLevelStore levels, LevelWriter writer, Places places, Items items, InstantSource clock) {
    return new Stock(levels, writer, places, items, clock);
  }

  @Bean
  Holds holds(
      MongoHoldStore journal,
      MongoLevelStore levels,
      LevelWriter writer,
      Places places,
      Items items,
      InstantSource clock) {
    var holds = new Holds(journal, writer, places, items, clock);
    levels.journaledBy(holds::keep);
    return holds;
  }

  @Bean
  Availability availability(
      MongoLevelStore levels,
      RecentLevels recent,
      Places places,
      Items items,
      InstantSource clock) {
    return new Availability(levels, recent, places, items, clock);
  }

  @Bean
  Explanations explanations(
      MongoLevelStore levels,
      MongoHoldStore holds,
      Places places,
      Items items,
      InstantSource clock) {
    return new Explanations(levels, holds, places, items, clock);
  }

  @Bean
  Background itemsRefresh(Items items) {
    return new Background(items.refreshing(PLACES_REFRESH));
  }

  @Bean
  Imports imports(MongoDatabase database, Stock stock, InstantSource clock) {
    return new Imports(new MongoImportStore(database), stock, clock);
  }

  @Bean
  Reconciliation reconciliation(MongoDatabase database, InstantSource clock) {
    return new Reconciliation(new MongoCheckStore(database), clock, Mono.delay(LOOK_AGAIN).then());
  }

  @Bean
  SelfCheck selfCheck(Reconciliation reconciliation, InstantSource clock, MeterRegistry meters) {
    return new SelfCheck(reconciliation, clock, meters);
  }

  @Bean
  Background selfChecks(SelfCheck selfCheck, InventoryProperties properties) {
    return new Background(selfCheck.every(properties.check(), PORTION_PAUSE));
  }

  @Bean
  StockCheck stockCheck(SelfCheck selfCheck, InstantSource clock) {
    return new StockCheck(selfCheck, clock);
  }

  @Bean
  GrpcInventoryService inventoryService(
      Stock stock,
      Holds holds,
      Availability availability,
      Explanations explanations,
      Items items,
      Imports imports,
      Reconciliation reconciliation,
      MongoLevelStore levels,
      FeedStore feed,
      Changes changes,
      InstantSource clock) {
    return new GrpcInventoryService(
        stock,
        holds,
        availability,
        explanations,
        items,
        imports,
        reconciliation,
        levels,
        feed,
        changes,
        clock);
  }

  @Bean
  FeedFollower catalogFollower(
      Places places, Channels channels, MongoDatabase database, InstantSource clock) {
    return new FeedFollower(
        "catalog", "catalog", channels, database, clock, new CatalogFollower(places)::deal);
  }

  /** By itself, from the feed's beginning: also categories of before there was this follower. */
  @Bean
  FeedFollower categoryFollower(
      Items items, Channels channels, MongoDatabase database, InstantSource clock) {
    return new FeedFollower(
        "catalog-categories",
        "catalog",
        channels,
        database,
        clock,
        new CategoryFollower(items)::deal);
  }

  @Bean
  Background placesRefresh(Places places) {
    return new Background(places.refreshing(PLACES_REFRESH));
  }

  @Bean
  Background sweeping(
      MongoLevelStore levels,
      LevelWriter writer,
      MongoHoldStore journal,
      Holds holds,
      InstantSource clock,
      InventoryProperties properties) {
    return new Background(
        new Sweeper(levels, writer, journal, holds, clock).every(properties.sweep()));
  }
}
