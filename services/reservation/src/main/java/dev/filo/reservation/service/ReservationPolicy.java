package dev.filo.reservation.service;

import java.math.BigDecimal;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the retailer allows and promises: {@code filo.reservation.*}.
 *
 * @param defaultClosings until which closing of the store, counted from now, goods are kept when
 *     nothing is said
 * @param longest no end may lie further ahead
 * @param guest how much is kept for somebody who has not signed in
 * @param customer how much is kept for a customer who reserves herself; staff are not limited
 * @param acknowledgeWithin how long the store has to say it has seen one, in its opening hours
 * @param acknowledgePart it escalates at the latest when this part of the time to its end has
 *     passed; between 0 and 1
 * @param remindBefore how long before its end she is reminded, and never before half of the time
 *     has passed
 * @param remindFrom one that is kept for less than this needs no reminder
 * @param offerLasts how long an offer of another store stands
 * @param offerWithinMeters how far that store may be
 * @param identityCheckAbove from this value on a document is to be seen at the hand-over, in the
 *     currency of the goods; negative: never
 */
@ConfigurationProperties("filo.reservation")
public record ReservationPolicy(
    @DefaultValue("2") int defaultClosings,
    @DefaultValue("14d") Duration longest,
    @DefaultValue Quota guest,
    @DefaultValue Quota customer,
    @DefaultValue("30m") Duration acknowledgeWithin,
    @DefaultValue("0.5") double acknowledgePart,
    @DefaultValue("24h") Duration remindBefore,
    @DefaultValue("2h") Duration remindFrom,
    @DefaultValue("24h") Duration offerLasts,
    @DefaultValue("100000") int offerWithinMeters,
    @DefaultValue("500") BigDecimal identityCheckAbove) {

  /** Refuses a part that is none. */
  public ReservationPolicy {
    if (!(acknowledgePart > 0 && acknowledgePart < 1)) {
      throw new IllegalArgumentException(
          "filo.reservation.acknowledge-part: " + acknowledgePart + " (expected: between 0 and 1)");
    }
  }

  /**
   * How much may be kept at once.
   *
   * @param reservations open reservations
   * @param units pieces in all of them
   */
  public record Quota(@DefaultValue("1") int reservations, @DefaultValue("2") int units) {}
}
