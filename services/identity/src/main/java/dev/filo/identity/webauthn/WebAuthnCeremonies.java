package dev.filo.identity.webauthn;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecord;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AttestationConveyancePreference;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticatorSelectionCriteria;
import com.webauthn4j.data.AuthenticatorTransport;
import com.webauthn4j.data.PublicKeyCredentialCreationOptions;
import com.webauthn4j.data.PublicKeyCredentialDescriptor;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialRequestOptions;
import com.webauthn4j.data.PublicKeyCredentialRpEntity;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.PublicKeyCredentialUserEntity;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.ResidentKeyRequirement;
import com.webauthn4j.data.UserVerificationRequirement;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.Challenge;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import dev.filo.identity.service.Ceremonies;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ceremonies by WebAuthn4J. A passkey alone signs in, so the device must have verified its
 * user; which make of device it is does not matter, so no attestation is asked for.
 */
public final class WebAuthnCeremonies implements Ceremonies {
  private static final Logger LOG = LoggerFactory.getLogger(WebAuthnCeremonies.class);
  // What WebAuthn §5.4 tells relying parties to ask for, the best first.
  private static final List<PublicKeyCredentialParameters> KEYS =
      List.of(
          key(COSEAlgorithmIdentifier.EdDSA),
          key(COSEAlgorithmIdentifier.ES256),
          key(COSEAlgorithmIdentifier.RS256));

  private final RelyingParty party;
  private final Set<Origin> origins;
  private final ObjectConverter converter = new ObjectConverter();
  private final AttestedCredentialDataConverter credentials =
      new AttestedCredentialDataConverter(converter);
  private final WebAuthnManager webAuthn =
      WebAuthnManager.createNonStrictWebAuthnManager(converter);

  /** The ceremonies of a relying party. */
  public WebAuthnCeremonies(RelyingParty party) {
    this.party = party;
    this.origins =
        party.origins().stream().map(Origin::create).collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public boolean served() {
    return !party.id().isEmpty();
  }

  @Override
  public String creationOptions(
      PasskeyChallenge challenge, Shown shown, List<Passkey> exclude, Duration timeout) {
    return json(
        new PublicKeyCredentialCreationOptions(
            new PublicKeyCredentialRpEntity(party.id(), party.name()),
            new PublicKeyCredentialUserEntity(
                bytes(challenge.userHandle()),
                shown.account().isEmpty() ? party.name() : shown.account(),
                shown.name().isEmpty() ? party.name() : shown.name()),
            challenge(challenge),
            KEYS,
            timeout.toMillis(),
            exclude.stream()
                .map(
                    passkey ->
                        new PublicKeyCredentialDescriptor(
                            PublicKeyCredentialType.PUBLIC_KEY,
                            bytes(passkey.credentialId()),
                            transports(passkey)))
                .toList(),
            new AuthenticatorSelectionCriteria(
                null, true, ResidentKeyRequirement.REQUIRED, UserVerificationRequirement.REQUIRED),
            AttestationConveyancePreference.NONE,
            null));
  }

  @Override
  public String requestOptions(PasskeyChallenge challenge, Duration timeout) {
    return json(
        new PublicKeyCredentialRequestOptions(
            challenge(challenge),
            timeout.toMillis(),
            party.id(),
            List.of(),
            UserVerificationRequirement.REQUIRED,
            null));
  }

  private String json(Object options) {
    return converter.getJsonMapper().writeValueAsString(options);
  }

  @Override
  public Optional<Attested> register(String responseJson, PasskeyChallenge challenge) {
    try {
      var made =
          webAuthn.verifyRegistrationResponseJSON(
              responseJson, new RegistrationParameters(server(challenge), KEYS, true, true));
      var object = made.getAttestationObject();
      if (object == null) {
        return Optional.empty();
      }
      var data = object.getAuthenticatorData();
      var credential = data.getAttestedCredentialData();
      if (credential == null) {
        return Optional.empty();
      }
      Set<AuthenticatorTransport> transports = made.getTransports();
      return Optional.of(
          new Attested(
              text(credential.getCredentialId()),
              text(credentials.convert(credential)),
              data.getSignCount(),
              data.isFlagBE(),
              data.isFlagBS(),
              transports == null
                  ? List.of()
                  : transports.stream().map(AuthenticatorTransport::getValue).sorted().toList()));
    } catch (RuntimeException e) {
      failed("registration", e);
      return Optional.empty();
    }
  }

  @Override
  @SuppressWarnings("NullAway") // takes the library's annotations of arrays for their elements'
  public Optional<Claimed> read(String responseJson) {
    try {
      var answer = webAuthn.parseAuthenticationResponseJSON(responseJson);
      return Optional.of(new Claimed(text(answer.getCredentialId()), text(answer.getUserHandle())));
    } catch (RuntimeException e) {
      failed("sign-in", e);
      return Optional.empty();
    }
  }

  @Override
  public Checked check(String responseJson, PasskeyChallenge challenge, Passkey passkey) {
    try {
      var data =
          webAuthn
              .verifyAuthenticationResponseJSON(
                  responseJson,
                  new AuthenticationParameters(
                      server(challenge),
                      record(passkey),
                      List.of(bytes(passkey.credentialId())),
                      true,
                      true))
              .getAuthenticatorData();
      return data == null
          ? new Checked.Failed()
          : new Checked.Passed(data.getSignCount(), data.isFlagBS());
    } catch (MaliciousCounterValueException e) {
      LOG.warn("The counter of passkey {} did not go on: there may be a copy of it", passkey.id());
      return new Checked.CounterRegressed();
    } catch (RuntimeException e) {
      failed("sign-in", e);
      return new Checked.Failed();
    }
  }

  /**
   * By its kind only: what a device sent is nobody's business in a log. The library meets answers
   * that lack parts with all kinds of exceptions, not with its own alone.
   */
  private static void failed(String ceremony, RuntimeException why) {
    LOG.info("A passkey's {} does not pass: {}", ceremony, why.getClass().getSimpleName());
  }

  private ServerProperty server(PasskeyChallenge challenge) {
    return ServerProperty.builder()
        .origins(origins)
        .rpId(party.id())
        .challenge(challenge(challenge))
        .build();
  }

  private CredentialRecord record(Passkey passkey) {
    return new CredentialRecordImpl(
        new NoneAttestationStatement(),
        true, // the user was verified when it was registered
        passkey.backupEligible(),
        passkey.backedUp(),
        passkey.signCount(),
        credentials.convert(bytes(passkey.credential())),
        null,
        null,
        null,
        transports(passkey));
  }

  private static Set<AuthenticatorTransport> transports(Passkey passkey) {
    return passkey.transports().stream()
        .map(AuthenticatorTransport::create)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Challenge challenge(PasskeyChallenge challenge) {
    return new DefaultChallenge(bytes(challenge.value()));
  }

  private static PublicKeyCredentialParameters key(COSEAlgorithmIdentifier algorithm) {
    return new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm);
  }

  private static byte[] bytes(String text) {
    return Base64.getUrlDecoder().decode(text);
  }

  private static String text(byte @Nullable [] bytes) {
    return bytes == null ? "" : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
