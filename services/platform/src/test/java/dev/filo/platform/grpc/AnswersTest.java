package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.rpc.RetryInfo;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoQueryException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class AnswersTest {
  private static final long PATIENCE_SECONDS = 20;
  private static final String SECRET = "julia@filo.example at 10.0.0.7";
  private static final ServerAddress DATABASE = new ServerAddress("db.filo.example");

  private final CartServer server = new CartServer();

  AnswersTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  static Stream<Arguments> errors() {
    var marked = new MongoException(10107, SECRET);
    marked.addLabel("RetryableWriteError");
    var refusal = Statuses.notFound("reservations/r1");
    return Stream.of(
        arguments(new MongoTimeoutException(SECRET), "UNAVAILABLE", "UNAVAILABLE", true),
        arguments(
            new MongoSocketReadException(SECRET, DATABASE), "UNAVAILABLE", "UNAVAILABLE", true),
        arguments(
            new MongoNotPrimaryException(new BsonDocument(), DATABASE),
            "UNAVAILABLE",
            "UNAVAILABLE",
            true),
        arguments(
            new MongoNodeIsRecoveringException(new BsonDocument(), DATABASE),
            "UNAVAILABLE",
            "UNAVAILABLE",
            true),
        arguments(marked, "UNAVAILABLE", "UNAVAILABLE", true),
        arguments(query(13435), "UNAVAILABLE", "UNAVAILABLE", true), // NotPrimaryNoSecondaryOk
        arguments(query(2), "INTERNAL", "INTERNAL", false), // BadValue
        arguments(
            new CompletionException(new MongoTimeoutException(SECRET)),
            "UNAVAILABLE",
            "UNAVAILABLE",
            true),
        arguments(new MongoException(SECRET), "INTERNAL", "INTERNAL", false),
        arguments(new StaleVersionException("carts/1", 4), "ABORTED", "CONTENDED", true),
        arguments(
            Exceptions.retryExhausted("5/5", new StaleVersionException("carts/1", 4)),
            "ABORTED",
            "CONTENDED",
            true),
        arguments(new TimeoutException(SECRET), "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", false),
        arguments(status(Status.UNAVAILABLE), "UNAVAILABLE", "UNAVAILABLE", true),
        arguments(
            status(Status.DEADLINE_EXCEEDED), "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED", false),
        arguments(status(Status.NOT_FOUND), "INTERNAL", "INTERNAL", false),
        arguments(status(Status.UNAUTHENTICATED), "INTERNAL", "INTERNAL", false),
        arguments(status(Status.UNKNOWN), "INTERNAL", "INTERNAL", false),
        arguments(refusal, "NOT_FOUND", "RESOURCE_NOT_FOUND", false),
        arguments(
            new StatusException(refusal.getStatus(), refusal.getTrailers()),
            "NOT_FOUND",
            "RESOURCE_NOT_FOUND",
            false),
        arguments(new IllegalStateException(SECRET), "INTERNAL", "INTERNAL", false),
        arguments(new CompletionException(SECRET, null), "INTERNAL", "INTERNAL", false),
        arguments(new StackOverflowError(SECRET), "INTERNAL", "INTERNAL", false));
  }

  private static MongoQueryException query(int code) {
    return new MongoQueryException(
        new BsonDocument("ok", new BsonInt32(0)).append("code", new BsonInt32(code)), DATABASE);
  }

  private static StatusRuntimeException status(Status status) {
    return status.withDescription(SECRET).asRuntimeException();
  }

  @ParameterizedTest
  @MethodSource("errors")
  void whatGoesWrongIsSaidWithoutItsText(Throwable error, String code, String reason, boolean retry)
      throws Exception {
    var answered = Answers.toStatus(error);
    assertThat(answered.getStatus().getCode().name()).isEqualTo(code);
    var info = Statuses.errorInfo(answered);
    assertThat(info).isNotNull();
    assertThat(info.getReason()).isEqualTo(reason);
    assertThat(info.getDomain()).isEqualTo("api.filo");
    assertThat(info.getMetadataMap().containsKey("incident")).isEqualTo(code.equals("INTERNAL"));
    var proto = StatusProto.fromThrowable(answered);
    assertThat(proto).isNotNull();
    assertThat(proto.toString()).doesNotContain(SECRET);
    boolean saysWhen = false;
    for (var detail : proto.getDetailsList()) {
      saysWhen |=
          detail.is(RetryInfo.class)
              && detail.unpack(RetryInfo.class).getRetryDelay().getNanos() > 0;
    }
    assertThat(saysWhen).isEqualTo(retry);
  }

  @Test
  void theOneValueIsTheAnswer() {
    server.cart.set(Mono.just(Cart.newBuilder().setEtag("7").build()));
    assertThat(server.blockingStub().getCart(GetCartRequest.getDefaultInstance()).getEtag())
        .isEqualTo("7");
  }

  @Test
  void nothingIsAFaultOfOurs() {
    server.cart.set(Mono.empty());
    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> server.blockingStub().getCart(GetCartRequest.getDefaultInstance()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    var info = Statuses.errorInfo(refused);
    assertThat(info).isNotNull();
    assertThat(info.getMetadataOrThrow("incident")).hasSize(20);
  }

  @Test
  void anErrorReachesTheClientWithItsDetails() {
    server.cart.set(Mono.error(new IllegalStateException(SECRET)));
    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> server.blockingStub().getCart(GetCartRequest.getDefaultInstance()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(String.valueOf(StatusProto.fromThrowable(refused))).doesNotContain(SECRET);
  }

  @Test
  void cancellingTheCallCancelsTheWork() throws Exception {
    var begun = new CountDownLatch(2);
    var ended = new CountDownLatch(2);
    server.cart.set(
        Mono.<Cart>never()
            .doOnSubscribe(subscription -> begun.countDown())
            .doOnCancel(ended::countDown));
    server.carts.set(
        Flux.<Cart>never()
            .doOnSubscribe(subscription -> begun.countDown())
            .doOnCancel(ended::countDown));
    var one = new Reader(0);
    var many = new Reader(0);
    server.stub().getCart(GetCartRequest.getDefaultInstance(), one.unary());
    server.stub().watchCart(WatchCartRequest.getDefaultInstance(), many);
    assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    one.cancel();
    many.cancel();
    assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aStreamSendsWhatThereIsThenItsError() throws Exception {
    server.carts.set(
        Flux.just(Cart.newBuilder().setEtag("1").build(), Cart.newBuilder().setEtag("2").build())
            .concatWith(Mono.error(new MongoTimeoutException(SECRET))));
    var reader = new Reader(100);
    server.stub().watchCart(WatchCartRequest.getDefaultInstance(), reader);
    var end = reader.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(reader.read.get()).isEqualTo(2);
    assertThat(Status.fromThrowable(end).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aStreamIsSentAsFastAsItIsReadAndNoFaster() throws Exception {
    int all = 20_000;
    var made = new AtomicInteger();
    server.carts.set(
        Flux.range(1, all)
            .map(
                i -> {
                  made.incrementAndGet();
                  return Cart.newBuilder().setEtag(String.valueOf(i)).build();
                }));
    var reader = new Reader(5);
    server.stub().watchCart(WatchCartRequest.getDefaultInstance(), reader);
    reader.await(5);
    for (int read = 5; read < 500; read += 5) {
      assertThat(made.get()).isBetween(read, read + 10);
      reader.request(5);
      reader.await(read + 5);
    }
    reader.request(all);
    reader.ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(reader.read.get()).isEqualTo(all);
  }

  /** Reads as much as it is told to. */
  private static final class Reader implements ClientResponseObserver<WatchCartRequest, Cart> {
    private final int first;
    private final AtomicInteger read = new AtomicInteger();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<?>> call = new CompletableFuture<>();

    Reader(int first) {
      this.first = first;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchCartRequest> starting) {
      starting.disableAutoRequestWithInitial(first);
      call.complete(starting);
    }

    @Override
    public void onNext(Cart value) {
      synchronized (read) {
        read.incrementAndGet();
        read.notifyAll();
      }
    }

    @Override
    public void onError(Throwable error) {
      ended.complete(error);
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK.asRuntimeException());
    }

    ClientResponseObserver<GetCartRequest, Cart> unary() {
      return new ClientResponseObserver<>() {
        @Override
        public void beforeStart(ClientCallStreamObserver<GetCartRequest> starting) {
          call.complete(starting);
        }

        @Override
        public void onNext(Cart value) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
      };
    }

    void request(int count) {
      call.join().request(count);
    }

    void cancel() {
      call.join().cancel("no longer wanted", null);
    }

    void await(int count) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      synchronized (read) {
        while (read.get() < count && System.nanoTime() < end) {
          read.wait(1_000);
        }
      }
      assertThat(read.get()).isEqualTo(count);
    }
  }
}
