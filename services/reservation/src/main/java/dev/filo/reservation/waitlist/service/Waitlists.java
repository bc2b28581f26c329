package dev.filo.reservation.waitlist.service;

import dev.filo.calendar.StoreCalendars;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SignInMerges;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.reservation.v1.JoinWaitlistRequest;
import dev.filo.proto.reservation.v1.ListWaitlistEntriesResponse;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import dev.filo.reservation.service.Limits;
import dev.filo.reservation.service.Neighbours;
import dev.filo.reservation.service.RefusedException;
import dev.filo.reservation.service.TakeOver;
import dev.filo.reservation.waitlist.domain.Decision;
import dev.filo.reservation.waitlist.domain.Entry;
import dev.filo.reservation.waitlist.domain.Entry.Offer;
import dev.filo.reservation.waitlist.domain.Entry.State;
import dev.filo.reservation.waitlist.domain.Refusal;
import dev.filo.reservation.waitlist.domain.Waitlist;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore.Registered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Lines for what a store does not have. What is to be asked of inventory, of the limits and of
 * reservations is written into the line before it is asked, and what came of it after; so after a
 * kill anywhere any replica goes on where it stopped ({@link #sweep}). Every step may be repeated:
 * each try to hold pieces has a name of its own, made of the entry and the number of the try.
 */
public final class Waitlists {
  private static final Logger log = LoggerFactory.getLogger(Waitlists.class);
  private static final String SOURCE = "filo/reservation";
  // Each round at least one of those who change one line at once gets through.
  private static final int TRIES_MAX = 300;
  // What one look at a line does at most; what is left is for the next.
  private static final int STEPS_MAX = 200;
  // Others may take what was just seen; after that often it is left to the next look.
  private static final int REFUSALS_MAX = 3;
  private static final int SWEEP_BATCH = 50;
  private static final int SWEEP_AT_ONCE = 4;
  private static final int LISTS_MAX = 100;
  // The offer of a store that does not open again soon still has an end.
  private static final Duration OFFER_MAX = Duration.ofDays(7);

  private static final Caller ITSELF = Caller.service("reservation");
  private static final Actor SYSTEM = ITSELF.actor();

  private final MongoWaitlistStore store;
  private final Limits limits;
  private final Neighbours neighbours;
  private final TakeOver takeOver;
  private final Relay relay;
  private final Changes changes;
  private final InstantSource clock;
  private final SignInMerges merges = new SignInMerges(this::merged);

  /** The use cases over their store and neighbours. */
  public Waitlists(
      MongoWaitlistStore store,
      Limits limits,
      Neighbours neighbours,
      TakeOver takeOver,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.neighbours = neighbours;
    this.takeOver = takeOver;
    this.relay = relay;
    this.changes = changes;
    this.clock = clock;
  }

  /** The key that is told when anything of a customer's changes. */
  public static String customerKey(String customer) {
    return customer + "/waitlistEntries";
  }

  /** Puts somebody in line. One value; refused when she cannot be. */
  public Mono<WaitlistEntry> join(JoinWaitlistRequest request, Caller caller) {
    var customer = request.getCustomer().isEmpty() ? caller.principal() : request.getCustomer();
    if (!customer.startsWith("customers/")) {
      return Mono.error(
          new RefusedException(new dev.filo.reservation.domain.Refusal.CustomerMissing()));
    }
    var id = Ids.derived("waitlist", caller.principal(), request.getRequestId());
    var key = MongoWaitlistStore.key(request.getSku(), request.getStore());
    var hash = Requests.hash(request);
    return known(id)
        .flatMap(
            known -> // the request came before
            store
                    .register(id, key, customer, hash, clock.instant())
                    .flatMap(
                        same ->
                            same
                                ? settled(key, id).then(current(id))
                                : Mono.error(Statuses.requestIdReused())))
        .switchIfEmpty(
            Mono.defer(
                () ->
                    enter(id, key, hash, customer, request, caller)
                        .then(settled(key, id))
                        .then(Mono.defer(() -> served(key)))
                        .then(Mono.defer(() -> current(id)))));
  }

  /** An entry that is in a line or was; empty when it never came so far. */
  private Mono<Registered> known(String id) {
    return store
        .registered(id)
        .filterWhen(
            seen ->
                seen.ended() != null
                    ? Mono.just(true)
                    : store
                        .find(seen.key())
                        .map(list -> list.find(id).isPresent())
                        .defaultIfEmpty(false));
  }

  private Mono<Void> enter(
      String id,
      String key,
      byte[] hash,
      String customer,
      JoinWaitlistRequest request,
      Caller caller) {
    var figures = limits.at(request.getStore());
    boolean guest = caller.is(Role.ROLE_GUEST);
    int perSku = guest ? figures.guest().unitsPerSku() : figures.customer().unitsPerSku();
    int quantity = Math.max(1, request.getQuantity());
    if (caller.isShopper() && quantity > perSku) {
      return refused(new Refusal.Limit("units_per_sku", perSku));
    }
    return Mono.zip(
            neighbours
                .store(request.getStore())
                .switchIfEmpty(
                    no(new dev.filo.reservation.domain.Refusal.StoreNotFound(request.getStore()))),
            neighbours
                .variants(List.of(request.getSku()))
                .flatMap(
                    variants ->
                        Mono.justOrEmpty(
                            variants.getItemsList().stream()
                                .filter(item -> !item.getWithdrawn())
                                .findFirst()))
                .switchIfEmpty(
                    no(new dev.filo.reservation.domain.Refusal.SkuNotFound(request.getSku()))),
            neighbours
                .customer(customer)
                .switchIfEmpty(
                    no(new dev.filo.reservation.domain.Refusal.CustomerNotFound(customer))))
        .flatMap(
            found -> {
              if (!found.getT1().getPickup()) {
                return no(
                    new dev.filo.reservation.domain.Refusal.PickupNotOffered(request.getStore()));
              }
              var now = millis(clock.instant());
              var entry =
                  new Entry(
                      id,
                      customer,
                      quantity,
                      now,
                      0,
                      new State.Joining(),
                      now,
                      about(found.getT1(), found.getT2(), found.getT3(), guest, caller));
              return store
                  .register(id, key, customer, hash, now)
                  .flatMap(
                      same ->
                          same
                              ? enqueue(key, request, entry, figures.waitlistLength())
                              : Mono.error(Statuses.requestIdReused()));
            });
  }

  private static Entry.About about(
      Store at, VariantItem item, Customer customer, boolean guest, Caller caller) {
    var family = customer.getFamilyName();
    return new Entry.About(
        item.getTitle(),
        item.getMedia().getUri(),
        at.getTitle(),
        (customer.getGivenName() + (family.isEmpty() ? "" : " " + family.charAt(0) + ".")).trim(),
        guest,
        WaitlistProtos.author(caller.actor()));
  }

  private Mono<Void> enqueue(String key, JoinWaitlistRequest request, Entry entry, int lengthMax) {
    var at = new Waitlist(request.getSku(), request.getStore(), 0, List.of(), List.of());
    return store
        .enqueue(at, entry, lengthMax, clock.instant())
        .flatMap(
            in ->
                in
                    ? Mono.<Void>empty()
                    : store
                        .find(key)
                        .flatMap(
                            list -> {
                              if (list.find(entry.id()).isPresent()) {
                                return Mono.<Void>empty(); // by the same request
                              }
                              var hers =
                                  list.line().stream()
                                      .filter(one -> one.customer().equals(entry.customer()))
                                      .findFirst();
                              return store
                                  .strikeOut(entry.id())
                                  .then(
                                      refused(
                                          hers.<Refusal>map(
                                                  one ->
                                                      new Refusal.AlreadyWaiting(
                                                          WaitlistProtos.PREFIX + one.id()))
                                              .orElseGet(() -> new Refusal.Full(lengthMax))));
                            }));
  }

  /** Whether somebody who joins may; empty when she waits then, or did before. */
  private Mono<Void> settled(String key, String id) {
    return change(
        key,
        list -> {
          var entry = list.find(id).orElse(null);
          if (entry == null || !(entry.state() instanceof State.Joining)) {
            return Mono.empty();
          }
          return claim(list, entry)
              .then(
                  Mono.defer(
                      () ->
                          write(
                              list,
                              list.joined(id, now()),
                              WaitlistProtos.actor(entry.about().createdBy()))))
              .onErrorResume(
                  WaitlistRefusedException.class,
                  why ->
                      write(list, list.dropped(id), SYSTEM)
                          .then(store.strikeOut(id))
                          .then(Mono.error(why)));
        });
  }

  private Mono<Void> claim(Waitlist list, Entry entry) {
    var role = entry.about().createdBy().role();
    if (!role.equals("guest") && !role.equals("customer")) {
      return Mono.empty(); // an agent goes beyond it
    }
    var figures = limits.at(list.store());
    return limits.claimEntry(
        entry.customer(),
        entry.id(),
        entry.about().guest()
            ? figures.guest().waitlistEntries()
            : figures.customer().waitlistEntries(),
        store.openOf(entry.customer()).map(Registered::id),
        limit -> new WaitlistRefusedException(new Refusal.Limit("entries", limit)));
  }

  /** One entry the caller may see. One value; refused with NotFound otherwise. */
  public Mono<WaitlistEntry> get(String id, Caller caller) {
    return visible(id, caller).then(Mono.defer(() -> current(id)));
  }

  private Mono<Registered> visible(String id, Caller caller) {
    return store
        .registered(id)
        .filter(seen -> maySee(seen, caller))
        .switchIfEmpty(refused(new Refusal.NotFound(WaitlistProtos.PREFIX + id)));
  }

  private static boolean maySee(Registered entry, Caller caller) {
    if (caller.isShopper()) {
      return entry.customer().equals(caller.principal());
    }
    return caller.is(Role.ROLE_STORE_STAFF) ? caller.stores().contains(storeOf(entry.key())) : true;
  }

  private static String storeOf(String key) {
    return "stores/" + key.substring(key.lastIndexOf('@') + 1);
  }

  private static String skuOf(String key) {
    return key.substring(0, key.lastIndexOf('@'));
  }

  /** The entry as it is; looked for where it ends up once more, as it may be on its way there. */
  private Mono<WaitlistEntry> current(String id) {
    return store
        .registered(id)
        .flatMap(seen -> inLine(seen).switchIfEmpty(Mono.defer(() -> ended(id))))
        .switchIfEmpty(refused(new Refusal.NotFound(WaitlistProtos.PREFIX + id)));
  }

  private Mono<WaitlistEntry> inLine(Registered seen) {
    return seen.ended() != null
        ? Mono.just(message(seen.ended(), seen.key(), 0))
        : store.find(seen.key()).flatMap(list -> Mono.justOrEmpty(message(list, seen.id())));
  }

  private Mono<WaitlistEntry> ended(String id) {
    return store
        .registered(id)
        .mapNotNull(seen -> seen.ended() == null ? null : message(seen.ended(), seen.key(), 0));
  }

  private WaitlistEntry message(Entry entry, String key, int position) {
    return WaitlistProtos.message(entry, skuOf(key), storeOf(key), position, clock.instant());
  }

  private java.util.Optional<WaitlistEntry> message(Waitlist list, String id) {
    return list.find(id)
        .filter(entry -> !entry.state().label().isEmpty())
        .map(
            entry ->
                WaitlistProtos.message(
                    entry, list.sku(), list.store(), list.position(id), clock.instant()));
  }

  /** A customer's entries that have not ended, newest first. One value. */
  public Mono<List<WaitlistEntry>> open(String customer) {
    return store
        .openOf(customer)
        .collectList()
        .flatMap(this::messages)
        .map(
            entries ->
                entries.stream()
                    .filter(
                        entry ->
                            entry.getState() == WaitlistEntry.State.WAITING
                                || entry.getState() == WaitlistEntry.State.OFFERED)
                    .toList());
  }

  private Mono<List<WaitlistEntry>> messages(List<Registered> registered) {
    Set<String> keys =
        registered.stream()
            .filter(one -> one.ended() == null)
            .map(Registered::key)
            .collect(Collectors.toSet());
    return store
        .find(keys)
        .collectMap(list -> MongoWaitlistStore.key(list.sku(), list.store()))
        .map(
            lists ->
                registered.stream()
                    .flatMap(
                        one -> {
                          if (one.ended() != null) {
                            return Stream.of(message(one.ended(), one.key(), 0));
                          }
                          var list = lists.get(one.key());
                          return list == null
                              ? Stream.<WaitlistEntry>empty()
                              : message(list, one.id()).stream();
                        })
                    .toList());
  }

  /** A page of a customer's entries, newest first. One value. */
  public Mono<ListWaitlistEntriesResponse> list(String customer, int skip, int size) {
    return store
        .registeredOf(customer, skip, size + 1)
        .collectList()
        .map(found -> PageTokens.page(found, size, skip))
        .flatMap(
            page ->
                messages(page.rows())
                    .map(
                        entries ->
                            ListWaitlistEntriesResponse.newBuilder()
                                .addAllEntries(entries)
                                .setNextPageToken(page.nextToken())
                                .build()));
  }

  /**
   * A page of a store's lines in order. One value.
   *
   * @param position where the page begins: a place, a space and a line's key; empty: with the first
   */
  public Mono<ListWaitlistEntriesResponse> listAt(
      String storeName, String position, int size, Function<String, String> token) {
    int space = position.indexOf(' ');
    int skip = space < 0 ? 0 : Integer.parseUnsignedInt(position.substring(0, space));
    var from = position.substring(space + 1);
    return store
        .at(storeName, from, LISTS_MAX)
        .collectList()
        .map(
            lists -> {
              var page = ListWaitlistEntriesResponse.newBuilder();
              for (Waitlist list : lists) {
                var key = MongoWaitlistStore.key(list.sku(), list.store());
                for (int i = key.equals(from) ? skip : 0; i < list.line().size(); i++) {
                  if (page.getEntriesCount() == size) {
                    return page.setNextPageToken(token.apply(i + " " + key)).build();
                  }
                  message(list, list.line().get(i).id()).ifPresent(page::addEntries);
                }
              }
              if (lists.size() == LISTS_MAX) {
                var last = lists.getLast();
                page.setNextPageToken(
                    token.apply(
                        last.line().size()
                            + " "
                            + MongoWaitlistStore.key(last.sku(), last.store())));
              }
              return page.build();
            });
  }

  /** Takes what is offered. One value; refused when nothing is, or the policy does not let her. */
  public Mono<WaitlistEntry> accept(String id, Caller caller) {
    return visible(id, caller)
        .flatMap(
            seen ->
                known(seen, id)
                    .then(Mono.defer(() -> accepting(seen.key(), id, caller)))
                    .then(Mono.defer(() -> taken(seen.key(), id)))
                    .then(Mono.defer(() -> served(seen.key()))))
        .then(Mono.defer(() -> current(id)));
  }

  /** What is not known of an entry yet is found out first. */
  private Mono<Void> known(Registered seen, String id) {
    return seen.ended() != null
        ? Mono.empty()
        : settled(seen.key(), id).then(placed(seen.key(), id)).then();
  }

  private Mono<Void> accepting(String key, String id, Caller caller) {
    return change(
        key,
        list -> {
          var offer = list.find(id).map(entry -> entry.stateAt(now()).offer()).orElse(null);
          return offer == null
              ? over(list, id)
              : takeOver
                  .defaultEnd(list.store(), offer.expireTime())
                  .flatMap(
                      until ->
                          switch (list.accept(
                              id, millis(until), WaitlistProtos.author(caller.actor()), now())) {
                            case Decision.Changed(var next) -> write(list, next, caller.actor());
                            case Decision.Unchanged() -> Mono.<Void>empty();
                            case Decision.Refused(var why) -> refused(why);
                          });
        });
  }

  /** An entry with nothing held: refused for what it is; empty when it was taken before. */
  private Mono<Void> over(Waitlist list, String id) {
    return list.find(id)
        .map(entry -> Mono.just(entry.stateAt(now())))
        .orElseGet(
            () ->
                store
                    .registered(id)
                    .mapNotNull(seen -> seen.ended() == null ? null : seen.ended().state()))
        .switchIfEmpty(refused(new Refusal.NotFound(WaitlistProtos.PREFIX + id)))
        .flatMap(
            state ->
                state instanceof State.Taken
                    ? Mono.<Void>empty()
                    : refused(
                        state.isOver()
                            ? new Refusal.Over(state.label())
                            : new Refusal.NotOffered(state.label())));
  }

  /** Makes what is being taken a reservation. Empty; refused when it cannot be one. */
  private Mono<Void> taken(String key, String id) {
    return change(
        key,
        list -> {
          var entry = list.find(id).orElse(null);
          if (entry == null
              || !(entry.state() instanceof State.Accepting(var offer, var until, var by))) {
            return Mono.empty();
          }
          var actor = WaitlistProtos.actor(by);
          var reservation = reservation(id);
          return takeOver
              .make(
                  new TakeOver.Held(
                      reservation,
                      entry.customer(),
                      entry.about().customerDisplayName(),
                      list.store(),
                      entry.about().storeTitle(),
                      list.sku(),
                      offer.quantity(),
                      entry.quantity(),
                      entry.about().title(),
                      entry.about().mediaUri(),
                      offer.hold(),
                      until),
                  actor)
              .flatMap(
                  made ->
                      made
                          ? write(list, list.taken(id, reservation, now()), actor)
                          : write(list, list.lapsed(id, now()), SYSTEM)
                              .then(refused(new Refusal.Over("LAPSED"))))
              .onErrorResume(
                  RefusedException.class,
                  why -> write(list, list.notAccepted(id, now()), SYSTEM).then(Mono.error(why)));
        });
  }

  /** The id of the reservation an entry becomes. */
  private static String reservation(String entry) {
    return Ids.derived("reservation", "waitlist", entry);
  }

  /** Takes somebody out of line. One value; refused when it has ended otherwise. */
  public Mono<WaitlistEntry> leave(String id, Caller caller) {
    return visible(id, caller)
        .flatMap(
            seen ->
                known(seen, id)
                    .then(
                        Mono.defer(
                            () -> taken(seen.key(), id).onErrorComplete(Waitlists::isRefusal)))
                    .then(Mono.defer(() -> leaving(seen, id, caller)))
                    .then(Mono.defer(() -> served(seen.key()))))
        .then(Mono.defer(() -> current(id)));
  }

  /** She leaves, as she is to be erased. Completes; also when she is in line no more. */
  public Mono<Void> withdraw(String id) {
    return leave(id, ITSELF).then().onErrorResume(Waitlists::isRefusal, over -> Mono.empty());
  }

  private Mono<Void> leaving(Registered seen, String id, Caller caller) {
    return change(
        seen.key(),
        list -> {
          var entry = list.find(id).orElse(null);
          if (entry == null) {
            return store
                .registered(id)
                .mapNotNull(now -> now.ended() == null ? null : now.ended().state())
                .switchIfEmpty(refused(new Refusal.NotFound(WaitlistProtos.PREFIX + id)))
                .flatMap(
                    state ->
                        state instanceof State.Left
                            ? Mono.<Void>empty()
                            : refused(new Refusal.Over(state.label())));
          }
          if (entry.state() instanceof State.Offering || entry.state() instanceof State.Accepting) {
            return Mono.error(new StaleVersionException(WaitlistProtos.PREFIX + id, 0)); // again
          }
          return switch (list.leave(id, now())) {
            case Decision.Changed(var next) -> write(list, next, caller.actor());
            case Decision.Unchanged() -> Mono.empty();
            case Decision.Refused(var why) -> refused(why);
          };
        });
  }

  private static boolean isRefusal(Throwable error) {
    return error instanceof RefusedException || error instanceof WaitlistRefusedException;
  }

  /** Pieces may be there for a line: whoever is next is offered them. Empty; never an error. */
  public Mono<Void> served(String key) {
    var refusals = new AtomicInteger();
    return Mono.defer(() -> store.find(key))
        .flatMap(
            list ->
                step(list, refusals)
                    .onErrorResume(StaleVersionException.class, stale -> Mono.just(true)))
        .defaultIfEmpty(false)
        .repeat(STEPS_MAX)
        .takeWhile(again -> again)
        .then()
        .onErrorResume(
            error -> {
              log.warn("the line {} waits for the next look: {}", key, error.toString());
              return store
                  .find(key)
                  .flatMap(list -> store.lookAgain(list, now().plus(Waitlist.ABANDONED)))
                  .onErrorComplete();
            });
  }

  /** Does one thing that is to be done on a line; false when there was none. */
  private Mono<Boolean> step(Waitlist list, AtomicInteger refusals) {
    var key = MongoWaitlistStore.key(list.sku(), list.store());
    if (!list.ended().isEmpty()) {
      return putAway(list, list.ended().getFirst()).thenReturn(true);
    }
    var now = now();
    for (Entry entry : list.line()) {
      boolean abandoned = !now.isBefore(entry.stateTime().plus(Waitlist.ABANDONED));
      switch (entry.state()) {
        case State.Joining j when abandoned -> {
          return settled(key, entry.id()).onErrorComplete(Waitlists::isRefusal).thenReturn(true);
        }
        case State.Offering o when abandoned -> {
          return placed(key, entry.id()).thenReturn(true);
        }
        case State.Accepting a when abandoned -> {
          return taken(key, entry.id()).onErrorComplete(Waitlists::isRefusal).thenReturn(true);
        }
        case State.Offered(var offer) when !now.isBefore(offer.expireTime()) -> {
          return write(list, list.lapsed(entry.id(), now), SYSTEM).thenReturn(true);
        }
        case State.Joining j -> {}
        case State.Waiting w -> {}
        case State.Offering o -> {}
        case State.Offered o -> {}
        case State.Accepting a -> {}
        case State.Taken t -> {}
        case State.Lapsed l -> {}
        case State.Left l -> {}
      }
    }
    return list.next()
        .map(entry -> offer(list, key, entry, refusals))
        .orElseGet(() -> store.lookAgain(list, list.due(now, Waitlist.LOOK)).thenReturn(false));
  }

  private Mono<Boolean> offer(Waitlist list, String key, Entry entry, AtomicInteger refusals) {
    return neighbours
        .available(list.store(), list.sku())
        .filter(pieces -> pieces > 0 && refusals.get() < REFUSALS_MAX)
        .flatMap(
            pieces ->
                neighbours
                    .store(list.store())
                    .flatMap(
                        at -> {
                          var now = now();
                          var offer =
                              new Offer(
                                  Ids.derived(
                                      "waitlist", entry.id(), Integer.toString(entry.tries() + 1)),
                                  Math.min(entry.quantity(), pieces),
                                  end(at, now));
                          return write(list, list.offering(entry.id(), offer, now), SYSTEM)
                              .then(Mono.defer(() -> placed(key, entry.id())))
                              .doOnNext(
                                  held -> {
                                    if (!held) {
                                      refusals.incrementAndGet();
                                    }
                                  })
                              .thenReturn(true);
                        }))
        .switchIfEmpty(
            Mono.defer(
                () -> {
                  var due =
                      list.due(now(), refusals.get() > 0 ? Waitlist.ABANDONED : Waitlist.LOOK);
                  return store.lookAgain(list, due).thenReturn(false);
                }));
  }

  private Instant end(Store at, Instant now) {
    return millis(
        StoreCalendars.of(at)
            .afterOpenTime(now, limits.at(at.getName()).waitlistOffer())
            .filter(end -> end.isBefore(now.plus(OFFER_MAX)))
            .orElse(now.plus(OFFER_MAX)));
  }

  /** Asks inventory for what is written down. True when it is held; false when not. */
  private Mono<Boolean> placed(String key, String id) {
    return Mono.defer(() -> store.find(key))
        .flatMap(
            list -> {
              var entry = list.find(id).orElse(null);
              if (entry == null || !(entry.state() instanceof State.Offering(var offer))) {
                return Mono.just(
                    entry != null && entry.state().offer() != null); // another replica found it out
              }
              return neighbours
                  .place(
                      offer.hold(),
                      list.store(),
                      list.sku(),
                      offer.quantity(),
                      offer.expireTime(),
                      "reservations/" + reservation(id)) // what it is to become
                  .map(held -> held && now().isBefore(offer.expireTime()))
                  .flatMap(
                      held ->
                          write(
                                  list,
                                  held ? list.offered(id, now()) : list.notOffered(id, now()),
                                  SYSTEM)
                              .thenReturn(held));
            })
        .defaultIfEmpty(false)
        .retryWhen(stale());
  }

  /** Puts away one that has ended: what was held for her is free, she counts no more. */
  private Mono<Void> putAway(Waitlist list, Entry ended) {
    var hold = ended.state().toFree();
    return (hold.isEmpty() ? Mono.<Void>empty() : neighbours.release(hold))
        .then(Mono.defer(() -> limits.releaseEntry(ended.customer(), ended.id())))
        .then(Mono.defer(() -> store.putAway(ended)))
        .then(Mono.defer(() -> write(list, list.putAway(ended.id()), SYSTEM)));
  }

  /** Pieces may be there for these keys: whoever is next is offered them. Empty. */
  public Mono<Void> heard(Set<String> keys) {
    return store.inUse(keys).flatMap(this::served, SWEEP_AT_ONCE).then();
  }

  /**
   * Looks at the lines that are due. Completes; errors of single lines are left to the next time.
   */
  public Mono<Void> sweep() {
    return store.due(clock.instant(), SWEEP_BATCH).flatMap(this::served, SWEEP_AT_ONCE).then();
  }

  /** Everything of an alias is the customer's. Repeating changes nothing. */
  public Mono<Void> merged(String customer, String alias) {
    if (customer.equals(alias)) {
      return Mono.empty();
    }
    return store
        .openOf(alias)
        .collectList()
        .flatMapMany(Flux::fromIterable)
        .concatMap(
            seen ->
                change(
                        seen.key(),
                        list ->
                            list.line().stream().anyMatch(one -> one.customer().equals(alias))
                                ? write(list, list.merged(customer, alias, now()), SYSTEM)
                                : Mono.empty())
                    .then(limits.countEntry(customer, seen.id()))
                    .then(limits.releaseEntry(alias, seen.id()))
                    .then(Mono.defer(() -> served(seen.key()))))
        .then(store.move(customer, alias))
        .doOnSuccess(done -> changes.tell(customerKey(customer)));
  }

  /**
   * Places in line that were first one of {@code names}' are the alias's again, who is a customer
   * of her own. One that ended because both were in line stays ended. Repeating changes nothing.
   */
  public Mono<Void> unmerged(String customer, String alias, Set<String> names) {
    merges.forget();
    return Flux.fromIterable(names)
        .filter(name -> !name.equals(alias))
        .concatMap(name -> merged(alias, name))
        .thenMany(Flux.defer(() -> store.awayFrom(alias, names)))
        .collectList()
        .flatMapMany(Flux::fromIterable)
        .concatMap(
            seen ->
                change(
                        seen.key(),
                        list ->
                            list.find(seen.id())
                                    .filter(one -> !one.customer().equals(alias))
                                    .isPresent()
                                ? write(
                                    list, list.givenBack(Set.of(seen.id()), alias, now()), SYSTEM)
                                : Mono.empty())
                    .then(seen.ended() == null ? moveCount(seen, alias) : Mono.empty())
                    .then(store.assign(seen.id(), alias))
                    .then(Mono.defer(() -> served(seen.key()))))
        .then()
        .doOnSuccess(
            done -> {
              changes.tell(customerKey(customer));
              changes.tell(customerKey(alias));
            });
  }

  private Mono<Void> moveCount(MongoWaitlistStore.Registered seen, String alias) {
    return limits
        .countEntry(alias, seen.id())
        .then(limits.releaseEntry(seen.customer(), seen.id()));
  }

  /** Empty once what the caller had before signing in is hers. */
  public Mono<Void> ensureMerged(Caller caller) {
    return merges.ensure(caller);
  }

  /** Changes a line as it is, again when another change comes first. */
  private Mono<Void> change(String key, Function<Waitlist, Mono<Void>> how) {
    return Mono.defer(() -> store.find(key)).flatMap(how).retryWhen(stale());
  }

  /** Writes a line over the one seen, with an event for each entry people see a difference of. */
  private Mono<Void> write(Waitlist seen, Waitlist next, Actor actor) {
    var now = now();
    var events = new ArrayList<Event>();
    for (String id : seen.changedTo(next)) {
      var entry = next.find(id).orElseThrow();
      var before = seen.find(id).map(one -> WaitlistProtos.state(one.state()));
      events.add(
          Outbox.event(
              SOURCE,
              WaitlistProtos.PREFIX + id,
              now,
              actor,
              WaitlistEntryChanged.newBuilder()
                  .setEntry(
                      WaitlistProtos.message(
                          entry, next.sku(), next.store(), next.position(id), now))
                  .setPreviousState(before.orElse(WaitlistEntry.State.STATE_UNSPECIFIED))
                  .build()));
    }
    return store
        .replace(seen, next, events, now)
        .doOnNext(
            written -> {
              relay.offer(store.collection(), written);
              var told = new LinkedHashSet<String>();
              Stream.of(seen.line(), next.line(), next.ended())
                  .flatMap(List::stream)
                  .map(Entry::customer)
                  .forEach(told::add);
              told.forEach(customer -> changes.tell(customerKey(customer)));
            })
        .then();
  }

  private Instant now() {
    return millis(clock.instant());
  }

  /** What the database keeps of an instant. */
  private static Instant millis(Instant instant) {
    return Instant.ofEpochMilli(instant.toEpochMilli());
  }

  private static Retry stale() {
    return StaleRetry.backoff(TRIES_MAX, Duration.ofMillis(1), Duration.ofMillis(50));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new WaitlistRefusedException(why));
  }

  private static <T> Mono<T> no(dev.filo.reservation.domain.Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
