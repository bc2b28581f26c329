package dev.filo.identity.service;

import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import dev.filo.identity.domain.Refusal;
import dev.filo.platform.code.Ids;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Passkeys: registered by who is signed in, and signed in by. What is wrong with one is not told:
 * an unknown one and a bad answer are refused alike.
 */
public final class Passkeys {
  /** How many one customer may have; registrations at the same moment may pass it by one. */
  public static final int MAX = 20;

  private static final int CHALLENGE_BYTES = 32; // WebAuthn §13.4.3 wants 16 at least
  private static final int HANDLE_BYTES = 32; // at most 64 (WebAuthn §4, user handle)
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SIGN_INS = "passkeySignIns/";

  private final PasskeyStore store;
  private final SignInStore limits;
  private final Customers customers;
  private final Ceremonies ceremonies;
  private final PasskeyMail mail;
  private final Secrets secrets;
  private final Limits limit;
  private final InstantSource clock;

  /**
   * The limits.
   *
   * @param life how long a challenge can be answered
   * @param perCustomer registrations one customer may start within the window
   * @param perPlace sign-ins that may be started from one network address within the window
   */
  public record Limits(Duration life, int perCustomer, int perPlace, Duration window) {}

  /** The use cases over a store. */
  public Passkeys(
      PasskeyStore store,
      SignInStore limits,
      Customers customers,
      Ceremonies ceremonies,
      PasskeyMail mail,
      Secrets secrets,
      Limits limit,
      InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.customers = customers;
    this.ceremonies = ceremonies;
    this.mail = mail;
    this.secrets = secrets;
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * What was started.
   *
   * @param id a secret of whoever started it
   * @param optionsJson for the device
   */
  public record Started(String id, String optionsJson, Instant expireTime) {}

  /**
   * Starts a registration. One value; refused with PasskeysNotServed, PasskeysRateLimited or
   * PasskeyLimit.
   *
   * @param customer her name
   * @param session the session that asks, and must answer
   */
  public Mono<Started> startRegistration(String customer, String session) {
    return served()
        .then(Mono.defer(() -> count("passkey-registration", customer, limit.perCustomer())))
        .then(Mono.defer(() -> customers.person(customer)))
        .flatMap(
            person ->
                all(customer).flatMap(hers -> startRegistration(person.customer(), session, hers)));
  }

  private Mono<Started> startRegistration(Customer customer, String session, List<Passkey> hers) {
    if (hers.size() >= MAX) {
      return refused(new Refusal.PasskeyLimit(MAX));
    }
    // One handle for all she registers under this name: the device sees one account.
    var handle =
        hers.stream()
            .filter(passkey -> passkey.customer().equals(customer.name()))
            .findFirst()
            .map(Passkey::userHandle)
            .orElseGet(() -> random(HANDLE_BYTES));
    var id = Ids.random();
    var challenge = challenge(id, session, customer.name(), handle);
    return store
        .add(challenge)
        .then(
            Mono.fromSupplier(
                () ->
                    new Started(
                        id,
                        ceremonies.creationOptions(challenge, shown(customer), hers, limit.life()),
                        challenge.expireTime())));
  }

  private static Ceremonies.Shown shown(Customer customer) {
    var account =
        customer.links().stream()
            .filter(link -> link.isProven())
            .map(link -> link.identifier().value())
            .findFirst()
            .orElse("");
    var name =
        String.join(
                " ",
                Stream.of(customer.profile().givenName(), customer.profile().familyName())
                    .filter(part -> !part.isBlank())
                    .toList())
            .strip();
    return new Ceremonies.Shown(account, name.isEmpty() ? account : name);
  }

  /**
   * Registers what the device made, and writes so to her. One value: the passkey, or the one that
   * came of this registration before; refused with PasskeyChallengeExpired, PasskeyInvalid,
   * PasskeyExists or PasskeyLimit.
   *
   * @param language of the letter
   */
  public Mono<Passkey> register(
      String customer,
      String session,
      String registration,
      String title,
      String responseJson,
      String language) {
    var id = challengeHash(registration);
    return store
        .take(id, true, session, now())
        .flatMap(
            challenge ->
                register(
                        customer,
                        challenge,
                        title.replaceAll("\\p{Cntrl}", "").strip(),
                        responseJson)
                    .flatMap(
                        passkey ->
                            customers
                                .person(customer)
                                .flatMap(
                                    person ->
                                        mail.added(person.customer(), passkey.title(), language))
                                .thenReturn(passkey)))
        .switchIfEmpty(
            Mono.defer(() -> customers.names(customer))
                .flatMap(
                    names ->
                        store
                            .ofRegistration(id)
                            .filter(passkey -> names.contains(passkey.customer()))))
        .switchIfEmpty(refused(new Refusal.PasskeyChallengeExpired()));
  }

  private Mono<Passkey> register(
      String customer, PasskeyChallenge challenge, String title, String responseJson) {
    return Mono.fromCallable(() -> ceremonies.register(responseJson, challenge))
        .flatMap(Mono::justOrEmpty)
        .switchIfEmpty(refused(new Refusal.PasskeyInvalid()))
        .map(
            made ->
                new Passkey(
                    passkeyHash(made.credentialId()),
                    challenge.customer(),
                    title,
                    made.credentialId(),
                    challenge.userHandle(),
                    made.credential(),
                    made.signCount(),
                    made.backupEligible(),
                    made.backedUp(),
                    made.transports(),
                    challenge.id(),
                    now(),
                    null))
        .flatMap(
            passkey ->
                all(customer)
                    .filter(hers -> hers.size() < MAX)
                    .switchIfEmpty(refused(new Refusal.PasskeyLimit(MAX)))
                    .flatMap(hers -> store.add(passkey))
                    .filter(Boolean::booleanValue)
                    .switchIfEmpty(refused(new Refusal.PasskeyExists()))
                    .thenReturn(passkey));
  }

  /** A customer's passkeys and those of whoever became her, newest first. */
  public Flux<Passkey> list(String customer, Optional<SessionStore.Place> after, int max) {
    return customers.names(customer).flatMapMany(names -> store.list(names, after, max));
  }

  private Mono<List<Passkey>> all(String customer) {
    return list(customer, Optional.empty(), MAX + 1).collectList();
  }

  /** Removes a passkey. Completes; refused with PasskeyUnknown. */
  public Mono<Void> remove(String customer, String id) {
    return customers
        .names(customer)
        .flatMap(names -> store.remove(id, names))
        .filter(Boolean::booleanValue)
        .switchIfEmpty(refused(new Refusal.PasskeyUnknown(customer + "/passkeys/" + id)))
        .then();
  }

  /**
   * Starts a sign-in. One value; refused with PasskeysNotServed or PasskeysRateLimited.
   *
   * @param session the session that asks, and must answer; empty: nobody's
   * @param place the network address; empty when not known
   */
  public Mono<Started> startSignIn(String session, String place) {
    return served()
        .then(Mono.defer(() -> count("passkey-sign-in", place, limit.perPlace())))
        .then(
            Mono.defer(
                () -> {
                  var id = Ids.random();
                  var challenge = challenge(id, session, "", "");
                  return store
                      .add(challenge)
                      .then(
                          Mono.fromSupplier(
                              () ->
                                  new Started(
                                      SIGN_INS + id,
                                      ceremonies.requestOptions(challenge, limit.life()),
                                      challenge.expireTime())));
                }));
  }

  /**
   * Uses a sign-in up. One value: the passkey; refused with PasskeyChallengeExpired, PasskeyInvalid
   * or PasskeyCounterRegressed.
   *
   * @param session who answers; empty: nobody's session
   */
  public Mono<Passkey> signIn(String name, String responseJson, String session) {
    var id = name.startsWith(SIGN_INS) ? name.substring(SIGN_INS.length()) : name;
    return store
        .take(challengeHash(id), false, session, now())
        .switchIfEmpty(refused(new Refusal.PasskeyChallengeExpired()))
        .flatMap(challenge -> signIn(challenge, responseJson));
  }

  private Mono<Passkey> signIn(PasskeyChallenge challenge, String responseJson) {
    return Mono.fromCallable(() -> ceremonies.read(responseJson))
        .flatMap(Mono::justOrEmpty)
        .flatMap(
            claimed ->
                store
                    .find(passkeyHash(claimed.credentialId()))
                    .filter(passkey -> Secrets.same(passkey.userHandle(), claimed.userHandle())))
        .switchIfEmpty(refused(new Refusal.PasskeyInvalid()))
        .flatMap(
            passkey ->
                switch (ceremonies.check(responseJson, challenge, passkey)) {
                  case Ceremonies.Checked.Failed() -> refused(new Refusal.PasskeyInvalid());
                  case Ceremonies.Checked.CounterRegressed() ->
                      refused(new Refusal.PasskeyCounterRegressed());
                  case Ceremonies.Checked.Passed(var signCount, var backedUp) ->
                      used(passkey, signCount, backedUp);
                });
  }

  /** Another use may have been quicker, or the passkey was removed meanwhile. */
  private Mono<Passkey> used(Passkey passkey, long signCount, boolean backedUp) {
    return store
        .used(passkey.id(), signCount, backedUp, now())
        .switchIfEmpty(
            Mono.defer(() -> store.find(passkey.id()))
                .flatMap(there -> refused(new Refusal.PasskeyCounterRegressed())))
        .switchIfEmpty(refused(new Refusal.PasskeyInvalid()));
  }

  private Mono<Void> served() {
    return Mono.defer(
        () -> ceremonies.served() ? Mono.empty() : refused(new Refusal.PasskeysNotServed()));
  }

  private Mono<Void> count(String kind, String what, int max) {
    return what.isEmpty()
        ? Mono.empty()
        : limits
            .limit(secrets.hash("limit", kind, what), max, limit.window(), clock.instant())
            .flatMap(wait -> refused(new Refusal.PasskeysRateLimited(wait)));
  }

  private PasskeyChallenge challenge(String id, String session, String customer, String handle) {
    return new PasskeyChallenge(
        challengeHash(id),
        random(CHALLENGE_BYTES),
        session,
        customer,
        handle,
        now().plus(limit.life()));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }

  private static String random(int length) {
    var bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private String challengeHash(String id) {
    return secrets.hash("passkey-challenge", id);
  }

  private String passkeyHash(String credentialId) {
    return secrets.hash("passkey", credentialId);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
