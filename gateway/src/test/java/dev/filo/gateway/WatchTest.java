package dev.filo.gateway;

import static dev.filo.gateway.FakeServices.refusal;
import static dev.filo.gateway.RunningGateway.json;
import static dev.filo.gateway.RunningGateway.reason;
import static dev.filo.gateway.RunningGateway.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.filo.gateway.FakeServices.Watch;
import dev.filo.gateway.RunningGateway.Events;
import dev.filo.gateway.RunningGateway.Sse;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.conversation.v1.Message;
import dev.filo.proto.conversation.v1.WatchConversationRequest;
import dev.filo.proto.conversation.v1.WatchConversationResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchTest {
  private static final String WATCH = "/v1/customers/me/cart:watch";
  private static final String BOTH =
      "/v1/watch?topic=customers/me/cart&topic=customers/me/conversation";

  private RunningGateway gateway;
  private FakeServices services;

  @BeforeEach
  void forget() {
    gateway = RunningGateway.get();
    services = gateway.services;
  }

  private static Cart cart(String etag) {
    return Cart.newBuilder().setName("customers/julia/cart").setEtag(etag).build();
  }

  @Test
  void watch_event_hasKindIdAndData() throws IOException {
    try (Events events = gateway.events(gateway.mine(WATCH))) {
      Watch<Cart> watch = take(services.carts);
      assertThat(((WatchCartRequest) watch.request()).getResumeCursor()).isEmpty();
      watch.observer().onNext(cart("7"));
      Sse event = events.next();
      assertThat(events.response.statusCode()).isEqualTo(200);
      assertThat(events.response.headers().firstValue("content-type"))
          .hasValue("text/event-stream");
      assertThat(event.event()).isEqualTo("cart");
      assertThat(event.id()).isEqualTo("7");
      assertThat(json(event.data()).path("lines").isArray()).isTrue();
      assertThat(take(events.comments)).startsWith(":");
      assertThat(take(events.comments)).as("heartbeat").startsWith(":");
    }
  }

  @Test
  void watch_silentService_beginsWithCommentAnyway() throws IOException {
    try (Events events = gateway.events(gateway.mine(WATCH))) {
      assertThat(take(events.comments)).startsWith(":");
    }
  }

  @Test
  void watch_lastEventId_resumes() throws IOException {
    try (Events events = gateway.events(gateway.mine(WATCH).header("Last-Event-ID", "41"))) {
      Watch<Cart> watch = take(services.carts);
      assertThat(((WatchCartRequest) watch.request()).getResumeCursor()).isEqualTo("41");
      watch.observer().onNext(cart("42"));
      assertThat(events.next().id()).isEqualTo("42");
    }
    try (Events events = gateway.events(gateway.mine(WATCH + "?lastEventId=40"))) {
      Watch<Cart> watch = take(services.carts);
      assertThat(((WatchCartRequest) watch.request()).getResumeCursor()).isEqualTo("40");
      watch.observer().onNext(cart("42"));
      assertThat(events.next().id()).isEqualTo("42");
    }
  }

  @Test
  void watch_cursorTooOld_resetsAndGoesOn() throws IOException {
    services.cartRefusals =
        new StatusRuntimeException[] {
          refusal(Status.Code.OUT_OF_RANGE, "CURSOR_TOO_OLD", "api.filo", "Too old.")
        };
    try (Events events = gateway.events(gateway.mine(WATCH).header("Last-Event-ID", "1"))) {
      Watch<Cart> watch = take(services.carts);
      assertThat(((WatchCartRequest) watch.request()).getResumeCursor()).isEmpty();
      watch.observer().onNext(cart("9"));
      assertThat(events.next().event()).isEqualTo("reset");
      assertThat(events.next().id()).isEqualTo("9");
    }
  }

  @Test
  void watch_serviceBreaks_isOpenedAgainFromLastCursor() throws IOException {
    try (Events events = gateway.events(gateway.mine(WATCH))) {
      Watch<Cart> watch = take(services.carts);
      watch.observer().onNext(cart("5"));
      assertThat(events.next().id()).isEqualTo("5");
      services.cartRefusals =
          new StatusRuntimeException[] {
            Status.UNAVAILABLE.asRuntimeException(), Status.UNAVAILABLE.asRuntimeException()
          };
      watch.observer().onError(Status.UNAVAILABLE.asRuntimeException());
      Watch<Cart> again = take(services.carts);
      assertThat(((WatchCartRequest) again.request()).getResumeCursor()).isEqualTo("5");
      again.observer().onNext(cart("6"));
      assertThat(events.next().id()).isEqualTo("6");
      again.observer().onCompleted();
      Watch<Cart> third = take(services.carts);
      assertThat(((WatchCartRequest) third.request()).getResumeCursor()).isEqualTo("6");
      assertThat(events.end).isEmpty();
    }
  }

  @Test
  void watch_refusedBeforeFirstEvent_isOrdinaryProblem() {
    services.cartRefusals =
        new StatusRuntimeException[] {
          refusal(Status.Code.PERMISSION_DENIED, "ROLE_NOT_ALLOWED", "api.filo", "Not yours.")
        };
    HttpResponse<String> response = gateway.send(gateway.mine(WATCH));
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(reason(response)).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(gateway.send(gateway.request(WATCH)).statusCode()).isEqualTo(401);
  }

  @Test
  void watch_clientLeaves_cancelsCall() throws Exception {
    Watch<Cart> watch;
    try (Events events = gateway.events(gateway.mine(WATCH))) {
      watch = take(services.carts);
      watch.observer().onNext(cart("1"));
      events.next();
    }
    assertThat(watch.cancelled().await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void watch_slowReader_holdsServiceBack() throws Exception {
    // A reader that never reads: the service must be told to wait long before memory is full.
    try (java.net.Socket socket = new java.net.Socket()) {
      socket.setReceiveBufferSize(32 * 1024);
      socket.connect(
          new java.net.InetSocketAddress("localhost", gateway.context.getWebServer().getPort()));
      String head =
          "GET "
              + WATCH
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + gateway.token("customers/julia")
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      Watch<Cart> watch = take(services.carts);
      Cart large = cart("x".repeat(64 * 1024));
      AtomicInteger sent = new AtomicInteger();
      await()
          .during(java.time.Duration.ofSeconds(1))
          .atMost(java.time.Duration.ofSeconds(30))
          .until(
              () -> {
                boolean waiting = !watch.observer().isReady();
                while (watch.observer().isReady() && sent.get() < 1000) {
                  watch.observer().onNext(large);
                  sent.incrementAndGet();
                }
                return waiting;
              });
      assertThat(sent.get()).as("64 KiB messages taken").isBetween(1, 300);
      assertThat(watch.cancelled().getCount()).as("still open").isEqualTo(1);
    }
  }

  @Test
  void watch_tokenExpires_endsStream() throws IOException {
    String soon = gateway.identity.token("customers/soon", Instant.now().plusSeconds(5));
    try (Events events =
        gateway.events(gateway.request(WATCH).header("Authorization", "Bearer " + soon))) {
      take(services.carts).observer().onNext(cart("1"));
      events.next();
      Sse last = events.next();
      assertThat(last.event()).isEqualTo("refused");
      assertThat(json(last.data()).path("problem").path("reason").asString())
          .isEqualTo("TOKEN_EXPIRED");
      assertThat(take(events.end)).isEqualTo("ended");
    }
  }

  @Test
  void several_topics_shareOneStreamAndCursor() throws IOException {
    String cursor;
    try (Events events = gateway.events(gateway.mine(BOTH))) {
      Watch<Cart> carts = take(services.carts);
      Watch<WatchConversationResponse> talk = take(services.conversations);
      carts.observer().onNext(cart("3"));
      Sse first = events.next();
      assertThat(first.event()).isEqualTo("cart");
      assertThat(json(first.data()).path("topic").asString()).isEqualTo("customers/me/cart");
      assertThat(json(first.data()).path("cart").path("etag").asString()).isEqualTo("3");
      talk.observer()
          .onNext(
              WatchConversationResponse.newBuilder()
                  .setCursor("c8")
                  .setMessage(Message.newBuilder().setText("Buongiorno"))
                  .build());
      Sse second = events.next();
      assertThat(second.event()).isEqualTo("message");
      assertThat(json(second.data()).path("message").path("text").asString())
          .isEqualTo("Buongiorno");
      cursor = second.id();
    }
    services.carts.clear();
    services.conversations.clear();
    // In another order, with one topic more: each resumes from its own.
    String other =
        "/v1/watch?topic=customers/me/conversation&topic=customers/me/cart&topic=customers/x/cart";
    try (Events events = gateway.events(gateway.mine(other).header("Last-Event-ID", cursor))) {
      assertThat(
              ((WatchConversationRequest) take(services.conversations).request()).getResumeCursor())
          .isEqualTo("c8");
      var seen =
          java.util.stream.Stream.of(take(services.carts), take(services.carts))
              .map(each -> (WatchCartRequest) each.request())
              .collect(
                  java.util.stream.Collectors.toMap(
                      WatchCartRequest::getName, WatchCartRequest::getResumeCursor));
      assertThat(seen)
          .containsEntry("customers/me/cart", "3")
          .containsEntry("customers/x/cart", "");
      assertThat(take(events.comments)).startsWith(":");
    }
  }

  @Test
  void several_oneRefused_othersGoOn() throws IOException {
    String path = "/v1/watch?topic=customers/me/cart&topic=conversations/other";
    try (Events events = gateway.events(gateway.mine(path))) {
      take(services.carts).observer().onNext(cart("3"));
      Sse one = events.next();
      Sse two = events.next();
      Sse refused = one.event().equals("refused") ? one : two;
      assertThat(json(refused.data()).path("topic").asString()).isEqualTo("conversations/other");
      assertThat(json(refused.data()).path("problem").path("reason").asString())
          .isEqualTo("ROLE_NOT_ALLOWED");
      assertThat(one.event().equals("cart") || two.event().equals("cart")).isTrue();
      assertThat(events.end).isEmpty();
    }
  }

  @Test
  void several_allRefused_isOrdinaryProblem() {
    String path = "/v1/watch?topic=conversations/a&topic=conversations/b";
    HttpResponse<String> response = gateway.send(gateway.mine(path));
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(reason(response)).isEqualTo("ROLE_NOT_ALLOWED");
  }

  @Test
  void several_damagedCursor_resetsEachTopic() throws IOException {
    try (Events events = gateway.events(gateway.mine(BOTH).header("Last-Event-ID", "%%%"))) {
      assertThat(events.next().event()).isEqualTo("reset");
      assertThat(events.next().event()).isEqualTo("reset");
    }
  }

  @Test
  void several_badTopics_areRefused() {
    assertThat(reason(gateway.send(gateway.mine("/v1/watch")))).isEqualTo("FIELDS_INVALID");
    HttpResponse<String> unknown = gateway.send(gateway.mine("/v1/watch?topic=products/x"));
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(reason(unknown)).isEqualTo("FIELDS_INVALID");
    StringBuilder many = new StringBuilder("/v1/watch?x=1");
    assertThat(reason(gateway.send(gateway.mine(many.toString())))).isEqualTo("PARAMETER_UNKNOWN");
    many = new StringBuilder("/v1/watch?");
    for (int i = 0; i < 6; i++) {
      many.append("&topic=customers/c").append(i).append("/cart");
    }
    assertThat(reason(gateway.send(gateway.mine(many.toString())))).isEqualTo("FIELDS_INVALID");
    assertThat(gateway.send(gateway.request(BOTH)).statusCode()).isEqualTo(401);
  }
}
