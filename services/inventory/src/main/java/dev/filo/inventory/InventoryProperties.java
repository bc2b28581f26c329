package dev.filo.inventory;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What inventory is told from outside: {@code filo.inventory.*}.
 *
 * @param sweep how often it looks for what has expired: watchers hear of it that late at most
 * @param nearbyAge how old may be what is said of many SKUs near a point: other replicas' writes
 *     are seen that late at most; zero: read for every question
 * @param check how long the self-check rests between two runs
 */
@ConfigurationProperties("filo.inventory")
public record InventoryProperties(
    @DefaultValue("500ms") Duration sweep,
    @DefaultValue("1s") Duration nearbyAge,
    @DefaultValue("1m") Duration check) {}
