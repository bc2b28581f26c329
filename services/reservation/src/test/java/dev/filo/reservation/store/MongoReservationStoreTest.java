package dev.filo.reservation.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
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
    return new Reservation(
        id,
        1,
        "customers/c",
        "stores/a",
        List.of(new Line("S", 1, 2, "Il S", "/m", "EUR", 99)),
        new State.Pending(),
        Step.PLACE,
        END,
        null,
        "hold-" + id,
        code);
  }

  private Document insert(Reservation reservation, String role, Instant now) {
    return get(
        store.insert(
            reservation,
            Actor.newBuilder().setPrincipal("customers/c").setRole(role).build(),
            "Giulia R.",
            "Filo a",
            new byte[] {1},
            false,
            now));
  }

  private Reservation held(String id, Instant end, Instant now) {
    var before = pending(id, "C" + id);
    var reservation =
        new Reservation(
            id,
            1,
            before.customer(),
            before.store(),
            before.lines(),
            before.state(),
            before.step(),
            end,
            null,
            before.hold(),
            before.pickupCode());
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
    var extending =
        new Reservation(
            "1",
            3,
            held.customer(),
            held.store(),
            held.lines(),
            new State.Prepared(NOW),
            Step.EXTEND,
            END,
            END.plusSeconds(5),
            "other",
            held.pickupCode());
    assertThat(write(held, extending, NOW)).isEqualTo(extending);
    assertThat(write(extending, extending.extended(), NOW)).isEqualTo(extending.extended());
    assertThat(ReservationDocuments.read(get(store.findByPickupCode("CODE0001"))).id())
        .isEqualTo("1");
    assertThat(store.findByPickupCode("CODE0002").blockOptional(PATIENCE)).isEmpty();
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
    var prepared = (Decision.Changed) third.prepare(NOW);
    write(third, prepared.next(), NOW.plusSeconds(10));
    var fourth = held("4", END, NOW.plusSeconds(4));
    var cancelled = (Decision.Changed) fourth.cancel(NOW);
    write(fourth, cancelled.next(), NOW.plusSeconds(20));
    var at = NOW.plusSeconds(60); // the end of 2

    assertThat(ids(store.list("customers/c", List.of(), List.of(), 0, 10, at)))
        .containsExactly("4", "3", "2", "1");
    assertThat(ids(store.list("customers/c", List.of(), List.of(), 1, 2, at)))
        .containsExactly("3", "2");
    assertThat(ids(store.list("", List.of("stores/b"), List.of(), 0, 10, at))).isEmpty();
    assertThat(ids(store.list("", List.of("stores/a"), List.of("HELD"), 0, 10, at)))
        .containsExactly("1");
    assertThat(ids(store.list("", List.of(), List.of("EXPIRED", "PREPARED"), 0, 10, at)))
        .containsExactly("3", "2");
    assertThat(ids(store.list("", List.of(), List.of("PENDING"), 0, 10, at))).isEmpty();
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
    assertThat(ids(store.list("customers/c", List.of(), List.of(), 0, 10, at))).isEmpty();
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
