package dev.filo.platform.grpc;

import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A server in this JVM whose answers a test says, given by {@link Answers}. */
final class CartServer implements AutoCloseable {
  final AtomicReference<Mono<Cart>> cart = new AtomicReference<>(Mono.empty());
  final AtomicReference<Flux<Cart>> carts = new AtomicReference<>(Flux.empty());
  final AtomicInteger calls = new AtomicInteger();
  final AtomicReference<@Nullable Deadline> deadline = new AtomicReference<>();

  private final Server server;
  private final ManagedChannel channel;

  CartServer() throws IOException {
    var name = UUID.randomUUID().toString();
    server = InProcessServerBuilder.forName(name).addService(new Handler()).build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  CartServiceGrpc.CartServiceStub stub() {
    return CartServiceGrpc.newStub(channel);
  }

  CartServiceGrpc.CartServiceBlockingStub blockingStub() {
    return CartServiceGrpc.newBlockingStub(channel);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private final class Handler extends CartServiceGrpc.CartServiceImplBase {
    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      calls.incrementAndGet();
      deadline.set(Context.current().getDeadline());
      Answers.unary(observer, cart.get());
    }

    @Override
    public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
      calls.incrementAndGet();
      deadline.set(Context.current().getDeadline());
      Answers.stream(observer, carts.get());
    }
  }
}
