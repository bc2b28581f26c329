package dev.filo.admin.data;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How each collection lies in a sharded cluster: the one place where that is said. {@code ./filo
 * shards} prints it as commands, docs/scaling.md shows it, and {@code ShardKeysTest} plays a day of
 * the shop and finds every query that does not carry its key.
 */
public final class ShardKeys {
  private ShardKeys() {}

  /** How a collection lies. */
  public sealed interface Placement {
    /** {@code inventory}. */
    String service();

    /** {@code levels}. */
    String collection();

    /** Why so. */
    String why();
  }

  /** Spread over all shards by a hash of {@code _id}. */
  public record Sharded(String service, String collection, String why) implements Placement {}

  /** Whole on its database's first shard. */
  public record Whole(String service, String collection, String why) implements Placement {}

  /**
   * A query of a sharded collection that asks all shards.
   *
   * @param fields the fields it selects by
   * @param why that is no harm
   */
  public record Scatter(String service, String collection, Set<String> fields, String why) {
    /** Copies the fields. */
    public Scatter {
      fields = Set.copyOf(fields);
    }
  }

  private static final String SMALL = "small, or gone within days";

  /** Every collection there is; those that all services have are under {@code *}. */
  public static final List<Placement> PLACEMENTS =
      List.of(
          by("inventory", "levels", "one level is one document, read and written by its name"),
          by("inventory", "holds", "a hold is found by its name"),
          by("inventory", "holdSheets", "a sheet is found by the name its level has"),
          by("inventory", "movements", "the name decides whether it was recorded already"),
          by("inventory", "announcements", "written and removed by name"),
          by("cart", "carts", "a customer's cart is one document with her name"),
          by("cart", "operations", "pages of a cart, found by the names the cart has"),
          by("cart", "orders", "an order is found by its name"),
          by("cart", "paymentEvents", "the name decides whether it was heard already"),
          by("journey", "touchpoints", "the name decides whether it is there already"),
          by("journey", "heirs", "found by the customer's name"),
          by("identity", "claims", "the claimed value is the name: nobody else can have it"),
          whole(
              "*",
              "feed",
              "one order of all events: each is inserted at the next number, so all go to one"
                  + " place"),
          whole("*", "positions", SMALL),
          whole("*", "aliases", "a row a merge, asked by both ends"),
          whole("*", "erased", "a name a person erased; every replica has them in memory"),
          whole("*", "erasures", "a receipt a person erased"),
          whole("*", "ended_sessions", SMALL),
          whole("*", "reconciliations", SMALL),
          whole("inventory", "imports", SMALL),
          whole("inventory", "locations", "as many as stores"),
          whole("inventory", "skus", "as many as SKUs"),
          whole("inventory", "items", "as many as SKUs"),
          whole("inventory", "settings", SMALL),
          whole("catalog", "products", "as many as products; searched by Lucene, read by name"),
          whole("catalog", "claims", "as many as SKUs and GTINs"),
          whole("catalog", "stores", "as many as stores"),
          whole("catalog", "media", "as many as pictures"),
          whole(
              "reservation",
              "reservations",
              "no two open ones have the same pickup code: an index over all of them"),
          whole("reservation", "quotas", "a row a person with something open"),
          whole("reservation", "waitlists", "a row a SKU and store that somebody waits for"),
          whole("reservation", "waitlistEntries", "asked by customer, and by name"),
          whole("cart", "links", "gone a month after their end"),
          whole("cart", "vouchers", "as many as campaigns"),
          whole("conversation", "conversations", "the queue of an agent is over all of them"),
          whole("conversation", "messages", "no message is kept twice: an index over all of them"),
          whole("conversation", "agents", "as many as agents"),
          whole(
              "identity",
              "customers",
              "asked by name and by whom somebody is merged into; a row a person, 1 to 2 kB"),
          whole("identity", "sessions", "asked by name and by person; gone a day after their end"),
          whole("identity", "passkeys", "asked by name and by person"),
          whole("identity", "passkey_challenges", SMALL),
          whole("identity", "sign_ins", SMALL),
          whole("identity", "limits", SMALL),
          whole("identity", "handoffs", SMALL),
          whole("identity", "device_logins", SMALL),
          whole("identity", "authorizations", SMALL),
          whole("identity", "export_tickets", SMALL),
          whole("identity", "sent_mails", SMALL),
          whole("identity", "mailbox", "the dev profile's alone"),
          whole("identity", "erasure_sagas", "a row a person erased"),
          whole("identity", "mergeCases", "a row a doubt"),
          whole("identity", "audit_log", "one chain of all entries"),
          whole("identity", "signing_keys", SMALL),
          whole("identity", "settings", SMALL),
          whole("identity", "staff", "as many as staff"),
          whole("identity", "devices", "as many as tills"));

  /** Every query of a sharded collection that asks all shards. */
  public static final List<Scatter> SCATTERS =
      List.of(
          scatter(
              "inventory",
              "levels",
              "the nearby search: one index read a shard, for all stores at once",
              "sku",
              "onHand"),
          scatter("inventory", "levels", "sweeper: what ends now", "nextExpiry"),
          scatter(
              "inventory",
              "levels",
              "sweeper: what a process that died left in the outbox",
              "outboxSince"),
          scatter("inventory", "holds", "sweeper: what is due", "due"),
          scatter(
              "inventory", "movements", "sweeper: what was claimed and not applied", "claimTime"),
          scatter("inventory", "movements", "sweeper: what was not announced", "announceTime"),
          scatter(
              "inventory",
              "movements",
              "a late count looks at what came after it; the ledger of a level",
              "level"),
          scatter("inventory", "holdSheets", "sheets a level has left behind", "level", "version"),
          scatter("inventory", "announcements", "sweeper: what was not told", "time"),
          scatter("cart", "carts", "sweeper: carts left alone", "idleSince"),
          scatter(
              "cart",
              "carts",
              "sweeper: what a process that died left in the outbox",
              "outboxSince"),
          scatter("cart", "orders", "her list of orders", "customer"),
          scatter("cart", "orders", "an order by what a store keeps for it", "parcels.reservation"),
          scatter("cart", "orders", "merges and unmerges", "original"),
          scatter("cart", "orders", "sweeper: what is due", "due"),
          scatter(
              "cart",
              "orders",
              "sweeper: what a process that died left in the outbox",
              "outboxSince"),
          scatter("cart", "paymentEvents", "sweeper: what was not dealt with", "openSince"),
          scatter("journey", "touchpoints", "her time line: an index read a shard", "customer"),
          scatter("journey", "touchpoints", "merges and unmerges", "origin"),
          scatter("journey", "heirs", "merges of merges", "heir"),
          scatter("identity", "claims", "export and erasure", "customer"),
          scatter("inventory", "levels", "the self-check, in the order of names", "_id"),
          scatter("inventory", "levels", "what somebody watches: SKUs", "sku"),
          scatter("inventory", "levels", "what somebody watches: a store", "location"),
          scatter("cart", "operations", "erasure: the pages of her cart", "_id"),
          scatter("cart", "paymentEvents", "erasure: what was said of her orders", "order"));

  /** How a collection lies; empty when nobody has said it. */
  public static Optional<Placement> of(String service, String collection) {
    return PLACEMENTS.stream()
        .filter(
            one ->
                (one.service().equals(service) || one.service().equals("*"))
                    && one.collection().equals(collection))
        .findFirst();
  }

  /** The commands that lay it out so, for mongosh. */
  public static List<String> commands(String prefix) {
    return PLACEMENTS.stream()
        .filter(Sharded.class::isInstance)
        .map(Sharded.class::cast)
        .map(
            one ->
                "sh.shardCollection(\"%s%s.%s\", { _id: \"hashed\" })"
                    .formatted(prefix, one.service(), one.collection()))
        .toList();
  }

  private static Sharded by(String service, String collection, String why) {
    return new Sharded(service, collection, why);
  }

  private static Whole whole(String service, String collection, String why) {
    return new Whole(service, collection, why);
  }

  private static Scatter scatter(String service, String collection, String why, String... fields) {
    return new Scatter(service, collection, Set.of(fields), why);
  }
}
