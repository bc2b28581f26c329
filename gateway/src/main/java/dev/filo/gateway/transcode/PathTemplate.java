package dev.filo.gateway.transcode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path of {@code google.api.http}: {@code /v1/{name=customers/*}/cart:apply}. Immutable.
 *
 * <pre>
 * Template = "/" Segments [ ":" verb ] ;   Segment = "*" | "**" | literal | "{" field.path [ "=" Segments ] "}" ;
 * </pre>
 *
 * {@code **} may only be the last segment.
 */
public final class PathTemplate {
  /** A variable: the request's field and the segments it takes. */
  public record Variable(String field, int from, int to) {}

  private final String source;
  private final List<String> segments;
  private final List<Variable> variables;
  private final @Nullable String verb;

  private PathTemplate(
      String source, List<String> segments, List<Variable> variables, @Nullable String verb) {
    this.source = source;
    this.segments = List.copyOf(segments);
    this.variables = List.copyOf(variables);
    this.verb = verb;
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException naming what is wrong with it
   */
  public static PathTemplate parse(String source) {
    if (!source.startsWith("/")) {
      throw new IllegalArgumentException("path «" + source + "» does not begin with /");
    }
    List<String> segments = new ArrayList<>();
    List<Variable> variables = new ArrayList<>();
    int i = 1;
    String verb = null;
    while (true) {
      if (i < source.length() && source.charAt(i) == '{') {
        int end = source.indexOf('}', i);
        if (end < 0) {
          throw new IllegalArgumentException("path «" + source + "» has a { without }");
        }
        String inside = source.substring(i + 1, end);
        int equals = inside.indexOf('=');
        String field = equals < 0 ? inside : inside.substring(0, equals);
        int from = segments.size();
        for (String each : (equals < 0 ? "*" : inside.substring(equals + 1)).split("/", -1)) {
          segments.add(checked(each, source));
        }
        if (field.isEmpty()) {
          throw new IllegalArgumentException("path «" + source + "» has a variable without a name");
        }
        variables.add(new Variable(field, from, segments.size()));
        i = end + 1;
      } else {
        int end = i;
        while (end < source.length() && source.charAt(end) != '/' && source.charAt(end) != ':') {
          end++;
        }
        segments.add(checked(source.substring(i, end), source));
        i = end;
      }
      if (i == source.length()) {
        break;
      }
      if (source.charAt(i) == ':') {
        verb = source.substring(i + 1);
        if (verb.isEmpty() || verb.contains("/") || verb.contains(":")) {
          throw new IllegalArgumentException("path «" + source + "» has a damaged verb");
        }
        break;
      }
      if (source.charAt(i) != '/') {
        throw new IllegalArgumentException("path «" + source + "» has text after a }");
      }
      i++;
    }
    int rest = segments.indexOf("**");
    if (rest >= 0 && rest != segments.size() - 1) {
      throw new IllegalArgumentException("path «" + source + "» has ** before its end");
    }
    return new PathTemplate(source, segments, variables, verb);
  }

  private static String checked(String segment, String source) {
    if (segment.isEmpty()
        || (segment.contains("*") && !segment.equals("*") && !segment.equals("**"))) {
      throw new IllegalArgumentException("path «" + source + "» has a damaged segment");
    }
    return segment;
  }

  /** The template as it was written. */
  public String source() {
    return source;
  }

  /** The custom verb without its colon, if there is one. */
  public @Nullable String verb() {
    return verb;
  }

  /** The literals and wildcards, variables resolved. */
  public List<String> segments() {
    return segments;
  }

  /** The variables in order. */
  public List<Variable> variables() {
    return variables;
  }

  /** What two templates share exactly when every path of one is a path of the other. */
  public String shape() {
    return String.join("/", segments) + (verb == null ? "" : ":" + verb);
  }

  /**
   * Matches a request path.
   *
   * @param path the raw segments, still percent-encoded, without the verb
   * @param into takes each variable's decoded value, by field path
   */
  public boolean match(List<String> path, @Nullable String pathVerb, Map<String, String> into) {
    if (!java.util.Objects.equals(verb, pathVerb)) {
      return false;
    }
    boolean open = segments.getLast().equals("**");
    if (open ? path.size() < segments.size() - 1 : path.size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (segment.equals("**")) {
        break;
      }
      if (segment.equals("*") ? path.get(i).isEmpty() : !segment.equals(path.get(i))) {
        return false;
      }
    }
    for (Variable each : variables) {
      boolean rest = segments.get(each.to() - 1).equals("**");
      List<String> taken = path.subList(each.from(), rest ? path.size() : each.to());
      StringBuilder value = new StringBuilder();
      for (String segment : taken) {
        if (value.length() > 0) {
          value.append('/');
        }
        value.append(Percent.decodePath(segment));
      }
      into.put(each.field(), value.toString());
    }
    return true;
  }

  @Override
  public String toString() {
    return source;
  }
}
