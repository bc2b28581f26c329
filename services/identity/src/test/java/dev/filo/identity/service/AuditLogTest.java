package dev.filo.identity.service;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.service.AuditLog.Fault;
import dev.filo.identity.service.AuditLog.Kind;
import dev.filo.identity.store.MongoAuditStore;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The audit log, and whoever tampers with it in the database. */
@StoreTest
class AuditLogTest {
  private final MutableClock clock = MutableClock.standing();
  private final MongoCollection<Document> entries;
  private final MongoAuditStore store;
  private final AuditLog log;

  AuditLogTest(MongoDatabase database) {
    entries = database.getCollection("audit_log");
    store = new MongoAuditStore(database);
    store.prepare();
    log = new AuditLog(store, new Secrets("a secret of sixteen"));
  }

  @Test
  void log_ofActs_isWhole() {
    assertThat(verify().count()).isZero();
    fill(5);
    var verdict = verify();
    assertThat(verdict.faults()).isEmpty();
    assertThat(verdict.count()).isEqualTo(5);
    assertThat(verdict.lastSequence()).isEqualTo(5);
    assertThat(verdict.lastHash()).hasSize(43);
    assertThat(log.after(2, 2).map(entry -> entry.act().id()).collectList().block())
        .containsExactly("act-3", "act-4");
  }

  @Test
  void acts_manyAtOnce_eachGetAPlace() {
    Flux.range(0, 60).flatMap(i -> log.append(act("act-" + i)), 60).blockLast();
    var verdict = verify();
    assertThat(verdict.faults()).isEmpty();
    assertThat(verdict.lastSequence()).isEqualTo(60);
  }

  @Test
  void act_repeatedByManyAtOnce_isThereOnce() {
    Flux.range(0, 30).flatMap(i -> log.append(act("the same")), 30).blockLast();
    log.append(act("the same")).block();
    assertThat(verify().count()).isEqualTo(1);
  }

  @Test
  void entry_altered_isFound() {
    fill(5);
    for (Bson change :
        new Bson[] {
          set("actor", "staff/somebody@else.example"),
          set("changes.role", "manager"),
          set("changes.more", ""),
          set("subject", "staff/x"),
          set("time", new java.util.Date(0)),
          set("action", "staff.create"),
          set("act", "act-9"),
          set("hash", "x".repeat(43))
        }) {
      var before = Mono.from(entries.find(eq("_id", 3L)).first()).block();
      assertThat(before).isNotNull();
      run(entries.updateOne(eq("_id", 3L), change));
      assertThat(verify().faults()).as(change.toString()).contains(new Fault(3, Kind.ALTERED));
      run(entries.replaceOne(eq("_id", 3L), before));
      assertThat(verify().faults()).isEmpty();
    }
  }

  @Test
  void entry_removed_isFound() {
    fill(5);
    run(entries.deleteOne(eq("_id", 1L)));
    run(entries.deleteOne(eq("_id", 3L)));
    assertThat(verify().faults())
        .containsExactly(new Fault(1, Kind.MISSING), new Fault(3, Kind.MISSING));
  }

  @Test
  void entry_removedWithTheRestMovedUp_isFound() {
    fill(4);
    var third = Objects.requireNonNull(Mono.from(entries.find(eq("_id", 3L)).first()).block());
    run(entries.deleteOne(eq("_id", 2L)));
    run(entries.deleteOne(eq("_id", 3L)));
    run(entries.insertOne(new Document(third).append("_id", 2L)));
    assertThat(verify().faults()).contains(new Fault(2, Kind.ALTERED));
  }

  @Test
  void entry_inserted_isFound() {
    fill(3);
    var last = Objects.requireNonNull(Mono.from(entries.find(eq("_id", 3L)).first()).block());
    run(
        entries.insertOne(
            new Document(last)
                .append("_id", 4L)
                .append("act", "forged")
                .append("previousHash", last.getString("hash"))));
    assertThat(verify().faults()).containsExactly(new Fault(4, Kind.ALTERED));
    run(entries.deleteOne(eq("_id", 4L)));
    run(entries.insertOne(new Document(last).append("_id", 2.5).append("act", "forged")));
    assertThat(verify().faults()).contains(new Fault(0, Kind.ALTERED));
  }

  @Test
  void entries_madeWithAnotherSecret_areFound() {
    fill(2);
    new AuditLog(store, new Secrets("another secret of it")).append(act("forged")).block();
    fill(1);
    assertThat(verify().faults()).containsExactly(new Fault(3, Kind.ALTERED));
  }

  /** A genuine entry of another log with the same secret: an old copy of this one, say. */
  @Test
  void entry_ofAnotherHistory_isFound() {
    fill(3);
    var second = Objects.requireNonNull(Mono.from(entries.find(eq("_id", 2L)).first()).block());
    var third = Objects.requireNonNull(Mono.from(entries.find(eq("_id", 3L)).first()).block());
    run(entries.deleteOne(eq("_id", 2L)));
    run(entries.deleteOne(eq("_id", 3L)));
    log.append(act("instead")).block();
    run(entries.insertOne(third));
    assertThat(verify().faults()).containsExactly(new Fault(3, Kind.UNCHAINED));
    assertThat(second).isNotEmpty();
  }

  @Test
  void log_cutOff_isFoundByWhoKnewItsEnd() {
    fill(5);
    var known = verify();
    run(entries.deleteOne(eq("_id", 5L)));
    assertThat(verify().faults()).as("without knowing").isEmpty();
    assertThat(verify(known).faults()).containsExactly(new Fault(5, Kind.MISSING));
    log.append(act("written anew")).block();
    assertThat(verify(known).faults()).containsExactly(new Fault(5, Kind.ALTERED));
  }

  @Test
  void log_thatGrew_isWholeForWhoKnewItsEnd() {
    fill(3);
    var known = verify();
    log.append(act("one more")).block();
    assertThat(verify(known).faults()).isEmpty();
  }

  private void fill(int count) {
    for (int i = 1; i <= count; i++) {
      log.append(act(count == 1 ? "act-single" : "act-" + i)).block();
    }
  }

  private AuditAct act(String id) {
    return new AuditAct(
        id,
        clock.instant(),
        "staff/manager@filo.example",
        "staff.update",
        "staff/anna@filo.example",
        new TreeMap<>(Map.of("role", "agent", "active", "true")),
        false);
  }

  private AuditLog.Verdict verify() {
    return Objects.requireNonNull(log.verify(0, "").block());
  }

  private AuditLog.Verdict verify(AuditLog.Verdict known) {
    return Objects.requireNonNull(log.verify(known.lastSequence(), known.lastHash()).block());
  }

  private static void run(org.reactivestreams.Publisher<?> work) {
    Mono.from(work).block();
  }
}
