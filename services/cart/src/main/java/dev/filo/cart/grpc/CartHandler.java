package dev.filo.cart.grpc;

import dev.filo.cart.service.CartView;
import dev.filo.cart.service.Carts;
import dev.filo.cart.service.RefusedException;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.watch.Changes;
import dev.filo.platform.watch.States;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers for the cart. */
public final class CartHandler extends CartServiceGrpc.CartServiceImplBase {
  private final Carts carts;
  private final Changes changes;
  private final InstantSource clock;

  /** Answers with {@code carts}. */
  public CartHandler(Carts carts, Changes changes, InstantSource clock) {
    this.carts = carts;
    this.changes = changes;
    this.clock = clock;
  }

  @Override
  public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
    var customer = CartProtos.customer(request.getName());
    var language = Caller.language();
    Answers.unary(
        observer,
        carts
            .ensureMerged(Caller.current())
            .then(Mono.defer(() -> carts.get(customer, language)))
            .map(view -> toProto(view, language)));
  }

  @Override
  public void applyCartOperations(
      ApplyCartOperationsRequest request, StreamObserver<Cart> observer) {
    var customer = CartProtos.customer(request.getName());
    var caller = Caller.current();
    var language = Caller.language();
    var operations = CartProtos.operations(request.getOperationsList());
    Answers.unary(
        observer,
        carts
            .ensureMerged(caller)
            .then(
                Mono.defer(
                    () -> carts.apply(customer, operations, request.getEtag(), caller, language)))
            .map(view -> toProto(view, language))
            .onErrorMap(RefusedException.class, refused -> Refusals.toStatus(refused.refusal())));
  }

  /**
   * Ends once the cart has become another customer's: who watches comes back under the name that is
   * valid now.
   */
  @Override
  public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
    var name = request.getName();
    var customer = CartProtos.customer(name);
    var language = Caller.language();
    Flux<Cart> states =
        States.watch(
            changes,
            name,
            () -> carts.get(customer, language).map(view -> toProto(view, language)),
            Cart::getEtag,
            request.getResumeCursor());
    Answers.stream(
        observer,
        carts
            .ensureMerged(Caller.current())
            .thenMany(states)
            .takeUntil(cart -> !cart.getName().equals(name)));
  }

  private Cart toProto(CartView view, String language) {
    return CartProtos.cart(view, language, clock.instant());
  }
}
