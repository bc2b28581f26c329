package dev.filo.identity;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.StaffMember;
import dev.filo.identity.export.ExportFile;
import dev.filo.identity.grpc.GrpcCustomerPrivacyService;
import dev.filo.identity.grpc.GrpcIdentityService;
import dev.filo.identity.grpc.GrpcMailService;
import dev.filo.identity.grpc.GrpcMailboxService;
import dev.filo.identity.grpc.GrpcParticipants;
import dev.filo.identity.grpc.GrpcPasskeyService;
import dev.filo.identity.grpc.GrpcSessionService;
import dev.filo.identity.grpc.GrpcStaffService;
import dev.filo.identity.mail.Mailbox;
import dev.filo.identity.mail.SmtpMessenger;
import dev.filo.identity.service.AuditLog;
import dev.filo.identity.service.Ceremonies;
import dev.filo.identity.service.CodeMail;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.DeviceLogins;
import dev.filo.identity.service.Mails;
import dev.filo.identity.service.MergeCases;
import dev.filo.identity.service.Messenger;
import dev.filo.identity.service.Participants;
import dev.filo.identity.service.PasskeyMail;
import dev.filo.identity.service.Passkeys;
import dev.filo.identity.service.Privacy;
import dev.filo.identity.service.Recognition;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.service.SignIns;
import dev.filo.identity.service.Staff;
import dev.filo.identity.store.IdentityPersonalData;
import dev.filo.identity.store.MongoAuditStore;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.identity.store.MongoDeviceLoginStore;
import dev.filo.identity.store.MongoErasureStore;
import dev.filo.identity.store.MongoKeyStore;
import dev.filo.identity.store.MongoMailStore;
import dev.filo.identity.store.MongoMergeCaseStore;
import dev.filo.identity.store.MongoPasskeyStore;
import dev.filo.identity.store.MongoSessionStore;
import dev.filo.identity.store.MongoSignInStore;
import dev.filo.identity.store.MongoStaffStore;
import dev.filo.identity.tokens.AccessTokens;
import dev.filo.identity.tokens.SigningKeyCheck;
import dev.filo.identity.tokens.SigningKeys;
import dev.filo.identity.web.MongoAuthorizations;
import dev.filo.identity.webauthn.PasskeyDomainCheck;
import dev.filo.identity.webauthn.RelyingParty;
import dev.filo.identity.webauthn.WebAuthnCeremonies;
import dev.filo.platform.Background;
import dev.filo.platform.PlatformProperties;
import dev.filo.platform.auth.AliasSource;
import dev.filo.platform.auth.EndedSessions;
import dev.filo.platform.auth.JwksSource;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.privacy.PersonalData;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What identity is made of, but for its HTTP side. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IdentityProperties.class)
public class IdentityConfiguration {
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration SMTP_PATIENCE = Duration.ofSeconds(5);
  // What has ended is of no use, but for finding out what happened.
  private static final Duration KEEP = Duration.ofDays(1);
  // An act is in the log in milliseconds; what is older was left by a process that died.
  private static final Duration ACT_LEFT = Duration.ofSeconds(5);
  // mail_service.proto says how long a repeated call is recognised.
  private static final Duration REMEMBER_MAIL = Duration.ofDays(7);

  @Bean
  MongoCustomerStore customerStore(MongoDatabase database, Relay relay) {
    var store = new MongoCustomerStore(database, relay);
    store.prepare();
    return store;
  }

  @Bean
  MongoSignInStore signInStore(MongoDatabase database) {
    var store = new MongoSignInStore(database);
    store.prepare();
    return store;
  }

  @Bean
  MongoSessionStore sessionStore(MongoDatabase database, Relay relay) {
    var store = new MongoSessionStore(database, relay);
    store.prepare();
    return store;
  }

  @Bean
  MongoDeviceLoginStore deviceLoginStore(MongoDatabase database) {
    var store = new MongoDeviceLoginStore(database);
    store.prepare();
    return store;
  }

  @Bean
  DeviceLogins deviceLogins(
      MongoDeviceLoginStore store,
      MongoSignInStore limits,
      Sessions sessions,
      Secrets secrets,
      IdentityProperties identity,
      InstantSource clock) {
    var limit = identity.signIn();
    return new DeviceLogins(
        store,
        limits,
        sessions,
        secrets,
        new DeviceLogins.Limits(limit.life(), limit.perPlace(), limit.window()),
        clock);
  }

  @Bean
  MongoPasskeyStore passkeyStore(MongoDatabase database) {
    var store = new MongoPasskeyStore(database);
    store.prepare();
    return store;
  }

  @Bean
  RelyingParty relyingParty(IdentityProperties identity, PlatformProperties platform) {
    var settings = identity.passkeys();
    return RelyingParty.of(
        identity.publicUrlOr(platform.issuer()),
        settings.domain(),
        identity.shopName(),
        Set.copyOf(settings.origins()));
  }

  @Bean
  Ceremonies ceremonies(RelyingParty party) {
    return new WebAuthnCeremonies(party);
  }

  @Bean
  PasskeyDomainCheck passkeyDomainCheck(
      RelyingParty party, IdentityProperties identity, PlatformProperties platform) {
    return new PasskeyDomainCheck(party, identity.publicUrlOr(platform.issuer()));
  }

  @Bean
  Passkeys passkeys(
      MongoPasskeyStore store,
      MongoSignInStore limits,
      Customers customers,
      Ceremonies ceremonies,
      List<Messenger> ways,
      Secrets secrets,
      IdentityProperties identity,
      PlatformProperties platform,
      InstantSource clock) {
    var settings = identity.passkeys();
    return new Passkeys(
        store,
        limits,
        customers,
        ceremonies,
        new PasskeyMail(
            ways, identity.shopName(), identity.publicUrlOr(platform.issuer()) + "/account"),
        secrets,
        new Passkeys.Limits(
            settings.life(), settings.perCustomer(), settings.perPlace(), settings.window()),
        clock);
  }

  @Bean
  GrpcPasskeyService passkeyService(Passkeys passkeys) {
    return new GrpcPasskeyService(passkeys);
  }

  @Bean
  GrpcSessionService sessionService(Sessions sessions, InstantSource clock) {
    return new GrpcSessionService(sessions, clock);
  }

  @Bean
  MongoStaffStore staffStore(MongoDatabase database, Relay relay) {
    var store = new MongoStaffStore(database, relay);
    store.prepare();
    return store;
  }

  @Bean
  MongoAuditStore auditStore(MongoDatabase database) {
    var store = new MongoAuditStore(database);
    store.prepare();
    return store;
  }

  @Bean
  AuditLog auditLog(MongoAuditStore store, Secrets secrets) {
    return new AuditLog(store, secrets);
  }

  @Bean
  Staff staff(
      MongoStaffStore store,
      AuditLog log,
      Sessions sessions,
      EndedSessions ended,
      Secrets secrets,
      InstantSource clock) {
    return new Staff(store, log, sessions, ended, secrets, clock);
  }

  @Bean
  GrpcStaffService staffService(Staff staff, AuditLog log) {
    return new GrpcStaffService(staff, log);
  }

  @Bean
  Background auditRepair(
      Staff staff,
      AuditLog log,
      MongoCustomerStore customers,
      MongoMergeCaseStore cases,
      MongoSessionStore sessions,
      InstantSource clock) {
    return every(
        Duration.ofSeconds(5),
        Mono.defer(staff::settleAll)
            .thenMany(Flux.just(customers.acts(), cases.acts(), sessions.acts()))
            .concatMap(store -> log.settleLeft(store, clock.instant().minus(ACT_LEFT)))
            .then());
  }

  /** Lets the configured first manager in while nobody may manage. */
  @Bean
  Object firstManager(Staff staff, IdentityProperties identity) {
    if (!identity.firstManager().isBlank()) {
      staff.firstManager(identity.firstManager()).block(START);
    }
    return "first manager";
  }

  @Bean
  MongoKeyStore keyStore(MongoDatabase database) {
    var store = new MongoKeyStore(database);
    store.prepare();
    return store;
  }

  @Bean
  Secrets secrets(IdentityProperties identity, MongoKeyStore store, Environment environment) {
    if (!identity.keySecret().isEmpty()) {
      return new Secrets(identity.keySecret());
    }
    if (!environment.acceptsProfiles(Profiles.of("dev"))) {
      throw new IllegalStateException(
          "filo.identity.key-secret (FILO_IDENTITY_KEYSECRET) is not set: give at least 16, better"
              + " 32 random characters, the same to all replicas");
    }
    var local = store.localSecret(Ids.random() + Ids.random()).blockOptional(START).orElseThrow();
    return new Secrets(local);
  }

  @Bean
  SigningKeys signingKeys(
      MongoKeyStore store, Secrets secrets, IdentityProperties identity, InstantSource clock) {
    var keys = new SigningKeys(store, secrets, times(identity), clock);
    keys.refresh().block(START);
    return keys;
  }

  @Bean
  SigningKeyCheck signingKeyCheck(
      SigningKeys keys, IdentityProperties identity, InstantSource clock) {
    return new SigningKeyCheck(keys, times(identity), clock);
  }

  private static SigningKeys.Times times(IdentityProperties identity) {
    var times = identity.keys();
    return new SigningKeys.Times(times.age(), times.lead(), times.tail());
  }

  @Bean
  JwksSource jwksSource(SigningKeys keys) {
    return () -> Mono.fromSupplier(() -> keys.publicKeys().toString());
  }

  @Bean
  AccessTokens accessTokens(
      SigningKeys keys,
      IdentityProperties identity,
      PlatformProperties platform,
      InstantSource clock) {
    return new AccessTokens(keys, platform.issuer(), identity.accessLife(), clock);
  }

  @Bean
  MongoMergeCaseStore mergeCaseStore(MongoDatabase database) {
    var store = new MongoMergeCaseStore(database);
    store.prepare();
    return store;
  }

  /** Here aliases are what the customers' own documents say. */
  @Bean
  AliasSource aliasSource(MongoCustomerStore store) {
    return name ->
        name.startsWith("customers/")
            ? store
                .find(Customer.id(name))
                .filter(customer -> customer.isAlias() || customer.isParted())
                .map(customer -> customer.isAlias() ? Customer.name(customer.mergedInto()) : name)
            : Mono.empty();
  }

  @Bean
  Recognition recognition(
      MongoCustomerStore store,
      MongoMergeCaseStore cases,
      SubjectAliases aliases,
      AuditLog audit,
      IdentityProperties identity,
      InstantSource clock) {
    return new Recognition(store, cases, aliases, audit, identity.merge().policy(), clock);
  }

  @Bean
  Customers customers(MongoCustomerStore store, Recognition recognition, InstantSource clock) {
    return new Customers(store, recognition, clock);
  }

  @Bean
  MergeCases mergeCases(MongoMergeCaseStore store, Customers customers, Recognition recognition) {
    return new MergeCases(store, customers, recognition);
  }

  @Bean
  CodeMail codeMail(List<Messenger> ways, IdentityProperties identity) {
    return new CodeMail(ways, identity.shopName());
  }

  @Bean
  MongoMailStore mailStore(MongoDatabase database) {
    var store = new MongoMailStore(database);
    store.prepare();
    return store;
  }

  @Bean
  GrpcMailService mailService(MongoMailStore store, List<Messenger> ways, InstantSource clock) {
    return new GrpcMailService(new Mails(store, ways, clock));
  }

  @Bean
  Background forgetMail(MongoMailStore store, InstantSource clock) {
    return every(
        Duration.ofHours(1), Mono.defer(() -> store.forget(clock.instant().minus(REMEMBER_MAIL))));
  }

  @Bean
  SignIns signIns(
      MongoSignInStore store,
      CodeMail mail,
      Secrets secrets,
      IdentityProperties identity,
      InstantSource clock) {
    var limits = identity.signIn();
    return new SignIns(
        store,
        mail,
        secrets,
        new SignIns.Limits(
            limits.life(),
            limits.attempts(),
            limits.perAddress(),
            limits.perPlace(),
            limits.window()),
        clock);
  }

  @Bean
  Sessions sessions(
      MongoSessionStore store,
      Customers customers,
      MongoStaffStore staff,
      EndedSessions ended,
      AuditLog audit,
      Secrets secrets,
      IdentityProperties identity,
      InstantSource clock) {
    return new Sessions(
        store,
        customers,
        staff,
        ended,
        audit,
        secrets,
        new Sessions.Lives(
            identity.sessionLife(), identity.staffSessionLife(), identity.handoffLife()),
        clock);
  }

  @Bean
  GrpcIdentityService identityService(
      Customers customers,
      Recognition recognition,
      MergeCases cases,
      SignIns signIns,
      Sessions sessions,
      JwksSource keys,
      IdentityProperties identity,
      PlatformProperties platform,
      InstantSource clock) {
    return new GrpcIdentityService(
        customers,
        recognition,
        cases,
        signIns,
        sessions,
        keys,
        identity.publicUrlOr(platform.issuer()),
        clock);
  }

  @Bean
  MongoErasureStore erasureStore(MongoDatabase database) {
    var store = new MongoErasureStore(database);
    store.prepare();
    return store;
  }

  @Bean
  PersonalData identityPersonalData(
      MongoDatabase database, Sessions sessions, InstantSource clock) {
    var data = new IdentityPersonalData(database, sessions::end, clock);
    data.prepare();
    return data;
  }

  @Bean
  Participants participants(Channels channels, IdentityProperties identity) {
    return new GrpcParticipants(channels, identity.privacy().services());
  }

  @Bean
  Privacy privacy(
      MongoErasureStore store,
      MongoCustomerStore customers,
      Customers people,
      SignIns signIns,
      AuditLog audit,
      Participants participants,
      Secrets secrets,
      IdentityProperties identity,
      InstantSource clock) {
    var times = identity.privacy();
    return new Privacy(
        store,
        customers,
        people,
        signIns,
        audit,
        participants,
        secrets,
        new Privacy.Times(times.settle(), times.exportLife()),
        clock);
  }

  @Bean
  GrpcCustomerPrivacyService customerPrivacyService(
      Privacy privacy,
      Participants participants,
      IdentityProperties identity,
      PlatformProperties platform,
      InstantSource clock) {
    return new GrpcCustomerPrivacyService(
        privacy, new ExportFile(participants, clock), identity.publicUrlOr(platform.issuer()));
  }

  @Bean
  Background erasing(Privacy privacy) {
    return every(Duration.ofSeconds(1), Mono.defer(privacy::conduct));
  }

  @Bean
  Background keyRefresh(SigningKeys keys) {
    return every(Duration.ofSeconds(30), Mono.defer(keys::refresh));
  }

  @Bean
  Background mergeRepair(Recognition recognition, MergeCases cases) {
    return every(
        Duration.ofSeconds(5),
        Mono.defer(recognition::settleLeft).then(Mono.defer(cases::carryOutLeft)));
  }

  @Bean
  Background cleanUp(
      MongoSignInStore signIns,
      MongoSessionStore sessions,
      MongoDeviceLoginStore deviceLogins,
      MongoPasskeyStore passkeys,
      MongoAuthorizations authorizations,
      MongoErasureStore erasures,
      Optional<Mailbox> mailbox,
      InstantSource clock) {
    return every(
        Duration.ofHours(1),
        Mono.defer(
            () -> {
              var before = clock.instant().minus(KEEP);
              return signIns
                  .forget(before)
                  .then(sessions.forget(before))
                  .then(deviceLogins.forget(before))
                  .then(passkeys.forget(before))
                  .then(authorizations.forget(before))
                  .then(erasures.forgetTickets(before))
                  .then(mailbox.map(box -> box.forget(before)).orElseGet(Mono::empty));
            }));
  }

  private static Background every(Duration period, Mono<Void> work) {
    return new Background(Flux.interval(period).onBackpressureDrop().concatMap(tick -> work, 1));
  }

  /** Mail by SMTP, everywhere but in the dev profile. */
  @Configuration(proxyBeanMethods = false)
  @Profile("!dev")
  static class Mail {
    @Bean
    SmtpMessenger smtpMessenger(IdentityProperties identity) {
      var smtp = identity.smtp();
      if (smtp.host().isEmpty()) {
        throw new IllegalStateException(
            "filo.identity.smtp.host (FILO_IDENTITY_SMTP_HOST) is not set: codes must be mailed");
      }
      var sender = new JavaMailSenderImpl();
      sender.setHost(smtp.host());
      sender.setPort(smtp.port());
      sender.setDefaultEncoding("UTF-8");
      var patience = Long.toString(SMTP_PATIENCE.toMillis());
      var properties = sender.getJavaMailProperties();
      properties.put("mail.smtp.connectiontimeout", patience);
      properties.put("mail.smtp.timeout", patience);
      properties.put("mail.smtp.writetimeout", patience);
      properties.put("mail.smtp.starttls.enable", Boolean.toString(smtp.startTls()));
      properties.put("mail.smtp.starttls.required", Boolean.toString(smtp.startTls()));
      if (!smtp.username().isEmpty()) {
        sender.setUsername(smtp.username());
        sender.setPassword(smtp.password());
        properties.put("mail.smtp.auth", "true");
      }
      return new SmtpMessenger(sender, smtp.from());
    }
  }

  /** What only the dev profile has: the mailbox, people and a till to try the suite with. */
  @Configuration(proxyBeanMethods = false)
  @Profile("dev")
  static class Dev {
    @Bean
    Mailbox mailbox(MongoDatabase database, InstantSource clock) {
      var mailbox = new Mailbox(database, clock);
      mailbox.prepare();
      return mailbox;
    }

    @Bean
    GrpcMailboxService mailboxService(Mailbox mailbox) {
      return new GrpcMailboxService(mailbox);
    }

    @Bean
    Object devPeople(Staff staff, Secrets secrets) {
      var own = "stores/milano-buenos-aires";
      staff
          .demo("agent@filo.example", "Anna", "agent", List.of())
          .then(staff.demo("milano@filo.example", "Marco", "store_staff", List.of(own)))
          .then(staff.demo("manager@filo.example", "Giulia", StaffMember.MANAGER, List.of()))
          .then(staff.demo("till-milano-1", secrets.hash("client", "till-secret"), "Cassa 1", own))
          .block(START);
      return "dev people";
    }
  }
}
