package dev.filo.catalog.search;

/** The orders results can come in; products that are equal come by id. */
public enum Order {
  /** The best match first. */
  MATCH,
  /** The cheapest first, by each product's cheapest variant found. */
  PRICE,
  /** The dearest first, likewise. */
  PRICE_DESCENDING
}
