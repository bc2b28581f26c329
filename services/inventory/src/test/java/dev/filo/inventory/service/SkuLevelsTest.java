package dev.filo.inventory.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.calendar.OpeningCalendar;
import dev.filo.inventory.domain.Goods;
import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import dev.filo.testkit.Model;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SkuLevelsTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final List<String> CHANNELS = List.of("", "web", "store");

  private static final List<Location> MANY = List.of(store("a"), store("b"), store("c"));
  private static final List<Location> OTHERS = List.of(store("c"), store("d"));

  private static Location store(String name) {
    return new Location(
        "stores/" + name,
        name,
        45,
        9,
        true,
        Duration.ZERO,
        false,
        OpeningCalendar.of(ZoneOffset.UTC, Map.of(), Map.of()));
  }

  /** What is known, beside a plain map of it. */
  private static final class Known {
    private final SkuLevels levels = new SkuLevels();
    private final Map<String, Level> plain = new HashMap<>();
    private List<Location> locations = MANY;
    private SafetyRules rules = SafetyRules.NONE;
    private StockItem item = StockItem.plain("SOFA");
    private Instant now = NOW;
    private long version;
  }

  private record Learn(String location, int onHand, List<Held> held) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      known.version++;
      var level =
          new Level(
              Level.id("SOFA", location),
              onHand,
              0,
              known.version,
              0,
              HeldPieces.of(held),
              null,
              List.of(),
              List.of(),
              Goods.NONE);
      known.levels.learn(level);
      known.plain.put(location, level);
    }
  }

  private record Forget(String location) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      var level = known.plain.remove(location);
      if (level != null) {
        known.levels.forget(level);
      }
    }
  }

  private record Wait(int seconds) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      known.now = known.now.plusSeconds(seconds);
    }
  }

  private record Rule(String channel, String category, int pieces) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      known.rules =
          new SafetyRules(
              List.of(new SafetyRules.Rule("r", "", "", category, channel, pieces)),
              known.rules.version() + 1);
    }
  }

  private record Category(String category) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      known.item = new StockItem("SOFA", false, List.of(), category, known.item.version() + 1);
    }
  }

  private record Ask(List<Location> locations) implements Model.Step<Known> {
    @Override
    public void run(Known known) {
      known.locations = locations;
    }
  }

  private static Model.Step<Known> step(Random random) {
    var location = "stores/" + (char) ('a' + random.nextInt(4));
    return switch (random.nextInt(10)) {
      case 0 -> new Forget(location);
      case 1, 2, 3 -> new Wait(random.nextInt(4) - 1); // another thread's clock may be behind
      case 4 -> new Rule(CHANNELS.get(random.nextInt(3)), "", random.nextInt(3));
      case 5 -> new Rule("", "category", random.nextInt(3));
      case 6 -> new Category(random.nextBoolean() ? "category" : "");
      case 7 -> new Ask(random.nextBoolean() ? MANY : OTHERS);
      default -> {
        var held = new ArrayList<Held>();
        for (int i = random.nextInt(4); i > 0; i--) {
          held.add(new Held("h" + i, 1, NOW.plusSeconds(random.nextInt(15)), false));
        }
        yield new Learn(location, random.nextInt(8), held);
      }
    };
  }

  /** Asked again and again on all channels, it says what counting anew would. */
  private static void agrees(Known known) {
    for (String channel : CHANNELS) {
      var expected =
          known.locations.stream()
              .mapToInt(
                  location -> {
                    var level = known.plain.get(location.name());
                    return level == null
                        ? 0
                        : level.available(
                            known.now,
                            known
                                .rules
                                .of("SOFA", location.name(), known.item.ruledCategory(), channel)
                                .pieces());
                  })
              .toArray();
      assertThat(asked(known, known.now, channel)).isEqualTo(expected);
    }
  }

  private static int[] asked(Known known, Instant now, String channel) {
    var pieces = known.levels.available(known.locations, known.item, known.rules, now, channel);
    return IntStream.range(0, known.locations.size()).map(pieces).toArray();
  }

  @Test
  void countedOnceIsWhatCountingAnewWouldSay() {
    Model.of("levels of a SKU", Known::new, SkuLevelsTest::step)
        .runs(300)
        .invariant(SkuLevelsTest::agrees)
        .run();
  }

  @Test
  void isCountedOnceForAllWhoAsk() {
    var known = new Known();
    new Learn("stores/a", 5, List.of(new Held("h", 1, NOW.plusSeconds(10), false))).run(known);
    var first = known.levels.available(MANY, known.item, known.rules, NOW, "web");
    assertThat(asked(known, NOW, "web")).containsExactly(4, 0, 0);
    assertThat(known.levels.available(MANY, known.item, known.rules, NOW.plusSeconds(9), "web"))
        .isSameAs(first);
    assertThat(asked(known, NOW.plusSeconds(10), "web")).containsExactly(5, 0, 0);
  }
}
