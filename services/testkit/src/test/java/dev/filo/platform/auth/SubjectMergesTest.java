package dev.filo.platform.auth;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.testkit.Model;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What was under way when two became one, or parted, is with the right one a little later. */
@StoreTest
class SubjectMergesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PEOPLE = 4;

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final String prefix = "customers/" + Ids.random() + "-";

  SubjectMergesTest(MongoDatabase database) {
    this.database = database;
    new SubjectAliases(database).prepare();
  }

  /** A service with things, each somebody's. */
  private record Things(MongoDatabase database) {
    Mono<Void> make(String thing, String owner) {
      return Mono.from(
              database
                  .getCollection("things")
                  .insertOne(new Document("_id", thing).append("customer", owner)))
          .then();
    }

    Mono<Void> merged(String customer, String alias) {
      var things = database.getCollection("things");
      return Mono.from(
              things.updateMany(
                  and(eq("customer", alias), exists("origin", false)), set("origin", alias)))
          .then(
              Mono.from(things.updateMany(eq("customer", alias), set("customer", customer)))
                  .then());
    }

    Mono<Void> unmerged(String customer, String alias, Set<String> names) {
      var things = database.getCollection("things");
      return Flux.fromIterable(names)
          .filter(name -> !name.equals(alias))
          .concatMap(name -> merged(alias, name))
          .then(Mono.from(things.updateMany(in("origin", names), set("customer", alias))).then());
    }

    Set<String> of(String owner) {
      return new TreeSet<>(
          Objects.requireNonNull(
              Flux.from(database.getCollection("things").find(eq("customer", owner)))
                  .map(thing -> thing.getString("_id"))
                  .collectList()
                  .block(PATIENCE)));
    }
  }

  private SubjectMerges over(MongoDatabase any) {
    return merges(any, new SubjectAliases(any));
  }

  private SubjectMerges merges(MongoDatabase any, SubjectAliases aliases) {
    var things = new Things(any);
    return new SubjectMerges(
        aliases,
        () -> Stream.of(things::merged),
        () -> Stream.of(things::unmerged),
        gone -> false,
        clock);
  }

  private void pass(Duration time) {
    clock.advance(time);
  }

  @Test
  void whatACallOfTheAliasMadeMeanwhile_comesAlong() {
    var merges = over(database);
    merges.merged(prefix + "julia", prefix + "guest").block(PATIENCE);
    var things = new Things(database);
    things.make(prefix + "late", prefix + "guest").block(PATIENCE);
    pass(SubjectMerges.SETTLE.minusMillis(1));
    merges.settle().block(PATIENCE);
    assertThat(things.of(prefix + "julia")).isEmpty();
    pass(Duration.ofMillis(1));
    merges.settle().block(PATIENCE);
    assertThat(things.of(prefix + "julia")).containsExactly(prefix + "late");
    things.make(prefix + "never", prefix + "guest").block(PATIENCE);
    pass(SubjectMerges.SETTLE);
    merges.settle().block(PATIENCE);
    assertThat(things.of(prefix + "guest")).as("settled once").containsExactly(prefix + "never");
  }

  @Test
  void anotherReplica_knowsWithinItsNextLook() {
    var other = new SubjectAliases(database);
    assertThat(other.resolve(prefix + "guest").block(PATIENCE)).isEqualTo(prefix + "guest");
    var merges = over(database);
    merges.merged(prefix + "julia", prefix + "guest").block(PATIENCE);
    assertThat(other.resolve(prefix + "guest").block(PATIENCE)).isEqualTo(prefix + "guest");
    merges(database, other).settle().block(PATIENCE);
    assertThat(other.resolve(prefix + "guest").block(PATIENCE)).isEqualTo(prefix + "julia");
    merges.unmerged(prefix + "julia", prefix + "guest").block(PATIENCE);
    merges(database, other).settle().block(PATIENCE);
    assertThat(other.resolve(prefix + "guest").block(PATIENCE)).isEqualTo(prefix + "guest");
    assertThat(other.trust(prefix + "guest", prefix + "julia").block(PATIENCE)).isFalse();
  }

  @Test
  void erased_isNotTouched() {
    var touched = new ArrayList<String>();
    var merges =
        new SubjectMerges(
            new SubjectAliases(database),
            () -> Stream.of((customer, alias) -> Mono.fromRunnable(() -> touched.add(alias))),
            () ->
                Stream.of((customer, alias, names) -> Mono.fromRunnable(() -> touched.add(alias))),
            (prefix + "julia")::equals,
            clock);
    merges.merged(prefix + "julia", prefix + "guest").block(PATIENCE);
    merges.unmerged(prefix + "julia", prefix + "guest").block(PATIENCE);
    pass(SubjectMerges.SETTLE);
    merges.settle().block(PATIENCE);
    assertThat(touched).isEmpty();
  }

  /** Who is who, and whose each thing was first. */
  private final class World {
    final String run = prefix + Ids.random() + "/";
    final SubjectMerges replica = over(database);
    final TreeMap<String, String> firsts = new TreeMap<>();
    final TreeMap<String, String> into = new TreeMap<>();
    final Set<String> fresh = new TreeSet<>();
    final TreeMap<String, String> believed = new TreeMap<>();
    int count;
    boolean settled = true;

    String root(String name) {
      return into.containsKey(name) ? root(Objects.requireNonNull(into.get(name))) : name;
    }

    void survives(Function<SubjectMerges, Mono<Void>> work, int at) {
      var mortal = new MortalMongo(at);
      work.apply(over(mortal.wrap(database))).onErrorComplete().block(PATIENCE);
      work.apply(replica).block(PATIENCE);
      settled = false;
    }

    void make(String first, String owner) {
      var thing = run + count++;
      new Things(database).make(thing, owner).block(PATIENCE);
      firsts.put(thing, first);
    }

    void check() {
      if (!settled) {
        return;
      }
      for (int i = 0; i < PEOPLE; i++) {
        var name = run + i;
        var hers = new TreeSet<String>();
        firsts.forEach(
            (thing, first) -> {
              if (root(first).equals(name)) {
                hers.add(thing);
              }
            });
        assertThat(new Things(database).of(name)).as(name).isEqualTo(hers);
      }
    }
  }

  /** Makes something, known as whom she is now. */
  private record Make(int who) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var root = world.root(world.run + who);
      world.make(root, root);
    }
  }

  /** A call that began before a merge makes something after it. */
  private record MakeLate(int who) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var name = world.run + who;
      if (world.fresh.contains(name)) {
        world.make(name, name);
      }
    }
  }

  private record Merge(int alias, int customer, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var from = world.root(world.run + alias);
      var to = world.root(world.run + customer);
      if (!from.equals(to) && !world.believed.containsKey(from)) {
        world.survives(merges -> merges.merged(to, from), diesAt);
        world.into.put(from, to);
        world.fresh.add(from);
      }
    }
  }

  private record Unmerge(int alias, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var name = world.run + alias;
      var customer = world.into.remove(name);
      if (customer != null) {
        world.survives(merges -> merges.unmerged(customer, name), diesAt);
        world.believed.put(name, customer);
      }
    }
  }

  /** A call whose token says she is somebody she no longer is takes her things along. */
  private final class Believe implements Model.Step<World> {
    private final int who;

    Believe(int who) {
      this.who = who;
    }

    @Override
    public void run(World world) {
      var customer = world.believed.get(world.run + who);
      if (customer != null) {
        new Things(database).merged(customer, world.run + who).block(PATIENCE);
      }
    }

    @Override
    public String toString() {
      return "Believe[" + who + "]";
    }
  }

  private final class Settle implements Model.Step<World> {
    private final int diesAt;

    Settle(int diesAt) {
      this.diesAt = diesAt;
    }

    @Override
    public void run(World world) {
      pass(SubjectMerges.SETTLE);
      var mortal = new MortalMongo(diesAt);
      over(mortal.wrap(database)).settle().onErrorComplete().block(PATIENCE);
      world.replica.settle().block(PATIENCE);
      world.settled = true;
      world.believed.clear();
      world.fresh.clear();
    }

    @Override
    public String toString() {
      return "Settle[" + diesAt + "]";
    }
  }

  @Test
  void anySequence_withCallsUnderWay_diedAnywhere_leavesEachHerOwn() {
    Model.of(
            "things under way while people merge and part",
            World::new,
            random ->
                switch (random.nextInt(9)) {
                  case 0 -> new Make(random.nextInt(PEOPLE));
                  case 1, 2 -> new MakeLate(random.nextInt(PEOPLE));
                  case 3, 4 ->
                      new Merge(
                          random.nextInt(PEOPLE), random.nextInt(PEOPLE), 1 + random.nextInt(4));
                  case 5 -> new Unmerge(random.nextInt(PEOPLE), 1 + random.nextInt(4));
                  case 6, 7 -> new Believe(random.nextInt(PEOPLE));
                  default -> new Settle(1 + random.nextInt(8));
                })
        .runs(15)
        .stepsMax(30)
        .invariant(World::check)
        .run();
  }

  /** A merge and its end at once: the settling finds what is true. */
  @Test
  void settlingWhileSheParts_leavesHerHerOwn() {
    for (int i = 0; i < 20; i++) {
      var julia = prefix + "julia" + i;
      var guest = prefix + "guest" + i;
      var merges = over(database);
      new Things(database).make(prefix + "thing" + i, guest).block(PATIENCE);
      merges.merged(julia, guest).block(PATIENCE);
      pass(SubjectMerges.SETTLE);
      Flux.merge(merges.settle(), merges.unmerged(julia, guest)).then().block(PATIENCE);
      pass(SubjectMerges.SETTLE);
      merges.settle().block(PATIENCE);
      assertThat(new Things(database).of(guest)).isEqualTo(Set.of(prefix + "thing" + i));
      assertThat(List.copyOf(new Things(database).of(julia))).isEmpty();
    }
  }
}
