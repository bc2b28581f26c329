package dev.filo.identity.service;

import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** WebAuthn's two ceremonies: what a device is asked, and whether its answer passes. */
public interface Ceremonies {
  /**
   * How a customer is shown by the device among its passkeys.
   *
   * @param account what tells her accounts apart: an address
   * @param name what she is called
   */
  record Shown(String account, String name) {}

  /**
   * A credential that passed.
   *
   * @param credentialId in base64url, as all bytes here
   * @param credential attested credential data
   */
  record Attested(
      String credentialId,
      String credential,
      long signCount,
      boolean backupEligible,
      boolean backedUp,
      List<String> transports) {}

  /**
   * An answer to a sign-in before it is checked.
   *
   * @param userHandle empty when the device did not say
   */
  record Claimed(String credentialId, String userHandle) {}

  /** What became of checking an answer. */
  sealed interface Checked {
    /** It passes. */
    record Passed(long signCount, boolean backedUp) implements Checked {}

    /** It does not. */
    record Failed() implements Checked {}

    /** It does, but for its counter. */
    record CounterRegressed() implements Checked {}
  }

  /** Whether there are any here. */
  boolean served();

  /** {@code PublicKeyCredentialCreationOptionsJSON}. */
  String creationOptions(
      PasskeyChallenge challenge, Shown shown, List<Passkey> exclude, Duration timeout);

  /** {@code PublicKeyCredentialRequestOptionsJSON}. */
  String requestOptions(PasskeyChallenge challenge, Duration timeout);

  /** Checks what a device made. Empty when it does not pass. */
  Optional<Attested> register(String responseJson, PasskeyChallenge challenge);

  /** Reads what a device answered. Empty when it is no answer. */
  Optional<Claimed> read(String responseJson);

  /** Checks what a device answered. */
  Checked check(String responseJson, PasskeyChallenge challenge, Passkey passkey);
}
