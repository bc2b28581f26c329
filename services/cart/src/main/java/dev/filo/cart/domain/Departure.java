package dev.filo.cart.domain;

import java.util.List;

/**
 * What is on its way back to the cart of somebody who is a customer of her own again. It is kept in
 * the cart it leaves until the other one has it.
 *
 * @param id names it, so that it arrives once
 * @param alias whose it is
 * @param merges carts that had come into hers before
 */
public record Departure(
    String id,
    String alias,
    List<Part> lines,
    List<Part> savedLines,
    List<Proposal> proposals,
    List<Merge> merges) {
  /** Copies what can change. */
  public Departure {
    lines = List.copyOf(lines);
    savedLines = List.copyOf(savedLines);
    proposals = List.copyOf(proposals);
    merges = List.copyOf(merges);
  }
}
