package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import dev.filo.proto.inventory.v1.StockLevelRow;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * Clients that send much and read when they like: what they did not read of answers bounds what is
 * taken of their requests, and nothing is lost when they read on.
 */
class SlowReaderTest {
  private static final int REQUESTS = 60;
  private static final int ROWS = 4;
  // One answer is on its way, one request is being recorded.
  private static final int MOVEMENTS_AHEAD = 2;
  // Six requests are in hand, and where one step hands to the next one or two more.
  private static final int IMPORT_AHEAD = 10;

  private final InventoryDoor door = new InventoryDoor(MILANO, MONZA);

  @AfterEach
  void close() throws InterruptedException {
    door.close();
  }

  /** Reads an answer when it is told to. */
  private static final class Reader<Q, R> implements ClientResponseObserver<Q, R> {
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<Q> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(R value) {
      heard.add(value);
    }

    @Override
    public void onError(Throwable error) {
      heard.add(Status.fromThrowable(error).getCode());
    }

    @Override
    public void onCompleted() {
      heard.add("completed");
    }

    ClientCallStreamObserver<Q> call() {
      if (call == null) {
        throw new IllegalStateException("not started");
      }
      return call;
    }

    Object next() throws InterruptedException {
      call().request(1);
      return end();
    }

    Object end() throws InterruptedException {
      var next = heard.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("an answer within 20 s").isNotNull();
      return next;
    }
  }

  private InventoryServiceStub till() {
    return door.streaming(Role.ROLE_DEVICE, "devices/till-milano-1", MILANO);
  }

  /** Movements the ledger has whose ids begin so. */
  private long recorded(String prefix) {
    return got(
        Mono.from(
            door.floor
                .database
                .getCollection("movements")
                .countDocuments(Filters.regex("_id", "^" + prefix))));
  }

  private static RecordMovementsRequest receipts(String prefix, int request) {
    var builder = RecordMovementsRequest.newBuilder().setRequestId(prefix + request);
    for (int i = 0; i < ROWS; i++) {
      builder.addMovements(
          Movement.newBuilder()
              .setId(prefix + request + "-" + i)
              .setKind(Movement.Kind.RECEIPT)
              .setSku(SOFA)
              .setLocation(MILANO)
              .setQuantity(1));
    }
    return builder.build();
  }

  private static List<String> ids(int request) {
    return IntStream.range(0, ROWS).mapToObj(i -> "m-" + request + "-" + i).toList();
  }

  private static List<String> ids(RecordMovementsResponse answer) {
    return answer.getResultsList().stream().map(MovementResult::getId).toList();
  }

  private static List<MovementResult.Outcome> outcomes(RecordMovementsResponse answer) {
    return answer.getResultsList().stream().map(MovementResult::getOutcome).distinct().toList();
  }

  @Test
  void recordMovements_whoDoesNotRead_isNotListenedTo_andNothingIsLost() throws Exception {
    var reader = new Reader<RecordMovementsRequest, RecordMovementsResponse>();
    till().recordMovements(reader);
    for (int i = 0; i < REQUESTS; i++) {
      reader.call().onNext(receipts("m-", i));
    }
    reader.call().onCompleted();
    // As long as it takes others to be served: whoever is ahead of his reader would be by then.
    var others = new Reader<RecordMovementsRequest, RecordMovementsResponse>();
    till().recordMovements(others);
    for (int i = 0; i < REQUESTS; i++) {
      others.call().onNext(receipts("other-", i));
      others.next();
    }
    assertThat(recorded("m-")).isBetween(0L, (long) MOVEMENTS_AHEAD * ROWS);
    others.call().onCompleted();
    assertThat(others.end()).isEqualTo("completed");
    for (int i = 0; i < REQUESTS; i++) {
      var answer = (RecordMovementsResponse) reader.next();
      assertThat(ids(answer)).isEqualTo(ids(i));
      assertThat(outcomes(answer)).containsExactly(MovementResult.Outcome.RECORDED);
      assertThat(recorded("m-"))
          .as("movements taken when %d answers were read", i + 1)
          .isBetween((i + 1L) * ROWS, (i + 1L + MOVEMENTS_AHEAD) * ROWS);
    }
    assertThat(reader.end()).isEqualTo("completed");
    assertThat(door.floor.level(SOFA, MILANO).onHand()).isEqualTo(2 * REQUESTS * ROWS);
  }

  /** Who was cut off sends the same again: that is the whole of resuming. */
  @Test
  void recordMovements_cutOff_goesOnBySendingTheSameIdsAgain() throws Exception {
    var cut = new Reader<RecordMovementsRequest, RecordMovementsResponse>();
    till().recordMovements(cut);
    for (int i = 0; i < REQUESTS; i++) {
      cut.call().onNext(receipts("m-", i));
    }
    int read = REQUESTS / 3;
    for (int i = 0; i < read; i++) {
      cut.next();
    }
    cut.call().cancel("the line is gone", null);
    var again = new Reader<RecordMovementsRequest, RecordMovementsResponse>();
    till().recordMovements(again);
    for (int i = 0; i < REQUESTS; i++) {
      again.call().onNext(receipts("m-", i));
    }
    again.call().onCompleted();
    for (int i = 0; i < REQUESTS; i++) {
      var answer = (RecordMovementsResponse) again.next();
      assertThat(ids(answer)).isEqualTo(ids(i));
      if (i < read) {
        assertThat(outcomes(answer)).containsExactly(MovementResult.Outcome.REPEATED);
        assertThat(answer.getResults(ROWS - 1).getLevel().getOnHand())
            .as("as it was the first time")
            .isBetween(1, REQUESTS * ROWS);
      } else if (i > read + MOVEMENTS_AHEAD) {
        assertThat(outcomes(answer)).containsExactly(MovementResult.Outcome.RECORDED);
      }
    }
    assertThat(again.end()).isEqualTo("completed");
    assertThat(recorded("m-")).isEqualTo(REQUESTS * ROWS);
    assertThat(door.floor.level(SOFA, MILANO).onHand()).isEqualTo(REQUESTS * ROWS);
  }

  private static ImportStockLevelsRequest rows(String id, int request) {
    var builder = ImportStockLevelsRequest.newBuilder().setImportId(id);
    for (int i = 0; i < ROWS; i++) {
      builder.addRows(
          StockLevelRow.newBuilder()
              .setRow(request * ROWS + i + 1)
              .setSku("SKU-" + (request * ROWS + i))
              .setLocation(i % 2 == 0 ? MILANO : MONZA)
              .setOnHand(1));
    }
    return builder.build();
  }

  @Test
  void importStockLevels_whoDoesNotRead_isNotListenedTo_andNothingIsLost() throws Exception {
    var reader = new Reader<ImportStockLevelsRequest, ImportStockLevelsResponse>();
    door.streaming(Role.ROLE_MANAGER, "staff/m").importStockLevels(reader);
    for (int i = 0; i < REQUESTS; i++) {
      reader.call().onNext(rows("spring", i));
    }
    reader.call().onCompleted();
    var others = new Reader<ImportStockLevelsRequest, ImportStockLevelsResponse>();
    door.streaming(Role.ROLE_MANAGER, "staff/m").importStockLevels(others);
    for (int i = 0; i < REQUESTS; i++) {
      others.call().onNext(rows("other", i));
      others.next();
    }
    assertThat(recorded("import-spring-")).isBetween(0L, (long) IMPORT_AHEAD * ROWS);
    others.call().onCompleted();
    assertThat(others.end()).isEqualTo("completed");
    for (int i = 0; i < REQUESTS; i++) {
      var answer = (ImportStockLevelsResponse) reader.next();
      assertThat(answer.getResultsList())
          .allSatisfy(
              row -> assertThat(row.getOutcome()).isEqualTo(MovementResult.Outcome.RECORDED));
      assertThat(answer.getProgress().getLastRow()).isEqualTo((i + 1L) * ROWS);
      assertThat(recorded("import-spring-"))
          .as("rows taken when %d answers were read", i + 1)
          .isBetween((i + 1L) * ROWS, (i + 1L + IMPORT_AHEAD) * ROWS);
    }
    assertThat(reader.end()).isEqualTo("completed");
    assertThat(recorded("import-spring-")).isEqualTo(REQUESTS * ROWS);
    assertThat(
            Stream.of(0, REQUESTS * ROWS - 1)
                .map(i -> door.floor.level("SKU-" + i, i % 2 == 0 ? MILANO : MONZA).onHand()))
        .containsOnly(1);
  }
}
