package dev.filo.inventory.domain;

import java.util.List;
import java.util.Map;

/**
 * What is being done with a hold, kept in its journal until it is done or given up.
 *
 * @param requestId who asked
 * @param content tells what was asked from anything else asked under the same id
 * @param location where the pieces shall be
 * @param lines the pieces that shall be held, or that are being sold
 * @param kits the kits among them
 * @param serials the serial numbers of pieces that are being sold, by SKU; a SKU left out: the
 *     first that are there
 * @param trims once it is decided: how many pieces each level shall be left with
 */
public record Plan(
    String requestId,
    String content,
    String location,
    List<Hold.Line> lines,
    List<Kit> kits,
    Map<String, List<String>> serials,
    List<Trim> trims) {

  /** Pieces that a level shall be left with. */
  public record Trim(String location, String sku, int quantity) {}

  /** Copies what can change. */
  public Plan {
    lines = List.copyOf(lines);
    kits = List.copyOf(kits);
    serials = Map.copyOf(serials);
    trims = List.copyOf(trims);
  }

  /** Not decided yet. */
  public static Plan of(
      String requestId, String content, String location, List<Hold.Line> lines, List<Kit> kits) {
    return new Plan(requestId, content, location, lines, kits, Map.of(), List.of());
  }

  /** Selling these pieces, by their serial numbers. */
  public Plan naming(Map<String, List<String>> numbers) {
    return new Plan(requestId, content, location, lines, kits, numbers, trims);
  }

  /** Decided. */
  Plan trimming(List<Trim> next) {
    return new Plan(requestId, content, location, lines, kits, serials, next);
  }
}
