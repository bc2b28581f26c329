package dev.filo.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.events.ReservationNews;
import dev.filo.conversation.events.WaitlistNews;
import dev.filo.conversation.grpc.GrpcConversationService;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.Conversations;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.conversation.v1.AssignConversationRequest;
import dev.filo.proto.conversation.v1.Author;
import dev.filo.proto.conversation.v1.Conversation;
import dev.filo.proto.conversation.v1.ConversationServiceGrpc;
import dev.filo.proto.conversation.v1.GetConversationContextRequest;
import dev.filo.proto.conversation.v1.GetConversationRequest;
import dev.filo.proto.conversation.v1.ListConversationsRequest;
import dev.filo.proto.conversation.v1.ListMessagesRequest;
import dev.filo.proto.conversation.v1.Message;
import dev.filo.proto.conversation.v1.MessageSent;
import dev.filo.proto.conversation.v1.ResolveConversationRequest;
import dev.filo.proto.conversation.v1.SendMessageRequest;
import dev.filo.proto.conversation.v1.WatchConversationRequest;
import dev.filo.proto.conversation.v1.WatchConversationResponse;
import dev.filo.proto.conversation.v1.WatchConversationsRequest;
import dev.filo.proto.conversation.v1.WatchConversationsResponse;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Consent;
import dev.filo.proto.identity.v1.Consents;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetConsentsRequest;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.UpdateConsentRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.journey.v1.GetTimelineRequest;
import dev.filo.proto.journey.v1.JourneyServiceGrpc;
import dev.filo.proto.journey.v1.Timeline;
import dev.filo.proto.journey.v1.Touchpoint;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.ListReservationsResponse;
import dev.filo.proto.reservation.v1.Offer;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;

/** What the service answers, over gRPC, with neighbours that speak gRPC. */
@StoreTest
class ConversationRpcTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MINE = "customers/me/conversation";

  private final MutableClock clock = MutableClock.standing();
  private final Set<String> down = ConcurrentHashMap.newKeySet();
  private final String suffix = "-" + Ids.random();
  private final TestTokens tokens = new TestTokens(clock);
  private final List<Server> servers = new ArrayList<>();
  private final Changes changes = new Changes();
  private final FeedStore feed;
  private final FeedTail tail;
  private final Relay relay;
  private final MongoDatabase database;
  private final Channels neighbours;
  private final MongoConversationStore store;
  private final Conversations conversations;
  private final ReservationNews news;
  private final WaitlistNews lines;
  private final SubjectAliases aliases;
  private final AccessInterceptor access;
  private final ManagedChannel channel;

  ConversationRpcTest(MongoDatabase database) throws IOException {
    this.database = database;
    feed = new FeedStore(database);
    feed.prepare();
    tail = new FeedTail(feed, changes, Duration.ofMillis(50), event -> List.of());
    relay = new Relay(feed, tail, clock);
    store = new MongoConversationStore(database);
    store.prepare();
    relay.watch(store.collection());
    relay.start();
    tail.start();
    serve("identity", new People());
    serve("cart", new Carts());
    serve("reservation", new Reservations());
    serve("journey", new Journeys());
    serve("inventory", new Inventory());
    neighbours =
        new Channels(
            name -> "in-process:" + name + suffix, tokens.bearer(Role.ROLE_SERVICE, "services/c"));
    conversations = new Conversations(store, relay, changes, clock, 2);
    var context = new ContextReader(neighbours);
    news = new ReservationNews(conversations, context);
    lines = new WaitlistNews(conversations, context);
    var handler = new GrpcConversationService(conversations, store, context, changes, clock);
    List<BindableService> services = List.of(handler);
    aliases = new SubjectAliases(database);
    access =
        new AccessInterceptor(Rules.of(services), tokens.verifier(), aliases, new FieldRules());
    serve("conversation", handler, access);
    channel = Channels.open("in-process:conversation" + suffix);
  }

  private void serve(String name, BindableService service, ServerInterceptor... around)
      throws IOException {
    var builder = InProcessServerBuilder.forName(name + suffix).addService(service);
    for (var one : around) {
      builder.intercept(one);
    }
    servers.add(builder.build().start());
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    relay.stop();
    tail.stop();
    neighbours.destroy();
    servers.forEach(Server::shutdownNow);
  }

  private <T> void answer(String part, T value, StreamObserver<T> observer) {
    if (down.contains(part)) {
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
    } else {
      observer.onNext(value);
      observer.onCompleted();
    }
  }

  private final Map<String, Consent> consents = new ConcurrentHashMap<>();

  private final class People extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void getConsents(GetConsentsRequest request, StreamObserver<Consents> observer) {
      answer("identity", of(request.getName()), observer);
    }

    @Override
    public void updateConsent(UpdateConsentRequest request, StreamObserver<Consents> observer) {
      consents.put(request.getName().replace("/consents", ""), request.getConsent());
      answer("identity", of(request.getName()), observer);
    }

    private Consents of(String name) {
      var found = consents.get(name.replace("/consents", ""));
      return found == null
          ? Consents.getDefaultInstance()
          : Consents.newBuilder().addConsents(found).build();
    }

    @Override
    public void getCustomer(GetCustomerRequest request, StreamObserver<Customer> observer) {
      if (request.getName().equals("customers/gone")) {
        observer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      boolean guest = request.getName().startsWith("customers/guest");
      answer(
          "identity",
          Customer.newBuilder()
              .setName(request.getName())
              .setGuest(guest)
              .setGivenName(guest ? "" : "Giulia")
              .setFamilyName(guest ? "" : "Rossi")
              .setLanguageCode("en")
              .build(),
          observer);
    }
  }

  @Test
  void waitlistNews_areNotToldToWhoSaidNo_norToWhoWasNeverAsked() {
    consents.put(
        "customers/julia",
        Consent.newBuilder()
            .setPurpose(Consent.Purpose.PURPOSE_WAITLIST)
            .setChannel(Consent.Channel.CHANNEL_CHAT)
            .setGranted(false)
            .build());
    for (var name : List.of("customers/julia", "customers/marco")) {
      lines
          .tell(moved(name, WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED, 0))
          .block(PATIENCE);
    }
    lines
        .tell(
            moved(
                "customers/julia",
                WaitlistEntry.State.STATE_UNSPECIFIED,
                WaitlistEntry.State.WAITING,
                1))
        .block(PATIENCE);
    assertThat(consents.get("customers/julia")).extracting(Consent::getGranted).isEqualTo(false);
    assertThat(messages("julia")).isEmpty();
    assertThat(messages("marco")).isEmpty();
    // joining is a yes
    for (var state : List.of(WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED)) {
      lines
          .tell(
              moved(
                  "customers/marco",
                  state == WaitlistEntry.State.WAITING
                      ? WaitlistEntry.State.STATE_UNSPECIFIED
                      : WaitlistEntry.State.WAITING,
                  state,
                  1))
          .block(PATIENCE);
    }
    assertThat(messages("marco")).hasSize(2);
    assertThat(consents.get("customers/marco"))
        .extracting(Consent::getProof)
        .isEqualTo("Joined the line waitlistEntries/w");
  }

  private final class Carts extends CartServiceGrpc.CartServiceImplBase {
    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      answer(
          "cart",
          Cart.newBuilder()
              .setName(request.getName())
              .addLines(CartLine.newBuilder().setSku("SOFA"))
              .build(),
          observer);
    }
  }

  private final class Reservations extends ReservationServiceGrpc.ReservationServiceImplBase {
    @Override
    public void listReservations(
        ListReservationsRequest request, StreamObserver<ListReservationsResponse> observer) {
      answer(
          "reservation",
          ListReservationsResponse.newBuilder()
              .addReservations(Reservation.newBuilder().setName("reservations/r"))
              .build(),
          observer);
    }
  }

  private final class Journeys extends JourneyServiceGrpc.JourneyServiceImplBase {
    @Override
    public void getTimeline(GetTimelineRequest request, StreamObserver<Timeline> observer) {
      answer(
          "journey",
          Timeline.newBuilder().addTouchpoints(Touchpoint.getDefaultInstance()).build(),
          observer);
    }
  }

  private final class Inventory extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public void findNearby(FindNearbyRequest request, StreamObserver<FindNearbyResponse> observer) {
      answer(
          "inventory", FindNearbyResponse.newBuilder().setSku(request.getSku(0)).build(), observer);
    }
  }

  private ConversationServiceGrpc.ConversationServiceBlockingStub as(String token) {
    return ConversationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .withCallCredentials(TestTokens.bearer(token));
  }

  private ConversationServiceGrpc.ConversationServiceBlockingStub customer(String id) {
    return as(tokens.token(Role.ROLE_CUSTOMER, "customers/" + id));
  }

  private ConversationServiceGrpc.ConversationServiceBlockingStub guest(String id) {
    return as(tokens.token(Role.ROLE_GUEST, "customers/" + id));
  }

  private String agentToken(String id) {
    return tokens.token(
        Role.ROLE_AGENT, "staff/" + id, claims -> claims.claim(Claims.NAME, "Agent " + id));
  }

  private ConversationServiceGrpc.ConversationServiceBlockingStub agent(String id) {
    return as(agentToken(id));
  }

  private static SendMessageRequest say(String parent, String text, String requestId) {
    return SendMessageRequest.newBuilder()
        .setParent(parent)
        .setText(text)
        .setRequestId(requestId)
        .build();
  }

  private Conversation thread(String id) {
    return agent("x")
        .getConversation(
            GetConversationRequest.newBuilder().setName("conversations/" + id).build());
  }

  private List<Message> messages(String id) {
    return agent("x")
        .listMessages(
            ListMessagesRequest.newBuilder()
                .setParent("conversations/" + id)
                .setPageSize(200)
                .build())
        .getMessagesList()
        .reversed();
  }

  private static void refused(ThrowingCallable call, Status.Code code, String reason) {
    var error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).as("%s", reason).isNotNull();
    assertThat(Objects.requireNonNull(Statuses.errorInfo(error)).getReason()).isEqualTo(reason);
    assertThat(error.getStatus().getCode()).isEqualTo(code);
  }

  @Test
  void customer_guest_andAgent_speak() {
    var empty =
        customer("julia")
            .getConversation(GetConversationRequest.newBuilder().setName(MINE).build());
    assertThat(empty.getState()).isEqualTo(Conversation.State.NEW);
    assertThat(empty.getName()).isEqualTo("conversations/julia");
    var first = customer("julia").sendMessage(say(MINE, "Ciao", "1"));
    assertThat(first.getName()).isEqualTo("conversations/julia/messages/0000000001");
    assertThat(first.getAuthor().getKind()).isEqualTo(Author.Kind.CUSTOMER);
    assertThat(first.getAuthor().getDisplayName()).isEqualTo("Giulia Rossi");
    assertThat(customer("julia").sendMessage(say(MINE, "Ciao", "1"))).isEqualTo(first);
    refused(
        () -> customer("julia").sendMessage(say(MINE, "Altro", "1")),
        Status.Code.ALREADY_EXISTS,
        "REQUEST_ID_REUSED");
    var open = thread("julia");
    assertThat(open.getState()).isEqualTo(Conversation.State.OPEN);
    assertThat(open.hasWaitingSinceTime()).isTrue();
    assertThat(open.getCustomerDisplayName()).isEqualTo("Giulia Rossi");
    assertThat(open.getCustomerGuest()).isFalse();
    var reply = agent("anna").sendMessage(say("conversations/julia", "Buongiorno", "1"));
    assertThat(reply.getAuthor().getDisplayName()).isEqualTo("Agent anna");
    var answered = thread("julia");
    assertThat(answered.hasWaitingSinceTime()).isFalse();
    assertThat(answered.getAssignee()).isEqualTo("staff/anna");
    assertThat(answered.getLastMessage()).isEqualTo(reply);
    assertThat(answered.getMessageCount()).isEqualTo(2);
    guest("guest1").sendMessage(say(MINE, "Chi siete?", ""));
    assertThat(thread("guest1").getCustomerGuest()).isTrue();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(events(MessageSent.getDescriptor().getFullName()))
                    .extracting(event -> event.getActor().getPrincipal())
                    .containsExactly("customers/julia", "staff/anna", "customers/guest1"));
  }

  private List<Event> events(String type) {
    return Objects.requireNonNull(feed.after(0, 10_000).block(PATIENCE)).stream()
        .map(FeedStore.Positioned::event)
        .filter(event -> event.getType().equals(type))
        .toList();
  }

  @Test
  void identityDown_sheCanStillWrite_andKeepsHerName() {
    customer("julia").sendMessage(say(MINE, "1", ""));
    down.add("identity");
    customer("julia").sendMessage(say(MINE, "2", ""));
    assertThat(thread("julia").getMessageCount()).isEqualTo(2);
    assertThat(thread("julia").getCustomerDisplayName()).isEqualTo("Giulia Rossi");
  }

  @Test
  void foreignThreads_areNotFound() {
    customer("julia").sendMessage(say(MINE, "Ciao", ""));
    refused(
        () -> customer("other").sendMessage(say("conversations/julia", "Ciao", "")),
        Status.Code.NOT_FOUND,
        "CONVERSATION_NOT_FOUND");
    refused(
        () ->
            customer("other")
                .listMessages(
                    ListMessagesRequest.newBuilder().setParent("conversations/julia").build()),
        Status.Code.NOT_FOUND,
        "CONVERSATION_NOT_FOUND");
    refused(
        () ->
            customer("other")
                .getConversation(
                    GetConversationRequest.newBuilder()
                        .setName("customers/julia/conversation")
                        .build()),
        Status.Code.NOT_FOUND,
        "RESOURCE_NOT_FOUND");
    refused(
        () -> agent("anna").sendMessage(say("conversations/nobody", "Ciao", "")),
        Status.Code.NOT_FOUND,
        "CONVERSATION_NOT_FOUND");
    refused(
        () -> customer("julia").listConversations(ListConversationsRequest.getDefaultInstance()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () -> customer("julia").sendMessage(say(MINE, "", "")),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  @Test
  void lists_andFilters() {
    for (int i = 0; i < 5; i++) {
      customer("c" + i).sendMessage(say(MINE, "m" + i, ""));
      clock.advance(Duration.ofSeconds(1));
    }
    var anna = agent("anna");
    anna.assignConversation(
        AssignConversationRequest.newBuilder().setName("conversations/c1").build());
    anna.resolveConversation(
        ResolveConversationRequest.newBuilder().setName("conversations/c2").build());
    assertThat(list(anna, "")).containsExactly("c0", "c1", "c3", "c4");
    assertThat(list(anna, "assignee=me")).containsExactly("c1");
    assertThat(list(anna, "state=OPEN AND assignee=none")).containsExactly("c0", "c3", "c4");
    assertThat(list(anna, "state=RESOLVED")).containsExactly("c2");
    assertThat(list(anna, "assignee=staff/nobody")).isEmpty();
    for (String wrong : List.of("x", "state=NEW", "state=", "assignee=bob", "state=OPEN OR a=b")) {
      refused(() -> list(anna, wrong), Status.Code.INVALID_ARGUMENT, "FILTER_INVALID");
    }
    var first =
        anna.listConversations(ListConversationsRequest.newBuilder().setPageSize(3).build());
    var second =
        anna.listConversations(
            ListConversationsRequest.newBuilder()
                .setPageSize(3)
                .setPageToken(first.getNextPageToken())
                .build());
    assertThat(second.getConversationsList()).hasSize(1);
    assertThat(second.getNextPageToken()).isEmpty();
    for (int i = 0; i < 4; i++) {
      customer("c0").sendMessage(say(MINE, "n" + i, ""));
    }
    var page =
        customer("c0")
            .listMessages(ListMessagesRequest.newBuilder().setParent(MINE).setPageSize(3).build());
    assertThat(page.getMessagesList())
        .extracting(Message::getText)
        .containsExactly("n3", "n2", "n1");
    var rest =
        customer("c0")
            .listMessages(
                ListMessagesRequest.newBuilder()
                    .setParent(MINE)
                    .setPageSize(3)
                    .setPageToken(page.getNextPageToken())
                    .build());
    assertThat(rest.getMessagesList()).extracting(Message::getText).containsExactly("n0", "m0");
    assertThat(rest.getNextPageToken()).isEmpty();
  }

  private static List<String> list(
      ConversationServiceGrpc.ConversationServiceBlockingStub by, String filter) {
    return by
        .listConversations(ListConversationsRequest.newBuilder().setFilter(filter).build())
        .getConversationsList()
        .stream()
        .map(one -> one.getName().substring("conversations/".length()))
        .toList();
  }

  @Test
  void assign_resolve_reopen() {
    customer("julia").sendMessage(say(MINE, "Ciao", ""));
    var anna = agent("anna");
    refused(
        () ->
            anna.assignConversation(
                AssignConversationRequest.newBuilder()
                    .setName("conversations/julia")
                    .setAssignee("customers/x")
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        "ASSIGNEE_INVALID");
    store.present("staff/berta", "Berta", clock.instant()).block(PATIENCE);
    var given =
        anna.assignConversation(
            AssignConversationRequest.newBuilder()
                .setName("conversations/julia")
                .setAssignee("staff/berta")
                .build());
    assertThat(given.getAssigneeDisplayName()).isEqualTo("Berta");
    var resolved =
        anna.resolveConversation(
            ResolveConversationRequest.newBuilder().setName("conversations/julia").build());
    assertThat(resolved.getState()).isEqualTo(Conversation.State.RESOLVED);
    assertThat(resolved.getAssignee()).isEmpty();
    assertThat(resolved.hasWaitingSinceTime()).isFalse();
    customer("julia").sendMessage(say(MINE, "Ancora io", ""));
    assertThat(thread("julia").getState()).isEqualTo(Conversation.State.OPEN);
    assertThat(thread("julia").hasWaitingSinceTime()).isTrue();
  }

  @Test
  void threads_goToWhoeverIsThereAndHasTheFewest() throws InterruptedException {
    customer("w1").sendMessage(say(MINE, "Ciao", ""));
    customer("w2").sendMessage(say(MINE, "Ciao", ""));
    customer("w3").sendMessage(say(MINE, "Ciao", ""));
    assertThat(thread("w1").getAssignee()).isEmpty();
    var inbox = new Seen<WatchConversationsResponse>();
    var watch = watchInbox(agentToken("anna"), "", inbox);
    // two wait for her, as many as she can answer
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(list(agent("anna"), "assignee=me")).hasSize(2));
    assertThat(list(agent("anna"), "state=OPEN AND assignee=none")).hasSize(1);
    store.present("staff/berta", "Berta", clock.instant().plusSeconds(25)).block(PATIENCE);
    customer("w4").sendMessage(say(MINE, "Ciao", ""));
    assertThat(thread("w4").getAssignee()).isEqualTo("staff/berta");
    assertThat(thread("w4").getAssigneeDisplayName()).isEqualTo("Berta");
    var seen = new ArrayList<String>();
    while (!seen.contains("conversations/w4 staff/berta")) {
      var next = inbox.next().getConversation();
      seen.add(next.getName() + " " + next.getAssignee());
    }
    watch.cancel(null);
    clock.advance(Duration.ofSeconds(26)); // nobody is there any more
    customer("w5").sendMessage(say(MINE, "Ciao", ""));
    assertThat(thread("w5").getAssignee()).isEmpty();
  }

  private Context.CancellableContext watchInbox(
      String token, String cursor, StreamObserver<WatchConversationsResponse> observer) {
    var context = Context.current().withCancellation();
    context.run(
        () ->
            ConversationServiceGrpc.newStub(channel)
                .withCallCredentials(TestTokens.bearer(token))
                .watchConversations(
                    WatchConversationsRequest.newBuilder().setResumeCursor(cursor).build(),
                    observer));
    return context;
  }

  private Context.CancellableContext watch(
      String id, String cursor, StreamObserver<WatchConversationResponse> observer) {
    var context = Context.current().withCancellation();
    context.run(
        () ->
            ConversationServiceGrpc.newStub(channel)
                .withCallCredentials(tokens.bearer(Role.ROLE_CUSTOMER, "customers/" + id))
                .watchConversation(
                    WatchConversationRequest.newBuilder()
                        .setName(MINE)
                        .setResumeCursor(cursor)
                        .build(),
                    observer));
    return context;
  }

  @Test
  void aWatch_missesNothing_alsoAfterItWasCut() throws InterruptedException {
    int all = 500;
    var writing =
        Flux.range(1, all)
            .concatMap(
                i -> conversations.systemSays("julia", "k" + i, "text " + i, "reservations/r", ""))
            .then()
            .toFuture();
    var texts = new ArrayList<String>();
    var cursor = "";
    for (int cut : List.of(1, 120, 121, all)) {
      var seen = new Seen<WatchConversationResponse>();
      var watch = watch("julia", cursor, seen);
      while (texts.size() < cut) {
        var next = seen.next();
        cursor = next.getCursor();
        if (next.hasMessage()) {
          if (texts.isEmpty()) { // it begins with the last fifty
            int at = Integer.parseInt(next.getMessage().getText().substring("text ".length()));
            IntStream.range(1, at).forEach(i -> texts.add("text " + i));
          }
          texts.add(next.getMessage().getText());
        }
      }
      watch.cancel(null);
    }
    writing.join();
    assertThat(texts).isEqualTo(IntStream.rangeClosed(1, all).mapToObj(i -> "text " + i).toList());
    // and whoever comes back after more than a page of them
    var seen = new Seen<WatchConversationResponse>();
    watch("julia", "0.0", seen);
    var again = new ArrayList<String>();
    while (again.size() < all) {
      var next = seen.next();
      if (next.hasMessage()) {
        again.add(next.getMessage().getText());
      }
    }
    assertThat(again).isEqualTo(texts);
  }

  /** Watches her own thread as the gateway does: from the last cursor, whenever she is cut off. */
  private final class Follower implements StreamObserver<WatchConversationResponse> {
    private final Role role;
    private final String id;
    private final Seen<WatchConversationResponse> seen = new Seen<>();
    private volatile String cursor = "";

    Follower(Role role, String id) {
      this.role = role;
      this.id = id;
      open();
    }

    private void open() {
      ConversationServiceGrpc.newStub(channel)
          .withCallCredentials(tokens.bearer(role, "customers/" + id))
          .watchConversation(
              WatchConversationRequest.newBuilder().setName(MINE).setResumeCursor(cursor).build(),
              this);
    }

    @Override
    public void onNext(WatchConversationResponse value) {
      cursor = value.getCursor();
      seen.onNext(value);
    }

    @Override
    public void onError(Throwable error) {
      if (Status.fromThrowable(error).getCode() == Status.Code.UNAVAILABLE
          && !channel.isShutdown()) {
        open();
      }
    }

    @Override
    public void onCompleted() {}

    /**
     * The texts of the next messages, all of this thread, which is as it is in what comes between.
     */
    List<String> next(String thread, int count) throws InterruptedException {
      var texts = new ArrayList<String>();
      while (texts.size() < count) {
        var next = seen.next();
        var name =
            next.hasMessage() ? next.getMessage().getName() : next.getConversation().getName();
        assertThat(name + "/").startsWith("conversations/" + thread + "/");
        if (next.hasMessage()) {
          texts.add(next.getMessage().getText());
        }
      }
      return texts;
    }
  }

  @Test
  void aWatch_acrossAMergeAndItsEnd_goesOnInTheThreadThatIsHers() throws InterruptedException {
    customer("julia").sendMessage(say(MINE, "j0", ""));
    for (int i = 0; i < 3; i++) {
      guest("guest1").sendMessage(say(MINE, "g" + i, ""));
    }
    var device = new Follower(Role.ROLE_GUEST, "guest1");
    assertThat(device.next("guest1", 3)).containsExactly("g0", "g1", "g2");
    var hers = new Follower(Role.ROLE_CUSTOMER, "julia");
    assertThat(hers.next("julia", 1)).containsExactly("j0");

    // The streams of whoever became another are ended first, then the threads are merged.
    aliases.record("customers/guest1", "customers/julia").block(PATIENCE);
    access.endStale().block(PATIENCE);
    conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    assertThat(device.next("julia", 4)).containsExactly("j0", "g0", "g1", "g2");
    assertThat(hers.next("julia", 3)).containsExactly("g0", "g1", "g2");
    for (int i = 1; i < 6; i++) {
      customer("julia").sendMessage(say(MINE, "j" + i, ""));
    }
    for (var each : List.of(device, hers)) {
      assertThat(each.next("julia", 5)).containsExactly("j1", "j2", "j3", "j4", "j5");
    }

    // Her numbers in her own thread are smaller than those she has seen in the other.
    aliases.part("customers/guest1").block(PATIENCE);
    access.endStale().block(PATIENCE);
    conversations
        .unmerged("customers/julia", "customers/guest1", Set.of("customers/guest1"))
        .block(PATIENCE);
    assertThat(device.next("guest1", 3)).containsExactly("g0", "g1", "g2");
    guest("guest1").sendMessage(say(MINE, "g3", ""));
    assertThat(device.next("guest1", 1)).containsExactly("g3");
    customer("julia").sendMessage(say(MINE, "j6", ""));
    assertThat(hers.next("julia", 1)).containsExactly("j6");
    guest("guest1").sendMessage(say(MINE, "g4", ""));
    assertThat(device.next("guest1", 1)).containsExactly("g4");
    assertThat(hers.seen.values).filteredOn(WatchConversationResponse::hasMessage).isEmpty();
  }

  @Test
  void theInbox_goesOnWhereItWas() throws InterruptedException {
    customer("c1").sendMessage(say(MINE, "Ciao", ""));
    var first = new Seen<WatchConversationsResponse>();
    var manager = tokens.token(Role.ROLE_MANAGER, "staff/boss");
    var watch = watchInbox(manager, "", first);
    var start = first.next();
    assertThat(start.getConversation().getName()).isEqualTo("conversations/c1");
    customer("c2").sendMessage(say(MINE, "Ciao", ""));
    var second = first.next();
    assertThat(second.getConversation().getName()).isEqualTo("conversations/c2");
    watch.cancel(null);
    clock.advance(Duration.ofSeconds(10));
    agent("anna")
        .resolveConversation(
            ResolveConversationRequest.newBuilder().setName("conversations/c1").build());
    clock.advance(Duration.ofSeconds(10));
    var again = new Seen<WatchConversationsResponse>();
    watchInbox(manager, second.getCursor(), again);
    var states = new ArrayList<Conversation.State>();
    while (!states.contains(Conversation.State.RESOLVED)) {
      states.add(again.next().getConversation().getState());
    }
  }

  @Test
  void context_namesWhatCannotBeReached() {
    customer("julia").sendMessage(say(MINE, "Ciao", ""));
    var request = GetConversationContextRequest.newBuilder().setName("conversations/julia").build();
    var whole = agent("anna").getConversationContext(request);
    assertThat(whole.getUnreachableList()).isEmpty();
    assertThat(whole.getCustomer().getGivenName()).isEqualTo("Giulia");
    assertThat(whole.getCart().getLinesList()).hasSize(1);
    assertThat(whole.getReservationsList()).hasSize(1);
    assertThat(whole.getTimelineList()).hasSize(1);
    assertThat(whole.getStock(0).getSku()).isEqualTo("SOFA");
    down.addAll(List.of("journey", "inventory"));
    var part = agent("anna").getConversationContext(request);
    assertThat(part.getUnreachableList()).containsExactlyInAnyOrder("timeline", "stock");
    assertThat(part.getCart().getLinesList()).hasSize(1);
    down.addAll(List.of("identity", "cart", "reservation"));
    assertThat(agent("anna").getConversationContext(request).getUnreachableList())
        .containsExactlyInAnyOrder("customer", "cart", "reservations", "timeline");
    refused(
        () -> customer("julia").getConversationContext(request),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
  }

  private Event changed(
      String customer, Reservation.State before, Reservation.State state, String reservation) {
    return Outbox.event(
        "filo/reservation",
        reservation,
        clock.instant(),
        Actor.getDefaultInstance(),
        ReservationChanged.newBuilder()
            .setPreviousState(before)
            .setReservation(
                Reservation.newBuilder()
                    .setName(reservation)
                    .setCustomer(customer)
                    .setState(state)
                    .setStoreTitle("Filo Milano")
                    .setExpireTime(Times.timestamp(clock.instant()))
                    .addLines(ReservationLine.newBuilder().setTitle("Divano").setQuantity(2)))
            .build());
  }

  @Test
  void reservationNews_areToldOnce() {
    var held =
        changed(
            "customers/julia",
            Reservation.State.STATE_UNSPECIFIED,
            Reservation.State.HELD,
            "reservations/r");
    for (int i = 0; i < 3; i++) {
      news.tell(held).block(PATIENCE);
    }
    var longer =
        changed(
            "customers/julia", Reservation.State.HELD, Reservation.State.HELD, "reservations/r");
    news.tell(longer).block(PATIENCE);
    var told = messages("julia");
    assertThat(told).hasSize(2);
    assertThat(told.getFirst().getAuthor().getKind()).isEqualTo(Author.Kind.SYSTEM);
    assertThat(told.getFirst().getSubject()).isEqualTo("reservations/r");
    assertThat(told.getFirst().getSubjectState()).isEqualTo("HELD");
    assertThat(told.getFirst().getText())
        .startsWith("Set aside for you: 2 × Divano. It waits at Filo Milano until Monday 2 March");
    assertThat(told.getLast().getText()).startsWith("We keep it longer");
    assertThat(thread("julia").getState()).isEqualTo(Conversation.State.NEW);
    // what says nothing to her, or has nobody to be said to, holds nothing up
    news.tell(
            changed(
                "customers/julia",
                Reservation.State.STATE_UNSPECIFIED,
                Reservation.State.PENDING,
                "reservations/p"))
        .block(PATIENCE);
    news.tell(
            changed(
                "customers/gone",
                Reservation.State.STATE_UNSPECIFIED,
                Reservation.State.HELD,
                "reservations/g"))
        .block(PATIENCE);
    assertThat(messages("julia")).hasSize(2);
  }

  private Event moved(
      String customer, WaitlistEntry.State before, WaitlistEntry.State state, int position) {
    return Outbox.event(
        "filo/reservation",
        "waitlistEntries/w",
        clock.instant(),
        Actor.getDefaultInstance(),
        WaitlistEntryChanged.newBuilder()
            .setPreviousState(before)
            .setEntry(
                WaitlistEntry.newBuilder()
                    .setName("waitlistEntries/w")
                    .setCustomer(customer)
                    .setState(state)
                    .setPosition(position)
                    .setQuantity(3)
                    .setOfferedQuantity(2)
                    .setTitle("Divano")
                    .setStoreTitle("Filo Milano")
                    .setOfferExpireTime(Times.timestamp(clock.instant())))
            .build());
  }

  @Test
  void waitlistNews_areToldOnce() {
    var joined =
        moved(
            "customers/julia",
            WaitlistEntry.State.STATE_UNSPECIFIED,
            WaitlistEntry.State.WAITING,
            4);
    var offered =
        moved("customers/julia", WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED, 0);
    for (int i = 0; i < 2; i++) {
      lines.tell(joined).block(PATIENCE);
      lines.tell(offered).block(PATIENCE);
    }
    var told = messages("julia");
    assertThat(told).hasSize(2);
    assertThat(told.getFirst().getText())
        .startsWith("You are in line: 3 × Divano, at Filo Milano. Your place is 4");
    assertThat(told.getLast().getText())
        .startsWith(
            "It is your turn: 2 × Divano, at Filo Milano. We hold it for you until Monday 2 March");
    assertThat(told.getLast().getSubject()).isEqualTo("waitlistEntries/w");
    assertThat(told.getLast().getSubjectState()).isEqualTo("OFFERED");
    // an offer she could not accept stands; what she does herself is no news; nobody to be told
    lines
        .tell(moved("customers/julia", WaitlistEntry.State.OFFERED, WaitlistEntry.State.TAKEN, 0))
        .block(PATIENCE);
    lines
        .tell(moved("customers/julia", WaitlistEntry.State.WAITING, WaitlistEntry.State.LEFT, 0))
        .block(PATIENCE);
    lines
        .tell(moved("customers/gone", WaitlistEntry.State.WAITING, WaitlistEntry.State.OFFERED, 0))
        .block(PATIENCE);
    assertThat(messages("julia")).hasSize(2);
    lines
        .tell(moved("customers/julia", WaitlistEntry.State.OFFERED, WaitlistEntry.State.LAPSED, 0))
        .block(PATIENCE);
    assertThat(messages("julia").getLast().getText()).startsWith("The time to accept has passed");
  }

  private Event happened(String customer, ReservationChanged.Kind kind) {
    return Outbox.event(
        "filo/reservation",
        "reservations/r",
        clock.instant(),
        Actor.getDefaultInstance(),
        ReservationChanged.newBuilder()
            .setKind(kind)
            .setReservation(
                Reservation.newBuilder()
                    .setName("reservations/r")
                    .setCustomer(customer)
                    .setState(Reservation.State.REFUSED)
                    .setRefusalCause(RefusalCause.DAMAGED)
                    .setStoreTitle("Filo Milano")
                    .setExpireTime(Times.timestamp(clock.instant()))
                    .addLines(
                        ReservationLine.newBuilder()
                            .setTitle("Divano")
                            .setQuantity(3)
                            .setCollectedQuantity(1))
                    .setOffer(
                        Offer.newBuilder()
                            .setStoreTitle("Filo Torino")
                            .setDistanceMeters(3250)
                            .setExpireTime(Times.timestamp(clock.instant()))))
            .build());
  }

  /** Each kind of news in her language; the kinds that are none; the one that is staff's alone. */
  @ParameterizedTest
  @CsvSource({
    "HELD,Set aside for you: 3 × Divano",
    "PREPARED,It is ready",
    "EXTENDED,We keep it longer",
    "REMINDED,A reminder: 3 × Divano still waits for you at Filo Milano",
    "PARTLY_COLLECTED,Collected in part. Still waiting for you: 2 × Divano",
    "COLLECTED,Collected: ",
    "EXPIRED,The reservation has lapsed",
    "CANCELLED,The reservation is cancelled",
    "REFUSED,We are sorry: Filo Milano cannot keep 3 × Divano (it is damaged)",
    "'OFFERED','Filo Torino has it, 3.3 km from there: 3 × Divano'",
    "OFFER_NONE,No other store nearby has all of it now",
    "ESCALATED,The store has not seen the reservation yet",
    "ACKNOWLEDGED,",
    "OFFER_ACCEPTED,",
    "OFFER_DECLINED,",
    "PUT_BACK,",
    "KIND_UNSPECIFIED,We are sorry",
  })
  void reservationNews_ofEachKind(ReservationChanged.Kind kind, @Nullable String words) {
    var event = happened("customers/julia", kind);
    news.tell(event).block(PATIENCE);
    news.tell(event).block(PATIENCE);
    var told = messages("julia");
    if (words == null) {
      assertThat(told).isEmpty();
      return;
    }
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().getText()).startsWith(words);
    assertThat(told.getFirst().getSubject()).isEqualTo("reservations/r");
    boolean forStaff = kind == ReservationChanged.Kind.ESCALATED;
    assertThat(told.getFirst().getStaffOnly()).isEqualTo(forStaff);
    var hers =
        customer("julia").listMessages(ListMessagesRequest.newBuilder().setParent(MINE).build());
    assertThat(hers.getMessagesList()).hasSize(forStaff ? 0 : 1);
    assertThat(thread("julia").hasLastMessage()).isEqualTo(!forStaff);
  }

  @Test
  void aNoteForStaff_isInNoWatchOfHers_andStaysStaffsAfterAMerge() throws InterruptedException {
    conversations.systemNotes("guest1", "n", "note", "reservations/r", "ESCALATED").block(PATIENCE);
    guest("guest1").sendMessage(say(MINE, "Ciao", ""));
    conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    assertThat(messages("julia")).extracting(Message::getText).containsExactly("note", "Ciao");
    assertThat(messages("julia")).extracting(Message::getStaffOnly).containsExactly(true, false);
    var hers = new Seen<WatchConversationResponse>();
    var watching = watch("julia", "", hers);
    assertThat(hers.next().hasConversation()).isTrue();
    assertThat(hers.next().getMessage().getText()).isEqualTo("Ciao");
    conversations
        .systemNotes("julia", "m", "another", "reservations/r", "ESCALATED")
        .block(PATIENCE);
    assertThat(hers.next().hasConversation()).isTrue(); // somebody changed something, not what
    conversations.systemSays("julia", "k", "open", "reservations/r", "HELD").block(PATIENCE);
    assertThat(hers.next().getConversation().getLastMessage().getText()).isEqualTo("open");
    assertThat(hers.next().getMessage().getText()).isEqualTo("open");
    watching.cancel(null);
  }

  @Test
  void signIn_bringsTheGuestsThread_once() {
    customer("julia").sendMessage(say(MINE, "Prima", ""));
    agent("anna").sendMessage(say("conversations/julia", "Dica", ""));
    agent("anna")
        .resolveConversation(
            ResolveConversationRequest.newBuilder().setName("conversations/julia").build());
    clock.advance(Duration.ofMinutes(5));
    for (int i = 0; i < 3; i++) {
      guest("guest1").sendMessage(say(MINE, "g" + i, ""));
    }
    var waits = thread("guest1").getWaitingSinceTime();
    clock.advance(Duration.ofMinutes(5));
    var token =
        tokens.token(
            Role.ROLE_CUSTOMER,
            "customers/julia",
            claims -> claims.claim(Claims.FORMER, "customers/guest1"));
    assertThat(
            as(token)
                .listMessages(ListMessagesRequest.newBuilder().setParent(MINE).build())
                .getMessagesList())
        .hasSize(5);
    for (int i = 0; i < 2; i++) {
      conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    }
    assertThat(messages("julia"))
        .extracting(Message::getText)
        .containsExactly("Prima", "Dica", "g0", "g1", "g2");
    var merged = thread("julia");
    assertThat(merged.getState()).isEqualTo(Conversation.State.OPEN);
    assertThat(merged.getWaitingSinceTime()).isEqualTo(waits);
    assertThat(merged.getCustomerGuest()).isFalse();
    assertThat(merged.getCustomerDisplayName()).isEqualTo("Giulia Rossi");
    assertThat(thread("guest1").getState()).isEqualTo(Conversation.State.RESOLVED);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(events(MessageSent.getDescriptor().getFullName()))
                    .as("what was said is told once")
                    .hasSize(5));
  }

  @Test
  void aResolvedGuestsThread_opensNothing() {
    guest("guest1").sendMessage(say(MINE, "Ciao", ""));
    agent("anna")
        .resolveConversation(
            ResolveConversationRequest.newBuilder().setName("conversations/guest1").build());
    conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    assertThat(thread("julia").getState()).isEqualTo(Conversation.State.RESOLVED);
    assertThat(thread("julia").getMessageCount()).isEqualTo(1);
    customer("julia").sendMessage(say(MINE, "Di nuovo", ""));
    conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    assertThat(thread("julia").getState()).isEqualTo(Conversation.State.OPEN);
    assertThat(thread("julia").getMessageCount()).isEqualTo(2);
  }

  @Test
  void unmerge_givesBackWhatWasSaid_andWhoWaits() {
    customer("julia").sendMessage(say(MINE, "Prima", ""));
    agent("anna").sendMessage(say("conversations/julia", "Dica", ""));
    clock.advance(Duration.ofMinutes(5));
    guest("guest1").sendMessage(say(MINE, "g0", ""));
    conversations.systemNotes("guest1", "n", "note", "reservations/r", "ESCALATED").block(PATIENCE);
    var waits = thread("guest1").getWaitingSinceTime();
    // by way of another one
    conversations.merged("customers/guest2", "customers/guest1").block(PATIENCE);
    guest("guest2").sendMessage(say(MINE, "h0", ""));
    conversations.merged("customers/julia", "customers/guest2").block(PATIENCE);
    assertThat(messages("julia"))
        .extracting(Message::getText)
        .containsExactly("Prima", "Dica", "g0", "note", "h0");
    for (int i = 0; i < 2; i++) {
      conversations
          .unmerged("customers/julia", "customers/guest1", Set.of("customers/guest1"))
          .block(PATIENCE);
      assertThat(messages("julia"))
          .extracting(Message::getText)
          .containsExactly("Prima", "Dica", "h0");
      assertThat(messages("guest2")).extracting(Message::getText).containsExactly("h0");
      assertThat(messages("guest1")).extracting(Message::getText).containsExactly("g0", "note");
      assertThat(thread("guest1").getState()).isEqualTo(Conversation.State.OPEN);
      assertThat(thread("guest1").getWaitingSinceTime()).isEqualTo(waits);
    }
    conversations
        .unmerged("customers/julia", "customers/guest2", Set.of("customers/guest2"))
        .block(PATIENCE);
    assertThat(messages("julia")).extracting(Message::getText).containsExactly("Prima", "Dica");
    assertThat(thread("julia").getLastMessage().getText()).isEqualTo("Dica");
    assertThat(thread("julia").hasWaitingSinceTime()).isFalse();
    assertThat(thread("guest2").getState()).isEqualTo(Conversation.State.OPEN);
    // and all of it again
    conversations.merged("customers/julia", "customers/guest1").block(PATIENCE);
    assertThat(messages("julia"))
        .extracting(Message::getText)
        .containsExactly("Prima", "Dica", "g0", "note");
  }

  @Test
  void unmerge_diedAtAnyWrite_isFinishedByTheNext() {
    for (int at = 1; ; at++) {
      var name = "julia" + at;
      var former = "guest1" + at;
      var inner = "guest2" + at;
      customer(name).sendMessage(say(MINE, "Prima", ""));
      guest(former).sendMessage(say(MINE, "g0", ""));
      guest(inner).sendMessage(say(MINE, "h0", ""));
      conversations.merged("customers/" + former, "customers/" + inner).block(PATIENCE);
      conversations.merged("customers/" + name, "customers/" + former).block(PATIENCE);
      assertThat(messages(name)).hasSize(3);
      var mortal = new MortalMongo(at);
      var dying =
          new Conversations(
              new MongoConversationStore(mortal.wrap(database)), relay, changes, clock, 2);
      var names = Set.of("customers/" + former, "customers/" + inner);
      dying
          .unmerged("customers/" + name, "customers/" + former, names)
          .onErrorComplete()
          .block(PATIENCE);
      conversations.unmerged("customers/" + name, "customers/" + former, names).block(PATIENCE);
      assertThat(messages(name)).extracting(Message::getText).containsExactly("Prima");
      assertThat(messages(former))
          .extracting(Message::getText)
          .containsExactlyInAnyOrder("g0", "h0");
      assertThat(thread(name).getLastMessage().getText()).isEqualTo("Prima");
      assertThat(thread(former).getState()).isEqualTo(Conversation.State.OPEN);
      if (!mortal.died()) {
        assertThat(at).isGreaterThan(3);
        return;
      }
    }
  }

  private static final class Seen<T> implements StreamObserver<T> {
    private final BlockingQueue<T> values = new LinkedBlockingQueue<>();

    T next() throws InterruptedException {
      var value = values.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(value).isNotNull();
      return Objects.requireNonNull(value);
    }

    @Override
    public void onNext(T value) {
      values.add(value);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
