package dev.filo.cart.service;

import dev.filo.cart.domain.Goods;
import java.time.Instant;
import java.util.List;

/**
 * A link to a copy of a cart's lines.
 *
 * @param id the secret
 * @param maker who made it
 * @param owner whose it is now
 * @param abandoned true for one that brings her back to a cart she left; false for one she shares
 */
public record Link(
    String id,
    String maker,
    String owner,
    boolean abandoned,
    List<Item> items,
    Instant createTime,
    Instant expireTime,
    boolean revoked) {
  /** Copies what can change. */
  public Link {
    items = List.copyOf(items);
  }

  /** Pieces of one SKU, as they were. */
  public record Item(int quantity, Goods goods) {}
}
