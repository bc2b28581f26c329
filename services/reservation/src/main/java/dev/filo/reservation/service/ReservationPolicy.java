package dev.filo.reservation.service;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the retailer allows: {@code filo.reservation.*}.
 *
 * @param defaultClosings until which closing of the store, counted from now, goods are kept when
 *     nothing is said
 * @param longest no end may lie further ahead
 * @param guest how much is kept for somebody who has not signed in
 * @param customer how much is kept for a customer who reserves herself; staff are not limited
 */
@ConfigurationProperties("filo.reservation")
public record ReservationPolicy(
    @DefaultValue("2") int defaultClosings,
    @DefaultValue("14d") Duration longest,
    @DefaultValue Quota guest,
    @DefaultValue Quota customer) {

  /**
   * How much may be kept at once.
   *
   * @param reservations open reservations
   * @param units pieces in all of them
   */
  public record Quota(@DefaultValue("1") int reservations, @DefaultValue("2") int units) {}
}
