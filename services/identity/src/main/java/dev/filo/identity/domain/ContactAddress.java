package dev.filo.identity.domain;

import java.util.Locale;

/**
 * Where a person can be reached, normalised, so that two spellings of one address are equal.
 *
 * @param value e-mail in lower case, phone in E.164
 */
public record ContactAddress(Kind kind, String value) {
  /** The kinds of address. */
  public enum Kind {
    /** E-mail. */
    EMAIL,
    /** Phone. */
    PHONE
  }

  /** An e-mail address, folded to lower case. */
  public static ContactAddress email(String typed) {
    return new ContactAddress(Kind.EMAIL, typed.strip().toLowerCase(Locale.ROOT));
  }

  /** A phone number that is E.164 already. */
  public static ContactAddress phone(String e164) {
    return new ContactAddress(Kind.PHONE, e164);
  }

  /** The id of the claim on it: {@code email:julia@example.com}. */
  public String claim() {
    return kind.name().toLowerCase(Locale.ROOT) + ":" + value;
  }

  /** The address a claim is on. */
  public static ContactAddress ofClaim(String claim) {
    int colon = claim.indexOf(':');
    return new ContactAddress(
        Kind.valueOf(claim.substring(0, colon).toUpperCase(Locale.ROOT)),
        claim.substring(colon + 1));
  }

  /** The kind only: addresses do not belong in logs. */
  @Override
  public String toString() {
    return kind.name();
  }
}
