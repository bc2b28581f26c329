package dev.filo.identity;

import dev.filo.identity.domain.Blocked;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What identity is told from outside: {@code filo.identity.*}, or {@code FILO_IDENTITY_*} in the
 * environment.
 *
 * @param publicUrl where people reach the suite; empty: the issuer
 * @param shopName the shop's name in mail
 * @param keySecret what everything secret in the database is encrypted or hashed with; at least 16
 *     characters, the same on all replicas. Only the dev profile makes one itself.
 * @param serviceSecret the secret of every service that has none of its own
 * @param serviceSecrets the services' own secrets, by short name
 * @param redirectUris where the web and app clients may be sent back to, beside the public URL
 * @param accessLife how long an access token lives
 * @param sessionLife how long a shopper's session lives without being refreshed
 * @param staffSessionLife how long a staff session lives
 * @param handoffLife how long a hand-off code can be used
 * @param signIn sign-in by code
 * @param passkeys sign-in by passkey
 * @param keys signing keys
 * @param firstManager the e-mail of who may manage while nobody else may: let in when the service
 *     starts; empty: nobody
 * @param providers OpenID Connect providers that shoppers may sign in with, by a short name in
 *     lower case
 * @param merge what keeps people from being taken for one
 * @param smtp the mail server; without a host no mail is sent
 * @param privacy export and erasure
 */
@ConfigurationProperties("filo.identity")
public record IdentityProperties(
    @DefaultValue("") String publicUrl,
    @DefaultValue("Filo") String shopName,
    @DefaultValue("") String keySecret,
    @DefaultValue("") String serviceSecret,
    @DefaultValue Map<String, String> serviceSecrets,
    @DefaultValue List<URI> redirectUris,
    @DefaultValue("10m") Duration accessLife,
    @DefaultValue("90d") Duration sessionLife,
    @DefaultValue("12h") Duration staffSessionLife,
    @DefaultValue("2m") Duration handoffLife,
    @DefaultValue SignIn signIn,
    @DefaultValue PasskeySettings passkeys,
    @DefaultValue Keys keys,
    @DefaultValue("") String firstManager,
    @DefaultValue Map<String, Provider> providers,
    @DefaultValue MergeProtection merge,
    @DefaultValue Smtp smtp,
    @DefaultValue PrivacyTimes privacy) {

  /**
   * Sign-in by code.
   *
   * @param life how long a code can be used
   * @param attempts wrong codes a sign-in bears
   * @param perAddress codes sent to one address within the window
   * @param perPlace codes asked for from one network address within the window
   */
  public record SignIn(
      @DefaultValue("10m") Duration life,
      @DefaultValue("5") int attempts,
      @DefaultValue("5") int perAddress,
      @DefaultValue("50") int perPlace,
      @DefaultValue("15m") Duration window) {}

  /**
   * Sign-in by passkey. The pages' own origin is the public URL's.
   *
   * @param domain the relying party's id: the public URL's host or a domain above it; empty: the
   *     host, if that is a name. Whoever changes it makes all passkeys worthless
   * @param origins more origins that may use them, such as an app's
   * @param life how long a challenge can be answered
   * @param perCustomer registrations a customer may start within the window
   * @param perPlace sign-ins started from one network address within the window
   */
  public record PasskeySettings(
      @DefaultValue("") String domain,
      @DefaultValue List<String> origins,
      @DefaultValue("5m") Duration life,
      @DefaultValue("10") int perCustomer,
      @DefaultValue("50") int perPlace,
      @DefaultValue("15m") Duration window) {}

  /**
   * Signing keys.
   *
   * @param age how long one signs before the next is made
   * @param lead how long a new one is published before it signs
   * @param tail how long one is published after it signed last
   */
  public record Keys(
      @DefaultValue("30d") Duration age,
      @DefaultValue("15m") Duration lead,
      @DefaultValue("2h") Duration tail) {}

  /**
   * An OpenID Connect provider. It must let its people be sent back to {@code
   * /oauth2/external/NAME/callback} under the public URL.
   *
   * @param title what people know it by
   * @param clientSecret empty: the suite is a public client there
   */
  public record Provider(
      URI issuer,
      String clientId,
      @DefaultValue("") String clientSecret,
      @DefaultValue("") String title) {}

  /**
   * What keeps people from being taken for one.
   *
   * @param blocked identifiers that identify nobody: {@code phone:+390212345}, {@code
   *     email:info@shop.example}; a {@code *} stands for anything. Some are blocked always: {@code
   *     noreply@} and the like
   * @param limits identifiers a person has at most, by type in lower case
   */
  public record MergeProtection(
      @DefaultValue List<String> blocked, @DefaultValue Map<String, Integer> limits) {
    /** The rules. */
    public Graph.Policy policy() {
      var merged = new EnumMap<>(Graph.LIMITS);
      limits.forEach(
          (type, limit) ->
              merged.put(
                  IdentifierKey.Type.valueOf(type.toUpperCase(Locale.ROOT).replace('-', '_')),
                  limit));
      return new Graph.Policy(merged, new Blocked(blocked));
    }
  }

  /**
   * The mail server.
   *
   * @param from the sender's address
   * @param startTls whether encryption is required; off only for a server on the same host
   */
  public record Smtp(
      @DefaultValue("") String host,
      @DefaultValue("587") int port,
      @DefaultValue("") String username,
      @DefaultValue("") String password,
      @DefaultValue("no-reply@localhost") String from,
      @DefaultValue("true") boolean startTls) {}

  /**
   * Export and erasure.
   *
   * @param services those that hold personal data, in the order in which people are erased there;
   *     identity must be the first
   * @param settle between the two rounds of an erasure: longer than an event or a call is on its
   *     way
   * @param exportLife how long an export can be downloaded
   */
  public record PrivacyTimes(
      @DefaultValue({"identity", "cart", "reservation", "conversation", "journey"})
          List<String> services,
      @DefaultValue("15s") Duration settle,
      @DefaultValue("1h") Duration exportLife) {}

  /** The public URL without a slash at the end. */
  public String publicUrlOr(String issuer) {
    var url = publicUrl.isEmpty() ? issuer : publicUrl;
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** The secret of a service, by its short name; empty when it has none. */
  public String secretOf(String service) {
    return serviceSecrets.getOrDefault(service, serviceSecret);
  }
}
