package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.rpc.BadRequest;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.GetPickListRequest;
import dev.filo.proto.reservation.v1.PickList;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ForwardingServerCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class AccessInterceptorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ME = "customers/julia";

  private final MutableClock clock = MutableClock.standing();
  private final TestTokens tokens = new TestTokens(clock);
  private final TestMongo.Store store = TestMongo.embedded().newStore();
  private final SubjectAliases aliases = new SubjectAliases(store.database());
  private final Carts carts = new Carts();
  private final AtomicReference<Mono<String>> keys =
      new AtomicReference<>(Mono.just(TestTokens.jwks()));
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Set<String> over = ConcurrentHashMap.newKeySet();
  private AccessInterceptor access;
  private final ManagedChannel channel = serve(List.of(carts, new Reservations()));

  private ManagedChannel serve(List<BindableService> services) {
    var listen = Channels.IN_PROCESS + UUID.randomUUID();
    var verifier = new TokenVerifier(() -> keys.get(), TestTokens.ISSUER, clock, over::contains);
    access = new AccessInterceptor(Rules.of(services), verifier, aliases, new FieldRules());
    var server = new GrpcServer(listen, Duration.ZERO, services, List.of(new SeesCancel(), access));
    server.start();
    var opened = Channels.open(listen);
    open.add(opened::shutdownNow);
    open.add(server::stop);
    return opened;
  }

  @AfterEach
  void close() throws Exception {
    for (var one : open) {
      one.close();
    }
    store.close();
  }

  private CartServiceGrpc.CartServiceBlockingStub cart(CallCredentials who) {
    return CartServiceGrpc.newBlockingStub(channel).withCallCredentials(who);
  }

  private ReservationServiceGrpc.ReservationServiceBlockingStub reservations(CallCredentials who) {
    return ReservationServiceGrpc.newBlockingStub(channel).withCallCredentials(who);
  }

  private CallCredentials julia() {
    return tokens.bearer(Role.ROLE_CUSTOMER, ME);
  }

  private static GetCartRequest of(String customer) {
    return GetCartRequest.newBuilder().setName(customer + "/cart").build();
  }

  private static <S extends AbstractStub<S>> S with(S stub, String... headers) {
    var metadata = new Metadata();
    for (int i = 0; i < headers.length; i += 2) {
      metadata.put(Metadata.Key.of(headers[i], Metadata.ASCII_STRING_MARSHALLER), headers[i + 1]);
    }
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static StatusRuntimeException assertRefused(
      Status.Code code, ErrorReason reason, ThrowingCallable call) {
    var refused = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(refused).isNotNull();
    assertThat(refused.getStatus().getCode()).isEqualTo(code);
    assertThat(Statuses.isReason(refused, reason)).as(refused.toString()).isTrue();
    return refused;
  }

  // Who

  @Test
  void withoutATokenOnlyWhatIsPublicIsLetIn() {
    assertRefused(
        Status.Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_MISSING,
        () -> CartServiceGrpc.newBlockingStub(channel).getCart(of(ME)));
    assertThat(carts.seen).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Basic abc", "Bearer", "Bearer abc", "''", "Token x.y.z"})
  void whatIsNoTokenOfOursIsInvalid(String authorization) {
    assertRefused(
        Status.Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_INVALID,
        () ->
            with(CartServiceGrpc.newBlockingStub(channel), "authorization", authorization)
                .getCart(of(ME)));
  }

  @Test
  void theWordBearerIsReadInAnyCase() {
    var token = tokens.token(Role.ROLE_CUSTOMER, ME);
    assertThat(
            with(CartServiceGrpc.newBlockingStub(channel), "authorization", "bEARER  " + token)
                .getCart(of(ME))
                .getName())
        .isEqualTo(ME + "/cart");
  }

  @Test
  void anExpiredTokenSaysThatItHas() {
    var expired =
        tokens.token(
            Role.ROLE_CUSTOMER, ME, claims -> claims.expirationTime(Date.from(clock.instant())));
    assertRefused(
        Status.Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_EXPIRED,
        () -> cart(TestTokens.bearer(expired)).getCart(of(ME)));
  }

  @Test
  void anotherIssuersOrAudiencesTokenIsInvalid() {
    for (var made :
        List.of(
            tokens.token(Role.ROLE_CUSTOMER, ME, claims -> claims.issuer("https://evil.example")),
            tokens.token(Role.ROLE_CUSTOMER, ME, claims -> claims.audience("shop-web")))) {
      assertRefused(
          Status.Code.UNAUTHENTICATED,
          ErrorReason.ERROR_REASON_TOKEN_INVALID,
          () -> cart(TestTokens.bearer(made)).getCart(of(ME)));
    }
  }

  @Test
  void aBadTokenIsRefusedEvenWhereNoneIsNeeded() {
    assertRefused(
        Status.Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_INVALID,
        () -> cart(TestTokens.bearer("a.b.c")).getCart(of(ME)));
  }

  @Test
  void theWrongRoleIsToldSoBeforeAnythingIsRead() {
    var refused =
        assertRefused(
            Status.Code.PERMISSION_DENIED,
            ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED,
            () ->
                cart(tokens.bearer(Role.ROLE_STORE_STAFF, "staff/m@filo.example", "stores/m"))
                    .getCart(GetCartRequest.getDefaultInstance()));
    var info = Statuses.errorInfo(refused);
    assertThat(info).isNotNull();
    assertThat(info.getMetadataOrThrow("method")).isEqualTo("filo.cart.v1.CartService/GetCart");
    assertThat(carts.seen).isEmpty();
  }

  @Test
  void whileTheKeysCannotBeHadNobodyIsCalledAStranger() {
    keys.set(Mono.error(Status.UNAVAILABLE.asRuntimeException()));
    assertRefused(
        Status.Code.UNAVAILABLE,
        ErrorReason.ERROR_REASON_UNAVAILABLE,
        () -> cart(julia()).getCart(of(ME)));
  }

  // Whose

  @Test
  void meIsTheCaller() {
    assertThat(cart(julia()).getCart(of("customers/me")).getName()).isEqualTo(ME + "/cart");
    assertThat(cart(tokens.bearer(Role.ROLE_GUEST, "customers/g")).getCart(of("customers/me")))
        .extracting(Cart::getName)
        .isEqualTo("customers/g/cart");
  }

  @Test
  void staffHaveNoMe() {
    assertRefused(
        Status.Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND,
        () ->
            cart(tokens.bearer(Role.ROLE_AGENT, "staff/a@filo.example"))
                .getCart(of("customers/me")));
  }

  @ParameterizedTest
  @CsvSource({"customers/other", "customers/-", "customers/julia2", "customers/Julia"})
  void aForeignCustomersThingsAreNotFound(String foreign) {
    var refused =
        assertRefused(
            Status.Code.NOT_FOUND,
            ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND,
            () -> cart(julia()).getCart(of(foreign)));
    var missing = Statuses.notFound(foreign + "/cart");
    assertThat(refused.getStatus().getDescription())
        .isEqualTo(missing.getStatus().getDescription());
    assertThat(StatusProto.fromThrowable(refused)).isEqualTo(StatusProto.fromThrowable(missing));
    assertThat(carts.seen).isEmpty();
  }

  @Test
  void staffMayNameAnybody() {
    assertThat(
            cart(tokens.bearer(Role.ROLE_AGENT, "staff/a@filo.example"))
                .getCart(of("customers/other"))
                .getName())
        .isEqualTo("customers/other/cart");
  }

  @Test
  void anAliasIsReadAsWhoSheIsNow() {
    aliases.record("customers/guest", ME).block(PATIENCE);
    var agent = tokens.bearer(Role.ROLE_AGENT, "staff/a@filo.example");
    assertThat(cart(julia()).getCart(of("customers/guest")).getName()).isEqualTo(ME + "/cart");
    assertThat(cart(agent).getCart(of("customers/guest")).getName()).isEqualTo(ME + "/cart");
  }

  @Test
  void theTokenOfAnAliasIsWhoSheIsNow() {
    aliases.record("customers/guest", ME).block(PATIENCE);
    var guest = tokens.bearer(Role.ROLE_GUEST, "customers/guest");
    assertThat(cart(guest).getCart(of("customers/me")).getName()).isEqualTo(ME + "/cart");
    assertThat(carts.callers.getLast().principal()).isEqualTo(ME);
    assertThat(cart(guest).getCart(of("customers/guest")).getName()).isEqualTo(ME + "/cart");
  }

  @Test
  void theFormerOfACheckedTokenIsKnownBeforeTheNewsArrives() {
    var signedIn =
        TestTokens.bearer(
            tokens.token(
                Role.ROLE_CUSTOMER, ME, claims -> claims.claim("former", "customers/guest")));
    assertRefused(
        Status.Code.NOT_FOUND,
        ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND,
        () -> cart(julia()).getCart(of("customers/guest")));
    assertThat(cart(signedIn).getCart(of("customers/guest")).getName()).isEqualTo(ME + "/cart");
    assertThat(carts.callers.getLast().former()).isEqualTo("customers/guest");
  }

  @Test
  void anEmptyCustomerIsLeftToTheService() {
    assertThat(
            reservations(julia())
                .createReservation(reservation().clearCustomer().build())
                .getCustomer())
        .isEmpty();
  }

  // Which store

  @Test
  void storeStaffAndDevicesNameTheirOwnStoreOnly() {
    for (var who :
        List.of(
            tokens.bearer(Role.ROLE_STORE_STAFF, "staff/m@filo.example", "stores/m", "stores/n"),
            tokens.bearer(Role.ROLE_DEVICE, "devices/till", "stores/m"))) {
      assertThat(reservations(who).getPickList(pickList("stores/m")).getName())
          .isEqualTo("stores/m/pickList");
      for (var foreign : List.of("stores/x", "stores/mm", "stores/M")) {
        assertRefused(
            Status.Code.PERMISSION_DENIED,
            ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED,
            () -> reservations(who).getPickList(pickList(foreign)));
        assertRefused(
            Status.Code.PERMISSION_DENIED,
            ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED,
            () ->
                reservations(who)
                    .collectPickup(
                        CollectPickupRequest.newBuilder()
                            .setStore(foreign)
                            .setPickupCode("K7")
                            .setRequestId("r")
                            .build()));
      }
    }
    assertThat(
            reservations(tokens.bearer(Role.ROLE_MANAGER, "staff/boss@filo.example"))
                .getPickList(pickList("stores/x"))
                .getName())
        .isEqualTo("stores/x/pickList");
  }

  private static GetPickListRequest pickList(String store) {
    return GetPickListRequest.newBuilder().setName(store + "/pickList").build();
  }

  // What

  @Test
  void whereARequestIdIsNeededItsAbsenceIsSaid() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_REQUEST_ID_MISSING,
        () -> reservations(julia()).createReservation(reservation().clearRequestId().build()));
    assertThat(
            cart(julia())
                .applyCartOperations(
                    ApplyCartOperationsRequest.newBuilder()
                        .setName("customers/me/cart")
                        .addOperations(
                            CartOperation.newBuilder()
                                .setId("o1")
                                .setRemove(
                                    dev.filo.proto.cart.v1.RemoveLine.newBuilder().setLine("l1")))
                        .build())
                .getName())
        .isEqualTo(ME + "/cart");
  }

  @Test
  void everyFieldThatBreaksItsRuleIsNamed() throws Exception {
    var refused =
        assertRefused(
            Status.Code.INVALID_ARGUMENT,
            ErrorReason.ERROR_REASON_FIELDS_INVALID,
            () ->
                reservations(julia())
                    .createReservation(
                        reservation()
                            .setStore("nowhere")
                            .addLines(ReservationLine.newBuilder().setSku("S").setQuantity(-1))
                            .build()));
    var status = StatusProto.fromThrowable(refused);
    assertThat(status).isNotNull();
    assertThat(status.getDetails(1).unpack(BadRequest.class).getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .containsExactlyInAnyOrder("store", "lines[1].quantity");
  }

  private static CreateReservationRequest.Builder reservation() {
    return CreateReservationRequest.newBuilder()
        .setCustomer("customers/me")
        .setStore("stores/m")
        .addLines(ReservationLine.newBuilder().setSku("SOFA-1").setQuantity(1))
        .setRequestId("r1");
  }

  // Context

  @ParameterizedTest
  @CsvSource({
    "'', it",
    "en, en",
    "en-GB, en",
    "it-IT, it",
    "'de, en;q=0.5', en",
    "de, it",
    "'en;q=0.4, it;q=0.9', it",
    "'*', it",
    "',,;q=', it",
  })
  void theLanguageIsTheOneAskedForAmongOurs(String asked, String language) {
    var stub = cart(julia());
    (asked.isEmpty() ? stub : with(stub, "accept-language", asked)).getCart(of(ME));
    assertThat(carts.languages.getLast()).isEqualTo(language);
  }

  @Test
  void theHandlerSeesWhoCallsAndFromWhere() {
    with(cart(julia()), "x-filo-client-address", "203.0.113.7").getCart(of(ME));
    assertThat(carts.addresses.getLast()).isEqualTo("203.0.113.7");
    var caller = carts.callers.getLast();
    assertThat(caller.principal()).isEqualTo(ME);
    assertThat(caller.roles()).containsExactly(Role.ROLE_CUSTOMER);
    assertThat(caller.channel()).isEqualTo("web");
    assertThat(caller.actor().getRole()).isEqualTo("customer");
  }

  // The gate

  @Test
  void whatAHandlerThrowsIsAnswered() {
    carts.handler.set(
        name -> {
          throw Statuses.pageTokenInvalid();
        });
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID,
        () -> cart(julia()).getCart(of(ME)));
    carts.handler.set(
        name -> {
          throw new IllegalStateException("secret of " + name);
        });
    var refused =
        assertRefused(
            Status.Code.INTERNAL,
            ErrorReason.ERROR_REASON_INTERNAL,
            () -> cart(julia()).getCart(of(ME)));
    assertThat(String.valueOf(StatusProto.fromThrowable(refused))).doesNotContain("secret");
  }

  @Test
  void aCallCancelledWhileTheGateWaitsNeverReachesTheHandler() throws Exception {
    Sinks.One<String> answer = Sinks.one();
    var askedFor = new CountDownLatch(1);
    keys.set(answer.asMono().doOnSubscribe(subscription -> askedFor.countDown()));
    var call =
        Calls.unary(
                CartServiceGrpc.newStub(channel).withCallCredentials(julia()),
                CartServiceGrpc.CartServiceStub::getCart,
                of("customers/me"))
            .subscribe();
    assertThat(askedFor.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    call.dispose();
    assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    answer.emitValue(TestTokens.jwks(), Sinks.EmitFailureHandler.FAIL_FAST);
    cart(julia()).getCart(of("customers/me"));
    assertThat(carts.seen).hasSize(1);
  }

  @Test
  void aCallThatWaitsAtTheGateIsAnsweredAsAnyOther() throws Exception {
    Sinks.One<String> answer = Sinks.one();
    var askedFor = new CountDownLatch(1);
    keys.set(answer.asMono().doOnSubscribe(subscription -> askedFor.countDown()));
    var call =
        Calls.unary(
                CartServiceGrpc.newStub(channel).withCallCredentials(julia()),
                CartServiceGrpc.CartServiceStub::getCart,
                of("customers/me"))
            .toFuture();
    assertThat(askedFor.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    answer.emitValue(TestTokens.jwks(), Sinks.EmitFailureHandler.FAIL_FAST);
    assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getName()).isEqualTo(ME + "/cart");
  }

  @Test
  void aCancelledWatchEndsItsWork() throws Exception {
    var begun = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    carts.watch.set(
        reactor.core.publisher.Flux.<Cart>never()
            .doOnSubscribe(subscription -> begun.countDown())
            .doOnCancel(ended::countDown));
    var watch =
        Calls.stream(
                CartServiceGrpc.newStub(channel).withCallCredentials(julia()),
                CartServiceGrpc.CartServiceStub::watchCart,
                WatchCartRequest.newBuilder().setName("customers/me/cart").build())
            .subscribe();
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    watch.dispose();
    assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aWatchEndsWithItsSessionAndItsWorkToo() throws Exception {
    var watch = new Watch(julia());
    access.endStale().block(PATIENCE);
    assertThat(watch.end).isNotDone();
    over.add("session-of-customers/somebody");
    access.endStale().block(PATIENCE);
    assertThat(watch.end).isNotDone();
    over.add("session-of-" + ME);
    access.endStale().block(PATIENCE);
    watch.assertEnded(ErrorReason.ERROR_REASON_TOKEN_INVALID);
    assertThat(access.lastingCount()).isZero();
  }

  @Test
  void aWatchEndsWhenItsTokenExpires() throws Exception {
    var watch = new Watch(julia());
    clock.advance(TestTokens.LIFE.minusMillis(1));
    access.endStale().block(PATIENCE);
    assertThat(watch.end).isNotDone();
    clock.advance(Duration.ofMillis(1));
    access.endStale().block(PATIENCE);
    watch.assertEnded(ErrorReason.ERROR_REASON_TOKEN_EXPIRED);
  }

  @Test
  void aWatchOfHerWhoBecomesAnother_endsToComeBackUnderTheNameThatIsValid() throws Exception {
    var watch = new Watch(tokens.bearer(Role.ROLE_GUEST, "customers/guest"), "customers/me");
    access.endStale().block(PATIENCE);
    assertThat(watch.end).isNotDone();
    aliases.record("customers/guest", ME).block(PATIENCE);
    access.endStale().block(PATIENCE);
    watch.assertEnded(ErrorReason.ERROR_REASON_UNAVAILABLE);
    var again = new Watch(tokens.bearer(Role.ROLE_GUEST, "customers/guest"), "customers/me");
    access.endStale().block(PATIENCE);
    assertThat(again.end).isNotDone();
    // What was hers through the merge is not hers any more.
    aliases.part("customers/guest").block(PATIENCE);
    access.endStale().block(PATIENCE);
    again.assertEnded(ErrorReason.ERROR_REASON_UNAVAILABLE);
  }

  @Test
  void aWatchThatIsCancelledIsForgotten() throws Exception {
    var watch = new Watch(tokens.bearer(Role.ROLE_AGENT, "staff/agent"));
    assertThat(access.lastingCount()).isOne();
    watch.call.dispose();
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(access.lastingCount()).isZero());
  }

  /** A watch under way, and how it ends. */
  private final class Watch {
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final Disposable call;

    Watch(CallCredentials who) throws Exception {
      this(who, ME);
    }

    Watch(CallCredentials who, String customer) throws Exception {
      var begun = new CountDownLatch(1);
      carts.watch.set(
          reactor.core.publisher.Flux.<Cart>never()
              .doOnSubscribe(subscription -> begun.countDown())
              .doOnCancel(cancelled::countDown));
      call =
          Calls.stream(
                  CartServiceGrpc.newStub(channel).withCallCredentials(who),
                  CartServiceGrpc.CartServiceStub::watchCart,
                  WatchCartRequest.newBuilder().setName(customer + "/cart").build())
              .subscribe(cart -> {}, end::complete);
      assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    void assertEnded(ErrorReason reason) throws Exception {
      var error = end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(Statuses.isReason(error, reason)).as(error.toString()).isTrue();
      assertThat(cancelled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }

  /**
   * A method of ours as if it took many messages: a name that must be looked up, and one that need
   * not.
   */
  @Test
  void messagesStayInOrderHoweverLongEachWaits() throws Exception {
    for (int i = 0; i < 20; i++) {
      aliases.record("customers/alias" + i, ME).block(PATIENCE);
    }
    var talk = new Talk();
    var talkChannel = serve(List.of(talk));
    var answers = new CopyOnWriteArrayList<String>();
    var end = new CompletableFuture<Status>();
    var requests = talk.call(talkChannel, julia(), answers, end);
    var expected = new ArrayList<String>();
    for (int i = 0; i < 20; i++) {
      requests.onNext(watchRequest("customers/alias" + i, "a" + i));
      requests.onNext(watchRequest("customers/me", "b" + i));
      expected.add("a" + i);
      expected.add("b" + i);
    }
    requests.onCompleted();
    assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    assertThat(answers).isEqualTo(expected);
    assertThat(talk.names).containsOnly(ME + "/cart");
  }

  @Test
  void aLaterMessageThatIsRefusedEndsWhatTheEarlierBegan() throws Exception {
    var talk = new Talk();
    var talkChannel = serve(List.of(talk));
    var answers = new CopyOnWriteArrayList<String>();
    var end = new CompletableFuture<Status>();
    var requests = talk.call(talkChannel, julia(), answers, end);
    requests.onNext(watchRequest("customers/me", "a"));
    await().atMost(PATIENCE).until(() -> answers.equals(List.of("a")));
    requests.onNext(watchRequest("customers/other", "b"));
    assertThat(end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(talk.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(talk.names).containsExactly(ME + "/cart");
  }

  private static WatchCartRequest watchRequest(String customer, String mark) {
    return WatchCartRequest.newBuilder().setName(customer + "/cart").setResumeCursor(mark).build();
  }

  /** Says when a call's cancellation has gone through all of the server's interceptors. */
  private final class SeesCancel implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
          next.startCall(call, headers)) {
        @Override
        public void onCancel() {
          super.onCancel();
          cancelled.countDown();
        }
      };
    }
  }

  private static final class Carts extends CartServiceGrpc.CartServiceImplBase {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<Caller> callers = new CopyOnWriteArrayList<>();
    private final List<String> languages = new CopyOnWriteArrayList<>();
    private final List<String> addresses = new CopyOnWriteArrayList<>();
    private final AtomicReference<Consumer<String>> handler = new AtomicReference<>(name -> {});
    private final AtomicReference<reactor.core.publisher.Flux<Cart>> watch =
        new AtomicReference<>(reactor.core.publisher.Flux.empty());

    private Mono<Cart> answer(String name) {
      seen.add(name);
      callers.add(Caller.current());
      languages.add(Caller.language());
      addresses.add(Caller.address());
      handler.get().accept(name);
      return Mono.just(Cart.newBuilder().setName(name).build());
    }

    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      Answers.unary(observer, answer(request.getName()));
    }

    @Override
    public void applyCartOperations(
        ApplyCartOperationsRequest request, StreamObserver<Cart> observer) {
      Answers.unary(observer, answer(request.getName()));
    }

    @Override
    public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
      Answers.stream(observer, watch.get());
    }
  }

  private static final class Reservations
      extends ReservationServiceGrpc.ReservationServiceImplBase {
    @Override
    public void createReservation(
        CreateReservationRequest request, StreamObserver<Reservation> observer) {
      Answers.unary(
          observer, Mono.just(Reservation.newBuilder().setCustomer(request.getCustomer()).build()));
    }

    @Override
    public void getPickList(GetPickListRequest request, StreamObserver<PickList> observer) {
      Answers.unary(observer, Mono.just(PickList.newBuilder().setName(request.getName()).build()));
    }
  }

  /** WatchCart as a conversation: each message is answered by its mark. */
  private static final class Talk implements BindableService {
    private static final MethodDescriptor<WatchCartRequest, Cart> METHOD =
        CartServiceGrpc.getWatchCartMethod().toBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .build();

    private final List<String> names = new CopyOnWriteArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public ServerServiceDefinition bindService() {
      return ServerServiceDefinition.builder(
              ServiceDescriptor.newBuilder(CartServiceGrpc.SERVICE_NAME).addMethod(METHOD).build())
          .addMethod(METHOD, ServerCalls.asyncBidiStreamingCall(this::talk))
          .build();
    }

    private StreamObserver<WatchCartRequest> talk(StreamObserver<Cart> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(WatchCartRequest request) {
          names.add(request.getName());
          answers.onNext(Cart.newBuilder().setEtag(request.getResumeCursor()).build());
        }

        @Override
        public void onError(Throwable error) {
          ended.countDown();
        }

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }

    StreamObserver<WatchCartRequest> call(
        ManagedChannel channel,
        CallCredentials who,
        List<String> answers,
        CompletableFuture<Status> end) {
      return ClientCalls.asyncBidiStreamingCall(
          channel.newCall(METHOD, CallOptions.DEFAULT.withCallCredentials(who)),
          new StreamObserver<>() {
            @Override
            public void onNext(Cart cart) {
              answers.add(cart.getEtag());
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
    }
  }
}
