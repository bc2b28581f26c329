package dev.filo.identity.domain;

import java.time.Instant;

/**
 * What a customer answered when asked whether she wants messages.
 *
 * @param proof how it is known: the sentence she agreed to, or the message she wrote
 * @param by who recorded it
 * @param channelOfAnswer where she said so
 */
public record Consent(
    Purpose purpose,
    Channel channel,
    boolean granted,
    Instant time,
    String proof,
    String by,
    String channelOfAnswer) {

  /** What messages are for. What a contract needs, such as a reservation's, asks for no consent. */
  public enum Purpose {
    /** Offers and news. */
    OFFERS,
    /**
     * Reminders of what she did not ask to be told of: an abandoned cart, something back in stock.
     */
    REMINDERS,
    /** Questions about how it was. */
    FEEDBACK,
    /** Using what she does to choose what she is shown. */
    PERSONALISATION,
    /** News of a line she has joined. */
    WAITLIST
  }

  /** How a message would reach her. */
  public enum Channel {
    /** The chat of the shop. */
    CHAT,
    /** E-mail. */
    EMAIL,
    /** Text message. */
    SMS,
    /** WhatsApp. */
    WHATSAPP,
    /** Messenger. */
    MESSENGER,
    /** Instagram. */
    INSTAGRAM,
    /** A call. */
    PHONE,
    /** A notification of the app. */
    PUSH
  }
}
