package dev.filo.journey.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.journey.service.Timelines;
import dev.filo.platform.code.Ids;
import dev.filo.testkit.Model;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What came to a time line by a merge goes back with its end. */
@StoreTest
class UnmergeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final int PEOPLE = 5;

  private final MongoDatabase database;

  UnmergeTest(MongoDatabase database) {
    this.database = database;
    new MongoTouchpointStore(database).prepare();
  }

  private static Timelines over(MongoDatabase any) {
    return new Timelines(new MongoTouchpointStore(any), InstantSource.fixed(NOW));
  }

  /**
   * Time lines, and what they should be: whose each touchpoint was first, and who stands for whom.
   */
  private final class World {
    final String prefix = "customers/" + Ids.random() + "-";
    final TreeMap<String, String> firsts = new TreeMap<>();
    final TreeMap<String, String> into = new TreeMap<>();
    int count;

    MongoDatabase database() {
      return database;
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
      return one.equals(name) || (into.containsKey(one) && under(into.get(one), name));
    }

    /** Does it in a process that dies at any of its writes, then again in one that lives. */
    void survives(java.util.function.Function<Timelines, Mono<Void>> work, int at) {
      var mortal = new MortalMongo(at);
      work.apply(over(mortal.wrap(database))).onErrorComplete().block(PATIENCE);
      work.apply(over(database)).block(PATIENCE);
    }

    void check() {
      for (int i = 0; i < PEOPLE; i++) {
        var name = prefix + i;
        var expected = new TreeSet<String>();
        firsts.forEach(
            (id, first) -> {
              if (root(first).equals(name)) {
                expected.add(id);
              }
            });
        assertThat(
                Objects.requireNonNull(over(database).before(name, null, 1000).block(PATIENCE))
                    .stream()
                    .map(Touchpoint::id))
            .as(name)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
  }

  private record Seen(int who) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var root = world.root(world.prefix + who);
      var id = world.prefix + "/" + world.count++;
      over(world.database())
          .keep(
              List.of(
                  new Touchpoint(
                      Touchpoint.Source.EVENT, id, root, NOW, "web", "view", "", "customer", "")))
          .block(PATIENCE);
      world.firsts.put(id, root);
    }
  }

  private record Merge(int alias, int customer, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var from = world.root(world.prefix + alias);
      var to = world.root(world.prefix + customer);
      if (!from.equals(to)) {
        world.survives(timelines -> timelines.merge(to, from), diesAt);
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
        world.survives(timelines -> timelines.unmerge(from, name, world.names(name)), diesAt);
      }
    }
  }

  @Test
  void anySequenceOfMergesAndUnmerges_diedAnywhere_leavesEachHerOwn() {
    Model.of(
            "time lines under merge and unmerge",
            World::new,
            random ->
                switch (random.nextInt(5)) {
                  case 0, 1 -> new Seen(random.nextInt(PEOPLE));
                  case 2, 3 ->
                      new Merge(
                          random.nextInt(PEOPLE), random.nextInt(PEOPLE), 1 + random.nextInt(5));
                  default -> new Unmerge(random.nextInt(PEOPLE), 1 + random.nextInt(5));
                })
        .runs(15)
        .stepsMax(25)
        .invariant(World::check)
        .run();
  }
}
