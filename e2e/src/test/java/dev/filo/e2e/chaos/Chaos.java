package dev.filo.e2e.chaos;

import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Two replicas of each service on a replica set of three, clients that insist on answers, and
 * faults in the order a seed gives. Afterwards every acknowledged answer is checked.
 */
final class Chaos {
  // Between two periods something is done, however busy the machine.
  private static final int ANSWERS_BETWEEN = 15;
  private static final Duration CALM = Duration.ofSeconds(1);
  private static final Duration CALM_MAX = Duration.ofMinutes(2);
  // The member with a small disk: it becomes the primary now and then.
  private static final int SMALL = 2;

  private final Settings settings;
  private final Path directory;
  private final Consumer<String> tell;
  private final Violations violations = new Violations();
  private final Insistence insistence = new Insistence(violations);
  private final Book book = new Book();
  private final Map<Fault.Kind, Integer> happened = new EnumMap<>(Fault.Kind.class);
  private final Map<Fault.Kind, Duration> silences = new EnumMap<>(Fault.Kind.class);

  /**
   * What is to be played.
   *
   * @param seed gives what each client does
   * @param schedule periods, each with the faults that begin in it together
   * @param clients at once
   * @param flaws how services are broken, each in one way at most
   */
  record Settings(long seed, List<List<Fault>> schedule, int clients, Set<Flaw> flaws) {
    boolean fillsADisk() {
      return schedule.stream()
          .flatMap(List::stream)
          .anyMatch(fault -> fault.kind() == Fault.Kind.FULL_DISK);
    }
  }

  private Chaos(Settings settings, Path directory, Consumer<String> tell) {
    this.settings = settings;
    this.directory = directory;
    this.tell = tell;
  }

  /**
   * Plays it.
   *
   * @param mongod the database's program
   * @param data where the database keeps its data
   * @param logs where processes write what they say
   * @param tell is told what happens, a line at a time
   */
  static Report play(Settings settings, Path mongod, Path data, Path logs, Consumer<String> tell)
      throws Exception {
    var disk =
        settings.fillsADisk()
            ? Disk.at(data.resolve("member-" + SMALL), SMALL)
            : Optional.<Disk>empty();
    try {
      return new Chaos(settings, Files.createDirectories(logs), tell).play(mongod, data, disk);
    } finally {
      if (disk.isPresent()) {
        disk.get().close();
      }
    }
  }

  private Report play(Path mongod, Path data, Optional<Disk> disk) throws Exception {
    try (var net = new Net();
        var database = ReplicaSet.start(mongod, data, net);
        var around = new Surroundings();
        var fleet = Fleet.start(database.uri(), around, net, settings.flaws, directory)) {
      var injector = new Injector(net, database, fleet, around, disk);
      return play(database, around, fleet, injector, disk.isPresent());
    }
  }

  private Report play(
      ReplicaSet database, Surroundings around, Fleet fleet, Injector injector, boolean hasDisk)
      throws Exception {
    var schedule = settings.schedule;
    tell.accept(
        "chaos: seed %d, %d clients, %d periods, flaws %s"
            .formatted(settings.seed, settings.clients, schedule.size(), settings.flaws));
    if (!hasDisk && settings.fillsADisk()) {
      tell.accept("  no full-disk: this user may not mount a small disk");
      schedule =
          schedule.stream()
              .map(
                  faults ->
                      faults.stream()
                          .filter(fault -> fault.kind() != Fault.Kind.FULL_DISK)
                          .toList())
              .toList();
    }
    stock(around, fleet);
    var running = new AtomicBoolean(true);
    var followers =
        Fleet.SERVICES.stream()
            .map(service -> new Follower(service, fleet, around, violations))
            .toList();
    var following = Executors.newVirtualThreadPerTaskExecutor();
    followers.forEach(following::submit);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < settings.clients; i++) {
        clients.add(
            threads.submit(
                new Client(
                    i, settings.seed, fleet, around, insistence, book, violations, running::get)));
      }
      try {
        for (int i = 0; i < schedule.size(); i++) {
          period(i, schedule.get(i), injector);
        }
      } finally {
        running.set(false);
        injector.endAll();
      }
      database.awaitPrimary();
      for (Replica replica : fleet.replicas()) {
        violations.require(
            !replica.restartIfEnded(), replica.name() + " had ended without being killed");
      }
      fleet.awaitAll();
      for (Future<?> client : clients) {
        client.get(8, TimeUnit.MINUTES);
      }
      new Feeds(book, violations).check(followers);
    } finally {
      following.shutdownNow();
    }
    for (Replica replica : fleet.replicas()) {
      replica.faults().forEach(fault -> violations.add(replica.name() + ": " + fault));
    }
    var verdict = new Verdict(fleet, around, book, violations);
    verdict.find();
    new OldPosition(database.uri(), fleet, around, violations).check();
    return report(verdict);
  }

  private Report report(Verdict verdict) {
    var acknowledged = new TreeMap<String, Integer>();
    acknowledged.put("reservations", book.reservations().size());
    acknowledged.put("holds", book.holds().size());
    acknowledged.put("movements", book.recorded().size());
    acknowledged.put("cart additions", book.added().size());
    acknowledged.put("recognised people", book.recognised().size());
    return new Report(
        settings.seed,
        insistence.answered(),
        insistence.tries(),
        insistence.unanswered(),
        book.unknown().size() + book.perhapsAdded().size(),
        book.unknown().size(),
        verdict.took(),
        happened,
        silences,
        book.overEarly(),
        acknowledged,
        violations.all());
  }

  /** Faults begin together, end one after the other, and then calls are answered again. */
  private void period(int number, List<Fault> faults, Injector injector) throws IOException {
    insistence.listen();
    var ends = new ArrayList<Injector.End>();
    var told = new ArrayList<String>();
    try {
      for (Fault fault : faults) {
        var begun = injector.begin(fault);
        ends.add(begun.end());
        told.add(
            "%s %s %.1f s"
                .formatted(fault.kind().text(), begun.who(), fault.lasts().toMillis() / 1000.0));
        happened.merge(fault.kind(), 1, Integer::sum);
      }
      var lasts = faults.stream().map(Fault::lasts).max(Duration::compareTo).orElse(CALM);
      LockSupport.parkNanos(lasts.toNanos());
    } finally {
      Collections.shuffle(ends, new Random(settings.seed + number));
      for (Injector.End end : ends) {
        end.now();
      }
    }
    awaitAnswers(told);
    var silence = insistence.longestSilence();
    faults.forEach(
        fault ->
            silences.merge(
                fault.kind(), silence, (one, other) -> one.compareTo(other) > 0 ? one : other));
    tell.accept(
        "  %2d %s%s"
            .formatted(
                number + 1,
                told.isEmpty() ? "calm" : String.join(", ", told),
                ", answers all the time but for %.1f s".formatted(silence.toMillis() / 1000.0)));
  }

  private void awaitAnswers(List<String> after) {
    long enough = insistence.answered() + ANSWERS_BETWEEN;
    long end = System.nanoTime() + CALM_MAX.toNanos();
    while (insistence.answered() < enough) {
      if (System.nanoTime() > end) {
        violations.add("hardly anything is answered for 2 minutes after " + after);
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
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
        .withCallCredentials(around.tokens().bearer(Role.ROLE_SERVICE, "services/chaos"))
        .batchCreateMovements(request.build());
  }
}
