package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.reservation.service.RefusedException;
import dev.filo.reservation.waitlist.service.WaitlistRefusedException;
import dev.filo.reservation.waitlist.service.Waitlists;
import dev.filo.testkit.Model;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Many customers join, leave, accept, reserve and cancel at random, several at once and over two
 * replicas, while pieces come and time passes. At each moment: never more offered than there is,
 * nobody is offered before somebody who came earlier, nobody is in a line twice, nobody is lost;
 * and after a look, nobody waits before pieces that are there.
 */
@StoreTest
class WaitlistModelTest {
  private static final int CUSTOMERS = 6;
  private static final AtomicInteger WORLDS = new AtomicInteger();

  private final ReservationFixture fixture;

  WaitlistModelTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Goods and people of one run. */
  private final class World {
    private final String name = "w" + WORLDS.incrementAndGet();
    private final List<String> skus = List.of(name + "A", name + "B");
    private final AtomicInteger requests = new AtomicInteger();
    private final Queue<String> joined = new ConcurrentLinkedQueue<>();
    private final Queue<String> reserved = new ConcurrentLinkedQueue<>();
    private final List<Waitlists> replicas =
        List.of(fixture.waitlists, fixture.lines(fixture.database()));

    World() {
      skus.forEach(sku -> fixture.warehouse.stock(sku, "milano", 0));
    }

    Waitlists any() {
      return replicas.get(requests.incrementAndGet() % 2);
    }

    Caller as(int customer) {
      return new Caller(
          "customers/" + name + customer,
          Set.of(Role.ROLE_CUSTOMER),
          List.of(),
          "c",
          "web",
          "",
          "",
          "",
          "s",
          "t");
    }

    String request() {
      return "r" + requests.incrementAndGet();
    }

    /** One of a customer's entries that has not ended; empty when she has none. */
    Mono<WaitlistEntry> open(int customer) {
      return any()
          .open(as(customer).principal())
          .flatMap(entries -> Mono.justOrEmpty(entries.stream().findFirst()));
    }

    void look() {
      skus.forEach(sku -> any().served(sku + "@milano").block(PATIENCE));
    }

    void check() {
      for (String sku : skus) {
        assertThat(fixture.warehouse.available(sku, "milano")).as("oversold").isNotNegative();
        var line = line(sku);
        boolean waits = false;
        for (Document entry : line) {
          boolean waiting = entry.getString("state").equals("WAITING");
          assertThat(!waiting && waits).as("overtaken in %s", line).isFalse();
          waits |= waiting;
        }
        assertThat(line).extracting(e -> e.getString("customer")).doesNotHaveDuplicates();
        int offered = 0;
        for (Document entry : line) {
          var offer = entry.get("offer", Document.class);
          if (offer != null
              && fixture
                  .clock
                  .instant()
                  .isBefore(Objects.requireNonNull(Docs.instant(offer, "expireTime")))) {
            offered += (int) Docs.number(offer, "quantity");
          }
        }
        int held =
            fixture.warehouse.active().stream()
                .filter(one -> one.sku().equals(sku))
                .mapToInt(Warehouse.Held::units)
                .sum();
        assertThat(offered).as("offers have holds").isLessThanOrEqualTo(held);
        assertThat(held)
            .as("holds are of pieces")
            .isLessThanOrEqualTo(fixture.warehouse.onHand(sku, "milano"));
      }
      for (String id : joined) {
        var entry =
            Objects.requireNonNull(
                fixture.waitlists.get(id, manager()).block(PATIENCE), "an entry is lost");
        assertThat(entry.getState()).isNotEqualTo(WaitlistEntry.State.STATE_UNSPECIFIED);
      }
    }

    /** After a look nobody waits before pieces that are there. */
    void served() {
      look();
      for (String sku : skus) {
        boolean waits =
            line(sku).stream().anyMatch(entry -> entry.getString("state").equals("WAITING"));
        if (waits) {
          assertThat(fixture.warehouse.available(sku, "milano")).as("left lying").isZero();
        }
      }
    }

    private List<Document> line(String sku) {
      var list =
          Mono.from(
                  fixture
                      .database()
                      .getCollection("waitlists")
                      .find(Filters.eq("_id", sku + "@milano"))
                      .first())
              .block(PATIENCE);
      return list == null ? List.of() : Docs.list(list, "line");
    }

    private Caller manager() {
      return new Caller(
          "staff/m", Set.of(Role.ROLE_MANAGER), List.of(), "c", "web", "", "", "", "s", "t");
    }
  }

  private interface Act extends Model.Step<World> {
    Mono<?> act(World world);

    @Override
    default void run(World world) {
      act(world)
          .then()
          .onErrorResume(WaitlistRefusedException.class, e -> Mono.empty())
          .onErrorResume(RefusedException.class, e -> Mono.empty())
          .block(PATIENCE);
    }
  }

  private record Join(int customer, int sku, int pieces) implements Act {
    @Override
    public Mono<?> act(World world) {
      return world
          .any()
          .join(
              JoinWaitlistRequest.newBuilder()
                  .setStore("stores/milano")
                  .setSku(world.skus.get(sku))
                  .setQuantity(pieces)
                  .setRequestId(world.request())
                  .build(),
              world.as(customer))
          .doOnNext(
              entry -> world.joined.add(entry.getName().substring("waitlistEntries/".length())));
    }
  }

  private record Leave(int customer) implements Act {
    @Override
    public Mono<?> act(World world) {
      return world
          .open(customer)
          .flatMap(entry -> world.any().leave(id(entry), world.as(customer)));
    }
  }

  private record Accept(int customer) implements Act {
    @Override
    public Mono<?> act(World world) {
      return world
          .open(customer)
          .flatMap(entry -> world.any().accept(id(entry), world.as(customer)))
          .doOnNext(
              entry -> {
                assertThat(entry.getState()).isEqualTo(WaitlistEntry.State.TAKEN);
                world.reserved.add(entry.getReservation().substring("reservations/".length()));
              });
    }
  }

  private static String id(WaitlistEntry entry) {
    return entry.getName().substring("waitlistEntries/".length());
  }

  /** Somebody reserves as ever, without a line. */
  private final class Reserve implements Act {
    private final int sku;

    Reserve(int sku) {
      this.sku = sku;
    }

    @Override
    public Mono<?> act(World world) {
      return fixture
          .reservations
          .create(
              CreateReservationRequest.newBuilder()
                  .setStore("stores/milano")
                  .setRequestId(world.request())
                  .addLines(ReservationLine.newBuilder().setSku(world.skus.get(sku)).setQuantity(1))
                  .build(),
              world.as(99))
          .doOnNext(made -> world.reserved.add(made.getString("_id")));
    }

    @Override
    public String toString() {
      return "Reserve[sku=" + sku + "]";
    }
  }

  /** A reservation is cancelled. */
  private final class Cancel implements Act {
    @Override
    public Mono<?> act(World world) {
      var id = world.reserved.poll();
      return id == null
          ? Mono.empty()
          : fixture.reservations.cancel(
              id, "", world.request(), CancelReservationRequest.getDefaultInstance(), agent());
    }

    private Caller agent() {
      return new Caller(
          "staff/a", Set.of(Role.ROLE_AGENT), List.of(), "c", "desk", "", "", "", "s", "t");
    }

    @Override
    public String toString() {
      return "Cancel[]";
    }
  }

  /** Pieces come. */
  private final class Receive implements Act {
    private final int sku;
    private final int pieces;

    Receive(int sku, int pieces) {
      this.sku = sku;
      this.pieces = pieces;
    }

    @Override
    public Mono<?> act(World world) {
      var name = world.skus.get(sku);
      return Mono.fromRunnable(() -> fixture.warehouse.receive(name, "milano", pieces))
          .then(Mono.defer(() -> world.any().served(name + "@milano")));
    }

    @Override
    public String toString() {
      return "Receive[sku=" + sku + ", pieces=" + pieces + "]";
    }
  }

  /** Time passes, then somebody looks. */
  private final class Pass implements Model.Step<World> {
    private final int minutes;

    Pass(int minutes) {
      this.minutes = minutes;
    }

    @Override
    public void run(World world) {
      fixture.clock.advance(Duration.ofMinutes(minutes));
      fixture.reservations.expire().block(PATIENCE);
      world.served();
    }

    @Override
    public String toString() {
      return "Pass[minutes=" + minutes + "]";
    }
  }

  /** All at once. */
  private record Together(List<Act> acts) implements Model.Step<World> {
    @Override
    public void run(World world) {
      Flux.fromIterable(acts)
          .flatMap(
              act ->
                  Mono.fromRunnable(() -> act.run(world)).subscribeOn(Schedulers.boundedElastic()),
              acts.size())
          .blockLast(PATIENCE);
    }
  }

  private Act act(Random random) {
    int customer = random.nextInt(CUSTOMERS);
    int sku = random.nextInt(2);
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> new Join(customer, sku, 1 + random.nextInt(3));
      case 4 -> new Leave(customer);
      case 5, 6 -> new Accept(customer);
      case 7 -> new Reserve(sku);
      case 8 -> new Cancel();
      default -> new Receive(sku, 1 + random.nextInt(2));
    };
  }

  private Model.Step<World> step(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> new Pass(Model.oneOf(random, List.of(1, 60, 130, 3_000)));
      case 1, 2 -> {
        var acts = new ArrayList<Act>();
        int many = 2 + random.nextInt(5);
        for (int i = 0; i < many; i++) {
          acts.add(act(random));
        }
        yield new Together(acts);
      }
      default -> act(random);
    };
  }

  @Test
  void firstComeFirstServed_neverMoreThanThereIs_nobodyLost() {
    Model.of("lines", World::new, this::step).invariant(World::check).runs(12).stepsMax(30).run();
  }
}
