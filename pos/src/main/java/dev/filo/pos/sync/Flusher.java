package dev.filo.pos.sync;

import com.google.protobuf.Timestamp;
import dev.filo.pos.gateway.Gateway;
import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.gateway.GatewayException.Kind;
import dev.filo.pos.gateway.MovementStream;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.journal.Fact;
import dev.filo.pos.journal.Item;
import dev.filo.pos.journal.Journal;
import dev.filo.pos.journal.JournalException;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends what waits in the journal, oldest first, each entry under the ids it was recorded with, by
 * a thread of its own. What gets no answer is sent again; what is refused stays in the journal and
 * holds up nothing behind it: each movement carries its own time, so that the ledger does not mind
 * the order. Safe for several threads.
 */
public final class Flusher implements AutoCloseable {
  private static final int MOVEMENTS_A_CALL_MAX = 500; // half of what a call may carry
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final Journal journal;
  private final Gateway gateway;
  private final Consumer<Settled> told;
  private final Backoff backoff;
  private final Map<Integer, CompletableFuture<Settled>> awaited = new HashMap<>();
  private final Thread thread = new Thread(this::run, "filo-pos-flusher");
  private @Nullable MovementStream stream; // the flusher's thread only
  private boolean wanted;
  private boolean closed;
  private boolean started;
  private @Nullable GatewayException lastFailure;
  private @Nullable JournalException broken;

  /**
   * A flusher that does nothing before it is started.
   *
   * @param told is told what became of entries nobody waits for
   */
  public Flusher(Journal journal, Gateway gateway, Consumer<Settled> told, RandomGenerator random) {
    this.journal = journal;
    this.gateway = gateway;
    this.told = told;
    this.backoff = new Backoff(random);
    thread.setDaemon(true);
  }

  /** Begins to send. Starting twice changes nothing. */
  public synchronized void start() {
    if (!started) {
      started = true;
      wanted = true;
      thread.start();
    }
  }

  /**
   * Records an entry and has it sent.
   *
   * @return the entry as it is on the disk, and what becomes of it
   * @throws JournalException when it could not be recorded; nothing was then
   */
  public synchronized Submitted submit(Entry entry) {
    var item = journal.record(entry);
    return new Submitted(item, await(item.number()));
  }

  /**
   * An entry on its way.
   *
   * @param settled completes when it is settled, or when it must wait because the gateway cannot be
   *     reached or does not let this till in
   */
  public record Submitted(Item item, CompletableFuture<Settled> settled) {}

  /** What becomes of an entry that is in the journal; has it sent. */
  public synchronized CompletableFuture<Settled> await(int number) {
    wanted = true;
    notifyAll();
    return awaited.computeIfAbsent(number, n -> new CompletableFuture<>());
  }

  /** Nobody waits for an entry any more. */
  public synchronized void forget(int number) {
    awaited.remove(number);
  }

  /** Tries now. */
  public synchronized void wake() {
    wanted = true;
    notifyAll();
  }

  /** Why the last try failed; empty when it did not. */
  public synchronized Optional<GatewayException> lastFailure() {
    return Optional.ofNullable(lastFailure);
  }

  private void run() {
    var wait = Duration.ZERO;
    while (sleep(wait)) {
      try {
        var failure = pass();
        synchronized (this) {
          lastFailure = failure;
        }
        if (failure == null) {
          backoff.succeeded();
          wait = Duration.ZERO;
        } else {
          wait = backoff.failed(failure);
          tellThatTheyWait(failure);
        }
      } catch (JournalException e) {
        synchronized (this) {
          broken = e;
          awaited.values().forEach(future -> future.completeExceptionally(e));
          awaited.clear();
        }
        return;
      }
    }
  }

  /** Waits until there is something to do; false when it is over. */
  private synchronized boolean sleep(Duration wait) {
    boolean retrying = wait.isPositive();
    long end = System.nanoTime() + wait.toNanos();
    try {
      while (!closed && !wanted) {
        if (retrying) {
          long left = end - System.nanoTime();
          if (left <= 0) {
            break;
          }
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } else {
          wait();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    wanted = false;
    return !closed;
  }

  private synchronized void tellThatTheyWait(GatewayException why) {
    if (why.kind() == Kind.UNANSWERED || why.kind() == Kind.LATER) {
      return; // Whoever waits has patience of his own; the next try may do.
    }
    var waiting = new HashMap<Integer, Item>();
    journal.toSend().forEach(item -> waiting.put(item.number(), item));
    var futures = List.copyOf(awaited.entrySet());
    for (var each : futures) {
      var item = waiting.get(each.getKey());
      if (item != null) {
        awaited.remove(each.getKey());
        each.getValue().complete(new Settled.Waits(item, why));
      }
    }
  }

  /** Sends everything that waits; null when all of it was answered. */
  private @Nullable GatewayException pass() {
    try {
      return sendAll();
    } finally {
      hangUp();
    }
  }

  private @Nullable GatewayException sendAll() {
    int after = 0;
    GatewayException failure = null;
    while (true) {
      var batch = batch(after);
      if (batch.isEmpty()) {
        return failure;
      }
      after = batch.getLast().number();
      try {
        send(resolved(batch));
      } catch (GatewayException e) {
        if (!isAboutTheContent(e) || batch.size() == 1) {
          return e;
        }
        for (var item : batch) {
          try {
            send(resolved(asItIs(item)));
          } catch (GatewayException alone) {
            if (!isAboutTheContent(alone)) {
              return alone;
            }
            failure = alone; // This one waits; those behind it need not.
          }
        }
      }
    }
  }

  /** An entry as the journal has it by now; none when it was settled meanwhile. */
  private List<Item> asItIs(Item item) {
    return journal.find(item.number()).filter(Item::isToSend).stream().toList();
  }

  /** A fault that one entry may cause and another not. */
  private static boolean isAboutTheContent(GatewayException e) {
    return e.kind() == Kind.REFUSED || (e.kind() == Kind.LATER && e.reason().equals("INTERNAL"));
  }

  private List<Item> batch(int after) {
    var batch = new ArrayList<Item>();
    int movements = 0;
    for (var item : journal.toSend()) {
      if (item.number() <= after) {
        continue;
      }
      movements += item.entry().lines().size();
      if (!batch.isEmpty() && movements > MOVEMENTS_A_CALL_MAX) {
        break;
      }
      batch.add(item);
    }
    return batch;
  }

  /** The entries with the SKU of each barcode; one whose barcode nobody knows is refused. */
  private List<Item> resolved(List<Item> batch) {
    var codes =
        batch.stream()
            .flatMap(item -> item.entry().lines().stream().filter(line -> isOpen(item, line)))
            .map(Entry.Line::code)
            .toList();
    if (codes.isEmpty()) {
      return batch;
    }
    var found = Codes.lookUp(gateway, codes, DEADLINE);
    var ready = new ArrayList<Item>();
    for (var item : batch) {
      var own =
          item.entry().lines().stream()
              .filter(line -> isOpen(item, line))
              .map(Entry.Line::code)
              .toList();
      var unknown = Codes.unknown(own, found);
      if (!unknown.isEmpty()) {
        refuse(
            item,
            unknown.stream()
                .map(
                    code ->
                        new Fact.Refusal(code, "SKU_NOT_FOUND", "Nothing is sold under this code."))
                .toList(),
            List.of());
      } else if (own.isEmpty()) {
        ready.add(item);
      } else {
        var skus = new HashMap<>(item.skus());
        for (var code : own) {
          Optional.ofNullable(found.get(code))
              .ifPresent(variant -> skus.put(code, variant.getVariant().getSku()));
        }
        journal.append(new Fact.Resolved(item.number(), skus));
        journal.find(item.number()).ifPresent(ready::add);
      }
    }
    return ready;
  }

  /** True for a line whose SKU is not known: a code of digits that was not looked up. */
  private static boolean isOpen(Item item, Entry.Line line) {
    return line.sku().isEmpty()
        && !item.skus().containsKey(line.code())
        && Codes.isGtin(line.code());
  }

  private void send(List<Item> batch) {
    if (batch.isEmpty()) {
      return;
    }
    var movements = new ArrayList<Movement>();
    batch.forEach(item -> movements.addAll(movements(item)));
    List<MovementResult> results;
    try {
      results = record(movements);
    } catch (GatewayException e) {
      if (e.kind() == Kind.REFUSED && batch.size() == 1) {
        refuse(
            batch.getFirst(),
            List.of(new Fact.Refusal("", e.reason(), String.valueOf(e.getMessage()))),
            List.of());
        return;
      }
      throw e;
    }
    int from = 0;
    for (var item : batch) {
      int to = from + item.entry().lines().size();
      settle(item, results.subList(from, to));
      from = to;
    }
  }

  /** Once more when it was only the token: the next call has a new one. */
  private List<MovementResult> record(List<Movement> movements) {
    try {
      return stream().record(movements, DEADLINE);
    } catch (GatewayException e) {
      hangUp();
      if (!e.reason().startsWith("TOKEN_")) {
        throw e;
      }
    }
    try {
      return stream().record(movements, DEADLINE);
    } catch (GatewayException e) {
      hangUp();
      throw e;
    }
  }

  /** One call for everything that waits; after a failure another. */
  private MovementStream stream() {
    var open = stream;
    if (open == null) {
      open = gateway.movements();
      stream = open;
    }
    return open;
  }

  private void hangUp() {
    var open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }

  private void settle(Item item, List<MovementResult> results) {
    var refusals = new ArrayList<Fact.Refusal>();
    for (int i = 0; i < results.size(); i++) {
      var result = results.get(i);
      switch (result.getOutcome()) {
        case RECORDED, REPEATED -> {}
        case REFUSED, OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
            refusals.add(
                new Fact.Refusal(
                    item.entry().lines().get(i).code(), result.getReason(), result.getDetail()));
      }
    }
    if (refusals.isEmpty()) {
      journal.append(new Fact.Done(item.number(), journal.now(), ""));
      tell(item.number(), new Settled.Done(item, results));
    } else {
      refuse(item, refusals, results);
    }
  }

  private void refuse(Item item, List<Fact.Refusal> refusals, List<MovementResult> results) {
    journal.append(new Fact.Refused(item.number(), journal.now(), refusals));
    var refused = journal.find(item.number()).orElse(item);
    tell(item.number(), new Settled.Refused(refused, results));
  }

  private void tell(int number, Settled settled) {
    CompletableFuture<Settled> future;
    synchronized (this) {
      future = awaited.remove(number);
    }
    if (future == null || !future.complete(settled)) {
      told.accept(settled);
    }
  }

  /** The movements an entry becomes: one a line, with the ids and the time it has for ever. */
  static List<Movement> movements(Item item) {
    if (!(item.entry() instanceof Entry.Movements entry)) {
      return List.of();
    }
    var movements = new ArrayList<Movement>();
    for (int i = 0; i < entry.lines().size(); i++) {
      var line = entry.lines().get(i);
      var sku =
          line.sku().isEmpty() ? item.skus().getOrDefault(line.code(), line.code()) : line.sku();
      movements.add(
          Movement.newBuilder()
              .setId(entry.movementId(i))
              .setKind(kind(entry.kind()))
              .setSku(sku)
              .setLocation(entry.store())
              .setQuantity(line.quantity())
              .setEffectiveTime(timestamp(entry.time()))
              .setCause(entry.cause())
              .addAllSerials(line.serials())
              .build());
    }
    return movements;
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static Movement.Kind kind(Entry.Kind kind) {
    return switch (kind) {
      case SALE -> Movement.Kind.SALE;
      case RETURN -> Movement.Kind.RETURN;
      case RECEIPT -> Movement.Kind.RECEIPT;
      case COUNT -> Movement.Kind.COUNT;
    };
  }

  /** Why nothing is sent any more; empty while all is well. */
  public synchronized Optional<JournalException> broken() {
    return Optional.ofNullable(broken);
  }

  /**
   * Ends it; the gateway is closed so that a call under way ends too. What waits stays in the
   * journal.
   */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    gateway.close();
    if (!started) {
      return;
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
