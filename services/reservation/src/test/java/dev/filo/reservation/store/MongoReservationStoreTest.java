package dev.filo.reservation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Care;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.RefusalCause;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.store.MongoReservationStore.Attention;
import dev.filo.reservation.store.MongoReservationStore.Made;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class MongoReservationStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant END = NOW.plusSeconds(3600);

  private final MongoReservationStore store;

  MongoReservationStoreTest(MongoDatabase database) {
    store = new MongoReservationStore(database);
    store.prepare();
  }

  private static Reservation pending(String id, String code) {
    return pending(id, code, END);
  }

  private static Reservation pending(String id, String code, Instant end) {
    return Reservation.pending(
        id,
        "customers/c",
        "stores/a",
        "Filo a",
        List.of(new Line("S", 3, 4, "Il S", "/m", "EUR", 99)),
        end,
        "hold-" + id,
        code,
        Care.until(NOW.plusSeconds(30), Duration.ofSeconds(10)));
  }

  private Document insert(Reservation reservation, String role, Instant now) {
    return get(
        store.insert(
            reservation,
            new Made(
                Actor.newBuilder().setPrincipal("customers/c").setRole(role).build(),
                "Giulia R.",
                new byte[] {1},
                false,
                true,
                "before"),
            now));
  }

  private Reservation held(String id, Instant end, Instant now) {
    var reservation = pending(id, "C" + id, end);
    insert(reservation, "customer", now);
    return write(reservation, reservation.held(), now);
  }

  private Reservation write(Reservation seen, Reservation next, Instant now) {
    return ReservationDocuments.read(get(store.replace(seen, next, List.of(), null, now)));
  }

  private static <T> T get(Mono<T> mono) {
    return Objects.requireNonNull(mono.block(PATIENCE));
  }

  private static List<String> ids(Flux<Document> documents) {
    return get(documents.map(document -> document.getString("_id")).collectList());
  }

  @Test
  void whatIsWritten_isRead() {
    var pending = pending("1", "CODE0001");
    insert(pending, "guest", NOW);
    assertThat(ReservationDocuments.read(get(store.find("1")))).isEqualTo(pending);
    var held = write(pending, pending.held(), NOW);
    assertThat(held).isEqualTo(pending.held());
    var prepared = changed(held.prepare("B3", NOW));
    assertThat(write(held, prepared, NOW)).isEqualTo(prepared);
    var extending = changed(prepared.extend(END.plusSeconds(5), END.plusSeconds(9), NOW));
    assertThat(write(prepared, extending, NOW)).isEqualTo(extending);
    var extended = extending.extended();
    assertThat(write(extending, extended, NOW)).isEqualTo(extended);
    var reminded = changed(extended.remind(END));
    assertThat(write(extended, reminded, NOW)).isEqualTo(reminded);
    var selling = changed(reminded.collect("stores/a", List.of(new Pieces("S", 1)), true, NOW));
    assertThat(write(reminded, selling, NOW)).isEqualTo(selling);
    var sold = selling.sold(NOW);
    assertThat(write(selling, sold, NOW)).isEqualTo(sold);
    assertThat(sold.putBack()).isNotNull();
    var away = changed(sold.released().putAway(NOW));
    assertThat(write(sold, sold.released(), NOW)).isEqualTo(sold.released());
    assertThat(write(sold.released(), away, NOW)).isEqualTo(away);
    assertThat(ReservationDocuments.read(get(store.findByPickupCode("CODE0001"))).id())
        .isEqualTo("1");
    assertThat(store.findByPickupCode("CODE0002").blockOptional(PATIENCE)).isEmpty();
  }

  private static Reservation changed(Decision decision) {
    return ((Decision.Changed) decision).next();
  }

  @Test
  void aRefusalAndItsOffer_areRead() {
    var pending = pending("1", "CODE0001");
    insert(pending, "guest", NOW);
    var held = write(pending, pending.held(), NOW);
    var escalated = changed(held.escalate(NOW.plusSeconds(30)));
    assertThat(write(held, escalated, NOW)).isEqualTo(escalated);
    var seen = changed(escalated.acknowledge(NOW));
    assertThat(write(escalated, seen, NOW)).isEqualTo(seen);
    var refused =
        changed(seen.refuse(RefusalCause.DAMAGED, "rotto", List.of(new Pieces("S", 2)), NOW));
    assertThat(write(seen, refused, NOW)).isEqualTo(refused);
    var looking = refused.corrected().released();
    write(refused, refused.corrected(), NOW);
    write(refused.corrected(), looking, NOW);
    for (var offer :
        List.of(
            new Offer(
                "stores/b",
                "Filo b",
                3.5,
                2,
                NOW,
                END,
                Offer.State.OPEN,
                List.of("stores/c"),
                null),
            new Offer("stores/b", "", null, 0, null, END, Offer.State.OPEN, List.of(), null))) {
      var offered = looking.offered(offer);
      assertThat(write(looking, offered, NOW)).isEqualTo(offered);
      var accepting = changed(offered.accept("", NOW));
      assertThat(write(offered, accepting, NOW)).isEqualTo(accepting);
      var accepted = accepting.accepted("other");
      assertThat(write(accepting, accepted, NOW)).isEqualTo(accepted);
      looking = accepted.gone();
      write(accepted, looking, NOW);
    }
    assertThat(get(store.find("1")).getBoolean("identityCheck")).isTrue();
    assertThat(get(store.find("1")).getString("replaces")).isEqualTo("before");
  }

  @Test
  void whatTimeBrings_isFound_onceItIsTime() {
    held("1", END, NOW);
    assertThat(ids(store.unseen(NOW.plusMillis(29_999), 10))).isEmpty();
    assertThat(ids(store.unseen(NOW.plusSeconds(30), 10))).containsExactly("1");
    assertThat(ids(store.ending(END.minusMillis(10_001), 10))).isEmpty();
    assertThat(ids(store.ending(END.minusSeconds(10), 10))).containsExactly("1");
    assertThat(ids(store.ending(END, 10))).isEmpty();
    var held = ReservationDocuments.read(get(store.find("1")));
    var reminded = write(held, changed(held.remind(END.minusSeconds(10))), NOW);
    assertThat(ids(store.ending(END.minusSeconds(10), 10))).isEmpty();
    var seen = write(reminded, changed(reminded.acknowledge(NOW)), NOW);
    assertThat(ids(store.unseen(END, 10))).isEmpty();
    var extending = changed(seen.extend(END.plusSeconds(60), END.plusSeconds(60), NOW));
    write(seen, extending, NOW);
    write(extending, extending.extended(), NOW);
    assertThat(ids(store.ending(END.plusSeconds(50), 10))).containsExactly("1");
  }

  @Test
  void thePickList_beginsWithWhatHasEscalated() {
    held("1", END, NOW);
    var second = held("2", END.plusSeconds(1), NOW);
    var escalated = write(second, changed(second.escalate(NOW.plusSeconds(30))), NOW);
    assertThat(ids(store.pickList("stores/a", NOW, 10))).containsExactly("2", "1");
    assertThat(ids(store.pickList("stores/a", NOW, 1))).containsExactly("2");
    assertThat(ids(store.list("", List.of(), List.of(), Attention.ESCALATED, 0, 9, NOW)))
        .containsExactly("2");
    assertThat(unseen(NOW)).containsExactly("1", "2");
    write(escalated, changed(escalated.acknowledge(NOW)), NOW);
    assertThat(unseen(NOW)).containsExactly("1");
    assertThat(unseen(END)).as("what has lapsed needs nobody any more").isEmpty();
    assertThat(ids(store.pickList("stores/a", NOW, 10))).containsExactly("1", "2");
    assertThat(ids(store.list("", List.of(), List.of(), Attention.ESCALATED, 0, 9, NOW))).isEmpty();
  }

  private List<String> unseen(Instant at) {
    return ids(store.list("", List.of(), List.of(), Attention.UNSEEN, 0, 9, at));
  }

  @Test
  void thePutBackList_hasWhatWasPrepared_fromItsEndOn() {
    var first = held("1", END, NOW);
    write(first, changed(first.prepare("B3", NOW)), NOW);
    held("2", END, NOW); // never prepared
    assertThat(ids(store.putBackList("stores/a", END.minusMillis(1), 10))).isEmpty();
    assertThat(ids(store.putBackList("stores/a", END, 10))).containsExactly("1");
    var prepared = ReservationDocuments.read(get(store.find("1")));
    var expired = write(prepared, prepared.expired(), END);
    assertThat(ids(store.putBackList("stores/a", END, 10))).containsExactly("1");
    assertThat(ids(store.putBackList("stores/b", END, 10))).isEmpty();
    write(expired, changed(expired.putAway(END)), END);
    assertThat(ids(store.putBackList("stores/a", END, 10))).isEmpty();
  }

  @Test
  void aStaleWrite_isRefused_andLeavesEverything() {
    var pending = pending("1", "CODE0001");
    insert(pending, "guest", NOW);
    var held = write(pending, pending.held(), NOW);
    assertThatThrownBy(() -> write(pending, pending.dropped(), NOW))
        .isInstanceOf(StaleVersionException.class);
    assertThat(ReservationDocuments.read(get(store.find("1")))).isEqualTo(held);
  }

  @Test
  void idAndPickupCode_areUnique() {
    insert(pending("1", "CODE0001"), "guest", NOW);
    assertThatThrownBy(() -> insert(pending("2", "CODE0001"), "guest", NOW))
        .matches(Mongo::isDuplicate);
    assertThatThrownBy(() -> insert(pending("1", "CODE0002"), "guest", NOW))
        .matches(Mongo::isDuplicate);
  }

  @Test
  void onlyWhatWasGivenUp_isForgotten() {
    var pending = pending("1", "CODE0001");
    insert(pending, "guest", NOW);
    store.deleteDropped("1").block(PATIENCE);
    assertThat(ids(store.unfinished(NOW.plusSeconds(1), 10))).containsExactly("1");
    write(pending, pending.dropped(), NOW);
    store.deleteDropped("1").block(PATIENCE);
    assertThat(store.find("1").blockOptional(PATIENCE)).isEmpty();
  }

  @Test
  void queries() {
    insert(pending("0", "C0"), "customer", NOW);
    held("1", END, NOW.plusSeconds(1));
    held("2", NOW.plusSeconds(60), NOW.plusSeconds(2));
    var third = held("3", END, NOW.plusSeconds(3));
    var prepared = (Decision.Changed) third.prepare("", NOW);
    write(third, prepared.next(), NOW.plusSeconds(10));
    var fourth = held("4", END, NOW.plusSeconds(4));
    var cancelled = (Decision.Changed) fourth.cancel(NOW);
    write(fourth, cancelled.next(), NOW.plusSeconds(20));
    var at = NOW.plusSeconds(60); // the end of 2

    assertThat(ids(store.list("customers/c", List.of(), List.of(), Attention.ANY, 0, 10, at)))
        .containsExactly("4", "3", "2", "1");
    assertThat(ids(store.list("customers/c", List.of(), List.of(), Attention.ANY, 1, 2, at)))
        .containsExactly("3", "2");
    assertThat(ids(store.list("", List.of("stores/b"), List.of(), Attention.ANY, 0, 10, at)))
        .isEmpty();
    assertThat(ids(store.list("", List.of("stores/a"), List.of("HELD"), Attention.ANY, 0, 10, at)))
        .containsExactly("1");
    assertThat(
            ids(
                store.list(
                    "", List.of(), List.of("EXPIRED", "PREPARED"), Attention.ANY, 0, 10, at)))
        .containsExactly("3", "2");
    assertThat(ids(store.list("", List.of(), List.of("PENDING"), Attention.ANY, 0, 10, at)))
        .isEmpty();
    assertThat(ids(store.pickList("stores/a", at.minusMillis(1), 10)))
        .containsExactly("2", "1", "3");
    assertThat(ids(store.pickList("stores/a", at, 10))).containsExactly("1", "3");
    assertThat(ids(store.open("customers/c", at))).containsExactly("3", "1");
    assertThat(ids(store.counted("customers/c", at))).containsExactlyInAnyOrder("0", "1", "3");
    assertThat(ids(store.changedSince("customers/c", NOW.plusSeconds(3))))
        .containsExactly("3", "4");
    assertThat(ids(store.lapsed(at.minusMillis(1), 10))).isEmpty();
    assertThat(ids(store.lapsed(at, 10))).containsExactly("2");
    assertThat(ids(store.unfinished(NOW.plusSeconds(20), 10))).containsExactly("0");
    assertThat(ids(store.unfinished(NOW.plusSeconds(21), 10))).containsExactlyInAnyOrder("0", "4");

    store.move("customers/d", "customers/c", NOW.plusSeconds(30)).block(PATIENCE);
    store.move("customers/d", "customers/c", NOW.plusSeconds(31)).block(PATIENCE);
    assertThat(ids(store.list("customers/c", List.of(), List.of(), Attention.ANY, 0, 10, at)))
        .isEmpty();
    assertThat(ids(store.changedSince("customers/d", NOW.plusSeconds(30)))).hasSize(4);
    assertThat(ReservationDocuments.read(get(store.find("1"))).version()).isEqualTo(3);
  }

  @Test
  void whatStaffReserve_countsForNobody() {
    insert(pending("1", "C1"), "agent", NOW);
    insert(pending("2", "C2"), "guest", NOW);
    assertThat(ids(store.counted("customers/c", NOW))).containsExactly("2");
  }
}
