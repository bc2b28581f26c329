package dev.filo.inventory;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What inventory is told from outside: {@code filo.inventory.*}.
 *
 * @param sweep how often it looks for what has expired: watchers hear of it that late at most
 * @param check how long the self-check rests between two runs
 */
@ConfigurationProperties("filo.inventory")
public record InventoryProperties(
    @DefaultValue("500ms") Duration sweep, @DefaultValue("1m") Duration check) {}
