package dev.filo.inventory.domain;

import java.util.List;

/**
 * How many pieces are kept back where. Immutable.
 *
 * @param rules the first that matches decides
 * @param version rises with every change; 0 when nothing was ever said
 */
public record SafetyRules(List<Rule> rules, long version) {
  /** How many rules there can be. */
  public static final int RULES_MAX = 1000;

  /** No rules. */
  public static final SafetyRules NONE = new SafetyRules(List.of(), 0);

  /**
   * Keeps pieces back wherever all it names matches; empty names match anything.
   *
   * @param location {@code stores/milano}
   */
  public record Rule(
      String id, String sku, String location, String category, String channel, int pieces) {
    private boolean matches(
        String askedSku, String askedLocation, String askedCategory, String askedChannel) {
      return (sku.isEmpty() || sku.equals(askedSku))
          && (location.isEmpty() || location.equals(askedLocation))
          && (category.isEmpty() || category.equals(askedCategory))
          && (channel.isEmpty() || channel.equals(askedChannel));
    }
  }

  /** Copies what can change. */
  public SafetyRules {
    rules = List.copyOf(rules);
  }

  /** What the first rule that matches keeps back. */
  public Safety of(String sku, String location, String category, String channel) {
    for (Rule rule : rules) {
      if (rule.matches(sku, location, category, channel)) {
        return new Safety(rule.pieces, "safetyRules/" + rule.id);
      }
    }
    return Safety.NONE;
  }
}
