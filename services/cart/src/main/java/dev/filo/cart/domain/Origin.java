package dev.filo.cart.domain;

import java.time.Instant;

/**
 * Where a line came from.
 *
 * @param channel {@code web}, {@code app}, {@code desk}, {@code store}
 * @param device as it named itself; empty when it did not
 * @param by {@code customer}, or an agent's display name
 * @param way how it came in
 * @param campaign the campaign whose link led there; empty when none did
 * @param copyOf of a link's line: the customer whose cart it is a copy of; empty otherwise
 */
public record Origin(
    String channel,
    String device,
    String by,
    Instant time,
    Way way,
    String campaign,
    String copyOf) {
  /** How a line comes into a cart. */
  public enum Way {
    /** She put it in. */
    ADDED,
    /** An agent proposed it, she accepted. */
    PROPOSED,
    /** An agent put it in, with her consent. */
    BY_AGENT,
    /** A link brought it. */
    LINK
  }

  /** Of something put in by hand, without a campaign. */
  public Origin(String channel, String device, String by, Instant time) {
    this(channel, device, by, time, Way.ADDED, "", "");
  }

  /** The same, come in another way. */
  public Origin by(Way other) {
    return new Origin(channel, device, by, time, other, campaign, copyOf);
  }

  /** The same at another time. */
  public Origin at(Instant when) {
    return new Origin(channel, device, by, when, way, campaign, copyOf);
  }

  /** The same, brought by a link to a copy of a customer's cart. */
  public Origin copiedFrom(String customer) {
    return new Origin(channel, device, by, time, Way.LINK, campaign, customer);
  }

  Origin of(String ofCampaign) {
    return new Origin(channel, device, by, time, way, ofCampaign, copyOf);
  }
}
