package dev.filo.pos.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.pos.Door;
import dev.filo.pos.gateway.Gateway;
import dev.filo.pos.gateway.GatewayException.Kind;
import dev.filo.pos.gateway.Settings;
import dev.filo.pos.gateway.Tokens;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.journal.Fact;
import dev.filo.pos.journal.Item;
import dev.filo.pos.journal.Journal;
import dev.filo.testkit.MutableClock;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FlusherTest {
  private static final String GTIN = "4006381333931";

  @TempDir Path folder;
  private final MutableClock clock = MutableClock.standing();
  private final LinkedBlockingQueue<Settled> told = new LinkedBlockingQueue<>();
  private Door door;
  private Journal journal;
  private Flusher flusher;
  private boolean secretKnown = true;

  @BeforeEach
  void open() {
    door = new Door();
    journal = Journal.open(folder, clock, Duration.ZERO);
  }

  @AfterEach
  void close() {
    flusher.close();
    journal.close();
    door.close();
  }

  private void start() throws IOException {
    var settings =
        new Settings(
            URI.create(door.target()),
            door.grpc(),
            false,
            null,
            List.of(),
            "till-1",
            null,
            "stores/milano",
            "Milano",
            null,
            null);
    var tokens =
        new Tokens(
            folder, settings, () -> secretKnown ? Optional.of("secret") : Optional.empty(), clock);
    flusher = new Flusher(journal, new Gateway(settings, tokens, "en"), told::add, new Random(1));
    flusher.start();
  }

  private Entry.Movements sale(String id, String... codes) {
    return new Entry.Movements(
        id,
        Entry.Kind.SALE,
        "stores/milano",
        clock.instant(),
        "",
        List.of(codes).stream().map(code -> new Entry.Line(code, "", 1)).toList());
  }

  private static Settled got(CompletableFuture<Settled> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Settled next() throws InterruptedException {
    var settled = told.poll(60, TimeUnit.SECONDS);
    assertThat(settled).as("something is told").isNotNull();
    return settled;
  }

  @Test
  void waiting_isSentInOrderWithItsIdsAndItsTime() throws Exception {
    for (int n = 1; n <= 30; n++) {
      clock.advance(Duration.ofMinutes(1));
      journal.record(sale("sale-" + n, "DIV-LUC", "POL-LUC"));
    }
    start();
    for (int n = 1; n <= 30; n++) {
      assertThat(next()).isInstanceOf(Settled.Done.class);
    }
    var wanted = new ArrayList<String>();
    for (int n = 1; n <= 30; n++) {
      wanted.add("sale-" + n + "-1");
      wanted.add("sale-" + n + "-2");
    }
    assertThat(door.ledger.keySet()).containsExactlyElementsOf(wanted);
    assertThat(door.ledger.get("sale-30-1").getEffectiveTime().getSeconds())
        .isEqualTo(clock.instant().getEpochSecond());
    assertThat(door.ledger.get("sale-1-1").getEffectiveTime().getSeconds())
        .isEqualTo(clock.instant().minus(Duration.ofMinutes(29)).getEpochSecond());
    assertThat(journal.openItems()).isEmpty();
  }

  @Test
  void lostAnswer_isRepeatedUnderTheSameIdsAndCountsOnce() throws Exception {
    door.lostAnswers.add(Status.UNAVAILABLE.asRuntimeException());
    door.lostAnswers.add(Status.DEADLINE_EXCEEDED.asRuntimeException());
    journal.record(sale("sale-1", "DIV-LUC"));
    start();
    assertThat(next()).isInstanceOf(Settled.Done.class);
    assertThat(door.sent).containsExactly("sale-1-1", "sale-1-1", "sale-1-1");
    assertThat(door.ledger).hasSize(1);
  }

  @Test
  void refusedRow_staysAndHoldsUpNothing() throws Exception {
    door.refuses = movement -> movement.getSku().equals("GONE") ? "SKU_NOT_FOUND" : null;
    journal.record(sale("sale-1", "DIV-LUC", "GONE"));
    journal.record(sale("sale-2", "DIV-LUC"));
    start();
    assertThat(next()).isInstanceOf(Settled.Refused.class);
    assertThat(next()).isInstanceOf(Settled.Done.class);
    var refused = journal.openItems().getFirst();
    assertThat(journal.openItems()).hasSize(1);
    assertThat(refused.state()).isEqualTo(Item.State.REFUSED);
    assertThat(refused.refusals())
        .containsExactly(new Fact.Refusal("GONE", "SKU_NOT_FOUND", "because of SKU_NOT_FOUND"));

    door.refuses = movement -> null;
    journal.append(new Fact.Retried(1, journal.now()));
    assertThat(got(flusher.await(1))).isInstanceOf(Settled.Done.class);
    assertThat(door.ledger.keySet()).containsExactlyInAnyOrder("sale-1-1", "sale-2-1", "sale-1-2");
  }

  @Test
  void oneThatNobodyCanRead_holdsUpNothing() throws Exception {
    var bad = Door.refusal(Status.Code.INVALID_ARGUMENT, "FIELDS_INVALID", "quantity: too much");
    door.failures.add(bad); // the two together
    door.failures.add(bad); // the first alone
    journal.record(sale("sale-1", "DIV-LUC"));
    journal.record(sale("sale-2", "DIV-LUC"));
    start();
    assertThat(next()).isInstanceOf(Settled.Refused.class);
    assertThat(next()).isInstanceOf(Settled.Done.class);
    assertThat(door.ledger.keySet()).containsExactly("sale-2-1");
    assertThat(journal.openItems().getFirst().refusals().getFirst().reason())
        .isEqualTo("FIELDS_INVALID");
  }

  @Test
  void barcode_isLookedUpWhenItIsSent() throws Exception {
    door.barcodes = Map.of(GTIN, "POL-LUC");
    journal.record(sale("sale-1", GTIN));
    journal.record(sale("sale-2", "96385074")); // a barcode nobody knows
    start();
    assertThat(next()).isInstanceOf(Settled.Refused.class);
    assertThat(next()).isInstanceOf(Settled.Done.class);
    assertThat(door.ledger.get("sale-1-1").getSku()).isEqualTo("POL-LUC");
    assertThat(journal.openItems().getFirst().refusals().getFirst().reason())
        .isEqualTo("SKU_NOT_FOUND");
  }

  @Test
  void serialNumbers_goWithTheirPieces_alsoThroughTheJournal() throws Exception {
    journal.record(
        new Entry.Movements(
            "sale-1",
            Entry.Kind.SALE,
            "stores/milano",
            clock.instant(),
            "",
            List.of(
                new Entry.Line("DIV-LUC", "DIV-LUC", 2, List.of("S1", "S2")),
                new Entry.Line("POL-LUC", "POL-LUC", 1))));
    start();
    assertThat(next()).isInstanceOf(Settled.Done.class);
    assertThat(door.ledger.get("sale-1-1").getSerialsList()).containsExactly("S1", "S2");
    assertThat(door.ledger.get("sale-1-2").getSerialsList()).isEmpty();
  }

  @Test
  void signedOut_whoeverWaitsIsToldAtOnceAndNothingIsLost() throws Exception {
    secretKnown = false;
    start();
    var submitted = flusher.submit(sale("sale-1", "DIV-LUC"));
    var settled = got(submitted.settled());
    assertThat(settled)
        .isInstanceOfSatisfying(
            Settled.Waits.class,
            waits -> assertThat(waits.why().kind()).isEqualTo(Kind.SIGNED_OUT));
    secretKnown = true;
    assertThat(got(flusher.await(1))).isInstanceOf(Settled.Done.class);
    assertThat(door.ledger.keySet()).containsExactly("sale-1-1");
  }

  @Test
  void tokenWithdrawn_isRenewedWithoutAWait() throws Exception {
    door.failures.add(Door.refusal(Status.Code.UNAUTHENTICATED, "TOKEN_INVALID", "No."));
    start();
    var submitted = flusher.submit(sale("sale-1", "DIV-LUC"));
    assertThat(got(submitted.settled())).isInstanceOf(Settled.Done.class);
    assertThat(door.tokens).contains("Bearer token-1", "Bearer token-2");
  }

  @Test
  void notAllowed_waitsInsteadOfBeingRefused() throws Exception {
    door.failures.add(Door.refusal(Status.Code.PERMISSION_DENIED, "ROLE_NOT_ALLOWED", "No."));
    start();
    var submitted = flusher.submit(sale("sale-1", "DIV-LUC"));
    assertThat(got(submitted.settled())).isInstanceOf(Settled.Waits.class);
    assertThat(journal.toSend()).hasSize(1);
    assertThat(got(flusher.await(1))).isInstanceOf(Settled.Done.class);
  }
}
