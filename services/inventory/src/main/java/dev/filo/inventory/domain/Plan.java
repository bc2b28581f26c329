package dev.filo.inventory.domain;

import java.util.List;

/**
 * What is being done with a hold, kept in its journal until it is done or given up.
 *
 * @param requestId who asked
 * @param content tells what was asked from anything else asked under the same id
 * @param location where the pieces shall be
 * @param lines the pieces that shall be held, or that are being sold
 * @param kits the kits among them
 * @param trims once it is decided: how many pieces each level shall be left with
 */
public record Plan(
    String requestId,
    String content,
    String location,
    List<Hold.Line> lines,
    List<Kit> kits,
    List<Trim> trims) {

  /** Pieces that a level shall be left with. */
  public record Trim(String location, String sku, int quantity) {}

  /** Copies what can change. */
  public Plan {
    lines = List.copyOf(lines);
    kits = List.copyOf(kits);
    trims = List.copyOf(trims);
  }

  /** Not decided yet. */
  public static Plan of(
      String requestId, String content, String location, List<Hold.Line> lines, List<Kit> kits) {
    return new Plan(requestId, content, location, lines, kits, List.of());
  }

  /** Decided. */
  Plan trimming(List<Trim> next) {
    return new Plan(requestId, content, location, lines, kits, next);
  }
}
