package dev.filo.inventory.service;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.service.ImportStore.Progress;
import dev.filo.inventory.service.Stock.Reason;
import dev.filo.inventory.service.Stock.Result;
import dev.filo.platform.code.Ids;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Counts that come by the million. A row is a movement whose id says import and row: sent again it
 * is recognised, so whoever does not know what became of some rows sends them again. How far an
 * import is, is noted after the rows are recorded: after a break it says too little, never too
 * much.
 */
public final class Imports {
  private static final Pattern SKU = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern LOCATION = Pattern.compile("stores/[a-z0-9-]{1,64}");

  private final ImportStore store;
  private final Stock stock;
  private final InstantSource clock;

  /**
   * A row.
   *
   * @param effectiveTime when it was true; null: when the import began
   */
  public record Row(
      long number, String sku, String location, int onHand, @Nullable Instant effectiveTime) {}

  /** What became of rows, in their order, and what to add to the import's progress for them. */
  public record Recorded(List<Row> rows, List<Result> results, Progress done) {}

  /** Imports into this stock. */
  public Imports(ImportStore store, Stock stock, InstantSource clock) {
    this.store = store;
    this.stock = stock;
    this.clock = clock;
  }

  /** Begins an import or goes on with one. One value: how far it is. */
  public Mono<Progress> begin(String id) {
    return store.begin(id, clock.instant().truncatedTo(ChronoUnit.MILLIS));
  }

  /**
   * Records rows. One value; the progress is not noted yet, see {@link #done}.
   *
   * @param begun what {@link #begin} gave
   */
  public Mono<Recorded> record(Progress begun, List<Row> rows, Author author) {
    var movements = new ArrayList<Movement>();
    var places = new ArrayList<Integer>();
    var results = new Result[rows.size()];
    for (int i = 0; i < results.length; i++) {
      var row = rows.get(i);
      var reason = reason(row);
      if (reason == null) {
        places.add(i);
        movements.add(movement(begun, row, author));
      } else {
        results[i] = new Result.Refused(reason);
      }
    }
    return stock
        .recordCarried(movements)
        .map(
            answers -> {
              for (int i = 0; i < answers.size(); i++) {
                results[places.get(i)] = answers.get(i);
              }
              var inOrder = List.of(results);
              return new Recorded(rows, inOrder, counted(begun, rows, inOrder));
            });
  }

  /** What breaks the rules before anything is looked up; null when nothing does. */
  private static @Nullable Reason reason(Row row) {
    if (!SKU.matcher(row.sku).matches()) {
      return Reason.SKU_NOT_FOUND;
    }
    return LOCATION.matcher(row.location).matches() ? null : Reason.LOCATION_NOT_FOUND;
  }

  private static Movement movement(Progress begun, Row row, Author author) {
    var time = row.effectiveTime;
    var effective = (time == null ? begun.startTime() : time).truncatedTo(ChronoUnit.MILLIS);
    return new Movement(
        // As text in the order of the rows: of two counts at one time the later row is the newer.
        "import-%s-%012d".formatted(begun.id(), row.number),
        Movement.Kind.COUNT,
        Level.id(row.sku, row.location),
        row.onHand,
        effective,
        "imports/" + begun.id(),
        author,
        "",
        Ids.derived(Integer.toString(row.onHand), time == null ? "" : effective.toString()));
  }

  private static Progress counted(Progress begun, List<Row> rows, List<Result> results) {
    long recorded = 0;
    long repeated = 0;
    long refused = 0;
    for (int i = 0; i < rows.size(); i++) {
      switch (results.get(i)) {
        case Result.Recorded r -> recorded++;
        case Result.Repeated r -> repeated++;
        // What was done before was counted before.
        case Result.Refused r -> refused += rows.get(i).number > begun.lastRow() ? 1 : 0;
      }
    }
    long last = rows.isEmpty() ? 0 : rows.getLast().number;
    return new Progress(begun.id(), begun.startTime(), last, recorded, repeated, refused);
  }

  /** Notes that rows are done. One value: how far the import is. To be called in their order. */
  public Mono<Progress> done(Recorded recorded) {
    return recorded.rows.isEmpty()
        ? begin(recorded.done.id())
        : store.advance(recorded.done, clock.instant());
  }
}
