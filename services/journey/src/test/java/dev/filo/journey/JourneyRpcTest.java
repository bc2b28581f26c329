package dev.filo.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.mongodb.reactivestreams.client.MongoDatabase;
import com.sun.net.httpserver.HttpServer;
import dev.filo.platform.Services;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.AddLine;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.ChangedItem;
import dev.filo.proto.cart.v1.RemoveLine;
import dev.filo.proto.conversation.v1.Author;
import dev.filo.proto.conversation.v1.Conversation;
import dev.filo.proto.conversation.v1.ConversationChanged;
import dev.filo.proto.conversation.v1.MessageSent;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.proto.identity.v1.CustomerSignedIn;
import dev.filo.proto.identity.v1.CustomerUnmerged;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
import dev.filo.proto.journey.v1.BatchCreateTouchpointsRequest;
import dev.filo.proto.journey.v1.GetTimelineRequest;
import dev.filo.proto.journey.v1.JourneyServiceGrpc;
import dev.filo.proto.journey.v1.Touchpoint;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;

/** The whole service, as it runs, following feeds that speak gRPC. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JourneyRpcTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Actor ANNA =
      Actor.newBuilder()
          .setPrincipal("staff/anna")
          .setRole("agent")
          .setChannel("desk")
          .setDisplayName("Anna B.")
          .build();

  private final String suffix = "-" + Ids.random();
  private final TestTokens tokens = TestTokens.byTheSystemClock();
  private final FakeFeed identity = new FakeFeed();
  private final FakeFeed cart = new FakeFeed();
  private final FakeFeed reservation = new FakeFeed();
  private final FakeFeed conversation = new FakeFeed();
  private final List<Server> servers = new ArrayList<>();
  private HttpServer tokenServer;
  private ConfigurableApplicationContext service;
  private ManagedChannel channel;

  @BeforeAll
  void start() throws IOException {
    servers.add(serve("identity", identity, new FakeIdentity()));
    servers.add(serve("cart", cart));
    servers.add(serve("reservation", reservation));
    servers.add(serve("conversation", conversation));
    tokenServer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tokenServer.createContext(
        "/oauth2/token",
        exchange -> {
          var token = tokens.token(Role.ROLE_SERVICE, "services/journey");
          var answer =
              ("{\"access_token\":\"" + token + "\",\"expires_in\":600}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    tokenServer.start();
    service =
        Services.builder(JourneyApplication.class, "journey")
            .web(WebApplicationType.NONE)
            .run(
                "--filo.mongodb.uri=" + TestMongo.embedded().uri(),
                "--filo.mongodb.prefix=test" + suffix + "_",
                "--filo.grpc.listen=in-process:journey" + suffix,
                "--filo.grpc.drain=100ms",
                "--filo.token-uri=http://localhost:"
                    + tokenServer.getAddress().getPort()
                    + "/oauth2/token",
                "--filo.targets.identity=in-process:identity" + suffix,
                "--filo.targets.cart=in-process:cart" + suffix,
                "--filo.targets.reservation=in-process:reservation" + suffix,
                "--filo.targets.conversation=in-process:conversation" + suffix);
    channel = Channels.open("in-process:journey" + suffix);
  }

  @AfterAll
  void stop() {
    channel.shutdownNow();
    Mono.from(service.getBean(MongoDatabase.class).drop()).block(PATIENCE);
    service.close();
    servers.forEach(Server::shutdownNow);
    tokenServer.stop(0);
  }

  private Server serve(String name, BindableService... services) throws IOException {
    var builder = InProcessServerBuilder.forName(name + suffix);
    for (BindableService one : services) {
      builder.addService(one);
    }
    return builder.build().start();
  }

  /** A feed to which tests add events. */
  private static final class FakeFeed extends FeedServiceGrpc.FeedServiceImplBase {
    private final List<Event> events = new ArrayList<>();
    private final List<StreamObserver<WatchResponse>> watchers = new ArrayList<>();

    @Override
    public synchronized void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
      for (long at = request.getAfterPosition(); at < events.size(); at++) {
        observer.onNext(answer(at));
      }
      watchers.add(observer);
    }

    private WatchResponse answer(long at) {
      return WatchResponse.newBuilder().setPosition(at + 1).setEvent(events.get((int) at)).build();
    }

    synchronized void tell(Event event) {
      events.add(event);
      var answer = answer(events.size() - 1L);
      watchers.removeIf(
          watcher -> {
            try {
              watcher.onNext(answer);
              return false;
            } catch (StatusRuntimeException | IllegalStateException e) {
              return true;
            }
          });
    }
  }

  private static final class FakeIdentity extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void listSigningKeys(
        ListSigningKeysRequest request, StreamObserver<ListSigningKeysResponse> observer) {
      observer.onNext(ListSigningKeysResponse.newBuilder().setJwksJson(TestTokens.jwks()).build());
      observer.onCompleted();
    }
  }

  private JourneyServiceGrpc.JourneyServiceBlockingStub as(String token) {
    return JourneyServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .withCallCredentials(TestTokens.bearer(token));
  }

  private JourneyServiceGrpc.JourneyServiceBlockingStub shopper(String customer) {
    return as(tokens.token(Role.ROLE_CUSTOMER, customer));
  }

  private static String newCustomer() {
    return "customers/" + Ids.random();
  }

  private static GetTimelineRequest mine() {
    return GetTimelineRequest.newBuilder().setParent("customers/me").build();
  }

  private static Touchpoint view(String id, int secondsAgo) {
    return Touchpoint.newBuilder()
        .setId(id)
        .setTime(Times.timestamp(Instant.now().minusSeconds(secondsAgo)))
        .setType("product_view")
        .setSubject("products/sofa")
        .setTitle("Divano")
        .setChannel("till")
        .setBy("somebody")
        .build();
  }

  private static BatchCreateTouchpointsRequest batch(Touchpoint... touchpoints) {
    return BatchCreateTouchpointsRequest.newBuilder()
        .addAllTouchpoints(List.of(touchpoints))
        .build();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code, String reason) {
    var error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).isNotNull();
    assertThat(error.getStatus().getCode()).isEqualTo(code);
    assertThat(Objects.requireNonNull(Statuses.errorInfo(error)).getReason()).isEqualTo(reason);
  }

  private static Event event(String source, String subject, Actor actor, Message data) {
    return Outbox.event("filo/" + source, subject, Instant.now(), actor, data);
  }

  private static Actor shopperActor(String customer) {
    return Actor.newBuilder()
        .setPrincipal(customer)
        .setRole("customer")
        .setChannel("app")
        .setDevice("iPhone")
        .build();
  }

  @Test
  void batchCreate_keepsEachOnce_asTheCallersOwn() {
    var stub = shopper(newCustomer());
    var id = Ids.random();
    assertThat(
            stub.batchCreateTouchpoints(batch(view(id + 1, 20), view(id + 2, 10)))
                .getCreatedCount())
        .isEqualTo(2);
    assertThat(
            stub.batchCreateTouchpoints(batch(view(id + 2, 10), view(id + 3, 5))).getCreatedCount())
        .isEqualTo(1);
    var timeline = stub.getTimeline(mine());
    assertThat(timeline.getTouchpointsList())
        .extracting(Touchpoint::getId, Touchpoint::getChannel, Touchpoint::getBy)
        .containsExactly(
            tuple(id + 3, "web", "customer"),
            tuple(id + 2, "web", "customer"),
            tuple(id + 1, "web", "customer"));
    assertThat(timeline.getNextPageToken()).isEmpty();
  }

  @Test
  void batchCreate_aheadOfTime_isRefusedWhole() {
    var stub = shopper(newCustomer());
    var id = Ids.random();
    assertThat(stub.batchCreateTouchpoints(batch(view(id, -4 * 60))).getCreatedCount())
        .isEqualTo(1);
    refused(
        () -> stub.batchCreateTouchpoints(batch(view(id + 1, 0), view(id + 2, -6 * 60))),
        Status.Code.INVALID_ARGUMENT,
        "TIME_INVALID");
    assertThat(stub.getTimeline(mine()).getTouchpointsList()).hasSize(1);
  }

  @Test
  void malformed_isRefused() {
    var stub = shopper(newCustomer());
    refused(
        () -> stub.batchCreateTouchpoints(batch()), Status.Code.INVALID_ARGUMENT, "FIELDS_INVALID");
    refused(
        () ->
            stub.batchCreateTouchpoints(
                batch(view("x", 0).toBuilder().setType("Not A Type").build())),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> stub.getTimeline(mine().toBuilder().setPageToken("made up").build()),
        Status.Code.INVALID_ARGUMENT,
        "PAGE_TOKEN_INVALID");
  }

  @Test
  void unauthorised_isRefused() {
    refused(
        () -> JourneyServiceGrpc.newBlockingStub(channel).getTimeline(mine()),
        Status.Code.UNAUTHENTICATED,
        "TOKEN_MISSING");
    refused(
        () -> as(tokens.token(Role.ROLE_AGENT, "staff/anna")).batchCreateTouchpoints(batch()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () ->
            shopper(newCustomer())
                .getTimeline(mine().toBuilder().setParent("customers/other").build()),
        Status.Code.NOT_FOUND,
        "RESOURCE_NOT_FOUND");
  }

  @Test
  void timeline_pages() {
    var stub = shopper(newCustomer());
    var id = Ids.random();
    stub.batchCreateTouchpoints(batch(view(id + 1, 3), view(id + 2, 2), view(id + 3, 1)));
    var first = stub.getTimeline(mine().toBuilder().setPageSize(2).build());
    assertThat(first.getTouchpointsList())
        .extracting(Touchpoint::getId)
        .containsExactly(id + 3, id + 2);
    var second =
        stub.getTimeline(
            mine().toBuilder().setPageSize(2).setPageToken(first.getNextPageToken()).build());
    assertThat(second.getTouchpointsList()).extracting(Touchpoint::getId).containsExactly(id + 1);
    assertThat(second.getNextPageToken()).isEmpty();
  }

  @Test
  void events_ofAllServices_areOnTheTimeLine() {
    var julia = newCustomer();
    var shopper = shopperActor(julia);
    identity.tell(
        event(
            "identity", julia, shopper, CustomerSignedIn.newBuilder().setCustomer(julia).build()));
    cart.tell(
        event(
            "cart",
            julia + "/cart",
            shopper,
            CartChanged.newBuilder()
                .setCustomer(julia)
                .addOperations(
                    CartOperation.newBuilder().setId("1").setAdd(AddLine.newBuilder().setSku("S")))
                .addOperations(
                    CartOperation.newBuilder()
                        .setId("2")
                        .setRemove(RemoveLine.newBuilder().setLine("l")))
                .addItems(
                    ChangedItem.newBuilder()
                        .setOperation("1")
                        .setProduct("products/sofa")
                        .setTitle("Divano"))
                .addItems(
                    ChangedItem.newBuilder()
                        .setOperation("2")
                        .setProduct("products/lamp")
                        .setTitle("Lampada"))
                .build()));
    conversation.tell(
        event(
            "conversation",
            "conversations/c",
            shopper,
            MessageSent.newBuilder()
                .setCustomer(julia)
                .setMessage(
                    dev.filo.proto.conversation.v1.Message.newBuilder()
                        .setName("conversations/c/messages/1")
                        .setAuthor(Author.newBuilder().setKind(Author.Kind.CUSTOMER))
                        .setChannel("chat")
                        .setText("Buongiorno"))
                .build()));
    conversation.tell(
        event(
            "conversation",
            "conversations/c",
            ANNA,
            ConversationChanged.newBuilder()
                .setConversation(
                    Conversation.newBuilder()
                        .setName("conversations/c")
                        .setCustomer(julia)
                        .setState(Conversation.State.OPEN)
                        .setAssignee("staff/anna")
                        .setAssigneeDisplayName("Anna B."))
                .build()));
    var held =
        Reservation.newBuilder()
            .setName("reservations/r")
            .setCustomer(julia)
            .setState(Reservation.State.HELD)
            .setStoreTitle("Milano")
            .addLines(ReservationLine.newBuilder().setTitle("Divano"))
            .build();
    reservation.tell(
        event(
            "reservation",
            "reservations/r",
            ANNA,
            ReservationChanged.newBuilder()
                .setReservation(held)
                .setPreviousState(Reservation.State.PENDING)
                .build()));
    var till =
        Actor.newBuilder()
            .setPrincipal("devices/till-milano-1")
            .setRole("device")
            .setChannel("till")
            .build();
    var collected =
        event(
            "reservation",
            "reservations/r",
            till,
            ReservationChanged.newBuilder()
                .setReservation(held.toBuilder().setState(Reservation.State.COLLECTED))
                .setPreviousState(Reservation.State.HELD)
                .build());
    reservation.tell(collected);
    reservation.tell(collected);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(shopper(julia).getTimeline(mine()).getTouchpointsList())
                    .extracting(
                        Touchpoint::getChannel,
                        Touchpoint::getType,
                        Touchpoint::getSubject,
                        Touchpoint::getBy,
                        Touchpoint::getTitle)
                    .containsExactlyInAnyOrder(
                        tuple("app", "signed_in", julia, "customer", "iPhone"),
                        tuple("app", "cart_add", "products/sofa", "customer", "Divano"),
                        tuple("app", "cart_remove", "products/lamp", "customer", "Lampada"),
                        tuple("chat", "message", "conversations/c", "customer", "Buongiorno"),
                        tuple(
                            "desk",
                            "conversation_assigned",
                            "conversations/c",
                            "Anna B.",
                            "Anna B."),
                        tuple(
                            "desk",
                            "reservation_held",
                            "reservations/r",
                            "Anna B.",
                            "Divano · Milano"),
                        tuple(
                            "till",
                            "reservation_collected",
                            "reservations/r",
                            "till-milano-1",
                            "Divano · Milano")));
  }

  @Test
  void signIn_bringsTheGuestsTimeLine_andWhatComesLate() {
    var guest = newCustomer();
    var julia = newCustomer();
    as(tokens.token(Role.ROLE_GUEST, guest)).batchCreateTouchpoints(batch(view(Ids.random(), 10)));
    var signedIn =
        as(tokens.token(Role.ROLE_CUSTOMER, julia, claims -> claims.claim(Claims.FORMER, guest)));
    assertThat(signedIn.getTimeline(mine()).getTouchpointsList()).hasSize(1);
    cart.tell(
        event(
            "cart",
            guest + "/cart",
            shopperActor(guest),
            CartChanged.newBuilder()
                .setCustomer(guest)
                .addOperations(
                    CartOperation.newBuilder().setId("1").setAdd(AddLine.newBuilder().setSku("S")))
                .addItems(ChangedItem.newBuilder().setOperation("1").setTitle("Divano"))
                .build()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(signedIn.getTimeline(mine()).getTouchpointsList()).hasSize(2));
  }

  /** Identity tells something about a customer. */
  private void told(String customer, Message what) {
    identity.tell(event("identity", customer, shopperActor(customer), what));
  }

  @Test
  void merge_toldByIdentity_movesTheTimeLine() {
    var guest = newCustomer();
    var julia = newCustomer();
    as(tokens.token(Role.ROLE_GUEST, guest)).batchCreateTouchpoints(batch(view(Ids.random(), 10)));
    told(julia, CustomerMerged.newBuilder().setCustomer(julia).setAlias(guest).build());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(shopper(julia).getTimeline(mine()).getTouchpointsList()).hasSize(1));
  }

  @Test
  void unmerge_toldByIdentity_givesTheTimeLineBack() {
    var guest = newCustomer();
    var julia = newCustomer();
    var token = tokens.token(Role.ROLE_GUEST, guest);
    as(token).batchCreateTouchpoints(batch(view(Ids.random(), 10)));
    shopper(julia).batchCreateTouchpoints(batch(view(Ids.random(), 5)));
    var own = ids(as(token));
    var hers = ids(shopper(julia));
    assertThat(own).hasSize(1).doesNotContainAnyElementsOf(hers);
    told(julia, CustomerMerged.newBuilder().setCustomer(julia).setAlias(guest).build());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(ids(shopper(julia))).hasSize(2).containsAll(hers);
              assertThat(ids(as(token))).isEqualTo(ids(shopper(julia)));
            });
    told(julia, CustomerUnmerged.newBuilder().setCustomer(julia).setAlias(guest).build());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(ids(as(token))).isEqualTo(own);
              assertThat(ids(shopper(julia))).isEqualTo(hers);
            });
  }

  private static List<String> ids(JourneyServiceGrpc.JourneyServiceBlockingStub calls) {
    return calls.getTimeline(mine()).getTouchpointsList().stream().map(Touchpoint::getId).toList();
  }
}
