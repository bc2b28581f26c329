package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoTimeoutException;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc.CartServiceStub;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import io.grpc.Context;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class CallsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CartServer server = new CartServer();

  CallsTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  private Mono<Cart> getCart(CartServiceStub stub) {
    return Calls.unary(stub, CartServiceStub::getCart, GetCartRequest.getDefaultInstance());
  }

  private Flux<Cart> watchCart() {
    return Calls.stream(
        server.stub(), CartServiceStub::watchCart, WatchCartRequest.getDefaultInstance());
  }

  @Test
  void aCallIsMadeOnEachSubscriptionAndHasADeadline() {
    server.cart.set(Mono.just(Cart.newBuilder().setEtag("7").build()));
    var call = getCart(server.stub());
    assertThat(server.calls.get()).isZero();
    for (int i = 1; i <= 2; i++) {
      StepVerifier.create(call).expectNextCount(1).expectComplete().verify(PATIENCE);
      assertThat(server.calls.get()).isEqualTo(i);
    }
    var deadline = server.deadline.get();
    assertThat(deadline).isNotNull();
    assertThat(deadline.timeRemaining(TimeUnit.MILLISECONDS))
        .isLessThanOrEqualTo(Calls.DEADLINE.toMillis());
  }

  @Test
  void aDeadlineThatWasSetIsKept() {
    server.cart.set(Mono.just(Cart.getDefaultInstance()));
    StepVerifier.create(getCart(server.stub().withDeadlineAfter(10, TimeUnit.MINUTES)))
        .expectNextCount(1)
        .expectComplete()
        .verify(PATIENCE);
    var deadline = server.deadline.get();
    assertThat(deadline).isNotNull();
    assertThat(deadline.timeRemaining(TimeUnit.MINUTES)).isGreaterThan(5);
  }

  @Test
  void aPeerThatNeverAnswersIsNotWaitedForLonger() {
    server.cart.set(Mono.never());
    StepVerifier.create(getCart(server.stub().withDeadlineAfter(50, TimeUnit.MILLISECONDS)))
        .expectErrorMatches(
            error -> Status.fromThrowable(error).getCode() == Status.Code.DEADLINE_EXCEEDED)
        .verify(PATIENCE);
  }

  @Test
  void aRefusalPassesAsItIs() {
    server.cart.set(Mono.error(new MongoTimeoutException("x")));
    StepVerifier.create(getCart(server.stub()))
        .expectErrorMatches(error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_UNAVAILABLE))
        .verify(PATIENCE);
  }

  @Test
  void callsEndWithTheirSubscriber() throws InterruptedException {
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
    var unary = getCart(server.stub()).subscribe();
    var stream = watchCart().subscribe();
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    unary.dispose();
    stream.dispose();
    assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aCallDoesNotEndWithTheCallItIsMadeIn() {
    server.cart.set(Mono.just(Cart.getDefaultInstance()));
    var over = Context.current().withCancellation();
    over.cancel(null);
    over.run(
        () ->
            StepVerifier.create(getCart(server.stub()))
                .expectNextCount(1)
                .expectComplete()
                .verify(PATIENCE));
  }

  @Test
  void aStreamIsReadAsItIsAskedFor() {
    var made = new AtomicInteger();
    server.carts.set(
        Flux.range(1, 10_000)
            .map(
                i -> {
                  made.incrementAndGet();
                  return Cart.newBuilder().setEtag(String.valueOf(i)).build();
                }));
    StepVerifier.create(watchCart().map(Cart::getEtag), 0)
        .expectSubscription()
        .thenRequest(1)
        .expectNext("1")
        .thenRequest(3)
        .expectNext("2", "3", "4")
        .then(() -> assertThat(made.get()).isLessThanOrEqualTo(10))
        .thenRequest(Long.MAX_VALUE)
        .expectNextCount(9_996)
        .expectComplete()
        .verify(PATIENCE);
  }
}
