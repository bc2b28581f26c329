package dev.filo.journey.domain;

import java.time.Instant;

/**
 * One thing that happened between a customer and the shop.
 *
 * @param source whose id it is: what an app sends and what an event tells never collide
 * @param id unique within its source, for ever
 * @param customer {@code customers/x}
 * @param channel {@code web}, {@code app}, {@code chat}, {@code desk}, {@code store}, {@code till},
 *     {@code system}
 * @param type {@code cart_add}
 * @param subject what it is about; may be empty
 * @param by {@code customer}, or the display name of an agent, clerk or till
 * @param title what a person reads; may be empty
 */
public record Touchpoint(
    Source source,
    String id,
    String customer,
    Instant time,
    String channel,
    String type,
    String subject,
    String by,
    String title) {
  /** Who says so. */
  public enum Source {
    /** An app, of its user. */
    APP,
    /** A service, by an event. */
    EVENT
  }

  /** Unique over all sources. */
  public String key() {
    return switch (source) {
      case APP -> "app/" + id;
      case EVENT -> "event/" + id;
    };
  }
}
