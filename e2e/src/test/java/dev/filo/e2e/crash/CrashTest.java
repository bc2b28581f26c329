package dev.filo.e2e.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two inventory and two reservation replicas on a replica set of three, 64 clients, and somebody
 * who kills any of them, the database's primary too, with SIGKILL. Afterwards every acknowledged
 * answer is checked. {@code -Dfilo.kills=N} sets how many, {@code -Dfilo.seed=N} which.
 */
class CrashTest {
  private static final int CLIENTS = 64;
  private static final int KILLS = Integer.getInteger("filo.kills", 34);
  private static final int PRIMARY_EVERY = 8;
  // Between two kills something is done, however busy the machine.
  private static final int ANSWERS_BETWEEN = 15;
  private static final Duration CALM_MAX = Duration.ofMinutes(1);
  private static final long SEED = Long.getLong("filo.seed", System.nanoTime() & 0xffffff);

  @TempDir Path directory;

  @Test
  void stockAndReservations_killedAtAnyMoment_keepWhatWasAcknowledged() throws Exception {
    var program = ReplicaSet.program();
    Assumptions.assumeTrue(
        program.isPresent() && Path.of("/proc/self").toFile().exists(),
        "no mongod to kill: set FILO_MONGOD or put one on the PATH (Linux)");
    try (var database = ReplicaSet.start(program.orElseThrow(), directory);
        var around = new Surroundings();
        var fleet =
            Fleet.start(
                database.uri(),
                around,
                Files.createDirectories(Path.of("target", "crash", "seed-" + SEED)))) {
      play(database, around, fleet);
    }
  }

  private void play(ReplicaSet database, Surroundings around, Fleet fleet) throws Exception {
    System.out.printf("crash: seed %d, %d clients, %d kills to come%n", SEED, CLIENTS, KILLS);
    var violations = new Violations();
    var insistence = new Insistence(violations);
    var book = new Book();
    stock(around, fleet);
    var running = new AtomicBoolean(true);
    var kills = new TreeMap<String, Integer>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                new Client(i, SEED, fleet, around, insistence, book, violations, running::get)));
      }
      try {
        kill(database, fleet, insistence, kills);
      } finally {
        running.set(false);
      }
      fleet.awaitAll();
      for (Future<?> client : clients) {
        client.get(8, TimeUnit.MINUTES);
      }
    }
    for (Replica replica : fleet.replicas()) {
      violations.require(
          !replica.restartIfEnded(), replica.name() + " had ended without being killed");
      replica.faults().forEach(fault -> violations.add(replica.name() + ": " + fault));
    }
    new Verdict(fleet, around, book, violations).find();
    var found = violations.all();
    System.out.printf(
        "crash: %,d operations (%,d tries), %,d reservations, %,d holds, %,d movements;"
            + " kills %s; violations %d%n",
        insistence.answered(),
        insistence.tries(),
        book.reservations().size(),
        book.holds().size(),
        book.recorded().size(),
        kills,
        found.size());
    assertThat(found).as("promises not kept, seed %d", SEED).isEmpty();
    // A run in which hardly anything was done would prove nothing.
    assertThat(insistence.answered()).isGreaterThan(KILLS * (long) ANSWERS_BETWEEN);
    assertThat(book.reservations()).hasSizeGreaterThan(KILLS);
  }

  private static void kill(
      ReplicaSet database, Fleet fleet, Insistence insistence, TreeMap<String, Integer> kills)
      throws Exception {
    var random = new Random(SEED);
    int done = 0;
    while (done < KILLS) {
      long enough = insistence.answered() + ANSWERS_BETWEEN;
      long calm = System.nanoTime() + CALM_MAX.toNanos();
      do {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(1_000)));
      } while (insistence.answered() < enough && System.nanoTime() < calm);
      if (done % PRIMARY_EVERY == PRIMARY_EVERY - 1) {
        if (database.killPrimary()) {
          kills.merge("primary", 1, Integer::sum);
          done++;
        }
        continue;
      }
      fleet.awaitSome(); // both replicas of a service may be away for a while, not for ever
      var victim = fleet.replicas().get(random.nextInt(fleet.replicas().size()));
      victim.killAndRestart();
      kills.merge(victim.service(), 1, Integer::sum);
      done++;
    }
  }

  private static void stock(Surroundings around, Fleet fleet) {
    var request = RecordMovementsRequest.newBuilder().setRequestId("stock");
    for (String store : Surroundings.STORES) {
      for (String sku : Client.KEPT) {
        request.addMovements(
            Movement.newBuilder()
                .setId("stock-" + sku + "-" + store)
                .setKind(Movement.Kind.RECEIPT)
                .setSku(sku)
                .setLocation(store)
                .setQuantity(Client.STOCK));
      }
    }
    InventoryServiceGrpc.newBlockingStub(fleet.of("inventory").getFirst().channel())
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .withWaitForReady()
        .withCallCredentials(around.tokens().bearer(Role.ROLE_SERVICE, "services/crash"))
        .batchCreateMovements(request.build());
  }
}
