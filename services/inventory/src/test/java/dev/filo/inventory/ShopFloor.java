package dev.filo.inventory;

import com.google.type.LatLng;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.grpc.GrpcInventoryService;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Catalog;
import dev.filo.inventory.service.Explanations;
import dev.filo.inventory.service.HoldStore;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.Items;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.LevelWriter;
import dev.filo.inventory.service.Places;
import dev.filo.inventory.service.RecentLevels;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.RefusedException;
import dev.filo.inventory.service.Stock;
import dev.filo.inventory.service.Sweeper;
import dev.filo.inventory.store.MongoCheckStore;
import dev.filo.inventory.store.MongoHoldStore;
import dev.filo.inventory.store.MongoImportStore;
import dev.filo.inventory.store.MongoItemStore;
import dev.filo.inventory.store.MongoLevelStore;
import dev.filo.inventory.store.MongoPlaceStore;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.StockLevelRow;
import dev.filo.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Inventory's real parts over one database, as one replica has them. */
public final class ShopFloor {
  /** A sofa everybody wants. */
  public static final String SOFA = "DIV-LUC";

  /** An armchair. */
  public static final String CHAIR = "POL-LUC";

  /** A store in Milan, with pickup, Monday to Saturday 10 to 20. */
  public static final String MILANO = "stores/milano";

  /** A store in Monza, 15 km away, without pickup. */
  public static final String MONZA = "stores/monza";

  /** A warehouse. */
  public static final String WAREHOUSE = "stores/magazzino";

  /** Somebody. */
  public static final Author TILL = new Author("devices/till-milano-1", "device", "till", "", "");

  private static final AtomicInteger RECEIPTS = new AtomicInteger();
  private static final Duration NEARBY_AGE = Duration.ofSeconds(1);

  private static final Map<String, Store> STORES =
      Map.of(
          MILANO, store(MILANO, "Milano", 45.4786, 9.2077, true, false),
          MONZA, store(MONZA, "Monza", 45.5845, 9.2744, false, false),
          WAREHOUSE, store(WAREHOUSE, "Magazzino", 45.50, 9.25, false, true));

  /** The parts. */
  public final MutableClock clock;

  public final MongoDatabase database;
  public final Changes changes = new Changes();
  public final FeedStore feed;
  public final FeedTail tail;
  public final Relay relay;
  public final MongoLevelStore levels;
  public final MongoHoldStore journal;
  public final LevelWriter writer;
  public final Places places;
  public final Items items;
  public final Explanations explanations;
  public final Stock stock;
  public final Holds holds;
  public final Availability availability;
  public final Imports imports;
  public final Reconciliation reconciliation;
  public final Sweeper sweeper;

  /** A replica. */
  public ShopFloor(MongoDatabase database, MutableClock clock) {
    this(database, clock, store -> store, store -> store);
  }

  /** A replica whose levels have so many holds in their own documents and the others beside. */
  public ShopFloor(MongoDatabase database, MutableClock clock, int inlineMax) {
    this(
        database,
        clock,
        relay -> new MongoLevelStore(database, relay, inlineMax),
        store -> store,
        store -> store);
  }

  /** A replica whose stores are wrapped. */
  public ShopFloor(
      MongoDatabase database,
      MutableClock clock,
      UnaryOperator<LevelStore> levelStore,
      UnaryOperator<HoldStore> holdStore) {
    this(database, clock, relay -> new MongoLevelStore(database, relay), levelStore, holdStore);
  }

  private ShopFloor(
      MongoDatabase database,
      MutableClock clock,
      Function<Relay, MongoLevelStore> levelsOf,
      UnaryOperator<LevelStore> levelStore,
      UnaryOperator<HoldStore> holdStore) {
    this.clock = clock;
    this.database = database;
    feed = new FeedStore(database);
    feed.prepare();
    tail = new FeedTail(feed, changes, Duration.ofMillis(20), event -> List.of());
    relay = new Relay(feed, tail, clock);
    levels = levelsOf.apply(relay);
    levels.prepare();
    journal = new MongoHoldStore(database);
    journal.prepare();
    var usedLevels = levelStore.apply(levels);
    var usedJournal = holdStore.apply(journal);
    var recent = new RecentLevels(usedLevels, NEARBY_AGE, clock);
    writer = new LevelWriter(usedLevels, recent, clock);
    places = new Places(new MongoPlaceStore(database), new Shelf());
    var itemStore = new MongoItemStore(database, relay);
    itemStore.prepare();
    items = new Items(itemStore, places, usedLevels, clock);
    levels.ruledBy((level, numbers) -> items.ruled(level, numbers, ""));
    stock = new Stock(usedLevels, writer, places, items, clock);
    holds = new Holds(usedJournal, writer, places, items, clock);
    levels.journaledBy(holds::keep);
    availability = new Availability(usedLevels, recent, places, items, clock);
    explanations = new Explanations(usedLevels, usedJournal, places, items, clock);
    reconciliation = new Reconciliation(new MongoCheckStore(database), clock, Mono.empty());
    imports = new Imports(new MongoImportStore(database), stock, clock);
    sweeper = new Sweeper(usedLevels, writer, usedJournal, holds, clock);
  }

  /** The same parts as gRPC. */
  public GrpcInventoryService service() {
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

  /** Lets events flow. */
  public void start() {
    tail.start();
    relay.start();
  }

  /** Stops what {@link #start} began. */
  public void stop() {
    relay.stop();
    tail.stop();
  }

  /** Puts pieces on a shelf. */
  public void receive(String sku, String location, int quantity) {
    var receipt =
        movement(
            "receipt-" + RECEIPTS.incrementAndGet(),
            Movement.Kind.RECEIPT,
            sku,
            location,
            quantity,
            clock.instant());
    if (!(record(receipt) instanceof Stock.Result.Recorded)) {
      throw new AssertionError("not received");
    }
  }

  /** Records a movement and gives its result. */
  public Stock.Result record(Movement movement) {
    return got(stock.record(List.of(movement), location -> true)).getFirst();
  }

  /** A movement. */
  public static Movement movement(
      String id, Movement.Kind kind, String sku, String location, int quantity, Instant time) {
    return new Movement(
        id,
        kind,
        Level.id(sku, location),
        quantity,
        time,
        "test",
        TILL,
        "",
        kind + " " + quantity + " " + time);
  }

  /** Places a hold on one SKU in Milan. */
  public Mono<Hold> hold(String id, int quantity, Duration life) {
    return hold(id, life, new Hold.Line(SOFA, quantity));
  }

  /** Places a hold in Milan. */
  public Mono<Hold> hold(String id, Duration life, Hold.Line... lines) {
    return holds.place(
        id, MILANO, List.of(lines), clock.instant().plus(life), "reservations/" + id, TILL, "");
  }

  /** A level's numbers now. */
  public Snapshot level(String sku, String location) {
    return got(stock.level(Level.id(sku, location), "")).numbers();
  }

  /** The value, waited for. */
  public static <T> T got(Mono<T> mono) {
    T value = mono.block(Duration.ofSeconds(20));
    if (value == null) {
      throw new AssertionError("empty");
    }
    return value;
  }

  /** Why a call is refused. */
  public static Refusal refusal(Mono<?> call) {
    return got(
        call.<Refusal>map(value -> new Refusal.HoldUnknown("not refused: " + value))
            .onErrorResume(RefusedException.class, refused -> Mono.just(refused.refusal())));
  }

  /** Waits for the end. */
  public static void done(Mono<Void> mono) {
    mono.block(Duration.ofSeconds(20));
  }

  private static Store store(
      String name,
      String title,
      double latitude,
      double longitude,
      boolean pickup,
      boolean warehouse) {
    var store =
        Store.newBuilder()
            .setName(name)
            .setTitle(title)
            .setTimeZone("Europe/Rome")
            .setPickup(pickup)
            .setPickupLead(com.google.protobuf.Duration.newBuilder().setSeconds(3600))
            .setWarehouse(warehouse)
            .setLocation(LatLng.newBuilder().setLatitude(latitude).setLongitude(longitude));
    for (int day = 1; day <= 6; day++) {
      store.addOpeningHours(
          OpeningPeriod.newBuilder()
              .setDayValue(day)
              .setOpenTime(com.google.type.TimeOfDay.newBuilder().setHours(10))
              .setCloseTime(com.google.type.TimeOfDay.newBuilder().setHours(20)));
    }
    return store.build();
  }

  /** What catalog would say. */
  private static final class Shelf implements Catalog {
    @Override
    public Mono<byte[]> store(String name) {
      @Nullable Store store = STORES.get(name);
      return store == null ? Mono.empty() : Mono.just(store.toByteArray());
    }

    @Override
    public Mono<Set<String>> known(Collection<String> skus) {
      return Mono.just(
          skus.stream()
              .filter(sku -> sku.equals(SOFA) || sku.equals(CHAIR) || sku.startsWith("SKU-"))
              .collect(Collectors.toSet()));
    }
  }

  /** A row of an import. */
  public static StockLevelRow row(long number, String sku, String location, int onHand) {
    return StockLevelRow.newBuilder()
        .setRow(number)
        .setSku(sku)
        .setLocation(location)
        .setOnHand(onHand)
        .build();
  }
}
