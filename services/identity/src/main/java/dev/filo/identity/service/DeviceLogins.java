package dev.filo.identity.service;

import dev.filo.identity.domain.DeviceLogin;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.domain.Refusal;
import dev.filo.platform.code.Ids;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import reactor.core.publisher.Mono;

/** Signing in a device without a browser of its own (RFC 8628). */
public final class DeviceLogins {
  /** How long a device must wait between two questions, unless it is told to be slower. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Duration SLOWER = Duration.ofSeconds(5); // RFC 8628 §3.5
  // Consonants only: no words, nothing to be mistaken for a digit (RFC 8628 §6.1). 20^8 codes.
  private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
  private static final int LENGTH = 8;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TAKEN_RETRIES_MAX = 5;

  private final DeviceLoginStore store;
  private final SignInStore limits;
  private final Sessions sessions;
  private final Secrets secrets;
  private final Limits limit;
  private final InstantSource clock;

  /**
   * The limits.
   *
   * @param life how long a user code can be entered
   * @param perPlace user codes that may be tried, or asked for, from one network address within the
   *     window
   */
  public record Limits(Duration life, int perPlace, Duration window) {}

  /** The use cases over a store. */
  public DeviceLogins(
      DeviceLoginStore store,
      SignInStore limits,
      Sessions sessions,
      Secrets secrets,
      Limits limit,
      InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.sessions = sessions;
    this.secrets = secrets;
    this.limit = limit;
    this.clock = clock;
  }

  /** The codes of a sign-in that has begun. */
  public record Started(
      String deviceCode, String userCode, Instant issueTime, Instant expireTime) {}

  /** Begins. One value; refused with CodesRateLimited. */
  public Mono<Started> start(String clientId, String device, String place) {
    return count("device-start", place)
        .then(
            Mono.defer(() -> begin(clientId, device))
                .repeatWhenEmpty(TAKEN_RETRIES_MAX, tries -> tries));
  }

  private Mono<Started> begin(String clientId, String device) {
    var now = now();
    var deviceCode = Ids.random() + Ids.random();
    var userCode = userCode();
    var started = new Started(deviceCode, userCode, now, now.plus(limit.life()));
    return store
        .add(
            new DeviceLogin(
                deviceHash(deviceCode),
                userHash(userCode),
                clientId,
                device,
                DeviceLogin.State.OPEN,
                "",
                Instant.EPOCH,
                INTERVAL,
                started.expireTime()))
        .filter(Boolean::booleanValue)
        .map(added -> started);
  }

  /**
   * What a person has entered the code of. One value; refused with DeviceCodeExpired, or with
   * CodesRateLimited.
   */
  public Mono<DeviceLogin> find(String userCode, String place) {
    return count("device-code", place)
        .then(Mono.defer(() -> store.byUserCode(userHash(userCode))))
        .filter(login -> login.isOpen(now()))
        .switchIfEmpty(over());
  }

  /** A person says yes or no. Completes; refused with DeviceCodeExpired when it is too late. */
  public Mono<Void> decide(String userCode, Principal who, boolean approve, String place) {
    return find(userCode, place)
        .flatMap(
            login ->
                store.decide(
                    login.id(),
                    approve ? DeviceLogin.State.APPROVED : DeviceLogin.State.DENIED,
                    who.name(),
                    now()))
        .filter(Boolean::booleanValue)
        .switchIfEmpty(over())
        .then();
  }

  /**
   * The device asks whether somebody has said yes. One value: a session for who did; refused with
   * DeviceCodePending, DeviceCodeTooFast, DeviceCodeDenied or DeviceCodeExpired.
   */
  public Mono<Sessions.Opened> poll(String deviceCode, String clientId) {
    var now = now();
    return store
        .poll(deviceHash(deviceCode), clientId, now)
        .filter(login -> now.isBefore(login.expireTime()))
        .flatMap(
            login ->
                switch (login.state()) {
                  case OPEN -> waiting(login, now);
                  case DENIED -> refused(new Refusal.DeviceCodeDenied());
                  case USED -> Mono.<Sessions.Opened>empty();
                  case APPROVED ->
                      store
                          .take(login.id(), now)
                          .filter(Boolean::booleanValue)
                          .flatMap(taken -> sessions.principal(login.principal()))
                          .flatMap(
                              who ->
                                  sessions.open(Ids.random(), who, clientId, login.device(), ""));
                })
        .switchIfEmpty(over());
  }

  private Mono<Sessions.Opened> waiting(DeviceLogin login, Instant now) {
    return now.isBefore(login.pollTime().plus(login.interval()))
        ? store.slowDown(login.id(), SLOWER).then(refused(new Refusal.DeviceCodeTooFast()))
        : refused(new Refusal.DeviceCodePending());
  }

  private Mono<Void> count(String kind, String place) {
    return place.isEmpty()
        ? Mono.empty()
        : limits
            .limit(
                secrets.hash("limit", kind, place),
                limit.perPlace(),
                limit.window(),
                clock.instant())
            .flatMap(wait -> refused(new Refusal.CodesRateLimited(wait)));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }

  private static <T> Mono<T> over() {
    return refused(new Refusal.DeviceCodeExpired());
  }

  private static String userCode() {
    var code = new StringBuilder(LENGTH + 1);
    for (int i = 0; i < LENGTH; i++) {
      if (i == LENGTH / 2) {
        code.append('-');
      }
      code.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return code.toString();
  }

  private String userHash(String userCode) {
    return secrets.hash("user-code", userCode.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", ""));
  }

  private String deviceHash(String deviceCode) {
    return secrets.hash("device-code", deviceCode);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
