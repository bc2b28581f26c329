package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class GrpcServerTest {
  private static final long PATIENCE = 30;
  private static final Duration DRAIN = Duration.ofSeconds(PATIENCE);

  private final Sinks.One<Cart> cart = Sinks.one();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch watching = new CountDownLatch(1);
  private final CountDownLatch forgotten = new CountDownLatch(1);
  private final GrpcServer server =
      new GrpcServer("127.0.0.1:0", DRAIN, List.of(new Carts()), List.of());
  private ManagedChannel channel = Channels.open("in-process:none");

  @BeforeEach
  void start() {
    channel.shutdownNow();
    server.start();
    channel = Channels.open("127.0.0.1:" + server.port());
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.stop();
  }

  @Test
  void health_isAliveBeforeItIsReady() {
    assertThat(health(GrpcServer.ALIVE)).isEqualTo(ServingStatus.SERVING);
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    server.ready(true);
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
    server.ready(false);
    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health(GrpcServer.ALIVE)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void stop_sendsWatchersElsewhereAndForgetsThem() throws Exception {
    var end = new CompletableFuture<Status>();
    CartServiceGrpc.newStub(channel)
        .watchCart(
            WatchCartRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(Cart value) {
                watching.countDown();
              }

              @Override
              public void onError(Throwable error) {
                end.complete(Status.fromThrowable(error));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    assertThat(watching.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
    long began = System.nanoTime();
    server.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DRAIN);
    assertThat(end.get(PATIENCE, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(forgotten.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void stop_letsACallUnderWayEnd() throws Exception {
    var answer =
        CartServiceGrpc.newFutureStub(channel).getCart(GetCartRequest.getDefaultInstance());
    assertThat(asked.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
    var stopping = CompletableFuture.runAsync(server::stop);
    cart.tryEmitValue(Cart.newBuilder().setName("customers/julia/cart").build());
    assertThat(answer.get(PATIENCE, TimeUnit.SECONDS).getName()).isEqualTo("customers/julia/cart");
    stopping.get(PATIENCE, TimeUnit.SECONDS);
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private final class Carts extends CartServiceGrpc.CartServiceImplBase {
    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      asked.countDown();
      Answers.unary(observer, cart.asMono());
    }

    @Override
    public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
      Answers.stream(
          observer,
          Flux.concat(Mono.just(Cart.getDefaultInstance()), Flux.never())
              .doOnCancel(forgotten::countDown));
    }
  }
}
