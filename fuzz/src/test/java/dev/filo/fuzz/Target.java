package dev.filo.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A parser of what comes from outside.
 *
 * @param name what it is called, and its folder of the corpus
 * @param seeds what people do send
 * @param parser takes an input; throws when it did what no input may make it do
 */
record Target(String name, List<byte[]> seeds, Parser parser) {

  /** What is tried. */
  interface Parser {
    /**
     * Parses an input. Returns when it was taken or refused as it should be; throws anything
     * otherwise.
     */
    void parse(byte[] input) throws Exception;
  }

  /** A parser of texts. */
  interface TextParser {
    /** As {@link Parser#parse}. */
    void parse(String input) throws Exception;
  }

  static Target ofText(String name, TextParser parser, String... seeds) {
    return new Target(
        name,
        Arrays.stream(seeds).map(seed -> seed.getBytes(StandardCharsets.UTF_8)).toList(),
        bytes -> parser.parse(new String(bytes, StandardCharsets.UTF_8)));
  }

  static Target ofBytes(String name, Parser parser, byte[]... seeds) {
    return new Target(name, List.of(seeds), parser);
  }

  @Override
  public String toString() {
    return name;
  }
}
