package dev.filo.bench;

import com.google.type.LatLng;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.grpc.GrpcInventoryService;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Catalog;
import dev.filo.inventory.service.Explanations;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.Items;
import dev.filo.inventory.service.LevelWriter;
import dev.filo.inventory.service.Places;
import dev.filo.inventory.service.RecentLevels;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.Stock;
import dev.filo.inventory.service.Sweeper;
import dev.filo.inventory.store.MongoCheckStore;
import dev.filo.inventory.store.MongoHoldStore;
import dev.filo.inventory.store.MongoImportStore;
import dev.filo.inventory.store.MongoItemStore;
import dev.filo.inventory.store.MongoLevelStore;
import dev.filo.inventory.store.MongoPlaceStore;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A replica of inventory as it runs, with its relay and sweeper, behind its gRPC server. */
final class Inventory implements AutoCloseable {
  /** How many stores there usually are. */
  static final int STORES = 500;

  private static final Author AUTHOR = new Author("services/bench", "service", "system", "", "");
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int AT_ONCE = 32;
  private static final Duration SWEEP = Duration.ofMillis(500);
  private static final Duration NEARBY_AGE = Duration.ofSeconds(1);

  private final InstantSource clock = InstantSource.system();
  private final TestTokens tokens = new TestTokens(clock);
  private final FeedTail tail;
  private final Relay relay;
  private final Stock stock;
  private final GrpcServer server;
  private final ManagedChannel channel;
  private final Disposable sweeping;

  /**
   * Starts it.
   *
   * @param name of its server, in this process
   * @param stores how many there are
   * @param beside what the same server serves as well
   */
  Inventory(MongoDatabase database, String name, int stores, BindableService... beside) {
    var changes = new Changes();
    var feed = new FeedStore(database);
    feed.prepare();
    tail = new FeedTail(feed, changes, Duration.ofMillis(20), event -> List.of());
    relay = new Relay(feed, tail, clock);
    var levels = new MongoLevelStore(database, relay);
    levels.prepare();
    var journal = new MongoHoldStore(database);
    journal.prepare();
    var recent = new RecentLevels(levels, NEARBY_AGE, clock);
    var writer = new LevelWriter(levels, recent, clock);
    var placeStore = new MongoPlaceStore(database);
    Flux.range(0, stores)
        .flatMap(i -> placeStore.keepLocation(store(i), message(i)), AT_ONCE)
        .then()
        .block(WAIT);
    var places = new Places(placeStore, new Everything());
    var itemStore = new MongoItemStore(database, relay);
    itemStore.prepare();
    var items = new Items(itemStore, places, levels, clock);
    levels.ruledBy((level, numbers) -> items.ruled(level, numbers, ""));
    stock = new Stock(levels, writer, places, items, clock);
    var holds = new Holds(journal, writer, places, items, clock);
    levels.journaledBy(holds::keep);
    var service =
        new GrpcInventoryService(
            stock,
            holds,
            new Availability(levels, recent, places, items, clock),
            new Explanations(levels, journal, places, items, clock),
            items,
            new Imports(new MongoImportStore(database), stock, clock),
            new Reconciliation(new MongoCheckStore(database), clock, Mono.empty()),
            levels,
            feed,
            changes,
            clock);
    var services = Stream.concat(Stream.of(service), Stream.of(beside)).toList();
    server =
        new GrpcServer(
            Channels.IN_PROCESS + name,
            Duration.ofSeconds(1),
            services,
            List.of(
                new AccessInterceptor(
                    Rules.of(services),
                    tokens.verifier(),
                    new SubjectAliases(database),
                    new FieldRules())));
    server.start();
    tail.start();
    relay.start();
    sweeping = new Sweeper(levels, writer, journal, holds, clock).every(SWEEP).subscribe();
    channel = Channels.open(Channels.IN_PROCESS + name);
  }

  static String store(int number) {
    return "stores/s" + number;
  }

  ManagedChannel channel() {
    return channel;
  }

  TestTokens tokens() {
    return tokens;
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub as(Role role, String principal) {
    return InventoryServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.bearer(role, principal));
  }

  /** The same for streams. */
  InventoryServiceGrpc.InventoryServiceStub importing(Role role, String principal) {
    return InventoryServiceGrpc.newStub(channel)
        .withCallCredentials(tokens.bearer(role, principal));
  }

  /** Puts pieces of each of the SKUs on the shelf of each of the stores. */
  void receive(List<String> skus, List<String> locations, int quantity) {
    var now = clock.instant();
    var receipts = new ArrayList<Movement>();
    for (String sku : skus) {
      for (String location : locations) {
        var id = Level.id(sku, location);
        receipts.add(
            new Movement(
                "receipt-" + id,
                Movement.Kind.RECEIPT,
                id,
                quantity,
                now,
                "bench",
                AUTHOR,
                "",
                "receipt"));
      }
    }
    var results = stock.record(receipts, location -> true).block(WAIT);
    if (results == null || !results.stream().allMatch(Stock.Result.Recorded.class::isInstance)) {
      throw new IllegalStateException("not received: " + skus);
    }
  }

  Snapshot level(String sku, String location) {
    var level = stock.level(Level.id(sku, location), "").map(Stock.Seen::numbers).block(WAIT);
    if (level == null) {
      throw new IllegalStateException("no level");
    }
    return level;
  }

  @Override
  public void close() {
    sweeping.dispose();
    channel.shutdownNow();
    server.stop();
    relay.stop();
    tail.stop();
  }

  private static byte[] message(int number) {
    var store =
        Store.newBuilder()
            .setName(store(number))
            .setTitle("Store " + number)
            .setTimeZone("Europe/Rome")
            .setPickup(true)
            .setPickupLead(com.google.protobuf.Duration.newBuilder().setSeconds(3600))
            .setLocation(
                LatLng.newBuilder()
                    .setLatitude(45.0 + 0.01 * (number % 25))
                    .setLongitude(9.0 + 0.0004 * number));
    for (int day = 1; day <= 6; day++) {
      store.addOpeningHours(
          OpeningPeriod.newBuilder()
              .setDayValue(day)
              .setOpenTime(com.google.type.TimeOfDay.newBuilder().setHours(10))
              .setCloseTime(com.google.type.TimeOfDay.newBuilder().setHours(20)));
    }
    return store.build().toByteArray();
  }

  /** A catalog that has every SKU. */
  private static final class Everything implements Catalog {
    @Override
    public Mono<byte[]> store(String name) {
      return Mono.empty();
    }

    @Override
    public Mono<Set<String>> known(Collection<String> skus) {
      return Mono.just(new HashSet<>(skus));
    }
  }
}
