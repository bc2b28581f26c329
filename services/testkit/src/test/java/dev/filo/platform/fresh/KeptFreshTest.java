package dev.filo.platform.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class KeptFreshTest {
  private static final Duration AGE = Duration.ofSeconds(10);
  private static final Duration HALF = AGE.dividedBy(2);
  private static final int TOGETHER = 50;

  private final AtomicLong nanos = new AtomicLong();
  private final List<List<String>> asked = new CopyOnWriteArrayList<>();
  private Function<List<String>, Mono<Map<String, String>>> answers = KeptFreshTest::later;
  private final KeptFresh<String, String> kept =
      new KeptFresh<>(
          1_000,
          AGE,
          TOGETHER,
          keys -> {
            asked.add(List.copyOf(keys));
            return answers.apply(List.copyOf(keys));
          },
          nanos::get);

  private static Mono<Map<String, String>> later(List<String> keys) {
    return Mono.just(keys.stream().collect(Collectors.toMap(key -> key, key -> key + " later")));
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void useUntilAskedAgain() {
    await()
        .until(
            () -> {
              assertThat(kept.get("a")).isEqualTo("a first");
              return asked.size() >= 2;
            });
  }

  @Test
  void whatIsYoung_isGivenAndNotAsked() {
    kept.put("a", "a first");
    pass(HALF);
    assertThat(kept.get("a")).isEqualTo("a first");
    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsOld_isToBeAsked() {
    kept.put("a", "a first");
    pass(AGE);
    assertThat(kept.get("a")).isNull();
    assertThat(kept.get("b")).isNull();
    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsUsed_isAskedAnewTogether_andGivenMeanwhile() {
    var keys = IntStream.range(0, 120).mapToObj(Integer::toString).toList();
    keys.forEach(key -> kept.put(key, key + " first"));
    pass(HALF.plusNanos(1));
    keys.forEach(key -> assertThat(kept.get(key)).isEqualTo(key + " first"));
    await()
        .untilAsserted(
            () -> keys.forEach(key -> assertThat(kept.get(key)).isEqualTo(key + " later")));
    // Three or four, but for how the threads fall; by themselves they would be 120.
    assertThat(asked).hasSizeLessThan(12).allMatch(group -> group.size() <= TOGETHER);
    assertThat(asked.stream().flatMap(Collection::stream))
        .containsExactlyInAnyOrderElementsOf(keys);
    pass(HALF);
    assertThat(kept.get("7")).as("as old as its later answer").isEqualTo("7 later");
  }

  @Test
  void whatIsNotAnsweredAnyMore_isForgotten() {
    answers = keys -> Mono.just(Map.of());
    kept.put("a", "a first");
    pass(HALF.plusNanos(1));
    await().until(() -> kept.get("a") == null);
    assertThat(asked).containsExactly(List.of("a"));
  }

  @Test
  void whatCannotBeAsked_staysForItsTime_andIsAskedAgain() {
    answers = keys -> Mono.error(new IllegalStateException("away"));
    kept.put("a", "a first");
    pass(HALF.plusNanos(1));
    useUntilAskedAgain();
    pass(HALF);
    assertThat(kept.get("a")).isNull();
  }

  @Test
  void whatIsAnsweredTooLate_isNotTaken() {
    var answer = Sinks.<Map<String, String>>one();
    answers = keys -> answer.asMono();
    kept.put("a", "a first");
    pass(HALF.plusNanos(1));
    useUntilAskedAgain(); // the first question is given up
    answers = KeptFreshTest::later;
    await().until(() -> "a later".equals(kept.get("a")));
    answer.tryEmitValue(Map.of("a", "a earlier"));
    assertThat(kept.get("a")).isEqualTo("a later");
  }

  @Test
  void whatIsSaidMeanwhile_isNotUndoneByAnEarlierQuestion() {
    var answer = Sinks.<Map<String, String>>one();
    answers = keys -> answer.asMono();
    List.of("a", "b", "c").forEach(key -> kept.put(key, key + " first"));
    pass(HALF.plusNanos(1));
    List.of("a", "b", "c").forEach(kept::get);
    await().until(() -> asked.size() == 2); // a and b, each in its lane
    kept.put("a", "a newer");
    kept.forget("b");
    answer.tryEmitValue(Map.of("a", "a earlier", "b", "b earlier", "c", "c earlier"));
    await().until(() -> "c earlier".equals(kept.get("c")));
    assertThat(kept.get("a")).isEqualTo("a newer");
    assertThat(kept.get("b")).isNull();
  }
}
