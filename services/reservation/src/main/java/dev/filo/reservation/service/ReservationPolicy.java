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
 */
@ConfigurationProperties("filo.reservation")
public record ReservationPolicy(
    @DefaultValue("2") int defaultClosings,
    @DefaultValue("14d") Duration longest) {}
