package dev.filo.reservation.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.Message;
import dev.filo.calendar.StoreCalendars;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.inventory.v1.ErrorReason;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Remembered;
import dev.filo.reservation.store.ReservationDocuments;
import io.grpc.StatusRuntimeException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Keeps goods for people. What inventory has to do is written into the reservation before inventory
 * is asked, and struck out after it has answered ({@link Step}); so after a kill anywhere, any
 * replica goes on where it stopped ({@link #resume}). Every one of those steps may be repeated.
 */
public final class Reservations {
  private static final Logger log = LoggerFactory.getLogger(Reservations.class);
  private static final String SOURCE = "filo/reservation";
  private static final int STALE_RETRIES_MAX = 8;
  private static final int CODE_LENGTH = 8;
  private static final int CODE_TRIES = 5;
  private static final int SWEEP_BATCH = 100;
  private static final int PARTS_MAX = 5;
  // Longer than any step takes; a step older than this was left by somebody who died.
  private static final Duration ABANDONED = Duration.ofSeconds(8);
  private static final Actor SYSTEM =
      Actor.newBuilder()
          .setPrincipal("services/reservation")
          .setRole("service")
          .setChannel("system")
          .build();

  private final MongoReservationStore store;
  private final MongoQuotaStore quotas;
  private final Neighbours neighbours;
  private final ReservationPolicy policy;
  private final Relay relay;
  private final Changes changes;
  private final InstantSource clock;
  private final Cache<String, Boolean> merges = Caffeine.newBuilder().maximumSize(10_000).build();

  /** The use cases over their stores and neighbours. */
  public Reservations(
      MongoReservationStore store,
      MongoQuotaStore quotas,
      Neighbours neighbours,
      ReservationPolicy policy,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.quotas = quotas;
    this.neighbours = neighbours;
    this.policy = policy;
    this.relay = relay;
    this.changes = changes;
    this.clock = clock;
  }

  /** The key that is told when anything of a customer's changes. */
  public static String customerKey(String customer) {
    return customer + "/reservations";
  }

  /** The key that is told when a store's pick list changes. */
  public static String storeKey(String storeName) {
    return storeName + "/pickList";
  }

  /** Keeps goods. One value; {@link RefusedException} when they cannot be kept. */
  public Mono<Document> create(CreateReservationRequest request, Caller caller) {
    var customer = request.getCustomer().isEmpty() ? caller.principal() : request.getCustomer();
    if (!customer.startsWith("customers/")) {
      return refused(new Refusal.CustomerMissing());
    }
    if (caller.is(Role.ROLE_STORE_STAFF) && !caller.stores().contains(request.getStore())) {
      return refused(new Refusal.StoreNotFound(request.getStore()));
    }
    var id = Ids.derived("reservation", caller.principal(), request.getRequestId());
    var hash = Requests.hash(request);
    return store
        .find(id)
        .flatMap(known -> repeated(known, hash, caller))
        .switchIfEmpty(Mono.defer(() -> createNew(id, hash, customer, request, caller)));
  }

  private Mono<Document> repeated(Document known, byte[] hash, Caller caller) {
    if (!Arrays.equals(Docs.bytes(known, "requestHash"), hash)) {
      return Mono.error(Statuses.requestIdReused());
    }
    return "PENDING".equals(known.getString("state"))
        ? finish(known, caller.actor()) // nothing is left of one that was given up: a new one
        : Mono.just(known);
  }

  private Mono<Document> createNew(
      String id, byte[] hash, String customer, CreateReservationRequest request, Caller caller) {
    var wanted = new LinkedHashMap<String, Integer>();
    for (ReservationLine line : request.getLinesList()) {
      wanted.merge(line.getSku(), line.getQuantity(), Integer::sum);
    }
    return Mono.zip(
            neighbours
                .store(request.getStore())
                .switchIfEmpty(refused(new Refusal.StoreNotFound(request.getStore()))),
            neighbours.variants(List.copyOf(wanted.keySet())),
            neighbours
                .customer(customer)
                .switchIfEmpty(refused(new Refusal.CustomerNotFound(customer))))
        .flatMap(
            known -> {
              var now = clock.instant();
              var lines = lines(wanted, known.getT2());
              if (!known.getT1().getPickup()) {
                return refused(new Refusal.PickupNotOffered(request.getStore()));
              }
              var end = end(request, known.getT1(), now);
              var reservation =
                  new Reservation(
                      id,
                      1,
                      customer,
                      request.getStore(),
                      lines,
                      new State.Pending(),
                      Step.PLACE,
                      end,
                      null,
                      Ids.random(),
                      Ids.code(CODE_LENGTH));
              return insert(reservation, known.getT1(), known.getT3(), hash, request, caller, 0)
                  .flatMap(document -> place(document, caller.actor()));
            });
  }

  private Mono<Document> insert(
      Reservation reservation,
      Store at,
      Customer customer,
      byte[] hash,
      CreateReservationRequest request,
      Caller caller,
      int tries) {
    return store
        .insert(
            reservation,
            caller.actor(),
            displayName(customer),
            at.getTitle(),
            hash,
            request.getPartial(),
            clock.instant())
        .onErrorResume(
            Mongo::isDuplicate,
            taken ->
                store
                    .find(reservation.id())
                    .flatMap(
                        known ->
                            Arrays.equals(Docs.bytes(known, "requestHash"), hash)
                                ? Mono.just(known)
                                : Mono.<Document>error(Statuses.requestIdReused()))
                    .switchIfEmpty(
                        Mono.defer(
                            () -> // the pickup code is somebody else's: draw another
                            tries >= CODE_TRIES
                                    ? Mono.error(taken)
                                    : insert(
                                        withCode(reservation, Ids.code(CODE_LENGTH)),
                                        at,
                                        customer,
                                        hash,
                                        request,
                                        caller,
                                        tries + 1))));
  }

  private static Reservation withCode(Reservation of, String code) {
    return new Reservation(
        of.id(),
        of.version(),
        of.customer(),
        of.store(),
        of.lines(),
        of.state(),
        of.step(),
        of.expireTime(),
        of.wantedEnd(),
        of.hold(),
        code);
  }

  private static List<Line> lines(Map<String, Integer> wanted, BatchGetVariantsResponse variants) {
    Map<String, VariantItem> bySku =
        variants.getItemsList().stream()
            .collect(Collectors.toMap(item -> item.getVariant().getSku(), Function.identity()));
    var lines = new ArrayList<Line>();
    wanted.forEach(
        (sku, quantity) -> {
          var item = bySku.get(sku);
          if (item == null || item.getWithdrawn()) {
            throw new RefusedException(new Refusal.SkuNotFound(sku));
          }
          lines.add(
              new Line(
                  sku,
                  quantity,
                  quantity,
                  item.getTitle(),
                  item.getMedia().getUri(),
                  item.getVariant().getPrice().getCurrencyCode(),
                  ReservationProtos.nanos(item.getVariant().getPrice())));
        });
    return lines;
  }

  private Instant end(CreateReservationRequest request, Store at, Instant now) {
    return switch (request.getUntilCase()) {
      case UNTIL_TIME -> within(Times.instant(request.getUntilTime()), now);
      case UNTIL_STORE_CLOSING -> closing(at, request.getUntilStoreClosing(), now);
      case UNTIL_DURATION -> within(now.plus(length(request.getUntilDuration())), now);
      case UNTIL_NOT_SET ->
          StoreCalendars.of(at)
              .nthClosing(now, policy.defaultClosings())
              .orElseThrow(() -> new RefusedException(new Refusal.StoreClosed(at.getName(), "")));
    };
  }

  private static Duration length(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  private Instant within(Instant end, Instant now) {
    var latest = now.plus(policy.longest());
    if (!end.isAfter(now) || end.isAfter(latest)) {
      throw new RefusedException(new Refusal.TimeInvalid(latest));
    }
    return Instant.ofEpochMilli(end.toEpochMilli()); // what the database keeps
  }

  private Instant closing(Store at, String date, Instant now) {
    return within(lastClosing(at, date, now), now);
  }

  private static Instant lastClosing(Store at, String date, Instant now) {
    LocalDate day;
    try {
      day = LocalDate.parse(date);
    } catch (DateTimeException e) {
      throw Statuses.field("until_store_closing", "is no date of the calendar");
    }
    return StoreCalendars.of(at)
        .lastClosing(day)
        .filter(instant -> instant.isAfter(now))
        .orElseThrow(() -> new RefusedException(new Refusal.StoreClosed(at.getName(), date)));
  }

  private static String displayName(Customer customer) {
    var family = customer.getFamilyName();
    return (customer.getGivenName() + (family.isEmpty() ? "" : " " + family.charAt(0) + "."))
        .trim();
  }

  /** The step PLACE: quota, hold, then it is held; or it is given up. */
  private Mono<Document> place(Document document, Actor actor) {
    var seen = ReservationDocuments.read(document);
    if (!clock.instant().isBefore(seen.expireTime())) {
      return drop(document, seen, actor, new RefusedException(new Refusal.Over("EXPIRED")));
    }
    return claim(seen, document)
        .then(Mono.defer(() -> neighbours.place(seen)))
        .flatMap(hold -> write(document, seen, seen.held(), actor, null))
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT),
            e -> placePart(document, seen, actor))
        .onErrorResume(
            StaleVersionException.class, // another replica goes on with it
            e -> again(seen.id(), actor).switchIfEmpty(Mono.error(e)))
        .onErrorResume(
            Reservations::isFinal,
            e ->
                store
                    .find(seen.id())
                    .filter(now -> Docs.number(now, "version") == seen.version())
                    .flatMap(now -> drop(now, seen, actor, e))
                    .switchIfEmpty(Mono.error(e)));
  }

  /** True when asking again would not help. */
  private static boolean isFinal(Throwable error) {
    return error instanceof RefusedException
        || (error instanceof StatusRuntimeException status
            && switch (status.getStatus().getCode()) {
              case FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS -> true;
              default -> false;
            });
  }

  /** Gives up what is being placed; the error. The reservation, when another replica has it. */
  private Mono<Document> drop(Document document, Reservation seen, Actor actor, Throwable why) {
    return write(document, seen, seen.dropped(), actor, null)
        .flatMap(dropping -> finish(dropping, actor))
        .onErrorResume(StaleVersionException.class, e -> again(seen.id(), actor))
        .switchIfEmpty(Mono.error(() -> given(why, seen)));
  }

  /** What inventory says for good, in our words. */
  private static Throwable given(Throwable why, Reservation seen) {
    if (Statuses.isReason(why, ErrorReason.ERROR_REASON_SKU_NOT_FOUND)) {
      var info = Statuses.errorInfo(why);
      return new RefusedException(
          new Refusal.SkuNotFound(info == null ? "" : info.getMetadataOrDefault("sku", "")));
    }
    if (Statuses.isReason(why, ErrorReason.ERROR_REASON_LOCATION_NOT_FOUND)) {
      return new RefusedException(new Refusal.StoreNotFound(seen.store()));
    }
    return why instanceof RefusedException
        ? why
        : Statuses.unavailable("Inventory"); // the hold was ended over there: a new one may do
  }

  /** Goes on with a reservation as it is now; empty when there is nothing left of it. */
  private Mono<Document> again(String id, Actor actor) {
    return store.find(id).flatMap(now -> finish(now, actor));
  }

  private Mono<Void> claim(Reservation reservation, Document document) {
    var createdBy = ReservationDocuments.actor(document.get("createdBy", Document.class));
    var quota =
        switch (createdBy.getRole()) {
          case "guest" -> policy.guest();
          case "customer" -> policy.customer();
          default -> null;
        };
    if (quota == null) {
      return Mono.empty();
    }
    if (reservation.units() > quota.units()) {
      return refused(new Refusal.Limit("units", quota.units()));
    }
    Mono<Boolean> claim =
        quotas.claim(
            reservation.customer(),
            reservation.id(),
            reservation.units(),
            quota.reservations(),
            quota.units());
    return claim
        .flatMap(room -> room ? Mono.just(true) : recount(reservation.customer()).then(claim))
        .flatMap(
            room ->
                room
                    ? Mono.<Void>empty()
                    : store
                        .counted(reservation.customer(), clock.instant())
                        .filter(kept -> !kept.getString("_id").equals(reservation.id()))
                        .count()
                        .flatMap(
                            kept ->
                                refused(
                                    kept >= quota.reservations()
                                        ? new Refusal.Limit("reservations", quota.reservations())
                                        : new Refusal.Limit("units", quota.units()))));
  }

  /** What was counted for reservations that have ended since makes room. */
  private Mono<Void> recount(String customer) {
    return quotas.forgetAllBut(
        customer,
        store
            .counted(customer, clock.instant())
            .map(kept -> kept.getString("_id"))
            .collect(Collectors.toSet()));
  }

  /**
   * Keeps what there is, when that was asked for; a few times, as stock moves meanwhile. Each time
   * it is written down first what is to be held by which hold: a hold nobody knows of would keep
   * goods from everybody.
   */
  private Mono<Document> placePart(Document document, Reservation seen, Actor actor) {
    boolean partial = document.getBoolean("partial", false) && seen.version() < PARTS_MAX;
    return neighbours
        .available(seen.store(), seen.lines())
        .flatMap(
            available -> {
              var kept =
                  seen.lines().stream()
                      .map(
                          line ->
                              new Line(
                                  line.sku(),
                                  Math.min(line.requested(), available.getOrDefault(line.sku(), 0)),
                                  line.requested(),
                                  line.title(),
                                  line.mediaUri(),
                                  line.currency(),
                                  line.unitPriceNanos()))
                      .filter(line -> line.quantity() > 0)
                      .toList();
              return !partial || kept.isEmpty()
                  ? refused(insufficient(seen, available))
                  : write(document, seen, seen.part(kept, Ids.random()), actor, null)
                      .flatMap(part -> place(part, actor));
            });
  }

  private static Refusal insufficient(Reservation reservation, Map<String, Integer> available) {
    var shortOf = new TreeMap<String, String>();
    for (Line line : reservation.lines()) {
      int there = available.getOrDefault(line.sku(), 0);
      if (there < line.requested()) {
        shortOf.put(line.sku(), Integer.toString(there));
      }
    }
    return new Refusal.StockInsufficient(reservation.store(), shortOf);
  }

  /** A reservation the caller may see; {@link RefusedException} with NotFound otherwise. */
  public Mono<Document> get(String id, Caller caller) {
    return store
        .find(id)
        .filter(document -> maySee(ReservationDocuments.read(document), caller))
        .filter(document -> !"PENDING".equals(document.getString("state")))
        .switchIfEmpty(refused(new Refusal.NotFound(ReservationProtos.PREFIX + id)));
  }

  private static boolean maySee(Reservation reservation, Caller caller) {
    if (caller.isShopper()) {
      return reservation.customer().equals(caller.principal());
    }
    if (caller.is(Role.ROLE_STORE_STAFF) || caller.is(Role.ROLE_DEVICE)) {
      return caller.stores().contains(reservation.store());
    }
    return true;
  }

  /** The store has set it aside. */
  public Mono<Document> prepare(
      String id, String etag, String requestId, Message request, Caller caller) {
    return change(id, etag, requestId, request, caller, seen -> seen.prepare(clock.instant()));
  }

  /** It is withdrawn. */
  public Mono<Document> cancel(
      String id, String etag, String requestId, Message request, Caller caller) {
    return change(id, etag, requestId, request, caller, seen -> seen.cancel(clock.instant()))
        .flatMap(document -> finish(document, caller.actor()));
  }

  /** The store cannot keep it. */
  public Mono<Document> refuse(
      String id, String etag, String reason, String requestId, Message request, Caller caller) {
    return change(
            id, etag, requestId, request, caller, seen -> seen.refuse(reason, clock.instant()))
        .flatMap(document -> finish(document, caller.actor()));
  }

  /**
   * It shall be kept longer. The new end is written down, then inventory's hold is moved, then it
   * is the reservation's end: so the hold is never shorter than the reservation.
   */
  public Mono<Document> extend(String id, ExtendReservationRequest request, Caller caller) {
    return get(id, caller)
        // an extension somebody has begun comes first
        .flatMap(
            found ->
                ReservationDocuments.read(found).step() == Step.EXTEND
                    ? finish(found, caller.actor())
                    : Mono.just(found))
        .flatMap(
            document -> {
              var seen = ReservationDocuments.read(document);
              if (isRepeated(document, request.getRequestId(), request)) {
                return Mono.just(document);
              }
              var now = clock.instant();
              if (!seen.stateAt(now).isOpen()) {
                return refused(new Refusal.Over(seen.stateAt(now).label()));
              }
              return neighbours
                  .store(seen.store())
                  .switchIfEmpty(refused(new Refusal.StoreNotFound(seen.store())))
                  .flatMap(
                      at -> {
                        var end =
                            switch (request.getUntilCase()) {
                              case UNTIL_TIME ->
                                  Instant.ofEpochMilli(
                                      Times.instant(request.getUntilTime()).toEpochMilli());
                              case UNTIL_DURATION -> now.plus(length(request.getUntilDuration()));
                              case UNTIL_STORE_CLOSING, UNTIL_NOT_SET ->
                                  lastClosing(at, request.getUntilStoreClosing(), now);
                            };
                        return decide(
                            document,
                            request.getEtag(),
                            request.getRequestId(),
                            request,
                            caller,
                            current ->
                                current.extend(end, now.plus(policy.longest()), clock.instant()));
                      });
            })
        .flatMap(document -> finish(document, caller.actor()))
        .flatMap(
            done ->
                ReservationDocuments.read(done).state() instanceof State.Expired
                    ? refused(new Refusal.Over("EXPIRED"))
                    : Mono.just(done))
        .retryWhen(stale());
  }

  /** Hands the goods over for a code. */
  public Mono<Document> collect(
      String storeName, String code, String requestId, Message request, Caller caller) {
    return store
        .findByPickupCode(Ids.readCode(code))
        .filter(document -> !"PENDING".equals(document.getString("state")))
        .switchIfEmpty(refused(new Refusal.PickupCodeUnknown()))
        .flatMap(
            document ->
                decide(
                    document,
                    "",
                    requestId,
                    request,
                    caller,
                    seen -> seen.collect(storeName, clock.instant())))
        .flatMap(selling -> finish(selling, caller.actor()))
        .flatMap(
            done ->
                switch (ReservationDocuments.read(done).state()) {
                  // whoever comes second, even while the first is being sold to, is told so
                  case State.Collected collected when !isRepeated(done, requestId, request) ->
                      refused(new Refusal.AlreadyCollected(collected.at()));
                  case State.Collected mine -> Mono.just(done);
                  case State other -> refused(new Refusal.Over(other.label()));
                })
        .retryWhen(stale());
  }

  private Mono<Document> change(
      String id,
      String etag,
      String requestId,
      Message request,
      Caller caller,
      Function<Reservation, Decision> command) {
    return get(id, caller)
        .flatMap(document -> decide(document, etag, requestId, request, caller, command))
        .retryWhen(stale());
  }

  private static Retry stale() {
    return Retry.max(STALE_RETRIES_MAX)
        .filter(StaleVersionException.class::isInstance)
        .onRetryExhaustedThrow((spec, last) -> last.failure());
  }

  private Mono<Document> decide(
      Document document,
      String etag,
      String requestId,
      Message request,
      Caller caller,
      Function<Reservation, Decision> command) {
    if (isRepeated(document, requestId, request)) {
      return Mono.just(document);
    }
    var seen = ReservationDocuments.read(document);
    var current = ReservationProtos.etag(seen, clock.instant());
    if (!etag.isEmpty() && !etag.equals(current)) {
      return Mono.error(Statuses.etagStale(current));
    }
    return switch (command.apply(seen)) {
      case Decision.Changed(var next) ->
          write(
              document,
              seen,
              next,
              caller.actor(),
              new Remembered(
                  requestId, request, ReservationProtos.message(document, clock.instant())));
      case Decision.Unchanged(var same) -> Mono.just(document);
      case Decision.Refused(var why) -> refused(why);
    };
  }

  /** True when the reservation remembers the request: it had its effect. */
  private static boolean isRepeated(Document document, String requestId, Message request) {
    return Requests.answer(
            document, requestId, request, dev.filo.proto.reservation.v1.Reservation.parser())
        .isPresent();
  }

  /**
   * What inventory has still to do for a reservation; the reservation after it, empty when nothing
   * is left of it.
   */
  private Mono<Document> finish(Document document, Actor actor) {
    var seen = ReservationDocuments.read(document);
    Mono<Document> step =
        switch (seen.step()) {
          case NONE -> Mono.just(document);
          case PLACE -> place(document, actor);
          case RELEASE ->
              neighbours
                  .release(seen.hold())
                  .then(quotas.release(seen.customer(), seen.id()))
                  .then(
                      Mono.defer(
                          () ->
                              seen.state() instanceof State.Pending
                                  ? store.deleteDropped(seen.id()).then(Mono.empty())
                                  : write(document, seen, seen.released(), actor, null)));
          case EXTEND ->
              seen.stateAt(clock.instant()) instanceof State.Expired
                  ? end(document, seen, actor)
                  : neighbours
                      .extend(seen.hold(), Objects.requireNonNull(seen.wantedEnd()))
                      .flatMap(
                          moved ->
                              moved
                                  ? write(document, seen, seen.extended(), actor, null)
                                  : end(document, seen, actor));
          case SELL ->
              neighbours
                  .sell(seen.hold(), actor.getPrincipal())
                  .flatMap(
                      sold ->
                          sold
                              ? write(document, seen, seen.sold(clock.instant()), actor, null)
                              : end(document, seen, actor))
                  .flatMap(done -> quotas.release(seen.customer(), seen.id()).thenReturn(done));
        };
    return seen.step() == Step.PLACE
        ? step
        : step.onErrorResume(StaleVersionException.class, e -> again(seen.id(), actor));
  }

  private Mono<Document> end(Document document, Reservation seen, Actor actor) {
    return write(document, seen, seen.expired(), actor, null)
        .flatMap(ended -> finish(ended, actor));
  }

  /** Writes a state over the one seen, with its event when people can see a difference. */
  private Mono<Document> write(
      Document document,
      Reservation seen,
      Reservation next,
      Actor actor,
      @Nullable Remembered request) {
    var now = clock.instant();
    boolean visible =
        !seen.state().label().equals(next.state().label())
            || !seen.expireTime().equals(next.expireTime());
    List<Event> events = visible ? List.of(event(document, seen, next, actor, now)) : List.of();
    return store
        .replace(seen, next, events, request, now)
        .doOnNext(
            written -> {
              relay.offer(store.collection(), written);
              changes.tell(ReservationProtos.PREFIX + seen.id());
              changes.tell(customerKey(seen.customer()));
              changes.tell(storeKey(seen.store()));
            });
  }

  private static Event event(
      Document document, Reservation seen, Reservation next, Actor actor, Instant now) {
    var message =
        ReservationProtos.message(document, now).toBuilder()
            .clearLines()
            .addAllLines(ReservationProtos.lines(next.lines()))
            .setState(dev.filo.proto.reservation.v1.Reservation.State.valueOf(next.state().label()))
            .setExpireTime(Times.timestamp(next.expireTime()))
            .setUpdateTime(Times.timestamp(now))
            .setEtag(Long.toString(next.version()));
    switch (next.state()) {
      case State.Refused(var reason) -> message.setRefusalReason(reason);
      case State.Prepared(var at) -> message.setPrepareTime(Times.timestamp(at));
      case State.Collected(var at) -> message.setCollectTime(Times.timestamp(at));
      default -> {}
    }
    var before =
        seen.state() instanceof State.Pending // it is new
            ? dev.filo.proto.reservation.v1.Reservation.State.STATE_UNSPECIFIED
            : dev.filo.proto.reservation.v1.Reservation.State.valueOf(seen.state().label());
    return Outbox.event(
        SOURCE,
        ReservationProtos.PREFIX + seen.id(),
        now,
        actor,
        ReservationChanged.newBuilder().setReservation(message).setPreviousState(before).build());
  }

  /** Ends what has lapsed. Completes; errors of single reservations are left to the next time. */
  public Mono<Void> expire() {
    return store
        .lapsed(clock.instant(), SWEEP_BATCH)
        .concatMap(
            document -> {
              var seen = ReservationDocuments.read(document);
              return write(document, seen, seen.expired(), SYSTEM, null)
                  .flatMap(ended -> finish(ended, SYSTEM))
                  .then()
                  .onErrorResume(StaleVersionException.class, e -> Mono.empty())
                  .onErrorResume(e -> later(seen, e));
            })
        .then();
  }

  /** Goes on with what a process that died has begun. */
  public Mono<Void> resume() {
    return store
        .unfinished(clock.instant().minus(ABANDONED), SWEEP_BATCH)
        .concatMap(
            document -> {
              var seen = ReservationDocuments.read(document);
              return finish(document, SYSTEM)
                  .onErrorResume(RefusedException.class, e -> Mono.empty())
                  .then()
                  .onErrorResume(e -> later(seen, e));
            })
        .then();
  }

  private static Mono<Void> later(Reservation seen, Throwable error) {
    log.warn("reservation {} waits for the next sweep: {}", seen.id(), error.toString());
    return Mono.empty();
  }

  /** Everything of an alias is the customer's. Repeating changes nothing. */
  public Mono<Void> merged(String customer, String alias) {
    if (customer.equals(alias)) {
      return Mono.empty();
    }
    return store
        .move(customer, alias, clock.instant())
        .thenMany(store.counted(customer, clock.instant()))
        .map(ReservationDocuments::read)
        .concatMap(kept -> quotas.count(customer, kept.id(), kept.units()))
        .then()
        .doOnSuccess(done -> changes.tell(customerKey(customer)));
  }

  /**
   * Empty once what the caller had before signing in is hers: she sees it in the first answer after
   * it.
   */
  public Mono<Void> ensureMerged(Caller caller) {
    var pair = caller.principal() + " " + caller.former();
    if (!caller.isShopper() || caller.former().isEmpty() || merges.getIfPresent(pair) != null) {
      return Mono.empty();
    }
    return merged(caller.principal(), caller.former())
        .then(Mono.fromRunnable(() -> merges.put(pair, true)));
  }

  /** Reservations that fit and that the caller may see, newest first. */
  public Flux<Document> list(
      String customer, String storeName, List<String> states, int skip, int limit, Caller caller) {
    var whose = caller.isShopper() ? caller.principal() : customer;
    List<String> where =
        !storeName.isEmpty()
            ? List.of(storeName)
            : caller.is(Role.ROLE_STORE_STAFF) ? caller.stores() : List.of();
    return caller.is(Role.ROLE_STORE_STAFF) && where.isEmpty()
        ? Flux.empty()
        : store.list(whose, where, states, skip, limit, clock.instant());
  }

  static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
