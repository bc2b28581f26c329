package dev.filo.identity;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.webauthn4j.converter.AttestationObjectConverter;
import com.webauthn4j.converter.AuthenticatorDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.data.attestation.AttestationObject;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.authenticator.EC2COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.extension.authenticator.AuthenticationExtensionAuthenticatorOutput;
import com.webauthn4j.data.extension.authenticator.RegistrationExtensionAuthenticatorOutput;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A device with one passkey (ES256), and the browser before it; both can be told to lie. */
final class SoftAuthenticator {
  private static final ObjectConverter CONVERTER = new ObjectConverter();
  private static final SecureRandom RANDOM = new SecureRandom();

  String origin = "http://localhost:8080";
  boolean crossOrigin;
  String rpId = "";
  byte flags = (byte) (AuthenticatorData.BIT_UP | AuthenticatorData.BIT_UV);
  long signCount = 1;
  String userHandle = "";
  byte[] credentialId = random();
  private final KeyPair keys;

  SoftAuthenticator() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      keys = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** {@code navigator.credentials.create}, as JSON. */
  String create(String optionsJson) {
    var options = json(optionsJson);
    userHandle = (String) object(options, "user").get("id");
    var data =
        new AuthenticatorData<RegistrationExtensionAuthenticatorOutput>(
            sha256(utf8(rpId.isEmpty() ? (String) object(options, "rp").get("id") : rpId)),
            (byte) (flags | AuthenticatorData.BIT_AT),
            signCount,
            new AttestedCredentialData(
                AAGUID.ZERO,
                credentialId,
                EC2COSEKey.create((ECPublicKey) keys.getPublic(), COSEAlgorithmIdentifier.ES256)));
    var object = new AttestationObject(data, new NoneAttestationStatement());
    return JSONObjectUtils.toJSONString(
        Map.of(
            "id", text(credentialId),
            "rawId", text(credentialId),
            "type", "public-key",
            "clientExtensionResults", Map.of(),
            "response",
                Map.of(
                    "clientDataJSON", text(clientData("webauthn.create", options)),
                    "attestationObject",
                        text(new AttestationObjectConverter(CONVERTER).convertToBytes(object)),
                    "transports", List.of("internal"))));
  }

  /** {@code navigator.credentials.get}, as JSON. */
  String get(String optionsJson) {
    var options = json(optionsJson);
    var client = clientData("webauthn.get", options);
    var data =
        new AuthenticatorDataConverter(CONVERTER)
            .convert(
                new AuthenticatorData<AuthenticationExtensionAuthenticatorOutput>(
                    sha256(utf8(rpId.isEmpty() ? (String) options.get("rpId") : rpId)),
                    flags,
                    signCount));
    return answer(client, data, sign(data, client));
  }

  /** As {@link #get}, with another signature than the right one. */
  String forge(String optionsJson) {
    var other = new SoftAuthenticator();
    other.credentialId = credentialId;
    other.userHandle = userHandle;
    other.signCount = signCount;
    return other.get(optionsJson);
  }

  private String answer(byte[] client, byte[] data, byte[] signature) {
    return JSONObjectUtils.toJSONString(
        Map.of(
            "id", text(credentialId),
            "rawId", text(credentialId),
            "type", "public-key",
            "clientExtensionResults", Map.of(),
            "response",
                Map.of(
                    "clientDataJSON", text(client),
                    "authenticatorData", text(data),
                    "signature", text(signature),
                    "userHandle", userHandle)));
  }

  private byte[] sign(byte[] data, byte[] client) {
    try {
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(data);
      signature.update(sha256(client));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private byte[] clientData(String type, Map<String, Object> options) {
    return utf8(
        JSONObjectUtils.toJSONString(
            Map.of(
                "type", type,
                "challenge", options.get("challenge"),
                "origin", origin,
                "crossOrigin", crossOrigin)));
  }

  static Map<String, Object> json(String text) {
    try {
      return JSONObjectUtils.parse(text);
    } catch (ParseException e) {
      throw new AssertionError(text, e);
    }
  }

  static Map<String, Object> object(Map<String, Object> json, String name) {
    try {
      return JSONObjectUtils.getJSONObject(json, name);
    } catch (ParseException e) {
      throw new AssertionError(name, e);
    }
  }

  static byte[] random() {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
