package dev.filo.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class MutableClockTest {

  @Test
  void standsUntilMoved() {
    var clock = MutableClock.standing();
    var inRome = clock.withZone(ZoneId.of("Europe/Rome"));
    assertThat(clock.instant()).isEqualTo(MutableClock.START).isEqualTo(clock.instant());
    clock.advance(Duration.ofMinutes(5));
    assertThat(inRome.instant()).isEqualTo(MutableClock.START.plusSeconds(300));
    clock.set(Instant.EPOCH);
    assertThat(inRome.instant()).isEqualTo(Instant.EPOCH);
  }
}
