package dev.filo.cart.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What a change is decided by, beside the cart.
 *
 * @param origin who asks, from where, when
 * @param agent true for an agent, who may only propose unless the customer lets agents edit
 * @param goods what the catalog knows of the SKUs the operations add; one that is missing does not
 *     exist
 * @param vouchers the vouchers the operations name, by code; one that is missing does not exist
 * @param stores the stores the operations name at which goods can be fetched
 * @param archived what those operations that the cart itself no longer remembers did, by key
 * @param lineIds the id of the line or proposal that an operation makes
 */
public record Circumstances(
    Origin origin,
    boolean agent,
    Map<String, Goods> goods,
    Map<String, Voucher> vouchers,
    Set<String> stores,
    Map<String, Long> archived,
    LineIds lineIds) {
  /** Copies what can change. */
  public Circumstances {
    goods = Map.copyOf(goods);
    vouchers = Map.copyOf(vouchers);
    stores = Set.copyOf(stores);
    archived = Map.copyOf(archived);
  }

  /** Where neither vouchers nor stores are named. */
  public Circumstances(
      Origin origin,
      boolean agent,
      Map<String, Goods> goods,
      Map<String, Long> archived,
      LineIds lineIds) {
    this(origin, agent, goods, Map.of(), Set.of(), archived, lineIds);
  }

  /** When it is decided. */
  public Instant time() {
    return origin.time();
  }

  /** The same, coming from elsewhere. */
  public Circumstances from(Origin other) {
    return new Circumstances(other, agent, goods, vouchers, stores, archived, lineIds);
  }

  /** Names lines. */
  @FunctionalInterface
  public interface LineIds {
    /** The id of what this operation makes in this customer's cart; always the same. */
    String of(String customer, String operation);
  }
}
