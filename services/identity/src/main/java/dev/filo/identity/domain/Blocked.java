package dev.filo.identity.domain;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Identifiers that identify nobody, because many use them: a shop's own phone, a sender that reads
 * nothing, what systems fill in when they know nothing.
 */
public final class Blocked implements Predicate<IdentifierKey> {
  /** What identifies nobody anywhere. */
  private static final List<String> ALWAYS =
      List.of(
          "email:noreply@*",
          "email:no-reply@*",
          "email:no_reply@*",
          "email:donotreply@*",
          "email:do-not-reply@*",
          "email:mailer-daemon@*",
          "email:postmaster@*",
          "email:anonymous@*",
          "email:*@example.invalid");

  /** Nothing but one sign again and again, or the words of systems that know nothing. */
  private static final Pattern NOTHING =
      Pattern.compile("(.)\\1{2,}|null|undefined|anonymous|unknown|none|guest|test1234");

  private final List<Pattern> patterns;

  /**
   * Blocks these besides what is blocked always.
   *
   * @param more keys, {@code *} standing for anything: {@code phone:+3902*}
   */
  public Blocked(List<String> more) {
    patterns =
        Stream.concat(ALWAYS.stream(), more.stream())
            .map(
                key ->
                    Stream.of(key.split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
            .map(Pattern::compile)
            .toList();
  }

  @Override
  public boolean test(IdentifierKey identifier) {
    return NOTHING.matcher(identifier.value().toLowerCase(Locale.ROOT)).matches()
        || patterns.stream()
            .anyMatch(
                pattern ->
                    pattern.matcher(identifier.key()).matches()
                        || pattern.matcher(identifier.joins()).matches());
  }
}
