package dev.filo.cart.grpc;

import dev.filo.cart.service.Answer;
import dev.filo.cart.service.CartLinks;
import dev.filo.cart.service.CartView;
import dev.filo.cart.service.Carts;
import dev.filo.cart.service.RefusedException;
import dev.filo.cart.service.Vouchers;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLink;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.CreateVoucherRequest;
import dev.filo.proto.cart.v1.GetCartLinkRequest;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.ListCartLinksRequest;
import dev.filo.proto.cart.v1.ListCartLinksResponse;
import dev.filo.proto.cart.v1.ListVouchersRequest;
import dev.filo.proto.cart.v1.ListVouchersResponse;
import dev.filo.proto.cart.v1.ReplayCartOperationsRequest;
import dev.filo.proto.cart.v1.ReplayCartOperationsResponse;
import dev.filo.proto.cart.v1.RevokeCartLinkRequest;
import dev.filo.proto.cart.v1.RevokeCartLinkResponse;
import dev.filo.proto.cart.v1.ShareCartRequest;
import dev.filo.proto.cart.v1.TakeCartLinkRequest;
import dev.filo.proto.cart.v1.Voucher;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.cart.v1.WithdrawVoucherRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Answers for the cart. */
public final class CartHandler extends CartServiceGrpc.CartServiceImplBase {
  private static final int PAGE = 50;

  private final Carts carts;
  private final CartLinks links;
  private final Vouchers vouchers;
  private final Changes changes;
  private final InstantSource clock;

  /** Answers with {@code carts}, links to them and vouchers for them. */
  public CartHandler(
      Carts carts, CartLinks links, Vouchers vouchers, Changes changes, InstantSource clock) {
    this.carts = carts;
    this.links = links;
    this.vouchers = vouchers;
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

  @Override
  public void replayCartOperations(
      ReplayCartOperationsRequest request, StreamObserver<ReplayCartOperationsResponse> observer) {
    var customer = CartProtos.customer(request.getName());
    var caller = Caller.current();
    var language = Caller.language();
    var operations = CartProtos.operations(request.getOperationsList());
    answer(
        observer,
        carts
            .ensureMerged(caller)
            .then(Mono.defer(() -> carts.replay(customer, operations, caller, language)))
            .map(answer -> toProto(answer, language)));
  }

  @Override
  public void shareCart(ShareCartRequest request, StreamObserver<CartLink> observer) {
    var customer = CartProtos.customer(request.getName());
    var language = Caller.language();
    answer(
        observer,
        carts
            .ensureMerged(Caller.current())
            .then(Mono.defer(() -> links.share(customer, request.getRequestId(), language)))
            .map(CartProtos::link));
  }

  @Override
  public void listCartLinks(
      ListCartLinksRequest request, StreamObserver<ListCartLinksResponse> observer) {
    answer(
        observer,
        links
            .list(CartProtos.customer(request.getParent()))
            .map(
                all ->
                    ListCartLinksResponse.newBuilder()
                        .addAllLinks(
                            all.stream()
                                .map(link -> new CartLinks.Shown(link, Optional.empty()))
                                .map(CartProtos::link)
                                .toList())
                        .build()));
  }

  @Override
  public void revokeCartLink(
      RevokeCartLinkRequest request, StreamObserver<RevokeCartLinkResponse> observer) {
    answer(
        observer,
        links
            .revoke(CartProtos.customer(request.getParent()), CartProtos.linkId(request.getLink()))
            .thenReturn(RevokeCartLinkResponse.getDefaultInstance()));
  }

  @Override
  public void getCartLink(GetCartLinkRequest request, StreamObserver<CartLink> observer) {
    answer(
        observer,
        links.get(CartProtos.linkId(request.getName()), Caller.language()).map(CartProtos::link));
  }

  @Override
  public void takeCartLink(
      TakeCartLinkRequest request, StreamObserver<ReplayCartOperationsResponse> observer) {
    var customer = CartProtos.customer(request.getName());
    var caller = Caller.current();
    var language = Caller.language();
    answer(
        observer,
        carts
            .ensureMerged(caller)
            .then(
                Mono.defer(
                    () ->
                        links.take(
                            customer,
                            CartProtos.linkId(request.getLink()),
                            caller,
                            request.getRequestId(),
                            language)))
            .map(answer -> toProto(answer, language)));
  }

  @Override
  public void createVoucher(CreateVoucherRequest request, StreamObserver<Voucher> observer) {
    answer(
        observer,
        Mono.fromCallable(() -> VoucherProtos.voucher(request.getVoucher()))
            .flatMap(vouchers::create)
            .map(VoucherProtos::voucher));
  }

  @Override
  public void listVouchers(
      ListVouchersRequest request, StreamObserver<ListVouchersResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> PageTokens.position(request.getPageToken()))
            .flatMap(after -> vouchers.list(after, size + 1))
            .map(
                found -> {
                  var page = found.subList(0, Math.min(size, found.size()));
                  var response =
                      ListVouchersResponse.newBuilder()
                          .addAllVouchers(page.stream().map(VoucherProtos::voucher).toList());
                  if (found.size() > size) {
                    response.setNextPageToken(PageTokens.token(page.getLast().code()));
                  }
                  return response.build();
                }));
  }

  @Override
  public void withdrawVoucher(WithdrawVoucherRequest request, StreamObserver<Voucher> observer) {
    var code = VoucherProtos.code(request.getName().substring(VoucherProtos.PATH.length()));
    answer(observer, vouchers.withdraw(code).map(VoucherProtos::voucher));
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(
        observer,
        answer.onErrorMap(RefusedException.class, refused -> Refusals.toStatus(refused.refusal())));
  }

  private ReplayCartOperationsResponse toProto(Answer answer, String language) {
    return ReplayCartOperationsResponse.newBuilder()
        .setCart(toProto(answer.view(), language))
        .addAllResults(CartProtos.results(answer.outcomes()))
        .build();
  }

  /** Goes on with the cart hers has become part of, and with her own when she has it again. */
  @Override
  public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
    var customer = CartProtos.customer(request.getName());
    var language = Caller.language();
    var last = new AtomicReference<>(request.getResumeCursor());
    Answers.stream(
        observer,
        carts
            .ensureMerged(Caller.current())
            .thenMany(Flux.defer(() -> watch(customer, language)).repeat())
            .filter(cart -> !cart.getEtag().equals(last.getAndSet(cart.getEtag()))));
  }

  /** The states of the cart that is hers now; ends once it is another one. */
  private Flux<Cart> watch(String customer, String language) {
    return carts
        .owner(customer)
        .flatMapMany(
            owner ->
                looks(customer, owner)
                    .concatMap(look -> carts.get(customer, language), 1)
                    .takeUntil(view -> !view.cart().customer().equals(owner)))
        .map(view -> toProto(view, language));
  }

  private Flux<String> looks(String customer, String owner) {
    return owner.equals(customer)
        ? changes.of(Carts.name(customer))
        : Flux.merge(changes.of(Carts.name(owner)), changes.of(Carts.name(customer)))
            .onBackpressureLatest();
  }

  private Cart toProto(CartView view, String language) {
    return CartProtos.cart(view, language, clock.instant());
  }
}
