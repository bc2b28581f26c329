package dev.filo.pos.gateway;

import dev.filo.pos.gateway.GatewayException.Kind;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records movements, batch after batch, in one call. After a failure it is of no more use. For one
 * thread.
 */
public final class MovementStream implements AutoCloseable {
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private final Consumer<Status> failed;
  private final Requests requests = new Requests();

  /** What came: a response, or the end. */
  private record Answer(@Nullable RecordMovementsResponse response, @Nullable Throwable end) {}

  MovementStream(InventoryServiceStub stub, Consumer<Status> failed) {
    this.failed = failed;
    stub.recordMovements(requests);
  }

  /**
   * Records movements. A repetition changes nothing.
   *
   * @return one result for each movement, in order
   * @throws GatewayException when no answer came; what was sent may have been recorded
   */
  public List<MovementResult> record(List<Movement> movements, Duration patience) {
    requests.send(
        RecordMovementsRequest.newBuilder()
            .addAllMovements(movements)
            .setRequestId(UUID.randomUUID().toString())
            .build());
    var answer = next(patience);
    var response = answer.response();
    if (response == null) {
      var end = answer.end();
      failed.accept(end == null ? Status.UNAVAILABLE : Status.fromThrowable(end));
      throw GatewayException.of(
          end == null ? Status.UNAVAILABLE.withDescription("ended").asRuntimeException() : end);
    }
    if (response.getResultsCount() != movements.size()) {
      throw new GatewayException(
          Kind.LATER,
          "ANSWER_DAMAGED",
          "the gateway answered %d results for %d movements"
              .formatted(response.getResultsCount(), movements.size()));
    }
    return response.getResultsList();
  }

  private Answer next(Duration patience) {
    Answer answer;
    try {
      answer = answers.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer = null;
    }
    if (answer == null) {
      requests.cancel();
      throw new GatewayException(
          Kind.UNANSWERED, "DEADLINE_EXCEEDED", "the gateway did not answer in time");
    }
    return answer;
  }

  @Override
  public void close() {
    requests.complete();
  }

  private final class Requests
      implements ClientResponseObserver<RecordMovementsRequest, RecordMovementsResponse> {
    private @Nullable ClientCallStreamObserver<RecordMovementsRequest> call;
    private boolean over;

    @Override
    public void beforeStart(ClientCallStreamObserver<RecordMovementsRequest> starting) {
      call = starting;
    }

    synchronized void send(RecordMovementsRequest request) {
      var started = call;
      if (started != null && !over) {
        started.onNext(request);
      }
    }

    synchronized void complete() {
      var started = call;
      if (started != null && !over) {
        over = true;
        started.onCompleted();
      }
    }

    synchronized void cancel() {
      var started = call;
      if (started != null && !over) {
        over = true;
        started.cancel("no answer in time", null);
      }
    }

    private synchronized void ended() {
      over = true;
    }

    @Override
    public void onNext(RecordMovementsResponse response) {
      answers.add(new Answer(response, null));
    }

    @Override
    public void onError(Throwable error) {
      ended();
      answers.add(new Answer(null, error));
    }

    @Override
    public void onCompleted() {
      ended();
      answers.add(new Answer(null, null));
    }
  }
}
