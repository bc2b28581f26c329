package dev.filo.reservation.domain;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a reservation from being forgotten, by the store and by her.
 *
 * @param escalateDue when it escalates unless somebody at the store has seen it; null: never
 * @param acknowledgeTime when somebody at the store had seen it; null: nobody has
 * @param escalateTime when it escalated; null: it has not
 * @param remindLead how long before the end she is reminded; zero: she is not
 * @param remindTime when she was reminded of the end it has now; null: she was not
 */
public record Care(
    @Nullable Instant escalateDue,
    @Nullable Instant acknowledgeTime,
    @Nullable Instant escalateTime,
    Duration remindLead,
    @Nullable Instant remindTime) {

  /** Neither escalates nor reminds. */
  public static final Care NONE = new Care(null, null, null, Duration.ZERO, null);

  /** For a new reservation. */
  public static Care until(@Nullable Instant escalateDue, Duration remindLead) {
    return new Care(escalateDue, null, null, remindLead, null);
  }

  /** True once it has escalated and as long as nobody at the store has seen it. */
  public boolean isEscalated() {
    return escalateTime != null && acknowledgeTime == null;
  }

  Care acknowledged(Instant now) {
    return new Care(
        null,
        acknowledgeTime == null ? now : acknowledgeTime,
        escalateTime,
        remindLead,
        remindTime);
  }

  Care escalated(Instant now) {
    return new Care(null, acknowledgeTime, now, remindLead, remindTime);
  }

  Care reminded(Instant now) {
    return new Care(escalateDue, acknowledgeTime, escalateTime, remindLead, now);
  }

  Care extended() {
    return new Care(escalateDue, acknowledgeTime, escalateTime, remindLead, null);
  }

  Care ended() {
    return new Care(null, acknowledgeTime, escalateTime, remindLead, remindTime);
  }
}
