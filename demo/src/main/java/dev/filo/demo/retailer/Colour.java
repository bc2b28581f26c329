package dev.filo.demo.retailer;

/**
 * A colour or finish.
 *
 * @param hex the tone its pictures and swatches are drawn in, {@code #rrggbb}
 */
public record Colour(String key, Text text, String hex) {}
