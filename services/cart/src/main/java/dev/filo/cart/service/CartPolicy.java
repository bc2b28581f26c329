package dev.filo.cart.service;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the retailer decides about carts: {@code filo.cart.*}.
 *
 * @param abandonedAfter how long a cart with something in it is not touched before it counts as
 *     left
 * @param linkKeep how long a shared link works
 * @param restoreKeep how long a link back to a left cart works
 * @param sweep how often left carts are looked for
 * @param goodsAge how old what the catalog says may be when a cart is shown; 0: it is asked each
 *     time
 * @param stockAge how old what inventory says may be when a cart is shown; 0: it is asked each time
 */
@ConfigurationProperties("filo.cart")
public record CartPolicy(
    @DefaultValue("4h") Duration abandonedAfter,
    @DefaultValue("30d") Duration linkKeep,
    @DefaultValue("14d") Duration restoreKeep,
    @DefaultValue("1m") Duration sweep,
    @DefaultValue("2s") Duration goodsAge,
    @DefaultValue("1s") Duration stockAge) {}
