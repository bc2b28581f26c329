package dev.filo.reservation.service;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How much the retailer keeps for one person: {@code filo.reservation.policy.*}; docs/policy.md
 * says what each number means. What a store does not say is as everywhere, and what is said nowhere
 * is the default.
 *
 * @param guest for somebody who has not signed in
 * @param customer for a customer who has
 * @param agentReservations open reservations one agent may have made
 * @param valueWithoutAgent the highest value, in whole units by currency, that a shopper may
 *     reserve herself; none for a currency that is not there
 * @param waitlistLength entries in one line
 * @param waitlistOffer how long an offer is held, in the store's opening hours
 * @param longest no end may lie further ahead; null: as the reservation's policy says
 * @param stores figures of single stores by their ids: {@code milano-duomo}
 */
@ConfigurationProperties("filo.reservation.policy")
public record LimitPolicy(
    @Nullable Allowance guest,
    @Nullable Allowance customer,
    @Nullable Integer agentReservations,
    @Nullable Map<String, Long> valueWithoutAgent,
    @Nullable Integer waitlistLength,
    @Nullable Duration waitlistOffer,
    @Nullable Duration longest,
    @Nullable Map<String, Own> stores) {

  // A guest is not known: enough to fetch one thing. A customer: a household's shopping, not a
  // reseller's. An agent: a day's work that customers come for within days.
  private static final Figures DEFAULTS =
      new Figures(
          new Person(1, 2, 2, 1),
          new Person(10, 50, 10, 10),
          200,
          Map.of("EUR", 5_000L),
          500,
          Duration.ofHours(2),
          null);

  /** A policy that says nothing of its own. */
  public static final LimitPolicy STANDARD =
      new LimitPolicy(null, null, null, null, null, null, null, null);

  /** Every number is possible, or the start fails. */
  public LimitPolicy {
    check("agent-reservations", agentReservations, 0);
    check("waitlist-length", waitlistLength, 1);
    if (waitlistLength != null && waitlistLength > 1_000) {
      throw new IllegalArgumentException(
          "filo.reservation.policy.waitlist-length: "
              + waitlistLength
              + " (expected: at most 1000)");
    }
    for (Duration duration : new Duration[] {waitlistOffer, longest}) {
      if (duration != null && !duration.isPositive()) {
        throw new IllegalArgumentException(
            "filo.reservation.policy: " + duration + " (expected: a duration above 0)");
      }
    }
  }

  private static void check(String name, @Nullable Integer number, int least) {
    if (number != null && number < least) {
      throw new IllegalArgumentException(
          "filo.reservation.policy." + name + ": " + number + " (expected: >= " + least + ")");
    }
  }

  /**
   * What one person may have at once, over all stores; null: as the next wider scope says.
   *
   * @param reservations open reservations she made herself
   * @param units pieces in all of them
   * @param unitsPerSku pieces of one SKU in all of them
   * @param waitlistEntries entries in lines
   */
  public record Allowance(
      @Nullable Integer reservations,
      @Nullable Integer units,
      @Nullable Integer unitsPerSku,
      @Nullable Integer waitlistEntries) {
    /** Every number is possible. */
    public Allowance {
      check("reservations", reservations, 0);
      check("units", units, 0);
      check("units-per-sku", unitsPerSku, 0);
      check("waitlist-entries", waitlistEntries, 0);
    }

    private static Person or(@Nullable Allowance own, Person otherwise) {
      return own == null
          ? otherwise
          : new Person(
              own.reservations == null ? otherwise.reservations() : own.reservations,
              own.units == null ? otherwise.units() : own.units,
              own.unitsPerSku == null ? otherwise.unitsPerSku() : own.unitsPerSku,
              own.waitlistEntries == null ? otherwise.waitlistEntries() : own.waitlistEntries);
    }
  }

  /** One store's own figures; null: as everywhere. */
  public record Own(
      @Nullable Allowance guest,
      @Nullable Allowance customer,
      @Nullable Integer agentReservations,
      @Nullable Map<String, Long> valueWithoutAgent,
      @Nullable Integer waitlistLength,
      @Nullable Duration waitlistOffer,
      @Nullable Duration longest) {
    /** Every number is possible. */
    public Own {
      var checked =
          new LimitPolicy(
              guest,
              customer,
              agentReservations,
              valueWithoutAgent,
              waitlistLength,
              waitlistOffer,
              longest,
              null);
      valueWithoutAgent = checked.valueWithoutAgent;
    }
  }

  /** What one person may have at once, over all stores. */
  public record Person(int reservations, int units, int unitsPerSku, int waitlistEntries) {}

  /** What holds at one store, or everywhere. */
  public record Figures(
      Person guest,
      Person customer,
      int agentReservations,
      Map<String, Long> valueWithoutAgent,
      int waitlistLength,
      Duration waitlistOffer,
      @Nullable Duration longest) {}

  /**
   * What holds at a store.
   *
   * @param store {@code stores/milano}; empty: where no store has figures of its own
   */
  public Figures at(String store) {
    var everywhere =
        over(
            DEFAULTS,
            new Own(
                guest,
                customer,
                agentReservations,
                valueWithoutAgent,
                waitlistLength,
                waitlistOffer,
                longest));
    var own =
        stores == null || !store.startsWith("stores/")
            ? null
            : stores.get(store.substring("stores/".length()));
    return own == null ? everywhere : over(everywhere, own);
  }

  private static Figures over(Figures wider, Own own) {
    var values = new HashMap<>(wider.valueWithoutAgent);
    if (own.valueWithoutAgent != null) {
      values.putAll(own.valueWithoutAgent);
    }
    return new Figures(
        Allowance.or(own.guest, wider.guest),
        Allowance.or(own.customer, wider.customer),
        own.agentReservations == null ? wider.agentReservations : own.agentReservations,
        Map.copyOf(values),
        own.waitlistLength == null ? wider.waitlistLength : own.waitlistLength,
        own.waitlistOffer == null ? wider.waitlistOffer : own.waitlistOffer,
        own.longest == null ? wider.longest : own.longest);
  }
}
