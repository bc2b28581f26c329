package dev.filo.identity.domain;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import java.net.IDN;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What identifies a person on one channel, normalised: however it is written, one thing has one
 * key. A device is no such thing: people share it.
 */
public record IdentifierKey(Type type, String value) {
  private static final String HOME = "IT";
  private static final int EMAIL_MAX = 254;
  private static final Pattern EMAIL =
      Pattern.compile("[^\\s@\"(),:;<>\\[\\]\\\\]{1,64}@[a-z0-9-]+(\\.[a-z0-9-]+)+");
  // Meta's business-scoped user id, that of a parent portfolio too.
  private static final Pattern BUSINESS_SCOPED =
      Pattern.compile("([A-Z]{2})\\.(ENT\\.)?[A-Za-z0-9]{1,128}");
  private static final Pattern SCOPED = Pattern.compile("([0-9]{1,32}/)?[0-9]{1,32}");
  private static final Pattern LOYALTY = Pattern.compile("[A-Z0-9]{4,40}");
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.~+/=-]{8,200}");
  private static final Pattern CARD_NUMBER = Pattern.compile("[0-9]{12,19}");
  private static final Pattern BRAZIL_MOBILE_OF_8 =
      Pattern.compile("\\+55([1-9][0-9])([6-9][0-9]{7})");
  private static final Pattern MEXICO_WITH_1 = Pattern.compile("\\+521([0-9]{10})");
  private static final Pattern BENIN_OF_8 = Pattern.compile("\\+229([0-9]{8})");

  /** The kinds of identifier. */
  public enum Type {
    /** E-mail, in lower case, its domain in ASCII. */
    EMAIL,
    /** Phone, in E.164. */
    PHONE,
    /** WhatsApp: a phone number in E.164, or the id that Meta gives a person for one business. */
    WHATSAPP,
    /** Messenger: the id of a person for one page, after {@code page/} if there are several. */
    MESSENGER,
    /** Instagram: the id of a person for one account, after {@code account/} if several. */
    INSTAGRAM,
    /** The number of a loyalty card. */
    LOYALTY_CARD,
    /** What a payment terminal gives instead of a card's number. */
    TILL_CARD
  }

  /** Normalises what was typed or sent; empty when it cannot be one of this type. */
  public static Optional<IdentifierKey> read(Type type, String typed) {
    var text = Normalizer.normalize(typed, Normalizer.Form.NFKC).strip();
    var value =
        switch (type) {
          case EMAIL -> email(text);
          case PHONE -> phone(text);
          case WHATSAPP -> whatsApp(text);
          case MESSENGER, INSTAGRAM -> matching(SCOPED, text);
          case LOYALTY_CARD ->
              matching(LOYALTY, text.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT));
          case TILL_CARD -> matching(TOKEN, text).filter(token -> !isCardNumber(token));
        };
    return value.map(found -> new IdentifierKey(type, found));
  }

  private static Optional<String> matching(Pattern pattern, String text) {
    return pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }

  private static Optional<String> email(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      return Optional.empty();
    }
    try {
      var domain = IDN.toASCII(text.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
      var address =
          (text.substring(0, at)
                  + "@"
                  + (domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain))
              .toLowerCase(Locale.ROOT);
      return matching(EMAIL, address).filter(found -> found.length() <= EMAIL_MAX);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> phone(String text) {
    var numbers = PhoneNumberUtil.getInstance();
    var known = renumbered(text.replaceAll("[^+0-9]", ""));
    try {
      var number = numbers.parse(known.orElse(text), HOME);
      if (!numbers.isValidNumber(number)) {
        return Optional.empty();
      }
      var e164 = numbers.format(number, PhoneNumberUtil.PhoneNumberFormat.E164);
      return Optional.of(renumbered(e164).orElse(e164));
    } catch (NumberParseException e) {
      return Optional.empty();
    }
  }

  /**
   * What a number is called since its country changed its plan, where old and new name one line and
   * people and networks use both: Brazil's ninth digit of mobiles, Mexico's 1 before mobiles
   * (dropped in 2019), Benin's 01 (since 2024). Empty for all others.
   */
  private static Optional<String> renumbered(String international) {
    var digits = international.startsWith("00") ? "+" + international.substring(2) : international;
    var brazil = BRAZIL_MOBILE_OF_8.matcher(digits);
    if (brazil.matches()) {
      return Optional.of("+55" + brazil.group(1) + "9" + brazil.group(2));
    }
    var mexico = MEXICO_WITH_1.matcher(digits);
    if (mexico.matches()) {
      return Optional.of("+52" + mexico.group(1));
    }
    var benin = BENIN_OF_8.matcher(digits);
    return benin.matches() ? Optional.of("+22901" + benin.group(1)) : Optional.empty();
  }

  /** Meta sends numbers without their plus, and may put a business-scoped id in their place. */
  private static Optional<String> whatsApp(String text) {
    if (BUSINESS_SCOPED.matcher(text).matches()) {
      return Optional.of(text);
    }
    var digits = text.replaceAll("[\\s().-]", "");
    return phone(digits.startsWith("+") || digits.startsWith("00") ? digits : "+" + digits);
  }

  private static boolean isCardNumber(String text) {
    if (!CARD_NUMBER.matcher(text).matches()) {
      return false;
    }
    int sum = 0; // Luhn (ISO/IEC 7812-1)
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(text.length() - 1 - i) - '0';
      int weighted = i % 2 == 0 ? digit : 2 * digit;
      sum += weighted > 9 ? weighted - 9 : weighted;
    }
    return sum % 10 == 0;
  }

  /** The key of an address that was normalised before. */
  public static IdentifierKey of(ContactAddress address) {
    return ofKey(address.claim());
  }

  /** The identifier a key names. */
  public static IdentifierKey ofKey(String key) {
    int colon = key.indexOf(':');
    return new IdentifierKey(
        Type.valueOf(key.substring(0, colon).toUpperCase(Locale.ROOT)), key.substring(colon + 1));
  }

  /** {@code email:julia@example.com}. */
  public String key() {
    return type.name().toLowerCase(Locale.ROOT) + ":" + value;
  }

  /**
   * What it is compared by: its key, but a WhatsApp number is the phone's. It belongs to one
   * customer.
   */
  public String joins() {
    return type == Type.WHATSAPP && value.startsWith("+") ? "phone:" + value : key();
  }

  /** The type only: identifiers do not belong in logs. */
  @Override
  public String toString() {
    return type.name();
  }
}
