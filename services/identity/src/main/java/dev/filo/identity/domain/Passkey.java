package dev.filo.identity.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A WebAuthn credential by which a customer signs in. Of its two keys only the public one is here.
 *
 * @param id a keyed hash of the credential's id, so that no two have one
 * @param customer whose it was when it was registered; she may have become an alias since
 * @param title what she calls it; empty when she did not say
 * @param credentialId as WebAuthn has it, in base64url
 * @param userHandle what stands for her on the device: random, in base64url
 * @param credential attested credential data of WebAuthn §6.5.1, in base64url: its public key
 * @param signCount the signature counter when it was last used; 0: it has none
 * @param backupEligible whether it can be on several devices
 * @param backedUp whether it was when it was last used
 * @param transports how it can be reached, as WebAuthn says: {@code internal}, {@code hybrid}
 * @param registration a keyed hash of the registration it came of
 * @param useTime when somebody last signed in by it; null while nobody has
 */
public record Passkey(
    String id,
    String customer,
    String title,
    String credentialId,
    String userHandle,
    String credential,
    long signCount,
    boolean backupEligible,
    boolean backedUp,
    List<String> transports,
    String registration,
    Instant createTime,
    @Nullable Instant useTime) {
  /** Copies what can change. */
  public Passkey {
    transports = List.copyOf(transports);
  }
}
