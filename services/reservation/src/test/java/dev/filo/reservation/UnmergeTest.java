package dev.filo.reservation;

import static dev.filo.reservation.ReservationFixture.PATIENCE;
import static dev.filo.reservation.ReservationFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.reservation.domain.Holdings.Claim;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.waitlist.service.Waitlists;
import dev.filo.testkit.Model;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.StoreTest;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reservations and places in lines that came by a merge go back with its end. */
@StoreTest
class UnmergeTest {
  private static final int PEOPLE = 4;

  private final ReservationFixture fixture;

  UnmergeTest(MongoDatabase database) {
    fixture = new ReservationFixture(database);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** What there is, whose each was first, and who stands for whom. */
  private final class World {
    final String prefix = "customers/" + Ids.random() + "-";
    final String sku = "U" + Ids.random();
    final TreeMap<String, String> reservations = new TreeMap<>();
    final TreeMap<String, String> places = new TreeMap<>();
    final TreeMap<String, String> into = new TreeMap<>();
    int count;

    World() {
      fixture.warehouse.stock(sku, "milano", 1000);
    }

    String root(String name) {
      return into.containsKey(name) ? root(Objects.requireNonNull(into.get(name))) : name;
    }

    Set<String> names(String name) {
      var names = new LinkedHashSet<>(Set.of(name));
      into.keySet().stream().filter(one -> under(one, name)).forEach(names::add);
      return names;
    }

    private boolean under(String one, String name) {
      return one.equals(name)
          || (into.containsKey(one) && under(Objects.requireNonNull(into.get(one)), name));
    }

    void reserve(String root) {
      var made =
          fixture
              .as(Role.ROLE_CUSTOMER, root)
              .createReservation(wish("r" + count++, sku, 1).build());
      reservations.put(made.getName(), root);
    }

    /** Each a line of its own: who ends where two are in one line is another test's. */
    void join(String root) {
      var mine = "L" + Ids.random();
      fixture.warehouse.stock(mine, "milano", 0);
      var entry =
          fixture
              .inLine(Role.ROLE_CUSTOMER, root)
              .joinWaitlist(
                  JoinWaitlistRequest.newBuilder()
                      .setStore("stores/milano")
                      .setSku(mine)
                      .setQuantity(1)
                      .setRequestId("j" + count++)
                      .build());
      places.put(entry.getName(), root);
    }

    /** Does it in a process that dies at any of its writes, then again in one that lives. */
    void survives(BiFunction<Reservations, Waitlists, Mono<Void>> work, int at) {
      var mortal = new MortalMongo(at).wrap(fixture.database());
      work.apply(fixture.replica(mortal), fixture.lines(mortal)).onErrorComplete().block(PATIENCE);
      work.apply(fixture.reservations, fixture.waitlists).block(PATIENCE);
    }

    private Set<String> of(TreeMap<String, String> firsts, String name) {
      var hers = new TreeSet<String>();
      firsts.forEach(
          (thing, first) -> {
            if (root(first).equals(name)) {
              hers.add(thing);
            }
          });
      return hers;
    }

    private Set<String> kept(String collection, String prefix, String name) {
      return new TreeSet<>(
          Objects.requireNonNull(
              Flux.from(
                      fixture
                          .database()
                          .getCollection(collection)
                          .find(Filters.eq("customer", name)))
                  .map((Document found) -> prefix + found.getString("_id"))
                  .collectList()
                  .block(PATIENCE)));
    }

    void check() {
      for (int i = 0; i < PEOPLE; i++) {
        var name = prefix + i;
        assertThat(kept("reservations", "reservations/", name))
            .as("reservations of %s", name)
            .isEqualTo(of(reservations, name));
        assertThat(
                new TreeSet<>(
                    Objects.requireNonNull(fixture.waitlists.open(name).block(PATIENCE)).stream()
                        .map(entry -> entry.getName())
                        .toList()))
            .as("places of %s", name)
            .isEqualTo(of(places, name));
        if (!into.containsKey(name)) {
          assertThat(counted(name))
              .as("what counts for %s", name)
              .containsAll(of(reservations, name));
          assertThat(counted("waitlist:" + name)).containsAll(of(places, name));
        }
      }
    }

    private Set<String> counted(String whose) {
      var quota =
          Objects.requireNonNull(
              new MongoQuotaStore(fixture.database()).find(whose).block(PATIENCE));
      var counted = new TreeSet<String>();
      for (Claim claim : quota.holdings().claims()) {
        counted.add("reservations/" + claim.id());
        counted.add("waitlistEntries/" + claim.id());
      }
      return counted;
    }
  }

  private record Reserve(int who) implements Model.Step<World> {
    @Override
    public void run(World world) {
      world.reserve(world.root(world.prefix + who));
    }
  }

  private record Join(int who) implements Model.Step<World> {
    @Override
    public void run(World world) {
      world.join(world.root(world.prefix + who));
    }
  }

  private record Merge(int alias, int customer, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var from = world.root(world.prefix + alias);
      var to = world.root(world.prefix + customer);
      if (!from.equals(to)) {
        world.survives(
            (reservations, waitlists) ->
                reservations.merged(to, from).then(Mono.defer(() -> waitlists.merged(to, from))),
            diesAt);
        world.into.put(from, to);
      }
    }
  }

  private record Unmerge(int alias, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var name = world.prefix + alias;
      if (world.into.containsKey(name)) {
        var from = world.root(name);
        world.into.remove(name);
        var names = world.names(name);
        world.survives(
            (reservations, waitlists) ->
                reservations
                    .unmerged(from, name, names)
                    .then(Mono.defer(() -> waitlists.unmerged(from, name, names))),
            diesAt);
      }
    }
  }

  @Test
  void anySequenceOfMergesAndUnmerges_diedAnywhere_leavesEachHerOwn() {
    Model.of(
            "reservations and lines under merge and unmerge",
            World::new,
            random ->
                switch (random.nextInt(7)) {
                  case 0 -> new Reserve(random.nextInt(PEOPLE));
                  case 1 -> new Join(random.nextInt(PEOPLE));
                  case 2, 3, 4 ->
                      new Merge(
                          random.nextInt(PEOPLE), random.nextInt(PEOPLE), 1 + random.nextInt(9));
                  default -> new Unmerge(random.nextInt(PEOPLE), 1 + random.nextInt(9));
                })
        .runs(8)
        .stepsMax(20)
        .invariant(World::check)
        .run();
  }
}
