package dev.filo.identity.web;

import com.mongodb.reactivestreams.client.MongoDatabase;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.filo.identity.IdentityProperties;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.DeviceLogins;
import dev.filo.identity.service.Passkeys;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.service.SignIns;
import dev.filo.identity.service.StaffStore;
import dev.filo.identity.tokens.AccessTokens;
import dev.filo.identity.tokens.SigningKeys;
import dev.filo.platform.PlatformProperties;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.telemetry.trace.Traces;
import dev.filo.telemetry.trace.WhereTraced;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import reactor.core.publisher.Hooks;

/**
 * The HTTP side: Spring Authorization Server with the suite's grants, and the sign-in page. The
 * auto-configurations it needs are named one by one, as the suite has others on its class path.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
@ImportAutoConfiguration({
  TomcatServletWebServerAutoConfiguration.class,
  HttpEncodingAutoConfiguration.class,
  HttpMessageConvertersAutoConfiguration.class,
  DispatcherServletAutoConfiguration.class,
  WebMvcAutoConfiguration.class,
  SecurityFilterAutoConfiguration.class
})
public class WebConfiguration implements WebMvcConfigurer {
  private static final String REACTOR_HOOK =
      "org.springframework.security.SECURITY_REACTOR_CONTEXT_OPERATOR";

  @Bean
  @Conditional(WhereTraced.class)
  FilterRegistrationBean<TraceFilter> traceFilter(Traces traces) {
    var registration = new FilterRegistrationBean<>(new TraceFilter(traces));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<OutageFilter> outageFilter() {
    var registration = new FilterRegistrationBean<>(new OutageFilter());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return registration;
  }

  @Bean
  PasswordEncoder passwordEncoder(Secrets secrets) {
    return Clients.encoder(secrets);
  }

  @Bean
  Clients clients(
      StaffStore staff,
      IdentityProperties identity,
      PlatformProperties platform,
      PasswordEncoder encoder) {
    var base = identity.publicUrlOr(platform.issuer());
    var uris = new ArrayList<URI>();
    for (String path : new String[] {"/", "/desk", "/store", "/insight", "/api"}) {
      uris.add(URI.create(base + path));
    }
    uris.addAll(identity.redirectUris());
    return new Clients(staff, identity::secretOf, uris, identity.accessLife(), encoder);
  }

  /**
   * Takes off the hook by which Spring Security hands a servlet's request on to WebFlux's HTTP
   * client, which is not used here. It is there where that client is on the class path, as in the
   * suite, and would wrap the last operator of every reactive chain of the process.
   */
  @Bean
  static SmartInitializingSingleton noReactorHook() {
    return () -> Hooks.resetOnLastOperator(REACTOR_HOOK);
  }

  @Bean
  Grants grants(
      Customers customers,
      SignIns signIns,
      Sessions sessions,
      StaffStore staff,
      DeviceLogins deviceLogins,
      Passkeys passkeys,
      TokenVerifier tokens) {
    return new Grants(customers, signIns, sessions, staff, deviceLogins, passkeys, tokens);
  }

  @Bean
  MongoAuthorizations authorizations(
      MongoDatabase database, Clients clients, Sessions sessions, Secrets secrets) {
    var authorizations = new MongoAuthorizations(database, clients, sessions, secrets);
    authorizations.prepare();
    return authorizations;
  }

  @Bean
  JWKSource<SecurityContext> publicKeys(SigningKeys keys) {
    return (selector, context) -> selector.select(keys.publicKeys());
  }

  /** Spring's OpenID Connect support asks for one. */
  @Bean
  JwtDecoder jwtDecoder(JWKSource<SecurityContext> keys) {
    return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
  }

  @Bean
  AuthorizationServerSettings authorizationServerSettings(PlatformProperties platform) {
    return AuthorizationServerSettings.builder().issuer(platform.issuer()).build();
  }

  @Bean
  FiloTokenGenerator tokenGenerator(AccessTokens tokens, Sessions sessions, Clients clients) {
    return new FiloTokenGenerator(tokens, sessions, clients);
  }

  @Bean
  LoginCookie loginCookie(
      Secrets secrets, Sessions sessions, PlatformProperties platform, InstantSource clock) {
    return new LoginCookie(secrets, sessions, platform.issuer().startsWith("https:"), clock);
  }

  @Bean
  LoginPage loginPage(
      SignIns signIns,
      Grants grants,
      LoginCookie cookie,
      ExternalProviders providers,
      IdentityProperties identity) {
    return new LoginPage(signIns, grants, cookie, identity.shopName(), providers.titles());
  }

  @Bean
  ExternalProviders externalProviders(IdentityProperties identity, PlatformProperties platform) {
    return new ExternalProviders(identity.providers(), identity.publicUrlOr(platform.issuer()));
  }

  @Bean
  ExternalSignIn externalSignIn(
      ExternalProviders providers,
      LoginPage page,
      Grants grants,
      StaffStore staff,
      LoginCookie cookie,
      Secrets secrets,
      PlatformProperties platform,
      InstantSource clock) {
    return new ExternalSignIn(
        providers,
        page,
        grants,
        staff,
        cookie,
        secrets,
        platform.issuer().startsWith("https:"),
        clock);
  }

  @Bean
  DevicePage devicePage(DeviceLogins logins, LoginCookie cookie, IdentityProperties identity) {
    return new DevicePage(logins, cookie, identity.shopName());
  }

  @Bean
  @Order(1)
  SecurityFilterChain authorizationServer(
      HttpSecurity http,
      Grants grants,
      AccessTokens tokens,
      Clients clients,
      Sessions sessions,
      TokenVerifier verifier,
      DeviceLogins deviceLogins,
      IdentityProperties identity,
      PlatformProperties platform,
      LoginCookie login) {
    var server = new OAuth2AuthorizationServerConfigurer();
    var devicePage = identity.publicUrlOr(platform.issuer()) + DevicePage.PATH;
    return http.securityMatcher(server.getEndpointsMatcher())
        .with(
            server,
            configured ->
                configured
                    .clientAuthentication(
                        client ->
                            client
                                .authenticationConverter(PublicClient::read)
                                .authenticationProvider(new PublicClient.Provider(clients)))
                    .tokenEndpoint(
                        token ->
                            token
                                .accessTokenRequestConverter(FiloGrant::read)
                                .authenticationProvider(new FiloGrantProvider(grants, tokens)))
                    .deviceAuthorizationEndpoint(
                        device ->
                            device
                                .verificationUri(devicePage)
                                .deviceAuthorizationRequestConverter(
                                    DeviceAuthorizationProvider::read)
                                .authenticationProviders(
                                    providers -> {
                                      providers.clear();
                                      providers.add(new DeviceAuthorizationProvider(deviceLogins));
                                    }))
                    // The page is our own, as it asks before it lets a device in.
                    .deviceVerificationEndpoint(
                        verification ->
                            verification.authenticationProviders(
                                providers -> {
                                  providers.clear();
                                  providers.add(new NoVerification());
                                }))
                    .tokenRevocationEndpoint(
                        revocation ->
                            revocation.authenticationProviders(
                                providers -> {
                                  // Spring's own would look for tokens where ours are not.
                                  providers.clear();
                                  providers.add(new RevocationProvider(sessions, verifier));
                                }))
                    .tokenIntrospectionEndpoint(
                        introspection ->
                            introspection.authenticationProviders(
                                providers -> {
                                  providers.clear();
                                  providers.add(new IntrospectionProvider(sessions, verifier));
                                }))
                    .oidc(
                        oidc ->
                            oidc.providerConfigurationEndpoint(
                                discovery ->
                                    discovery.providerConfigurationCustomizer(
                                        configuration -> configuration.claims(Discovery::correct))))
                    .authorizationServerMetadataEndpoint(
                        metadata ->
                            metadata.authorizationServerMetadataCustomizer(
                                configuration -> configuration.claims(Discovery::correct))))
        .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .securityContext(context -> context.securityContextRepository(login))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .csrf(AbstractHttpConfigurer::disable)
        .exceptionHandling(
            handling ->
                handling.authenticationEntryPoint(
                    (request, response, refused) -> {
                      if (request.getRequestURI().equals("/oauth2/authorize")) {
                        var query = request.getQueryString();
                        // By path only: our own host is not the one the browser sees.
                        response.setStatus(302);
                        response.setHeader(
                            "Location", LoginPage.PATH + (query == null ? "" : "?" + query));
                      } else {
                        OutageFilter.json(
                            response,
                            401,
                            "invalid_client",
                            "The client is not known or did not authenticate.");
                      }
                    }))
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain pages(HttpSecurity http, PlatformProperties platform) {
    var csrf = new CookieCsrfTokenRepository();
    csrf.setCookiePath("/oauth2");
    csrf.setCookieCustomizer(
        cookie -> cookie.sameSite("Strict").secure(platform.issuer().startsWith("https:")));
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(
                        LoginPage.PATH,
                        LoginPage.PATH + "/code",
                        DevicePage.PATH,
                        ExternalSignIn.PATH + "/*",
                        ExternalSignIn.PATH + "/*/callback")
                    .permitAll()
                    .anyRequest()
                    .denyAll())
        .csrf(protection -> protection.csrfTokenRepository(csrf))
        .headers(
            headers ->
                headers.contentSecurityPolicy(policy -> policy.policyDirectives(HtmlPage.POLICY)))
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .anonymous(Customizer.withDefaults())
        .exceptionHandling(
            handling ->
                handling
                    .authenticationEntryPoint(
                        (request, response, refused) ->
                            OutageFilter.json(response, 404, "not_found", "There is nothing."))
                    .accessDeniedHandler(
                        (request, response, refused) -> {
                          response.setContentType(MediaType.TEXT_PLAIN_VALUE);
                          response.sendError(403);
                        }))
        .build();
  }
}
