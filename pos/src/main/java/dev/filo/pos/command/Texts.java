package dev.filo.pos.command;

import com.google.type.Money;
import dev.filo.pos.gateway.GatewayException;
import java.math.BigDecimal;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Currency;
import java.util.Locale;
import java.util.ResourceBundle;

/** What the till says, in Italian or English. */
final class Texts {
  private static final BigDecimal NANOS = BigDecimal.valueOf(1_000_000_000);

  private final Locale locale;
  private final ResourceBundle bundle;
  private final ZoneId zone;
  private final InstantSource clock;

  /**
   * Texts in a language.
   *
   * @param language {@code it} or {@code en}; anything else is English
   */
  Texts(String language, ZoneId zone, InstantSource clock) {
    this.locale = language.equals("it") ? Locale.ITALY : Locale.UK;
    this.bundle =
        ResourceBundle.getBundle(
            "dev.filo.pos.texts",
            language.equals("it") ? Locale.ITALIAN : Locale.ROOT,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    this.zone = zone;
    this.clock = clock;
  }

  /** {@code it} or {@code en}. */
  String language() {
    return locale.getLanguage();
  }

  /** A text with its parts filled in. */
  String say(String key, Object... parts) {
    return new MessageFormat(bundle.getString(key), locale).format(parts);
  }

  /** Why the gateway gave no answer, or not the one wanted. */
  String why(GatewayException failure) {
    return switch (failure.kind()) {
      case UNREACHABLE -> say("unreachable");
      case UNANSWERED -> say("unanswered");
      case SIGNED_OUT -> say("signedOut");
      case NOT_TRUSTED, NOT_ALLOWED, LATER, REFUSED -> String.valueOf(failure.getMessage());
    };
  }

  /** An amount, exact: «1.299,00 €». */
  String money(Money money) {
    var amount =
        BigDecimal.valueOf(money.getUnits())
            .add(BigDecimal.valueOf(money.getNanos()).divide(NANOS));
    var format = NumberFormat.getCurrencyInstance(locale);
    try {
      format.setCurrency(Currency.getInstance(money.getCurrencyCode()));
    } catch (IllegalArgumentException e) {
      return amount.toPlainString() + " " + money.getCurrencyCode();
    }
    format.setMaximumFractionDigits(Math.max(2, amount.stripTrailingZeros().scale()));
    return format.format(amount);
  }

  /** A length: «850 m», «3.1 km». */
  String distance(double meters) {
    if (meters < 1000) {
      return Math.round(meters) + " m";
    }
    var format = NumberFormat.getInstance(locale);
    format.setMaximumFractionDigits(meters < 100_000 ? 1 : 0);
    return format.format(meters / 1000) + " km";
  }

  /** A moment: the time, and the date unless it is today. */
  String time(Instant instant) {
    var local = instant.atZone(zone);
    var today = LocalDate.ofInstant(clock.instant(), zone);
    return DateTimeFormatter.ofPattern(
            local.toLocalDate().equals(today) ? "HH:mm:ss" : "d MMM HH:mm:ss", locale)
        .format(local);
  }

  /** An amount times pieces, exact. */
  static Money times(Money money, int quantity) {
    var nanos =
        BigDecimal.valueOf(money.getUnits())
            .multiply(NANOS)
            .add(BigDecimal.valueOf(money.getNanos()))
            .multiply(BigDecimal.valueOf(quantity))
            .toBigIntegerExact();
    return ofNanos(nanos, money.getCurrencyCode());
  }

  /** The sum of two amounts of one currency, exact. */
  static Money plus(Money a, Money b) {
    var sum =
        BigDecimal.valueOf(a.getUnits())
            .add(BigDecimal.valueOf(b.getUnits()))
            .multiply(NANOS)
            .add(BigDecimal.valueOf(a.getNanos()))
            .add(BigDecimal.valueOf(b.getNanos()))
            .toBigIntegerExact();
    return ofNanos(sum, a.getCurrencyCode());
  }

  private static Money ofNanos(java.math.BigInteger nanos, String currency) {
    var parts = nanos.divideAndRemainder(NANOS.toBigIntegerExact());
    return Money.newBuilder()
        .setCurrencyCode(currency)
        .setUnits(parts[0].longValueExact())
        .setNanos(parts[1].intValueExact())
        .build();
  }
}
