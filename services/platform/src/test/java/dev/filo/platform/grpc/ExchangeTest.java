package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Int64Value;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Streams in both directions, through a real server: in this JVM and over a socket. */
class ExchangeTest {
  private static final int MANY = 200;
  private static final MethodDescriptor<Int64Value, Int64Value> METHOD =
      MethodDescriptor.<Int64Value, Int64Value>newBuilder()
          .setType(MethodType.BIDI_STREAMING)
          .setFullMethodName("trial.Numbers/Exchange")
          .setRequestMarshaller(ProtoUtils.marshaller(Int64Value.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Int64Value.getDefaultInstance()))
          .build();

  private GrpcServer server;
  private ManagedChannel channel;

  /** The client's end of a stream: reads only when told to. */
  private static final class Client implements ClientResponseObserver<Int64Value, Int64Value> {
    final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    ClientCallStreamObserver<Int64Value> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<Int64Value> starting) {
      starting.disableAutoRequestWithInitial(0);
      call = starting;
    }

    @Override
    public void onNext(Int64Value value) {
      heard.add(value.getValue());
    }

    @Override
    public void onError(Throwable error) {
      heard.add(Status.fromThrowable(error).getCode());
    }

    @Override
    public void onCompleted() {
      heard.add("completed");
    }

    Object next() throws InterruptedException {
      call.request(1);
      return end();
    }

    Object end() throws InterruptedException {
      var next = heard.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("an answer within 20 s").isNotNull();
      return next;
    }
  }

  private void serve(
      boolean overSocket, Function<StreamObserver<Int64Value>, StreamObserver<Int64Value>> method) {
    var definition =
        ServerServiceDefinition.builder("trial.Numbers")
            .addMethod(METHOD, ServerCalls.asyncBidiStreamingCall(method::apply))
            .build();
    var listen = overSocket ? "127.0.0.1:0" : Channels.IN_PROCESS + UUID.randomUUID();
    server = new GrpcServer(listen, Duration.ZERO, List.of(() -> definition), List.of());
    server.start();
    channel = Channels.open(overSocket ? "127.0.0.1:" + server.port() : listen);
  }

  private Client open(CallOptions options) {
    var client = new Client();
    ClientCalls.asyncBidiStreamingCall(channel.newCall(METHOD, options), client);
    return client;
  }

  private Client open() {
    return open(CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
  }

  private static Int64Value number(long value) {
    return Int64Value.of(value);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.stop();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void each_answersInOrderAndListensNoFasterThanItIsRead(boolean overSocket) throws Exception {
    var begun = new AtomicInteger();
    var inWork = new AtomicInteger();
    var mostInWork = new AtomicInteger();
    serve(
        overSocket,
        observer ->
            Answers.<Int64Value, Int64Value>each(
                observer,
                asked -> {
                  begun.incrementAndGet();
                  mostInWork.accumulateAndGet(inWork.incrementAndGet(), Math::max);
                  return Mono.delay(Duration.ofMillis(1))
                      .doOnNext(tick -> inWork.decrementAndGet())
                      .map(tick -> number(asked.getValue() * 10));
                }));
    var client = open();
    for (int i = 0; i < MANY; i++) {
      client.call.onNext(number(i));
    }
    client.call.onCompleted();
    for (int i = 0; i < MANY; i++) {
      assertThat(client.next()).isEqualTo(i * 10L);
      if (!overSocket) { // a socket has buffers of its own
        assertThat(begun.get()).isLessThanOrEqualTo(i + 2);
      }
    }
    assertThat(client.end()).isEqualTo("completed");
    assertThat(mostInWork).hasValue(1);
    assertThat(begun).hasValue(MANY);
  }

  @Test
  void each_oneRequestOfAUnaryClient_isOneAnswer() {
    serve(
        false,
        observer ->
            Answers.<Int64Value, Int64Value>each(
                observer, asked -> Mono.just(number(asked.getValue() + 1))));
    var answer =
        ClientCalls.blockingUnaryCall(
            channel,
            METHOD.toBuilder().setType(MethodType.UNARY).build(),
            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
            number(1));
    assertThat(answer.getValue()).isEqualTo(2);
  }

  @Test
  void each_withoutARequest_completes() throws Exception {
    serve(false, observer -> Answers.<Int64Value, Int64Value>each(observer, Mono::just));
    var client = open();
    client.call.onCompleted();
    client.call.request(1);
    assertThat(client.end()).isEqualTo("completed");
  }

  @Test
  void each_refused_endsTheCallAndLaterRequestsAreNotHeard() throws Exception {
    var begun = new AtomicInteger();
    serve(
        false,
        observer ->
            Answers.<Int64Value, Int64Value>each(
                observer,
                asked -> {
                  begun.incrementAndGet();
                  return asked.getValue() == 1
                      ? Mono.error(Statuses.field("value", "must not be 1"))
                      : Mono.just(asked);
                }));
    var client = open();
    for (int i = 0; i < 5; i++) {
      client.call.onNext(number(i));
    }
    assertThat(client.next()).isEqualTo(0L);
    client.call.request(1);
    assertThat(client.end()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(begun).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void each_cancelled_endsTheWork(boolean overSocket) throws Exception {
    var begun = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    serve(
        overSocket,
        observer ->
            Answers.<Int64Value, Int64Value>each(
                observer,
                asked ->
                    Mono.<Int64Value>never()
                        .doOnSubscribe(subscribed -> begun.countDown())
                        .doOnCancel(ended::countDown)));
    var client = open();
    client.call.request(1);
    client.call.onNext(number(1));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    client.call.cancel("enough", null);
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void each_pastTheDeadline_endsTheWork() throws Exception {
    var ended = new CountDownLatch(1);
    serve(
        true,
        observer ->
            Answers.<Int64Value, Int64Value>each(
                observer, asked -> Mono.<Int64Value>never().doOnCancel(ended::countDown)));
    // The connection first: its making must not take the deadline.
    var warm = open();
    warm.call.onCompleted();
    warm.call.request(1);
    assertThat(warm.end()).isEqualTo("completed");
    var client = open(CallOptions.DEFAULT.withDeadlineAfter(2, TimeUnit.SECONDS));
    client.call.request(1);
    client.call.onNext(number(1));
    assertThat(client.end()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void exchange_hasSeveralInHandAndAnswersInOrder() throws Exception {
    int window = 4;
    var inHand = new AtomicInteger();
    var mostInHand = new AtomicInteger();
    var full = new CountDownLatch(window);
    serve(
        false,
        observer ->
            Answers.<Int64Value, Int64Value>exchange(
                observer,
                requests ->
                    requests.flatMapSequential(
                        asked -> {
                          mostInHand.accumulateAndGet(inHand.incrementAndGet(), Math::max);
                          full.countDown();
                          // The first ones wait for each other, so that they are in hand at once.
                          return Mono.fromCallable(
                                  () -> {
                                    assertThat(full.await(20, TimeUnit.SECONDS)).isTrue();
                                    inHand.decrementAndGet();
                                    return asked;
                                  })
                              .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic());
                        },
                        window,
                        1)));
    var client = open();
    for (int i = 0; i < MANY; i++) {
      client.call.onNext(number(i));
    }
    client.call.onCompleted();
    for (int i = 0; i < MANY; i++) {
      assertThat(client.next()).isEqualTo((long) i);
    }
    assertThat(client.end()).isEqualTo("completed");
    assertThat(mostInHand).hasValue(window);
  }

  @Test
  void exchange_thatAsksWithoutBound_isAFault() {
    serve(
        false,
        observer ->
            Answers.<Int64Value, Int64Value>exchange(
                observer, requests -> requests.flatMap(Flux::just)));
    var options = CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS);
    var asOne = METHOD.toBuilder().setType(MethodType.UNARY).build();
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> ClientCalls.blockingUnaryCall(channel, asOne, options, number(1)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused -> assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL));
  }
}
