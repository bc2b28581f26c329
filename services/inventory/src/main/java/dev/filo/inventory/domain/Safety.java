package dev.filo.inventory.domain;

/**
 * Pieces kept back, and why so many.
 *
 * @param rule {@code level}, {@code safetyRules/sofas}; empty when no rule matches
 */
public record Safety(int pieces, String rule) {
  /** Nothing is kept back. */
  public static final Safety NONE = new Safety(0, "");

  /** The rule of a level that has a number of its own. */
  public static final String OWN = "level";
}
