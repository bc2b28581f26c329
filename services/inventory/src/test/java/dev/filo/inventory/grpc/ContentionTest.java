package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Level;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestTokens;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** 64 clients through two replicas' own servers, all after one SKU. */
@StoreTest
class ContentionTest {
  private static final int CLIENTS = 64;
  private static final int PIECES = 80;
  private static final int RACERS = 200;
  private static final int TRIES_MAX = 20;
  private static final Set<Status.Code> AGAIN =
      Set.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.ABORTED);

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final TestTokens tokens = new TestTokens(clock);
  private final List<ShopFloor> floors = new ArrayList<>();
  private final List<GrpcServer> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  ContentionTest(MongoDatabase database) {
    this.database = database;
  }

  @BeforeEach
  void start() {
    for (int replica = 0; replica < 2; replica++) {
      var floor = new ShopFloor(database, clock);
      var service = floor.service();
      var name = Channels.IN_PROCESS + database.getName() + "-" + replica;
      var server =
          new GrpcServer(
              name,
              Duration.ofSeconds(1),
              List.of(service),
              List.of(
                  new AccessInterceptor(
                      Rules.of(List.of(service)),
                      tokens.verifier(),
                      new SubjectAliases(database),
                      new FieldRules())));
      server.start();
      floor.start();
      floors.add(floor);
      servers.add(server);
      channels.add(Channels.open(name));
    }
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(GrpcServer::stop);
    floors.forEach(ShopFloor::stop);
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub at(int replica) {
    return InventoryServiceGrpc.newBlockingStub(channels.get(replica))
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .withCallCredentials(tokens.bearer(Role.ROLE_SERVICE, "services/reservation"));
  }

  private PlaceHoldRequest hold(int number) {
    return PlaceHoldRequest.newBuilder()
        .setHoldId("racer-" + number)
        .setLocation(MILANO)
        .addLines(HoldLine.newBuilder().setSku(SOFA).setQuantity(1))
        .setExpireTime(Times.timestamp(clock.instant().plus(Duration.ofHours(1))))
        .setOwner("reservations/racer-" + number)
        .setRequestId("q-" + number)
        .build();
  }

  /** The answer; after an outage or a long wait asked again with the same ids, as clients do. */
  private static <T> T answer(Supplier<T> call) {
    for (int tries = 1; ; tries++) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        assertThat(Statuses.errorInfo(e)).as("a typed refusal, not %s", e.getStatus()).isNotNull();
        if (tries == TRIES_MAX || !AGAIN.contains(e.getStatus().getCode())) {
          throw e;
        }
      }
    }
  }

  /** "held", or the refusal's reason. */
  private String place(int replica, int number) {
    try {
      answer(() -> at(replica).placeHold(hold(number)));
      return "held";
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      var info = Statuses.errorInfo(e);
      assertThat(info.getMetadataMap()).containsEntry("sku." + SOFA, "0");
      return info.getReason();
    }
  }

  private interface Work {
    void run(int number);
  }

  private static void race(int count, Work work) throws InterruptedException, ExecutionException {
    var next = new AtomicInteger();
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < CLIENTS; i++) {
        running.add(
            clients.submit(
                () -> {
                  for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    work.run(n);
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  @Test
  void exactlyTheStockIsHeldAndSoldAndEveryRefusalIsTyped()
      throws InterruptedException, ExecutionException {
    floors.getFirst().receive(SOFA, MILANO, PIECES);
    Map<Integer, String> answers = new ConcurrentHashMap<>();
    race(RACERS, n -> answers.put(n, place(n % 2, n)));
    assertThat(answers).hasSize(RACERS);
    assertThat(answers.values()).filteredOn("held"::equals).hasSize(PIECES);
    assertThat(answers.values())
        .filteredOn(answer -> !answer.equals("held"))
        .hasSize(RACERS - PIECES)
        .containsOnly("STOCK_INSUFFICIENT");
    for (var floor : floors) {
      assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(PIECES);
      assertThat(floor.level(SOFA, MILANO).available()).isZero();
    }
    assertThat(
            got(
                Mono.from(
                    database.getCollection("holds").countDocuments(Filters.eq("state", "ACTIVE")))))
        .isEqualTo(PIECES);

    // Asked again, at the other replica: the first answer.
    race(RACERS, n -> assertThat(place((n + 1) % 2, n)).isEqualTo(answers.get(n)));

    race(
        RACERS,
        n -> {
          if ("held".equals(answers.get(n))) {
            var sell =
                SellHoldRequest.newBuilder()
                    .setName("holds/racer-" + n)
                    .setRequestId("s-" + n)
                    .build();
            answer(() -> at(n % 2).sellHold(sell));
          }
        });
    var level = floors.getFirst().level(SOFA, MILANO);
    assertThat(level.onHand()).isZero();
    assertThat(level.held()).isZero();
    var ledger =
        got(floors.getLast().stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 2 * PIECES));
    assertThat(ledger).hasSize(PIECES + 1);
  }
}
