package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.Refusal;
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
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Administration of the retailer's people and machines. A change and the act that tells of it are
 * one write; then the act goes into the audit log and what follows from it is done. A process that
 * dies in between leaves the act where {@link #settleAll} finds it.
 */
public final class Staff {
  private static final Logger log = LoggerFactory.getLogger(Staff.class);
  private static final String IDENTITY = "services/identity";
  private static final int STALE_RETRIES_MAX = 20;
  // An act is settled in milliseconds; what is older was left by a process that died.
  private static final Duration LEFT = Duration.ofSeconds(5);

  private final StaffStore store;
  private final AuditLog audit;
  private final Sessions sessions;
  private final EndedSessions ended;
  private final Secrets secrets;
  private final InstantSource clock;

  /** The use cases over a store. */
  public Staff(
      StaffStore store,
      AuditLog audit,
      Sessions sessions,
      EndedSessions ended,
      Secrets secrets,
      InstantSource clock) {
    this.store = store;
    this.audit = audit;
    this.sessions = sessions;
    this.ended = ended;
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Who asks for a change, and how the answer is made and remembered.
   *
   * @param actor who does it: {@code staff/manager@filo.example}
   * @param requestId empty: every call is a new request
   */
  public record Asked<T extends Message>(
      String actor, String requestId, Message request, Parser<T> parser) {}

  /** People by e-mail, after this one. */
  public Flux<StaffMember> people(String after, int max) {
    return store.people(after, max);
  }

  /** Machines by id, after this one. */
  public Flux<Device> devices(String after, int max) {
    return store.devices(after, max);
  }

  /** Adds a person. The answer, or the one given first to the same request. */
  public <T extends Message> Mono<T> add(
      String email,
      String displayName,
      String role,
      List<String> stores,
      Asked<T> asked,
      Function<StaffMember, T> answer) {
    var person =
        StaffMember.added(email.toLowerCase(Locale.ROOT), displayName, role, stores, now());
    if (!person.isConsistent()) {
      return refused(new Refusal.StoresInvalid());
    }
    var act = act(asked.actor(), "staff.create", person.name(), changes(null, person), false);
    var made = answer.apply(person);
    return first(
        asked,
        person.name(),
        store
            .add(person, act, remembered(asked, made))
            .filter(Boolean::booleanValue)
            .flatMap(added -> settle(act).thenReturn(made)),
        new Refusal.StaffMemberExists());
  }

  /**
   * Changes a person. The answer, or the one given first to the same request.
   *
   * @param etag empty: whatever her version is
   */
  public <T extends Message> Mono<T> change(
      String name,
      String etag,
      UnaryOperator<StaffMember> change,
      Asked<T> asked,
      Function<StaffMember, T> answer) {
    return again(
        () ->
            first(
                asked,
                name,
                store
                    .person(name.substring("staff/".length()))
                    .switchIfEmpty(refused(new Refusal.NobodyKnown(name)))
                    .flatMap(seen -> change(seen, etag, change.apply(seen), asked, answer)),
                new Refusal.NobodyKnown(name)));
  }

  private <T extends Message> Mono<T> change(
      StaffMember seen,
      String etag,
      StaffMember wanted,
      Asked<T> asked,
      Function<StaffMember, T> answer) {
    if (stale(etag, seen.version())) {
      return refused(new Refusal.CustomerChanged(Long.toString(seen.version())));
    }
    if (!wanted.isConsistent()) {
      return refused(new Refusal.StoresInvalid());
    }
    if (wanted.equals(seen)) {
      return Mono.just(answer.apply(seen));
    }
    var next =
        new StaffMember(
            seen.email(),
            wanted.displayName(),
            wanted.role(),
            wanted.stores(),
            wanted.active(),
            seen.createTime(),
            seen.version() + 1);
    var act =
        act(
            asked.actor(),
            "staff.update",
            seen.name(),
            changes(seen, next),
            seen.mustSignInAgain(next));
    var made = answer.apply(next);
    return lastManager(seen, next)
        .then(Mono.defer(() -> store.replace(seen, next, act, remembered(asked, made))))
        .flatMap(
            done ->
                done
                    ? settle(act).thenReturn(made)
                    : Mono.error(new StaleVersionException(seen.name(), seen.version())));
  }

  /**
   * Refused when nobody else could manage. Two managers who deactivate each other at the very same
   * moment both can; the configured first manager is let in again at the next start.
   */
  private Mono<Void> lastManager(StaffMember seen, StaffMember next) {
    return seen.manages() && !next.manages()
        ? store
            .managersBeside(seen.email())
            .flatMap(others -> others == 0 ? refused(new Refusal.NobodyLeft()) : Mono.empty())
        : Mono.empty();
  }

  /** A device and its secret, which is not kept. */
  public record Registered(Device device, String secret) {}

  /**
   * Registers a machine. The answer; one that repeats an earlier one has no secret.
   *
   * @param answer the answer with a device and its secret, and as it is remembered without
   */
  public <T extends Message> Mono<T> register(
      String clientId,
      String displayName,
      String deviceStore,
      Asked<T> asked,
      Function<Registered, T> answer) {
    if (deviceStore.isEmpty()) {
      return refused(new Refusal.FieldMissing("device.store"));
    }
    var secret = newSecret();
    var device = Device.registered(clientId, hash(secret), displayName, deviceStore, now());
    var act = act(asked.actor(), "device.create", device.name(), changes(null, device), false);
    return first(
        asked,
        device.name(),
        store
            .add(device, act, remembered(asked, answer.apply(new Registered(device, ""))))
            .filter(Boolean::booleanValue)
            .flatMap(added -> settle(act).thenReturn(answer.apply(new Registered(device, secret)))),
        new Refusal.DeviceExists());
  }

  /** Gives a machine another secret. The answer; one that repeats an earlier one has no secret. */
  public <T extends Message> Mono<T> rotate(
      String name, Asked<T> asked, Function<Registered, T> answer) {
    var secret = newSecret();
    return device(
        name,
        "",
        "device.rotateSecret",
        seen ->
            new Device(
                seen.clientId(),
                hash(secret),
                seen.displayName(),
                seen.store(),
                seen.active(),
                seen.epoch(),
                seen.createTime(),
                seen.version()),
        asked,
        device -> answer.apply(new Registered(device, secret)),
        device -> answer.apply(new Registered(device, "")));
  }

  /**
   * Changes a machine. The answer, or the one given first to the same request.
   *
   * @param etag empty: whatever its version is
   */
  public <T extends Message> Mono<T> changeDevice(
      String name,
      String etag,
      UnaryOperator<Device> change,
      Asked<T> asked,
      Function<Device, T> answer) {
    return device(name, etag, "device.update", change, asked, answer, answer);
  }

  private <T extends Message> Mono<T> device(
      String name,
      String etag,
      String action,
      UnaryOperator<Device> change,
      Asked<T> asked,
      Function<Device, T> answer,
      Function<Device, T> kept) {
    return again(
        () ->
            first(
                asked,
                name,
                store
                    .device(name.substring("devices/".length()))
                    .switchIfEmpty(refused(new Refusal.NobodyKnown(name)))
                    .flatMap(
                        seen -> {
                          if (stale(etag, seen.version())) {
                            return refused(
                                new Refusal.CustomerChanged(Long.toString(seen.version())));
                          }
                          var wanted = change.apply(seen);
                          if (wanted.equals(seen)) {
                            return Mono.just(answer.apply(seen));
                          }
                          boolean over = seen.mustSignInAgain(wanted);
                          var next =
                              new Device(
                                  seen.clientId(),
                                  wanted.secretHash(),
                                  wanted.displayName(),
                                  wanted.store(),
                                  wanted.active(),
                                  over ? seen.epoch() + 1 : seen.epoch(),
                                  seen.createTime(),
                                  seen.version() + 1);
                          var act =
                              act(asked.actor(), action, seen.name(), changes(seen, next), false);
                          return store
                              .replace(seen, next, act, remembered(asked, kept.apply(next)))
                              .flatMap(
                                  done ->
                                      done
                                          ? (over ? ended.record(seen.session()) : empty())
                                              .then(settle(act))
                                              .thenReturn(answer.apply(next))
                                          : Mono.error(
                                              new StaleVersionException(
                                                  seen.name(), seen.version())));
                        }),
                new Refusal.NobodyKnown(name)));
  }

  private static Mono<Void> empty() {
    return Mono.empty();
  }

  /** Lets a configured person manage, if nobody else may. Completes. */
  public Mono<Void> firstManager(String email) {
    var who = email.strip().toLowerCase(Locale.ROOT);
    return store
        .managersBeside("")
        .filter(others -> others == 0)
        .flatMap(none -> store.person(who).map(Optional::of).defaultIfEmpty(Optional.empty()))
        .flatMap(
            known -> {
              log.info("nobody may manage: the configured first manager is let in");
              var next =
                  known
                      .map(
                          seen ->
                              new StaffMember(
                                  who,
                                  seen.displayName(),
                                  StaffMember.MANAGER,
                                  List.of(),
                                  true,
                                  seen.createTime(),
                                  seen.version() + 1))
                      .orElseGet(
                          () -> StaffMember.added(who, "", StaffMember.MANAGER, List.of(), now()));
              var act =
                  act(
                      IDENTITY,
                      known.isPresent() ? "staff.update" : "staff.create",
                      next.name(),
                      changes(known.orElse(null), next),
                      false);
              return known
                  .map(seen -> store.replace(seen, next, act, Optional.empty()))
                  .orElseGet(() -> store.add(next, act, Optional.empty()))
                  .filter(Boolean::booleanValue)
                  .flatMap(done -> settle(act));
            });
  }

  /** Adds one of the people to try the suite with, unless there is one. Completes. */
  public Mono<Void> demo(String email, String displayName, String role, List<String> stores) {
    var person = StaffMember.added(email, displayName, role, stores, now());
    var act = act(IDENTITY, "staff.create", person.name(), changes(null, person), false);
    return store
        .person(email)
        .hasElement()
        .flatMap(there -> there ? Mono.just(false) : store.add(person, act, Optional.empty()))
        .filter(Boolean::booleanValue)
        .flatMap(added -> settle(act));
  }

  /** Registers a machine to try the suite with, unless there is one. Completes. */
  public Mono<Void> demo(
      String clientId, String secretHash, String displayName, String deviceStore) {
    var device = Device.registered(clientId, secretHash, displayName, deviceStore, now());
    var act = act(IDENTITY, "device.create", device.name(), changes(null, device), false);
    return store
        .device(clientId)
        .hasElement()
        .flatMap(there -> there ? Mono.just(false) : store.add(device, act, Optional.empty()))
        .filter(Boolean::booleanValue)
        .flatMap(added -> settle(act));
  }

  /** Everything of an act after its write; each step can be repeated. */
  private Mono<Void> settle(AuditAct act) {
    return audit
        .append(act)
        .then(
            Mono.defer(
                () ->
                    act.signOut()
                        ? sessions.endAll(act.subject(), "", "").then()
                        : Mono.<Void>empty()))
        .then(Mono.defer(() -> store.settle(act)));
  }

  /** Settles acts that a process left half done. */
  public Mono<Void> settleAll() {
    var before = now().minus(LEFT);
    return store
        .unsettled()
        .filter(act -> act.time().isBefore(before))
        .concatMap(
            act -> {
              log.info("an administrative act that was left half done is finished");
              return settle(act);
            })
        .then();
  }

  /** The first answer if the request came before; else the work; else why there is none. */
  private <T extends Message> Mono<T> first(
      Asked<T> asked, String name, Mono<T> work, Refusal none) {
    return store
        .remembered(name, asked.requestId(), asked.request(), asked.parser())
        .switchIfEmpty(work)
        // Two of the same at once: the other one's answer is there now.
        .switchIfEmpty(
            Mono.defer(
                () -> store.remembered(name, asked.requestId(), asked.request(), asked.parser())))
        .switchIfEmpty(refused(none));
  }

  private static <T> Mono<T> again(java.util.function.Supplier<Mono<T>> attempt) {
    return Mono.defer(attempt).retryWhen(StaleRetry.atOnce(STALE_RETRIES_MAX));
  }

  private static <T extends Message> Optional<StaffStore.Remembered> remembered(
      Asked<T> asked, T answer) {
    return asked.requestId().isEmpty()
        ? Optional.empty()
        : Optional.of(new StaffStore.Remembered(asked.requestId(), asked.request(), answer));
  }

  private static boolean stale(String etag, long version) {
    return !etag.isEmpty() && !etag.equals(Long.toString(version));
  }

  private AuditAct act(
      String actor,
      String action,
      String subject,
      SortedMap<String, String> changes,
      boolean signOut) {
    return new AuditAct(Ids.random(), now(), actor, action, subject, changes, signOut);
  }

  private static SortedMap<String, String> changes(
      @org.jspecify.annotations.Nullable StaffMember seen, StaffMember next) {
    var all = new TreeMap<String, String>();
    all.put("displayName", next.displayName());
    all.put("role", next.role());
    all.put("stores", String.join(",", next.stores()));
    all.put("active", Boolean.toString(next.active()));
    if (seen != null) {
      all.entrySet().removeAll(changes(null, seen).entrySet());
    }
    return all;
  }

  private static SortedMap<String, String> changes(
      @org.jspecify.annotations.Nullable Device seen, Device next) {
    var all = new TreeMap<String, String>();
    all.put("displayName", next.displayName());
    all.put("store", next.store());
    all.put("active", Boolean.toString(next.active()));
    if (seen != null) {
      all.entrySet().removeAll(changes(null, seen).entrySet());
    }
    return all;
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }

  private static String newSecret() {
    return Ids.random() + Ids.random(); // 200 random bits
  }

  private String hash(String secret) {
    return secrets.hash("client", secret);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
