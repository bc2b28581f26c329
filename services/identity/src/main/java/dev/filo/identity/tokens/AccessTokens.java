package dev.filo.identity.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.identity.domain.Principal;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.code.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** Makes access tokens: signed JWTs with the suite's {@link Claims}. Thread-safe. */
public final class AccessTokens {
  private final SigningKeys keys;
  private final String issuer;
  private final Duration life;
  private final InstantSource clock;
  private final ConcurrentHashMap<String, RSASSASigner> signers = new ConcurrentHashMap<>();

  /** Tokens of one issuer that live this long. */
  public AccessTokens(SigningKeys keys, String issuer, Duration life, InstantSource clock) {
    this.keys = keys;
    this.issuer = issuer;
    this.life = life;
    this.clock = clock;
  }

  /** A token and its life. */
  public record Issued(String value, Instant issueTime, Instant expireTime) {}

  /**
   * A token.
   *
   * @param device empty when not named
   * @param former empty when no guest's things came along
   * @param session empty for devices and services, which have none
   */
  public Issued issue(
      Principal principal, String clientId, String device, String former, String session) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var expires = now.plus(life);
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(principal.name())
            .audience(Claims.AUDIENCE)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expires))
            .jwtID(Ids.random())
            .claim(Claims.ROLES, List.of(principal.role()))
            .claim(Claims.CLIENT_ID, clientId)
            .claim(Claims.CHANNEL, principal.channel(clientId));
    if (!principal.stores().isEmpty()) {
      claims.claim(Claims.STORES, principal.stores());
    }
    put(claims, Claims.DEVICE, device);
    put(claims, Claims.NAME, principal.displayName());
    put(claims, Claims.FORMER, former.equals(principal.name()) ? "" : former);
    put(claims, Claims.SESSION, session);
    return new Issued(sign(claims.build()), now, expires);
  }

  /** An OpenID Connect ID token for a client. */
  public Issued idToken(Principal principal, String clientId, String nonce, String session) {
    var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    var expires = now.plus(life);
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(principal.name())
            .audience(clientId)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expires))
            .claim("azp", clientId);
    put(claims, "nonce", nonce);
    put(claims, Claims.SESSION, session);
    return new Issued(sign(claims.build()), now, expires);
  }

  private static void put(JWTClaimsSet.Builder claims, String name, String value) {
    if (!value.isEmpty()) {
      claims.claim(name, value);
    }
  }

  private String sign(JWTClaimsSet claims) {
    var key = keys.current();
    var jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(JOSEObjectType.JWT)
                .keyID(key.getKeyID())
                .build(),
            claims);
    try {
      jwt.sign(signers.computeIfAbsent(key.getKeyID(), id -> signer(key)));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("a key of ours cannot sign", e);
    }
  }

  private static RSASSASigner signer(RSAKey key) {
    try {
      return new RSASSASigner(key);
    } catch (JOSEException e) {
      throw new IllegalStateException("a key of ours cannot sign", e);
    }
  }
}
