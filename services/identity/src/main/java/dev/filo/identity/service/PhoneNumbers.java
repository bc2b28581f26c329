package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.IdentifierKey;
import java.util.Optional;

/** Reads phone numbers as people write them; without a country, as in Italy. */
public final class PhoneNumbers {
  private PhoneNumbers() {}

  /** The number in E.164; empty when it cannot be one. */
  public static Optional<ContactAddress> read(String typed) {
    return IdentifierKey.read(IdentifierKey.Type.PHONE, typed)
        .map(key -> ContactAddress.phone(key.value()));
  }
}
