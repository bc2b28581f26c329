package dev.filo.platform.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class ReconciliationsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final List<Instant> asked = new CopyOnWriteArrayList<>();

  ReconciliationsTest(MongoDatabase database) {
    this.database = database;
  }

  private Reconciliations of(Reconciler... reconcilers) {
    var reconciliations = new Reconciliations(database, () -> Stream.of(reconcilers), clock);
    reconciliations.prepare();
    return reconciliations;
  }

  private Flux<String> mends(Instant since, String... what) {
    asked.add(since);
    return Flux.just(what);
  }

  private void open() {
    Reconciliations.open(database, "a test", clock.instant()).block(PATIENCE);
  }

  private Document only() {
    return Objects.requireNonNull(
        Mono.from(database.getCollection(Reconciliations.COLLECTION).find().first())
            .block(PATIENCE));
  }

  @Test
  void opened_isDoneOnceInOrderAndCounted() {
    var reconciliations = of(since -> mends(since, "x", "y"), since -> mends(since, "x"));
    open();
    reconciliations.work().block(PATIENCE);
    reconciliations.work().block(PATIENCE);
    assertThat(asked)
        .containsExactly(
            clock.instant().minus(Duration.ofDays(30)), clock.instant().minus(Duration.ofDays(30)));
    assertThat(only().get("mended")).isEqualTo(new Document("x", 2L).append("y", 1L));
    assertThat(only().containsKey("due")).isFalse();
    assertThat(only().containsKey("doneTime")).isTrue();
  }

  @Test
  void aNeighbourThatCannotAnswer_isAskedAgainLater() {
    var reconciliations =
        of(
            since ->
                asked.size() < 2
                    ? mends(since, "x").concatWith(Mono.error(new IllegalStateException("away")))
                    : mends(since, "x"));
    open();
    reconciliations.work().block(PATIENCE);
    reconciliations.work().block(PATIENCE); // not yet
    assertThat(asked).hasSize(1);
    assertThat(only().containsKey("doneTime")).isFalse();
    clock.advance(Duration.ofSeconds(6));
    reconciliations.work().block(PATIENCE);
    clock.advance(Duration.ofSeconds(6));
    reconciliations.work().block(PATIENCE);
    assertThat(asked).hasSize(3);
    assertThat(only().containsKey("doneTime")).isTrue();
  }

  @Test
  void whatIsDone_isForgottenAfterNinetyDays_whatIsOpenIsNot() {
    var reconciliations = of(since -> mends(since, "x"));
    open();
    reconciliations.work().block(PATIENCE);
    clock.advance(Duration.ofDays(89));
    open();
    reconciliations.forget().block(PATIENCE);
    assertThat(count()).isEqualTo(2);
    clock.advance(Duration.ofDays(92));
    reconciliations.forget().block(PATIENCE);
    assertThat(count()).isEqualTo(1);
    assertThat(only().containsKey("due")).isTrue();
  }

  private long count() {
    return Mono.from(database.getCollection(Reconciliations.COLLECTION).countDocuments())
        .blockOptional(PATIENCE)
        .orElse(-1L);
  }

  @Test
  void whoDiesLeavesItToTheNext() {
    open();
    var dead = of(since -> mends(since).concatWith(Flux.never())).work().subscribe();
    var next = of(since -> mends(since, "x"));
    await().atMost(PATIENCE).until(() -> asked.size() == 1);
    dead.dispose();
    next.work().block(PATIENCE);
    assertThat(asked).hasSize(1);
    clock.advance(Duration.ofSeconds(61));
    next.work().block(PATIENCE);
    assertThat(only().containsKey("doneTime")).isTrue();
  }
}
