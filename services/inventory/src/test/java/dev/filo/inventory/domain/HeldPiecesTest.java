package dev.filo.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.testkit.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HeldPiecesTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

  /** Holds beside a plain map of them. */
  private static final class Pair {
    private HeldPieces pieces = HeldPieces.NONE;
    private HeldPieces earlier = HeldPieces.NONE;
    private final Map<String, Held> plain = new HashMap<>();
    private Map<String, Held> earlierPlain = Map.of();
  }

  private record With(Held held) implements Model.Step<Pair> {
    @Override
    public void run(Pair pair) {
      pair.pieces = pair.pieces.with(held);
      pair.plain.put(held.hold(), held);
    }
  }

  private record Without(String hold) implements Model.Step<Pair> {
    @Override
    public void run(Pair pair) {
      pair.pieces = pair.pieces.without(hold);
      pair.plain.remove(hold);
    }
  }

  private record Remember() implements Model.Step<Pair> {
    @Override
    public void run(Pair pair) {
      pair.earlier = pair.pieces;
      pair.earlierPlain = Map.copyOf(pair.plain);
    }
  }

  private static Model.Step<Pair> step(Random random) {
    var hold = "h" + random.nextInt(300);
    return switch (random.nextInt(8)) {
      case 0, 1 -> new Without(hold);
      case 2 -> new Remember();
      default ->
          new With(
              new Held(
                  hold,
                  1 + random.nextInt(5),
                  NOW.plusSeconds(random.nextInt(20)),
                  random.nextInt(10) == 0));
    };
  }

  private static void agrees(Pair pair) {
    assertThat(pair.pieces.size()).isEqualTo(pair.plain.size());
    assertThat(pair.pieces.all()).containsExactlyInAnyOrderElementsOf(pair.plain.values());
    assertThat(pair.pieces).isEqualTo(HeldPieces.of(pair.plain.values()));
    var ends = new TreeMap<Instant, Integer>();
    for (Held held : pair.plain.values()) {
      assertThat(pair.pieces.get(held.hold())).contains(held);
      if (!held.pinned()) {
        ends.merge(held.expireTime(), held.quantity(), Integer::sum);
      }
    }
    var totals =
        HeldPieces.totals(
            pair.pieces.size(), pair.pieces.pieces(), pair.pieces.ends(Integer.MAX_VALUE));
    for (int second = -1; second <= 20; second++) {
      var now = NOW.plusSeconds(second);
      int held =
          pair.plain.values().stream().filter(h -> h.counts(now)).mapToInt(Held::quantity).sum();
      assertThat(pair.pieces.held(now)).isEqualTo(held);
      assertThat(totals.held(now)).isEqualTo(held);
      assertThat(totals.lastExpiry(now)).isEqualTo(pair.pieces.lastExpiry(now));
      assertThat(pair.pieces.expired(now, Integer.MAX_VALUE))
          .containsExactlyInAnyOrderElementsOf(
              pair.plain.values().stream().filter(h -> !h.counts(now)).toList());
    }
    assertThat(pair.pieces.ends(3))
        .containsExactlyElementsOf(
            ends.entrySet().stream()
                .limit(3)
                .map(entry -> new HeldPieces.End(entry.getKey(), entry.getValue()))
                .toList());
    var rebuilt = new HashMap<>(pair.earlierPlain);
    pair.pieces
        .since(pair.earlier)
        .forEach(
            (hold, held) ->
                held.ifPresentOrElse(now -> rebuilt.put(hold, now), () -> rebuilt.remove(hold)));
    assertThat(rebuilt).isEqualTo(pair.plain);
  }

  @Test
  void agreesWithAPlainMap() {
    Model.of("held pieces", Pair::new, HeldPiecesTest::step)
        .runs(60)
        .invariant(HeldPiecesTest::agrees)
        .run();
  }

  @Test
  void tellsOnlyWhatChanged() {
    var many = new ArrayList<Held>();
    for (int i = 0; i < 20_000; i++) {
      many.add(new Held("h" + i, 1, NOW.plusSeconds(i), false));
    }
    var before = HeldPieces.of(many);
    var after =
        before.with(new Held("h5", 2, NOW, false)).without("h7").with(new Held("x", 1, NOW, true));
    assertThat(after.since(before)).containsOnlyKeys("h5", "h7", "x");
    assertThat(after.since(after)).isEmpty();
  }

  @Test
  void tensOfThousandsCostACommandLittle() {
    var pieces = HeldPieces.NONE;
    long begun = System.nanoTime();
    for (int i = 0; i < 20_000; i++) {
      pieces = pieces.with(new Held("h" + i, 1, NOW.plusMillis(i * 7919L % 20_011), false));
      assertThat(pieces.held(NOW.minusMillis(1))).isEqualTo(i + 1);
    }
    for (int i = 0; i < 20_000; i++) {
      pieces = pieces.without("h" + i);
    }
    assertThat(pieces.size()).isZero();
    assertThat(pieces.pieces()).isZero();
    // Some 100 ms; one scan of all for each would take many seconds.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void totalsCannotBeChanged() {
    var totals = HeldPieces.totals(1, 2, List.of(new HeldPieces.End(NOW, 2)));
    assertThatThrownBy(() -> totals.get("h")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> totals.without("h")).isInstanceOf(IllegalStateException.class);
    assertThat(totals.held(NOW.minusMillis(1))).isEqualTo(2);
    assertThat(totals.held(NOW)).isZero();
  }
}
