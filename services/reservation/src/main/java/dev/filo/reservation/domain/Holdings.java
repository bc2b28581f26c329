package dev.filo.reservation.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one person has open: of a customer what she reserved herself or what she waits for, of an
 * agent what she made. Immutable.
 */
public record Holdings(List<Claim> claims) {

  /** Nothing. */
  public static final Holdings NONE = new Holdings(List.of());

  /** Copies the claims. */
  public Holdings {
    claims = List.copyOf(claims);
  }

  /**
   * One thing that counts.
   *
   * @param units pieces by SKU
   */
  public record Claim(String id, Map<String, Integer> units) {
    /** Copies the units. */
    public Claim {
      units = Map.copyOf(units);
    }

    int total() {
      return units.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /**
   * How much one person may have.
   *
   * @param things reservations, or entries
   * @param units pieces in all of them
   * @param unitsPerSku pieces of one SKU in all of them
   */
  public record Allowance(int things, int units, int unitsPerSku) {
    /** So many things, however large. */
    public static Allowance things(int things) {
      return new Allowance(things, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
  }

  /** What would be too much. */
  public sealed interface Excess {
    /** The number of things. */
    record Things(int limit) implements Excess {}

    /** The pieces in all of them. */
    record Units(int limit) implements Excess {}

    /** The pieces of one SKU. */
    record UnitsPerSku(String sku, int limit) implements Excess {}
  }

  /** Whether a claim counts, as it is. */
  public boolean has(Claim claim) {
    return claims.contains(claim);
  }

  /** What would be too much if a claim counted too; one of its id is replaced by it. */
  public Optional<Excess> excess(Claim claim, Allowance allowance) {
    var others = without(claim.id());
    if (others.claims.size() >= allowance.things()) {
      return Optional.of(new Excess.Things(allowance.things()));
    }
    long units = claim.total();
    for (Claim other : others.claims) {
      units += other.total();
    }
    if (units > allowance.units()) {
      return Optional.of(new Excess.Units(allowance.units()));
    }
    for (var line : claim.units().entrySet()) {
      long pieces = line.getValue();
      for (Claim other : others.claims) {
        pieces += other.units().getOrDefault(line.getKey(), 0);
      }
      if (pieces > allowance.unitsPerSku()) {
        return Optional.of(new Excess.UnitsPerSku(line.getKey(), allowance.unitsPerSku()));
      }
    }
    return Optional.empty();
  }

  /** With a claim; one of its id is replaced by it. */
  public Holdings with(Claim claim) {
    var next = new ArrayList<>(without(claim.id()).claims);
    next.add(claim);
    return new Holdings(next);
  }

  private Holdings without(String id) {
    return new Holdings(claims.stream().filter(claim -> !claim.id().equals(id)).toList());
  }
}
