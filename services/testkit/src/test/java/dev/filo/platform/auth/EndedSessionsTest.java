package dev.filo.platform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@StoreTest
class EndedSessionsTest {
  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final EndedSessions ended;

  EndedSessionsTest(MongoDatabase database) {
    this.database = database;
    ended = new EndedSessions(database, clock);
    ended.prepare();
  }

  @Test
  void session_thatEnded_isKnownAtOnce() {
    assertThat(ended.has("s")).isFalse();
    ended.record("s").block();
    ended.record("s").block();
    assertThat(ended.has("s")).isTrue();
    assertThat(ended.has("t")).isFalse();
  }

  @Test
  void session_thatAnotherReplicaHeardOf_isKnownAfterTheNextReading() {
    var other = new EndedSessions(database, clock);
    other.refresh().block();
    ended.record("s").block();
    assertThat(other.has("s")).isFalse();
    clock.advance(Duration.ofSeconds(1));
    other.refresh().block();
    assertThat(other.has("s")).isTrue();
  }

  @Test
  void session_thatEndedBeforeARestart_isKnownAfterIt() {
    ended.record("s").block();
    clock.advance(Duration.ofMinutes(30));
    var restarted = new EndedSessions(database, clock);
    restarted.refresh().block();
    assertThat(restarted.has("s")).isTrue();
  }

  @Test
  void session_whoseTokensHaveAllExpired_isForgotten() {
    ended.record("s").block();
    clock.advance(Duration.ofHours(2).plusSeconds(1));
    ended.forget().block();
    var restarted = new EndedSessions(database, clock);
    restarted.refresh().block();
    assertThat(restarted.has("s")).isFalse();
  }
}
