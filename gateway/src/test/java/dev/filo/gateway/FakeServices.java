package dev.filo.gateway;

import com.google.api.HttpBody;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetMediaRequest;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.ListStoresResponse;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SearchProductsResponse;
import dev.filo.proto.conversation.v1.ConversationServiceGrpc;
import dev.filo.proto.conversation.v1.WatchConversationRequest;
import dev.filo.proto.conversation.v1.WatchConversationResponse;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.ListReservationsResponse;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** gRPC services that answer what a test tells them and remember what they were asked. */
final class FakeServices implements AutoCloseable {
  static final Context.Key<Metadata> HEADERS = Context.key("headers");

  /** A call that came. */
  record Call(Message request, Metadata headers) {
    String header(String name) {
      return String.valueOf(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }
  }

  /** A stream that was opened. */
  record Watch<T extends Message>(
      Message request, ServerCallStreamObserver<T> observer, CountDownLatch cancelled) {}

  final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<Watch<Cart>> carts = new LinkedBlockingQueue<>();
  final LinkedBlockingQueue<Watch<WatchConversationResponse>> conversations =
      new LinkedBlockingQueue<>();

  /** What the next calls are answered; throws to refuse. */
  volatile Function<Message, Message> answer = request -> Cart.getDefaultInstance();

  /** Thrown at the next watchers of carts; nothing to let them in. */
  volatile StatusRuntimeException[] cartRefusals = {};

  /** Calls that are never answered count down when they are cancelled. */
  volatile CountDownLatch hanging = new CountDownLatch(0);

  private final List<Server> servers = new ArrayList<>();
  private final Map<String, String> targets = new LinkedHashMap<>();

  FakeServices() throws IOException {
    start("cart", new Carts());
    start("catalog", new Catalog());
    start("identity", new Identity());
    start("reservation", new Reservations());
    start("conversation", new Conversations());
    targets.put("inventory", "in-process:nobody-" + UUID.randomUUID());
    targets.put("journey", "static://localhost:1");
  }

  Map<String, String> targets() {
    return targets;
  }

  private void start(String name, BindableService service) throws IOException {
    String address = name + "-" + UUID.randomUUID();
    servers.add(
        InProcessServerBuilder.forName(address)
            .addService(service)
            .intercept(new Remember())
            .build()
            .start());
    targets.put(name, "in-process:" + address);
  }

  private static final class Remember implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      return Contexts.interceptCall(
          Context.current().withValue(HEADERS, headers), call, headers, next);
    }
  }

  private <T extends Message> void reply(
      Message request, StreamObserver<T> observer, Class<T> type) {
    calls.add(new Call(request, HEADERS.get()));
    if (hanging.getCount() > 0) {
      CountDownLatch latch = hanging;
      ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(latch::countDown);
      return;
    }
    try {
      observer.onNext(type.cast(answer.apply(request)));
      observer.onCompleted();
    } catch (StatusRuntimeException e) {
      observer.onError(e);
    }
  }

  /** A refusal as services make them. */
  static StatusRuntimeException refusal(
      io.grpc.Status.Code code, String reason, String domain, String text, Message... more) {
    Status.Builder status =
        Status.newBuilder()
            .setCode(code.value())
            .setMessage(text)
            .addDetails(
                Any.pack(ErrorInfo.newBuilder().setReason(reason).setDomain(domain).build()));
    for (Message each : more) {
      status.addDetails(Any.pack(each));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
  }

  private final class Carts extends CartServiceGrpc.CartServiceImplBase {
    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      reply(request, observer, Cart.class);
    }

    @Override
    public void applyCartOperations(
        ApplyCartOperationsRequest request, StreamObserver<Cart> observer) {
      reply(request, observer, Cart.class);
    }

    @Override
    public void watchCart(WatchCartRequest request, StreamObserver<Cart> observer) {
      StatusRuntimeException[] refusals = cartRefusals;
      if (refusals.length > 0) {
        cartRefusals = java.util.Arrays.copyOfRange(refusals, 1, refusals.length);
        observer.onError(refusals[0]);
        return;
      }
      CountDownLatch cancelled = new CountDownLatch(1);
      ServerCallStreamObserver<Cart> call = (ServerCallStreamObserver<Cart>) observer;
      call.setOnCancelHandler(cancelled::countDown);
      carts.add(new Watch<>(request, call, cancelled));
    }
  }

  private final class Catalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void searchProducts(
        SearchProductsRequest request, StreamObserver<SearchProductsResponse> observer) {
      reply(request, observer, SearchProductsResponse.class);
    }

    @Override
    public void listStores(ListStoresRequest request, StreamObserver<ListStoresResponse> observer) {
      reply(request, observer, ListStoresResponse.class);
    }

    @Override
    public void getMedia(GetMediaRequest request, StreamObserver<HttpBody> observer) {
      reply(request, observer, HttpBody.class);
    }
  }

  private final class Identity extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void updateCustomer(UpdateCustomerRequest request, StreamObserver<Customer> observer) {
      reply(request, observer, Customer.class);
    }
  }

  private final class Reservations extends ReservationServiceGrpc.ReservationServiceImplBase {
    @Override
    public void createReservation(
        CreateReservationRequest request, StreamObserver<Reservation> observer) {
      reply(request, observer, Reservation.class);
    }

    @Override
    public void listReservations(
        ListReservationsRequest request, StreamObserver<ListReservationsResponse> observer) {
      reply(request, observer, ListReservationsResponse.class);
    }
  }

  private final class Conversations extends ConversationServiceGrpc.ConversationServiceImplBase {
    @Override
    public void watchConversation(
        WatchConversationRequest request, StreamObserver<WatchConversationResponse> observer) {
      if (request.getName().startsWith("conversations/")) {
        observer.onError(
            refusal(
                io.grpc.Status.Code.PERMISSION_DENIED,
                "ROLE_NOT_ALLOWED",
                "api.filo",
                "Not yours."));
        return;
      }
      CountDownLatch cancelled = new CountDownLatch(1);
      ServerCallStreamObserver<WatchConversationResponse> call =
          (ServerCallStreamObserver<WatchConversationResponse>) observer;
      call.setOnCancelHandler(cancelled::countDown);
      conversations.add(new Watch<>(request, call, cancelled));
    }
  }
}
