package dev.filo.identity.service;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.filo.identity.domain.ContactAddress;
import java.util.Optional;

/** Reads phone numbers as people write them; without a country, as in Italy. */
public final class PhoneNumbers {
  private static final String HOME = "IT";

  private PhoneNumbers() {}

  /** The number in E.164; empty when it cannot be one. */
  public static Optional<ContactAddress> read(String typed) {
    var numbers = PhoneNumberUtil.getInstance();
    try {
      var number = numbers.parse(typed, HOME);
      return numbers.isValidNumber(number)
          ? Optional.of(
              ContactAddress.phone(numbers.format(number, PhoneNumberUtil.PhoneNumberFormat.E164)))
          : Optional.empty();
    } catch (NumberParseException e) {
      return Optional.empty();
    }
  }
}
