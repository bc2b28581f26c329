package dev.filo.platform.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.platform.watch.Recent.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

class RecentTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Recent<Thing> THINGS =
      new Recent<>(Thing::name, Thing::etag, Thing::updateTime);

  private final Changes changes = new Changes();
  private final ConcurrentSkipListMap<String, Thing> things = new ConcurrentSkipListMap<>();
  private final List<Instant> horizons = new ArrayList<>();
  private final List<Seen<Thing>> seen = new ArrayList<>();

  private record Thing(String name, String etag, Instant updateTime) {}

  private void put(String name, String etag, Instant updateTime) {
    things.put(name, new Thing(name, etag, updateTime));
    changes.tell("k");
  }

  private Disposable watch(String resume) {
    return THINGS
        .watch(
            changes.of("k"),
            () -> Flux.fromIterable(things.values()),
            since -> {
              horizons.add(since);
              return Flux.fromStream(
                  things.values().stream()
                      .filter(thing -> !thing.updateTime().isBefore(since))
                      .sorted(Comparator.comparing(Thing::updateTime)));
            },
            resume,
            () -> NOW)
        .subscribe(seen::add);
  }

  private List<String> names() {
    return seen.stream().map(one -> one.state().name() + one.state().etag()).toList();
  }

  private static String cursor(Instant at) {
    return Long.toString(at.toEpochMilli());
  }

  @Test
  void withoutACursor_allAsTheyAre_thenEachChangeOnce() {
    put("a", "1", NOW.minusSeconds(900));
    put("b", "1", NOW.minusSeconds(2));
    var watch = watch("");
    assertThat(names()).containsExactly("a1", "b1");
    put("a", "2", NOW.plusSeconds(1));
    changes.tell("k");
    assertThat(names()).containsExactly("a1", "b1", "a2");
    put("b", "2", NOW.plusSeconds(2));
    put("c", "1", NOW.plusSeconds(3));
    assertThat(names()).containsExactly("a1", "b1", "a2", "b2", "c1");
    assertThat(seen.getLast().cursor()).isEqualTo(cursor(NOW.plusSeconds(3)));
    watch.dispose();
  }

  @Test
  void aWriterWhoseClockIsBehind_isSeen_andWhatIsKnownIsNotSentAgain() {
    put("a", "1", NOW);
    var watch = watch("");
    put("b", "1", NOW.minusSeconds(4));
    put("a", "2", NOW.minusSeconds(3));
    assertThat(names()).containsExactly("a1", "b1", "a2");
    put("c", "1", NOW.minus(Recent.OVERLAP));
    assertThat(names()).endsWith("c1");
    assertThat(horizons).containsOnly(NOW.minus(Recent.OVERLAP));
    assertThat(seen).extracting(Seen::cursor).containsOnly(cursor(NOW));
    watch.dispose();
  }

  @Test
  void aCursor_goesOnWhereItsReaderWas() {
    put("a", "1", NOW.minusSeconds(900));
    put("b", "1", NOW.minusSeconds(60));
    put("c", "1", NOW);
    var watch = watch(cursor(NOW.minusSeconds(60)));
    assertThat(names()).containsExactly("b1", "c1");
    assertThat(horizons.getFirst()).isEqualTo(NOW.minusSeconds(60).minus(Recent.OVERLAP));
    watch.dispose();
  }

  @Test
  void aCursorThatIsNone_isNoCursor() {
    put("a", "1", NOW.minusSeconds(900));
    var watch = watch("what");
    assertThat(names()).containsExactly("a1");
    watch.dispose();
  }

  @Test
  void nothingThere_itIsNotReadAsAWholeAgain() {
    var watch = watch("");
    put("a", "1", NOW.minus(Duration.ofDays(1)));
    assertThat(names()).isEmpty();
    put("b", "1", NOW);
    assertThat(names()).containsExactly("b1");
    watch.dispose();
  }

  @Test
  void twoReaders_haveNothingInCommon() {
    put("a", "1", NOW);
    var one = watch("");
    var two = watch("");
    assertThat(names()).containsExactly("a1", "a1");
    one.dispose();
    put("a", "2", NOW.plusSeconds(1));
    assertThat(names()).containsExactly("a1", "a1", "a2");
    two.dispose();
    assertThat(changes.watcherCount()).isZero();
  }
}
