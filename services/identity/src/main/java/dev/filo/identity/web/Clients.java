package dev.filo.identity.web;

import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.StaffStore;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;

/**
 * The OAuth clients: the suite's web pages and apps, which have no secret; its services, whose
 * secrets are configuration; and the devices in the database.
 */
public final class Clients implements RegisteredClientRepository {
  /** What a service's client id begins with. */
  public static final String SERVICE = "service-";

  /** The operators' command line, which signs in by device code only. */
  public static final String ADMIN = "filo-admin";

  private static final Set<String> SHOPS = Set.of("shop-web", "shop-app");
  private static final Set<String> STAFF = Set.of("desk-web", "store-web", "insight-web");
  private static final Duration CODE_LIFE = Duration.ofMinutes(1);

  private final StaffStore staff;
  private final UnaryOperator<String> serviceSecrets;
  private final List<URI> redirectUris;
  private final Duration accessLife;
  private final PasswordEncoder secrets;

  /**
   * Clients.
   *
   * @param serviceSecrets the secret of a service by its short name; empty: it may not come in
   * @param redirectUris where the public clients may be sent back to
   * @param secrets hashes secrets
   */
  public Clients(
      StaffStore staff,
      UnaryOperator<String> serviceSecrets,
      List<URI> redirectUris,
      Duration accessLife,
      PasswordEncoder secrets) {
    this.staff = staff;
    this.serviceSecrets = serviceSecrets;
    this.redirectUris = List.copyOf(redirectUris);
    this.accessLife = accessLife;
    this.secrets = secrets;
  }

  /** Hashes clients' secrets with identity's own: they are long and random, not passwords. */
  public static PasswordEncoder encoder(Secrets secrets) {
    return new PasswordEncoder() {
      @Override
      public @Nullable String encode(@Nullable CharSequence secret) {
        return secret == null ? null : secrets.hash("client", secret.toString());
      }

      @Override
      public boolean matches(@Nullable CharSequence secret, @Nullable String hash) {
        return secret != null
            && hash != null
            && Secrets.same(secrets.hash("client", secret.toString()), hash);
      }
    };
  }

  @Override
  public void save(RegisteredClient client) {
    throw new UnsupportedOperationException("clients are configuration and devices");
  }

  @Override
  public @Nullable RegisteredClient findById(String id) {
    return findByClientId(id);
  }

  @Override
  public @Nullable RegisteredClient findByClientId(String clientId) {
    if (SHOPS.contains(clientId)) {
      return open(clientId, true);
    }
    if (STAFF.contains(clientId)) {
      return open(clientId, false);
    }
    if (clientId.equals(ADMIN)) {
      return commandLine();
    }
    if (clientId.startsWith(SERVICE)) {
      var secret = serviceSecrets.apply(clientId.substring(SERVICE.length()));
      return secret.isEmpty() ? null : machine(clientId, String.valueOf(secrets.encode(secret)));
    }
    return device(clientId)
        .map(device -> machine(device.clientId(), device.secretHash()))
        .orElse(null);
  }

  /** Whom the own token of a client speaks for. Empty when it has none. */
  Optional<Principal> principal(String clientId) {
    return clientId.startsWith(SERVICE)
        ? Optional.of(
            new Principal(
                "services/" + clientId.substring(SERVICE.length()), "service", List.of(), ""))
        : device(clientId).map(Device::principal);
  }

  /** What the tokens of a device have in common until it must get another one; empty for others. */
  String session(String clientId) {
    return clientId.startsWith(SERVICE) ? "" : device(clientId).map(Device::session).orElse("");
  }

  private Optional<Device> device(String clientId) {
    return staff.device(clientId).filter(Device::active).blockOptional(FiloGrantProvider.PATIENCE);
  }

  private RegisteredClient open(String clientId, boolean shop) {
    return RegisteredClient.withId(clientId)
        .clientId(clientId)
        .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
        .authorizationGrantTypes(
            grants -> {
              grants.add(AuthorizationGrantType.AUTHORIZATION_CODE);
              grants.add(AuthorizationGrantType.REFRESH_TOKEN);
              grants.add(FiloGrant.CODE);
              if (shop) {
                grants.add(AuthorizationGrantType.DEVICE_CODE);
                grants.add(FiloGrant.GUEST);
                grants.add(FiloGrant.HANDOFF);
                grants.add(FiloGrant.PASSKEY);
              }
            })
        .redirectUris(uris -> redirectUris.forEach(uri -> uris.add(uri.toString())))
        .scope("openid")
        .scope(FiloGrantProvider.SCOPE)
        .clientSettings(
            ClientSettings.builder()
                .requireProofKey(true)
                .requireAuthorizationConsent(false)
                .build())
        .tokenSettings(
            TokenSettings.builder()
                .accessTokenTimeToLive(accessLife)
                .authorizationCodeTimeToLive(CODE_LIFE)
                .reuseRefreshTokens(false)
                .build())
        .build();
  }

  private RegisteredClient commandLine() {
    return RegisteredClient.withId(ADMIN)
        .clientId(ADMIN)
        .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
        .authorizationGrantType(AuthorizationGrantType.DEVICE_CODE)
        .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
        .scope(FiloGrantProvider.SCOPE)
        .tokenSettings(
            TokenSettings.builder()
                .accessTokenTimeToLive(accessLife)
                .reuseRefreshTokens(false)
                .build())
        .build();
  }

  private RegisteredClient machine(String clientId, String secretHash) {
    return RegisteredClient.withId(clientId)
        .clientId(clientId)
        .clientSecret(secretHash)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .scope(FiloGrantProvider.SCOPE)
        .tokenSettings(TokenSettings.builder().accessTokenTimeToLive(accessLife).build())
        .build();
  }
}
