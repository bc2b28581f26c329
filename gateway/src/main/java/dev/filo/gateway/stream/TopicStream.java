package dev.filo.gateway.stream;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.GrpcCalls;
import dev.filo.gateway.transcode.GrpcFailure;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One topic's events without end: when the service's stream breaks it is opened again from the last
 * cursor, when the cursor is too old it goes on from the state as it is. Subscribed once.
 */
final class TopicStream {
  private static final Duration BACKOFF_LEAST = Duration.ofMillis(100);
  private static final Duration BACKOFF_MOST = Duration.ofSeconds(5);

  private final int topic;
  private final Channel channel;
  private final ApiMethod method;
  private final Message request;
  private final Supplier<Metadata> headers;
  private final EventShape shape;
  private final Opening opening;
  private final String incident;
  private final Function<Problem, String> refusal;

  // Touched only between the signals of one subscription, which are serial.
  private String cursor;
  private int failures;
  private boolean finished;
  private Duration pause = Duration.ZERO;

  /** A topic from a cursor; an empty one means from the state as it is. */
  TopicStream(
      int topic,
      Channel channel,
      ApiMethod method,
      Message request,
      Supplier<Metadata> headers,
      EventShape shape,
      Opening opening,
      String incident,
      Function<Problem, String> refusal,
      String cursor) {
    this.topic = topic;
    this.channel = channel;
    this.method = method;
    this.request = request;
    this.headers = headers;
    this.shape = shape;
    this.opening = opening;
    this.incident = incident;
    this.refusal = refusal;
    this.cursor = cursor;
  }

  /** The events; completes only after a refusal, fails only while nothing has been answered. */
  Flux<Event> events() {
    return Flux.defer(this::once)
        .repeatWhen(
            ends ->
                ends.takeWhile(end -> !finished)
                    .concatMap(end -> pause.isZero() ? Mono.just(0L) : Mono.delay(pause), 1));
  }

  /** One call of the service; completes when another one shall follow after the pause. */
  private Flux<Event> once() {
    return GrpcCalls.stream(channel, method, resumed(), headers.get(), opening::opened)
        .map(
            message -> {
              opening.opened();
              failures = 0;
              Event event = shape.of(topic, message);
              if (event.cursor() != null) {
                cursor = event.cursor();
              }
              return event;
            })
        .concatWith(Flux.defer(this::ended))
        .onErrorResume(GrpcFailure.class, this::failed);
  }

  private Message resumed() {
    FieldDescriptor field = method.requestString("resume_cursor");
    return cursor.isEmpty() || field == null
        ? request
        : request.toBuilder().setField(field, cursor).build();
  }

  /** The service ended the stream in good order, as it does when it stops. */
  private Flux<Event> ended() {
    backOff();
    return Flux.empty();
  }

  private Flux<Event> failed(GrpcFailure failure) {
    Status.Code code = failure.status().getCode();
    Problem problem = GrpcProblems.of(failure.status(), failure.trailers(), incident, false);
    if (code == Status.Code.OUT_OF_RANGE && !cursor.isEmpty()) {
      cursor = "";
      pause = Duration.ZERO;
      opening.opened();
      return Flux.just(new Event(topic, Event.RESET, "{}", ""));
    }
    // A service that is cut off cancels its calls; nobody here has.
    if (code == Status.Code.UNAVAILABLE || code == Status.Code.CANCELLED) {
      backOff();
      return opening.unreachable(topic, problem).flux();
    }
    finished = true;
    return opening
        .refused(new Event(topic, Event.REFUSED, refusal.apply(problem), null), problem)
        .flux();
  }

  private void backOff() {
    long most =
        Math.min(BACKOFF_MOST.toMillis(), BACKOFF_LEAST.toMillis() << Math.min(failures, 10));
    failures++;
    pause = Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
  }
}
