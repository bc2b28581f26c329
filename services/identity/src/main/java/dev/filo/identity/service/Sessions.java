package dev.filo.identity.service;

import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.Session;
import dev.filo.identity.domain.StaffMember;
import dev.filo.platform.code.Ids;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * Sessions, their refresh tokens and their way to other devices. A refresh token is good once; used
 * again, it ends its session, for one of its two users stole it (RFC 9700 §4.14.2).
 */
public final class Sessions {
  private static final int HANDOFF_LENGTH = 8;
  private static final Pattern TOKEN =
      Pattern.compile("([A-Za-z0-9_-]{16,64})\\.([0-9]{1,18})\\.([A-Za-z0-9_-]{43})");

  private final SessionStore store;
  private final Customers customers;
  private final StaffStore staff;
  private final Secrets secrets;
  private final Lives lives;
  private final InstantSource clock;

  /**
   * How long sessions live.
   *
   * @param shopper without being refreshed
   * @param staff at most
   * @param handoff how long a hand-off code can be used
   */
  public record Lives(Duration shopper, Duration staff, Duration handoff) {}

  /** The use cases over a store. */
  public Sessions(
      SessionStore store,
      Customers customers,
      StaffStore staff,
      Secrets secrets,
      Lives lives,
      InstantSource clock) {
    this.store = store;
    this.customers = customers;
    this.staff = staff;
    this.secrets = secrets;
    this.lives = lives;
    this.clock = clock;
  }

  /** A session as it was just opened or refreshed, and whom it speaks for now. */
  public record Opened(Session session, Principal principal, String refreshToken) {}

  /** Opens a session. One value. */
  public Mono<Opened> open(
      String id, Principal principal, String clientId, String device, String former) {
    var now = now();
    var session =
        new Session(
            id,
            clientId,
            principal.name(),
            device,
            former,
            1,
            Ids.random(),
            now,
            now.plus(principal.isShopper() ? lives.shopper() : lives.staff()));
    return store.add(session).map(kept -> opened(kept, principal));
  }

  /**
   * Exchanges a refresh token for the next one. One value; refused with RefreshInvalid or
   * RefreshReused.
   */
  public Mono<Opened> refresh(String token, String clientId) {
    var now = now();
    return read(token)
        .flatMap(
            read ->
                store
                    .find(read.session(), now)
                    .filter(session -> session.clientId().equals(clientId))
                    .filter(session -> isOurs(session, read))
                    .flatMap(session -> refresh(session, read.generation(), now)))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.RefreshInvalid())));
  }

  private Mono<Opened> refresh(Session session, long generation, Instant now) {
    if (session.generation() != generation) {
      return reused(session);
    }
    return principal(session.principal())
        .flatMap(
            principal ->
                store
                    .refresh(
                        session.id(),
                        generation,
                        principal.isShopper() ? now.plus(lives.shopper()) : session.expireTime(),
                        now)
                    .map(next -> opened(next, principal))
                    .switchIfEmpty(Mono.defer(() -> reused(session))));
  }

  private Mono<Opened> reused(Session session) {
    return store
        .end(session.id())
        .then(Mono.error(() -> new RefusedException(new Refusal.RefreshReused())));
  }

  /**
   * Ends the session of a refresh token; one that is not ours, or another client's, does nothing.
   */
  public Mono<Void> revoke(String token, String clientId) {
    return read(token)
        .flatMap(
            read ->
                store
                    .find(read.session(), now())
                    .filter(session -> session.clientId().equals(clientId))
                    .filter(session -> isOurs(session, read)))
        .flatMap(session -> store.end(session.id()));
  }

  /** The session of a refresh token that can still be used. Empty when it cannot. */
  public Mono<Session> ofRefreshToken(String token) {
    return read(token)
        .flatMap(
            read ->
                store
                    .find(read.session(), now())
                    .filter(session -> isOurs(session, read))
                    .filter(session -> session.generation() == read.generation()));
  }

  /** A session that has not ended. Empty when it has. */
  public Mono<Session> find(String id) {
    return store.find(id, now());
  }

  /** Ends a session. */
  public Mono<Void> end(String id) {
    return store.end(id);
  }

  /** Whom a name stands for now. Empty when there is nobody. */
  public Mono<Principal> principal(String name) {
    if (name.startsWith("staff/")) {
      return staff.person(name.substring("staff/".length())).map(StaffMember::principal);
    }
    return customers.current(Customer.id(name)).map(Principal::of);
  }

  /** A hand-off code and until when it can be used. */
  public record NewHandoff(String code, Instant expireTime) {}

  /**
   * Makes a code that carries a customer's session to another device. One value.
   *
   * @param requestId the same one gives the same code again; empty: every call is new
   */
  public Mono<NewHandoff> handOff(String customer, String requestId) {
    var code =
        requestId.isEmpty()
            ? Ids.code(HANDOFF_LENGTH)
            : secrets.code(HANDOFF_LENGTH, "handoff", customer, requestId);
    var handoff = new Handoff(handoffHash(code), customer, now().plus(lives.handoff()));
    return store
        .addHandoff(handoff)
        // A code that somebody else has at this moment: one in 2^40.
        .filter(kept -> kept.customer().equals(customer))
        .switchIfEmpty(
            Mono.error(() -> new dev.filo.platform.mongo.StaleVersionException("hand-off", 0)))
        .map(kept -> new NewHandoff(code, kept.expireTime()));
  }

  /** The customer a hand-off code carries. One value; refused with HandoffExpired. */
  public Mono<Customer> takeHandoff(String code) {
    return store
        .takeHandoff(handoffHash(Ids.readCode(code)), now())
        .flatMap(handoff -> customers.current(Customer.id(handoff.customer())))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.HandoffExpired())));
  }

  private String handoffHash(String code) {
    return secrets.hash("handoff", code);
  }

  private Opened opened(Session session, Principal principal) {
    return new Opened(
        session,
        principal,
        session.id() + "." + session.generation() + "." + mac(session, session.generation()));
  }

  private boolean isOurs(Session session, Read read) {
    return Secrets.same(mac(session, read.generation()), read.mac());
  }

  private String mac(Session session, long generation) {
    return secrets.hash("refresh", session.id(), session.salt(), Long.toString(generation));
  }

  private static Mono<Read> read(String token) {
    var parts = TOKEN.matcher(token);
    return parts.matches()
        ? Mono.just(new Read(parts.group(1), Long.parseLong(parts.group(2)), parts.group(3)))
        : Mono.empty();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private record Read(String session, long generation, String mac) {}
}
