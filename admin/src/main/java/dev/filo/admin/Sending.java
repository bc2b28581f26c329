package dev.filo.admin;

import com.google.protobuf.Timestamp;
import dev.filo.admin.ImportCommand.Totals;
import dev.filo.admin.csv.InventoryCsv;
import dev.filo.admin.csv.InventoryCsv.Line;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.StockLevelRow;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends rows and takes their answers, a few requests ahead; opens a new stream when one breaks, and
 * sends again what was not answered. What was answered is noted, so that a later run goes on there.
 */
final class Sending {
  private static final int BATCH = 1000;
  private static final int AHEAD = 8;
  private static final int TRIES_MAX = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CHECKPOINTS = Duration.ofSeconds(1);
  private static final Set<Status.Code> PASSING =
      Set.of(
          Status.Code.UNAVAILABLE,
          Status.Code.DEADLINE_EXCEEDED,
          Status.Code.ABORTED,
          Status.Code.CANCELLED,
          Status.Code.RESOURCE_EXHAUSTED);

  private final ManagedChannel channel;
  private final Door door;
  private final String id;
  private final Instant time;
  private final long after;
  private final RefusedFile refusals;
  private final Path checkpoints;
  private final ArrayDeque<Batch> unanswered = new ArrayDeque<>();
  private long answeredRow;
  private long answeredBytes;
  private long recorded;
  private long repeated;
  private long refused;
  private long empty;
  private long lastCheckpoint = System.nanoTime();
  private @Nullable Stream stream;

  /** The import ended before its end; the message is for people. */
  static final class BrokenOffException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOffException(String message) {
      super(message);
    }
  }

  /**
   * Rows on their way, with what of them goes into the file of refused rows.
   *
   * @param bytes how much of the file had been read with them
   */
  private record Batch(List<Line> lines, long bytes) {
    List<Line.Count> counts() {
      var counts = new ArrayList<Line.Count>();
      for (Line line : lines) {
        if (line instanceof Line.Count count) {
          counts.add(count);
        }
      }
      return counts;
    }
  }

  Sending(
      ManagedChannel channel,
      Door door,
      String id,
      Instant time,
      @Nullable Checkpoint from,
      RefusedFile refusals,
      Path checkpoints) {
    this.channel = channel;
    this.door = door;
    this.id = id;
    this.time = time;
    this.refusals = refusals;
    this.checkpoints = checkpoints;
    after = from == null ? 0 : from.row();
    answeredRow = after;
    if (from != null) {
      recorded = from.recorded();
      repeated = from.repeated();
      refused = from.refused();
    }
  }

  /**
   * Sends all rows and waits for their answers.
   *
   * @param read how many bytes of the file have been read
   */
  Totals send(InventoryCsv csv, LongSupplier read, ProgressLine progress)
      throws IOException, InterruptedException {
    try {
      var lines = new ArrayList<Line>();
      boolean more = true;
      while (more) {
        more = csv.next(line -> take(line, lines));
        if (lines.size() >= BATCH || (!more && !lines.isEmpty())) {
          // A record of many locations may give more than one request takes.
          for (int begin = 0; begin < lines.size(); begin += BATCH) {
            var some = lines.subList(begin, Math.min(lines.size(), begin + BATCH));
            give(new Batch(List.copyOf(some), read.getAsLong()));
          }
          lines.clear();
          progress.at(answeredBytes, answeredRows(), refused);
        }
      }
      while (!unanswered.isEmpty()) {
        answer();
        progress.at(answeredBytes, answeredRows(), refused);
      }
      return totals();
    } finally {
      checkpoint();
      var open = stream;
      if (open != null) {
        open.close();
      }
    }
  }

  private void take(Line line, List<Line> lines) {
    if (line.row() <= after) {
      return;
    }
    if (line instanceof Line.Empty) {
      empty++;
    } else {
      lines.add(line);
    }
  }

  private long answeredRows() {
    return recorded + repeated + refused;
  }

  private Totals totals() {
    return new Totals(answeredRows() + empty, recorded, repeated, refused, empty);
  }

  private void give(Batch batch) throws IOException, InterruptedException {
    while (unanswered.size() >= AHEAD) {
      answer();
    }
    unanswered.add(batch);
    if (stream != null) {
      stream.send(request(batch));
    }
  }

  private ImportStockLevelsRequest request(Batch batch) {
    var request = ImportStockLevelsRequest.newBuilder().setImportId(id);
    var effective =
        Timestamp.newBuilder().setSeconds(time.getEpochSecond()).setNanos(time.getNano()).build();
    for (Line.Count count : batch.counts()) {
      request.addRows(
          StockLevelRow.newBuilder()
              .setRow(count.row())
              .setSku(count.sku())
              .setLocation(count.store())
              .setOnHand(count.onHand())
              .setEffectiveTime(effective));
    }
    return request.build();
  }

  /** Waits for the answer to the oldest request; opens a stream first when there is none. */
  private void answer() throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      var open = stream == null ? open() : stream;
      stream = open;
      switch (open.next()) {
        case Heard.Answer(var answer) -> {
          answered(unanswered.remove(), answer);
          return;
        }
        case Heard.Broken(var status) -> {
          open.close();
          stream = null;
          if (!PASSING.contains(status.getCode()) || tries == TRIES_MAX) {
            throw new BrokenOffException(Door.words(status));
          }
          LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(tries)); // it may be starting
        }
      }
    }
  }

  private Stream open() throws IOException, InterruptedException {
    var open = new Stream(channel, door.signIn());
    unanswered.forEach(batch -> open.send(request(batch)));
    return open;
  }

  private void answered(Batch batch, ImportStockLevelsResponse answer) throws IOException {
    int at = 0;
    for (Line line : batch.lines) {
      switch (line) {
        case Line.Refused why -> refuse(why.record(), why.reason(), why.detail());
        case Line.Empty nothing -> {}
        case Line.Count count -> {
          if (at >= answer.getResultsCount() || answer.getResults(at).getRow() != count.row()) {
            throw new BrokenOffException("Filo's answer does not fit the rows sent.");
          }
          var result = answer.getResults(at++);
          switch (result.getOutcome()) {
            case RECORDED -> recorded++;
            case REPEATED -> repeated++;
            case REFUSED -> refuse(count.record(), result.getReason(), result.getDetail());
            case OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
                throw new BrokenOffException("Filo's answer cannot be read by this version.");
          }
        }
      }
    }
    answeredRow = batch.lines.getLast().row();
    answeredBytes = batch.bytes;
    if (System.nanoTime() - lastCheckpoint >= CHECKPOINTS.toNanos()) {
      checkpoint();
    }
  }

  private void refuse(List<String> record, String reason, String detail) throws IOException {
    refused++;
    refusals.add(record, reason, detail);
  }

  private void checkpoint() throws IOException {
    lastCheckpoint = System.nanoTime();
    new Checkpoint(id, answeredRow, recorded, repeated, refused, refusals.length())
        .write(checkpoints);
  }

  private sealed interface Heard {
    record Answer(ImportStockLevelsResponse response) implements Heard {}

    record Broken(Status status) implements Heard {}
  }

  /** One call. */
  private static final class Stream
      implements ClientResponseObserver<ImportStockLevelsRequest, ImportStockLevelsResponse> {
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<ImportStockLevelsRequest> call;

    Stream(ManagedChannel channel, CallCredentials credentials) {
      InventoryServiceGrpc.newStub(channel)
          .withCallCredentials(credentials)
          .withWaitForReady()
          .importStockLevels(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ImportStockLevelsRequest> starting) {
      call = starting;
    }

    void send(ImportStockLevelsRequest request) {
      var open = call;
      if (open != null) {
        try {
          open.onNext(request);
        } catch (IllegalStateException ended) {
          // What it ended with is heard next.
        }
      }
    }

    Heard next() throws InterruptedException {
      var next = heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return next == null
          ? new Heard.Broken(
              Status.DEADLINE_EXCEEDED.withDescription(
                  "Filo did not answer for " + PATIENCE.toSeconds() + " s."))
          : next;
    }

    @Override
    public void onNext(ImportStockLevelsResponse answer) {
      heard.add(new Heard.Answer(answer));
    }

    @Override
    public void onError(Throwable error) {
      heard.add(new Heard.Broken(Status.fromThrowable(error)));
    }

    @Override
    public void onCompleted() {
      heard.add(new Heard.Broken(Status.UNAVAILABLE.withDescription("Filo ended the stream.")));
    }

    void close() {
      var open = call;
      if (open != null) {
        open.cancel("done", null);
      }
    }
  }
}
