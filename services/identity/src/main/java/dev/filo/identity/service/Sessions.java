package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.Session;
import dev.filo.identity.domain.StaffMember;
import dev.filo.platform.auth.EndedSessions;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sessions, their refresh tokens and their way to other devices. A refresh token is good once; used
 * again, it ends its session, for one of its two users stole it (RFC 9700 §4.14.2).
 */
public final class Sessions {
  private static final int HANDOFF_LENGTH = 8;
  // A hand-off has four steps: whoever lost this often is not in a race.
  private static final int STALE_RETRIES_MAX = 5;
  private static final int ALL = 10_000; // More than anybody has.
  private static final Pattern TOKEN =
      Pattern.compile("([A-Za-z0-9_-]{16,64})\\.([0-9]{1,18})\\.([A-Za-z0-9_-]{43})");

  private final SessionStore store;
  private final Customers customers;
  private final StaffStore staff;
  private final EndedSessions ended;
  private final AuditLog audit;
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
      EndedSessions ended,
      AuditLog audit,
      Secrets secrets,
      Lives lives,
      InstantSource clock) {
    this.store = store;
    this.customers = customers;
    this.staff = staff;
    this.ended = ended;
    this.audit = audit;
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
    return ended(session.id())
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
        .flatMap(session -> ended(session.id()))
        .then();
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
    return ended(id).then();
  }

  /**
   * A customer's sessions that have not ended, newest first: those opened for her and for whoever
   * became her.
   *
   * @param after where the list goes on; empty: at the newest
   */
  public Flux<Session> list(String customer, Optional<SessionStore.Place> after, int max) {
    return names(customer).flatMapMany(names -> store.list(names, after, max, now()));
  }

  /**
   * Ends one of a customer's sessions. Refused with SessionUnknown when it is not hers or over.
   *
   * @param by who of the staff ends it; empty: she does
   */
  public Mono<Void> end(String customer, String id, String by) {
    return names(customer)
        .zipWith(store.find(id, now()))
        .filter(both -> both.getT1().contains(both.getT2().principal()))
        .flatMap(both -> ended(id, act(customer, id, by)))
        .switchIfEmpty(
            Mono.error(
                () ->
                    new RefusedException(new Refusal.SessionUnknown(customer + "/sessions/" + id))))
        .then();
  }

  /**
   * Ends all of a principal's sessions. One value: how many this call ended.
   *
   * @param principal a customer, then also those of whoever became her; or one of the staff
   * @param except the one that goes on; empty: none
   * @param by who of the staff ends a customer's; empty: she does, or they end with something else
   */
  public Mono<Integer> endAll(String principal, String except, String by) {
    return names(principal)
        .flatMapMany(names -> store.list(names, Optional.empty(), ALL, now()))
        .filter(session -> !session.id().equals(except))
        .concatMap(session -> ended(session.id(), act(principal, session.id(), by)))
        .filter(Boolean::booleanValue)
        .count()
        .map(Long::intValue);
  }

  private Mono<Boolean> ended(String id) {
    return ended(id, null);
  }

  /** Ends it here at once; elsewhere as soon as the feed is heard. */
  private Mono<Boolean> ended(String id, @Nullable AuditAct act) {
    return store
        .end(id, act, now())
        .flatMap(
            done ->
                done
                    ? ended
                        .record(id)
                        .then(Mono.defer(() -> audit.settle(store.acts(), act)))
                        .thenReturn(true)
                    : Mono.just(false));
  }

  private @Nullable AuditAct act(String customer, String session, String by) {
    return by.isEmpty()
        ? null
        : new AuditAct(
            Ids.random(),
            now(),
            by,
            "session.end",
            customer,
            new TreeMap<>(Map.of("session", session)),
            false);
  }

  private Mono<List<String>> names(String principal) {
    return principal.startsWith("customers/")
        ? customers.names(principal)
        : Mono.just(List.of(principal));
  }

  /** Whom a name stands for now. Empty when there is nobody. */
  public Mono<Principal> principal(String name) {
    if (name.startsWith("staff/")) {
      return staff
          .person(name.substring("staff/".length()))
          .filter(StaffMember::active)
          .map(StaffMember::principal);
    }
    return customers.current(Customer.id(name)).map(Principal::of);
  }

  /** A hand-off and its code. */
  public record NewHandoff(String code, Handoff handoff) {}

  /**
   * Makes a code that carries a customer's session to another device. One value.
   *
   * @param session the session it is made with; the code ends with it
   * @param confirm whether that session must say yes to the device that shows the code
   * @param requestId the same one gives the same code again; empty: every call is new
   */
  public Mono<NewHandoff> handOff(
      String customer, String session, boolean confirm, String requestId) {
    var code =
        requestId.isEmpty()
            ? Ids.code(HANDOFF_LENGTH)
            : secrets.code(HANDOFF_LENGTH, "handoff", customer, session, requestId);
    var handoff =
        Handoff.open(handoffHash(code), customer, session, confirm, now().plus(lives.handoff()));
    return store
        .addHandoff(handoff)
        // A code that somebody else has at this moment: one in 2^40.
        .filter(kept -> kept.session().equals(session))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException("hand-off", 0)))
        .map(kept -> new NewHandoff(code, kept));
  }

  /** What became of a hand-off this session made. One value; refused with HandoffUnknown. */
  public Mono<Handoff> handoff(String id, String session) {
    return store
        .handoff(id)
        .filter(handoff -> !session.isEmpty() && handoff.session().equals(session))
        .switchIfEmpty(
            Mono.error(() -> new RefusedException(new Refusal.HandoffUnknown("handoffs/" + id))));
  }

  /** The session that made a hand-off says yes or no. One value: the hand-off since. */
  public Mono<Handoff> decideHandoff(String id, String session, boolean approve) {
    return again(
        () ->
            handoff(id, session)
                .flatMap(seen -> move(seen, seen.decide(approve, now())).defaultIfEmpty(seen)));
  }

  /**
   * A device shows a hand-off code. One value, the customer, once it may go on; refused with
   * HandoffPending while it must wait, HandoffDenied, or HandoffExpired.
   *
   * @param claim what tells the device from others, the same every time it asks; may be empty when
   *     nobody has to say yes
   */
  public Mono<Customer> showHandoff(String code, String claim, String device, String clientId) {
    var id = handoffHash(Ids.readCode(code));
    var by = claim.isEmpty() ? "" : secrets.hash("claim", id, claim);
    return again(
            () ->
                store
                    .handoff(id)
                    .filterWhen(handoff -> store.find(handoff.session(), now()).hasElement())
                    .flatMap(seen -> move(seen, seen.show(by, device, clientId, now()))))
        .flatMap(
            handoff ->
                handoff.state() == Handoff.State.USED
                    ? customers.current(Customer.id(handoff.customer()))
                    : Mono.error(() -> new RefusedException(new Refusal.HandoffPending())))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.HandoffExpired())));
  }

  /** The hand-off moved on; empty when nothing changes. */
  private Mono<Handoff> move(Handoff seen, Handoff.Outcome outcome) {
    return switch (outcome) {
      case Handoff.Outcome.Stays() -> Mono.empty();
      case Handoff.Outcome.Refused(var why) -> Mono.error(() -> new RefusedException(why));
      case Handoff.Outcome.Moves(var next) ->
          store
              .moveHandoff(seen, next)
              .switchIfEmpty(Mono.error(() -> new StaleVersionException("hand-off", 0)));
    };
  }

  /** Once more with what is there now, when another was quicker. */
  private static <T> Mono<T> again(Supplier<Mono<T>> attempt) {
    return Mono.defer(attempt).retryWhen(StaleRetry.atOnce(STALE_RETRIES_MAX));
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
