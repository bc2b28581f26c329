package dev.filo.reservation.waitlist.store;

import static com.mongodb.client.model.Filters.eq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import dev.filo.reservation.waitlist.domain.Author;
import dev.filo.reservation.waitlist.domain.Decision;
import dev.filo.reservation.waitlist.domain.Entry;
import dev.filo.reservation.waitlist.domain.Entry.Offer;
import dev.filo.reservation.waitlist.domain.Entry.State;
import dev.filo.reservation.waitlist.domain.Waitlist;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore.Heard;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore.Registered;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class MongoWaitlistStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant END = NOW.plusSeconds(3600);
  private static final Author ANNA = new Author("staff/anna", "agent", "desk", "pc", "Anna");
  private static final Waitlist EMPTY = empty("S", "stores/a");
  private static final String KEY = "S@a";

  private final MongoDatabase database;
  private final MongoWaitlistStore store;

  MongoWaitlistStoreTest(MongoDatabase database) {
    this.database = database;
    store = new MongoWaitlistStore(database);
    store.prepare();
  }

  private static Waitlist empty(String sku, String at) {
    return new Waitlist(sku, at, 0, List.of(), List.of());
  }

  private static Entry entry(String id, String customer, State state) {
    return new Entry(
        id,
        customer,
        2,
        NOW,
        1,
        state,
        NOW.plusSeconds(1),
        new Entry.About("Divano", "/m/1", "Filo a", "Giulia R.", true, ANNA));
  }

  private static Entry joining(String id) {
    return entry(id, "customers/" + id, new State.Joining());
  }

  private static <T> T get(Mono<T> mono) {
    return Objects.requireNonNull(mono.block(PATIENCE));
  }

  private static <T> List<T> all(Flux<T> flux) {
    return get(flux.collectList());
  }

  private boolean enqueue(Entry entry) {
    return get(store.enqueue(EMPTY, entry, 10, NOW));
  }

  private Waitlist line() {
    return get(store.find(KEY));
  }

  private Waitlist write(UnaryOperator<Waitlist> change) {
    var seen = line();
    return WaitlistDocuments.read(get(store.replace(seen, change.apply(seen), List.of(), NOW)));
  }

  private Document document() {
    return get(Mono.from(store.collection().find(eq("_id", KEY)).first()));
  }

  // ---- the line

  @Test
  void whatIsWritten_isRead_inEveryState() {
    var offer = new Offer("h", 1, END);
    List<State> inLine =
        List.of(
            new State.Joining(),
            new State.Waiting(),
            new State.Offering(offer),
            new State.Offered(offer),
            new State.Accepting(offer, END.plusSeconds(9), ANNA));
    List<State> over = List.of(new State.Taken("r", 1), new State.Lapsed("h"), new State.Left(""));
    enqueue(joining("first"));
    var seen = line();
    var next =
        new Waitlist(
            "S",
            "stores/a",
            seen.version() + 1,
            inLine.stream().map(state -> entry(state.getClass().getName(), "c", state)).toList(),
            over.stream().map(state -> entry(state.getClass().getName(), "c", state)).toList());
    get(store.replace(seen, next, List.of(), NOW));
    assertThat(line()).isEqualTo(next);
  }

  @Test
  void enqueue_theOrderIsWhatTheDatabaseTook() {
    assertThat(store.find(KEY).block(PATIENCE)).isNull();
    assertThat(enqueue(joining("1"))).isTrue();
    assertThat(enqueue(joining("2"))).isTrue();
    assertThat(line())
        .isEqualTo(
            new Waitlist("S", "stores/a", 2, List.of(joining("1"), joining("2")), List.of()));
  }

  @Test
  void enqueue_onePerson_once() {
    assertThat(enqueue(joining("1"))).isTrue();
    assertThat(enqueue(joining("1"))).as("the same entry").isFalse();
    assertThat(enqueue(entry("2", "customers/1", new State.Joining()))).as("her again").isFalse();
    write(line -> ((Decision.Changed) line.joined("1", NOW).leave("1", NOW)).next());
    assertThat(line().line()).isEmpty();
    assertThat(enqueue(joining("1"))).as("an entry that has ended does not begin again").isFalse();
    assertThat(enqueue(entry("2", "customers/1", new State.Joining()))).as("a new one").isTrue();
    assertThat(line().version()).isEqualTo(4);
  }

  @Test
  void enqueue_aFullLine_takesNobody() {
    assertThat(get(store.enqueue(EMPTY, joining("1"), 1, NOW))).isTrue();
    assertThat(get(store.enqueue(EMPTY, joining("2"), 1, NOW))).isFalse();
    assertThat(get(store.enqueue(EMPTY, joining("2"), 2, NOW))).isTrue();
    assertThat(get(store.enqueue(empty("S", "stores/b"), joining("2"), 1, NOW)))
        .as("another line")
        .isTrue();
  }

  @Test
  void enqueue_manyAtOnce_exactlyAsManyAsThereIsRoomFor() {
    var in =
        get(
            Flux.range(0, 32)
                .flatMap(i -> store.enqueue(EMPTY, joining(Integer.toString(i)), 20, NOW), 32)
                .filter(taken -> taken)
                .count());
    assertThat(in).isEqualTo(20);
    assertThat(line().line()).hasSize(20).doesNotHaveDuplicates();
    assertThat(line().version()).isEqualTo(20);
  }

  @Test
  void replace_overWhatIsOld_isStale() {
    enqueue(joining("1"));
    var seen = line();
    get(store.replace(seen, seen.joined("1", NOW), List.of(), NOW));
    assertThatThrownBy(() -> store.replace(seen, seen.dropped("1"), List.of(), NOW).block(PATIENCE))
        .isInstanceOf(StaleVersionException.class);
    var joined = line();
    assertThat(joined.line().getFirst().state()).isEqualTo(new State.Waiting());
    enqueue(joining("2"));
    assertThatThrownBy(
            () -> store.replace(joined, joined.dropped("1"), List.of(), NOW).block(PATIENCE))
        .as("somebody who came in between would be lost")
        .isInstanceOf(StaleVersionException.class);
    assertThat(line().line()).extracting(Entry::id).containsExactly("1", "2");
  }

  @Test
  void replace_manyAtOnce_oneIsFirst() {
    enqueue(joining("1"));
    var seen = line();
    var first =
        get(
            Flux.range(0, 16)
                .flatMap(
                    i ->
                        store
                            .replace(seen, seen.joined("1", NOW.plusSeconds(i)), List.of(), NOW)
                            .thenReturn(true)
                            .onErrorResume(StaleVersionException.class, e -> Mono.just(false)),
                    16)
                .filter(done -> done)
                .count());
    assertThat(first).isEqualTo(1);
    assertThat(line().version()).isEqualTo(seen.version() + 1);
  }

  @Test
  void replace_itsEvents_areInTheSameWrite() {
    enqueue(joining("1"));
    var seen = line();
    var event =
        Outbox.event(
            "filo/reservation",
            "waitlistEntries/1",
            NOW,
            Actor.getDefaultInstance(),
            WaitlistEntryChanged.getDefaultInstance());
    var written = get(store.replace(seen, seen.joined("1", NOW), List.of(event), NOW));
    assertThat(Docs.list(written, "outbox")).hasSize(1);
    assertThatThrownBy(
            () -> store.replace(seen, seen.dropped("1"), List.of(event), NOW).block(PATIENCE))
        .isInstanceOf(StaleVersionException.class);
    assertThat(Docs.list(document(), "outbox")).hasSize(1);
  }

  // ---- when somebody must look

  @Test
  void due_fromItsInstantOn_theLongestFirst() {
    enqueue(joining("1"));
    get(store.enqueue(empty("T", "stores/a"), joining("1"), 10, NOW.minusSeconds(2)));
    var at = NOW.plus(Waitlist.ABANDONED);
    assertThat(all(store.due(at.minusSeconds(2).minusMillis(1), 9))).isEmpty();
    assertThat(all(store.due(at.minusMillis(1), 9))).containsExactly("T@a");
    assertThat(all(store.due(at, 9))).containsExactly("T@a", KEY);
    assertThat(all(store.due(at, 1))).containsExactly("T@a");
  }

  @Test
  void due_ofALineWithNobody_isNever() {
    enqueue(joining("1"));
    write(line -> line.dropped("1"));
    assertThat(all(store.due(END.plusSeconds(86_400), 9))).isEmpty();
    assertThat(document()).doesNotContainKey("due");
  }

  @Test
  void lookAgain_unlessItChangedSince() {
    enqueue(joining("1"));
    var seen = line();
    store.lookAgain(seen, NOW.plusSeconds(60)).block(PATIENCE);
    assertThat(all(store.due(NOW.plusSeconds(59), 9))).isEmpty();
    assertThat(all(store.due(NOW.plusSeconds(60), 9))).containsExactly(KEY);
    enqueue(joining("2"));
    store.lookAgain(seen, null).block(PATIENCE);
    assertThat(all(store.due(NOW.plus(Waitlist.ABANDONED), 9)))
        .as("whoever came in between is not forgotten")
        .containsExactly(KEY);
    store.lookAgain(line(), null).block(PATIENCE);
    assertThat(all(store.due(END, 9))).isEmpty();
  }

  @Test
  void inUse_whereSomebodyStands() {
    enqueue(joining("1"));
    get(store.enqueue(empty("T", "stores/a"), joining("1"), 10, NOW));
    var other = get(store.find("T@a"));
    get(store.replace(other, other.dropped("1"), List.of(), NOW));
    assertThat(all(store.inUse(List.of(KEY, "T@a", "X@a")))).containsExactly(KEY);
    assertThat(all(store.inUse(List.of()))).isEmpty();
  }

  @Test
  void find_andAt_giveTheLinesAskedFor() {
    for (var at : List.of("stores/a", "stores/b")) {
      for (var sku : List.of("U", "S", "T")) {
        get(store.enqueue(empty(sku, at), joining("1"), 10, NOW));
      }
    }
    assertThat(all(store.find(List.of(KEY, "T@b", "X@a"))))
        .extracting(list -> MongoWaitlistStore.key(list.sku(), list.store()))
        .containsExactlyInAnyOrder(KEY, "T@b");
    assertThat(all(store.find(List.of()))).isEmpty();
    assertThat(all(store.at("stores/a", "", 9)))
        .extracting(Waitlist::sku)
        .containsExactly("S", "T", "U");
    assertThat(all(store.at("stores/a", "T@a", 1)))
        .as("from that key on, it included")
        .extracting(Waitlist::sku)
        .containsExactly("T");
    assertThat(all(store.at("stores/c", "", 9))).isEmpty();
  }

  // ---- the register

  @Test
  void register_aRequestTwice_isTheSame_anotherIsNot() {
    assertThat(register("1", "customers/c", 1)).isTrue();
    assertThat(register("1", "customers/c", 1)).isTrue();
    assertThat(register("1", "customers/c", 2)).isFalse();
    assertThat(get(store.registered("1"))).isEqualTo(new Registered("1", KEY, "customers/c", null));
    assertThat(store.registered("9").block(PATIENCE)).isNull();
  }

  private boolean register(String id, String customer, int hash) {
    return get(
        store.register(id, KEY, customer, new byte[] {(byte) hash}, NOW.plusSeconds(id.charAt(0))));
  }

  @Test
  void registeredOf_newestFirst_byPages_openOf_onlyWhatHasNotEnded() {
    for (var id : List.of("1", "2", "3")) {
      register(id, "customers/c", 1);
    }
    register("4", "customers/d", 1);
    var ended = entry("2", "customers/c", new State.Taken("r", 1));
    store.putAway(ended).block(PATIENCE);
    assertThat(all(store.registeredOf("customers/c", 0, 9)))
        .extracting(Registered::id)
        .containsExactly("3", "2", "1");
    assertThat(all(store.registeredOf("customers/c", 1, 1)))
        .containsExactly(new Registered("2", KEY, "customers/c", ended));
    assertThat(all(store.openOf("customers/c")))
        .extracting(Registered::id)
        .containsExactly("3", "1");
  }

  @Test
  void putAway_saysHowItEnded_andWhoseItWas() {
    register("1", "customers/c", 1);
    var ended = entry("1", "customers/merged", new State.Left(""));
    store.putAway(ended).block(PATIENCE);
    store.putAway(ended).block(PATIENCE);
    assertThat(get(store.registered("1")))
        .isEqualTo(new Registered("1", KEY, "customers/merged", ended));
    store.putAway(entry("9", "customers/c", new State.Left(""))).block(PATIENCE);
    assertThat(store.registered("9").block(PATIENCE)).as("nobody was struck back in").isNull();
  }

  @Test
  void strikeOut_onlyWhoWasNotLetIn() {
    register("1", "customers/c", 1);
    register("2", "customers/c", 1);
    store.putAway(entry("2", "customers/c", new State.Left(""))).block(PATIENCE);
    store.strikeOut("1").block(PATIENCE);
    store.strikeOut("2").block(PATIENCE);
    assertThat(all(store.registeredOf("customers/c", 0, 9)))
        .extracting(Registered::id)
        .containsExactly("2");
    assertThat(register("1", "customers/c", 2)).as("she may ask anew").isTrue();
  }

  @Test
  void move_allOfTheAlias_isHers() {
    register("1", "customers/c", 1);
    register("2", "customers/d", 1);
    register("3", "customers/e", 1);
    store.move("customers/c", "customers/d").block(PATIENCE);
    store.move("customers/c", "customers/d").block(PATIENCE);
    assertThat(all(store.openOf("customers/c")))
        .extracting(Registered::id)
        .containsExactly("2", "1");
    assertThat(all(store.openOf("customers/d"))).isEmpty();
    assertThat(all(store.openOf("customers/e"))).hasSize(1);
  }

  @Test
  void position_isKept_besideOthers() {
    assertThat(get(store.heard())).isEqualTo(Heard.NOTHING);
    store.keep(new Heard(42, "e42")).block(PATIENCE);
    store.keep(new Heard(43, "e43")).block(PATIENCE);
    assertThat(get(store.heard())).isEqualTo(new Heard(43, "e43"));
    assertThat(
            get(
                Mono.from(
                    database.getCollection("positions").countDocuments(eq("_id", "waitlist")))))
        .isEqualTo(1);
  }
}
