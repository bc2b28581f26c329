package dev.filo.conversation.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.conversation.store.MongoConversationStore.CustomerName;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.CartServiceGrpc.CartServiceStub;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.conversation.v1.ConversationContext;
import dev.filo.proto.identity.v1.Consent;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetConsentsRequest;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.IdentityServiceGrpc.IdentityServiceStub;
import dev.filo.proto.identity.v1.UpdateConsentRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.journey.v1.GetTimelineRequest;
import dev.filo.proto.journey.v1.JourneyServiceGrpc;
import dev.filo.proto.journey.v1.JourneyServiceGrpc.JourneyServiceStub;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc.ReservationServiceStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Everything an agent should know before answering, asked of its owners at once, as the agent. */
public final class ContextReader {
  private static final Logger log = LoggerFactory.getLogger(ContextReader.class);
  // An agent waits for the panel; a part that is slower is said to be unreachable.
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration NAME_AGE = Duration.ofSeconds(10);
  private static final int STOCK_LINES = 20;
  private static final int NEARBY = 30;

  private final Channels channels;
  // Who writes writes several times.
  private final Cache<String, CustomerName> names =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(NAME_AGE).build();

  /** Reads through these channels. */
  public ContextReader(Channels channels) {
    this.channels = channels;
  }

  /**
   * A customer by her own service's word, with this service's own right. An error when she cannot
   * be had.
   */
  public Mono<Customer> customer(String name) {
    return Calls.unary(
        channels.asService(IdentityServiceGrpc.newStub(channels.to("identity"))),
        IdentityServiceStub::getCustomer,
        GetCustomerRequest.newBuilder().setName(name).build());
  }

  /** What the caller is called; a name that cannot be had now does not stop her from writing. */
  public Mono<CustomerName> name(Caller caller) {
    boolean guest = caller.is(Role.ROLE_GUEST);
    var key = caller.principal() + (guest ? " guest" : ""); // anew once she has signed in
    var known = names.getIfPresent(key);
    return known != null
        ? Mono.just(known)
        : customer(caller.principal())
            .map(customer -> new CustomerName(displayName(customer), customer.getGuest()))
            .doOnNext(name -> names.put(key, name))
            .timeout(Duration.ofSeconds(1))
            .onErrorReturn(new CustomerName("", guest));
  }

  private static String displayName(Customer customer) {
    return (customer.getGivenName() + " " + customer.getFamilyName()).trim();
  }

  /**
   * What a customer has answered about messages of a kind on a channel; to be asked before every
   * message she did not ask for. Empty when she was not asked: then none may be sent. An error when
   * it cannot be known.
   */
  public Mono<Consent> consent(String customer, Consent.Purpose purpose, Consent.Channel channel) {
    return Calls.unary(
            channels.asService(IdentityServiceGrpc.newStub(channels.to("identity"))),
            IdentityServiceStub::getConsents,
            GetConsentsRequest.newBuilder().setName(customer + "/consents").build())
        .flatMap(
            answers ->
                Mono.justOrEmpty(
                    answers.getConsentsList().stream()
                        .filter(one -> one.getPurpose() == purpose && one.getChannel() == channel)
                        .findFirst()));
  }

  /** Has an answer of hers written down; once under a request id. Empty. */
  public Mono<Void> consented(String customer, Consent consent, String requestId) {
    return Calls.unary(
            channels.asService(IdentityServiceGrpc.newStub(channels.to("identity"))),
            IdentityServiceStub::updateConsent,
            UpdateConsentRequest.newBuilder()
                .setName(customer + "/consents")
                .setConsent(consent)
                .setRequestId(requestId)
                .build())
        .then();
  }

  /** The context of a customer. One value; parts that cannot be reached are named in it. */
  public Mono<ConversationContext> read(String customer, Caller agent, String language) {
    var unreachable = Collections.synchronizedList(new ArrayList<String>());
    var person =
        optional(
            "customer",
            unreachable,
            Calls.unary(
                Channels.asCaller(
                    IdentityServiceGrpc.newStub(channels.to("identity")), agent, language),
                IdentityServiceStub::getCustomer,
                GetCustomerRequest.newBuilder().setName(customer).build()));
    var cart =
        optional(
            "cart",
            unreachable,
            Calls.unary(
                Channels.asCaller(CartServiceGrpc.newStub(channels.to("cart")), agent, language),
                CartServiceStub::getCart,
                GetCartRequest.newBuilder().setName(customer + "/cart").build()));
    var reservations =
        optional(
            "reservations",
            unreachable,
            Calls.unary(
                Channels.asCaller(
                    ReservationServiceGrpc.newStub(channels.to("reservation")), agent, language),
                ReservationServiceStub::listReservations,
                ListReservationsRequest.newBuilder()
                    .setCustomer(customer)
                    .setPageSize(20)
                    .build()));
    var timeline =
        optional(
            "timeline",
            unreachable,
            Calls.unary(
                Channels.asCaller(
                    JourneyServiceGrpc.newStub(channels.to("journey")), agent, language),
                JourneyServiceStub::getTimeline,
                GetTimelineRequest.newBuilder().setParent(customer).setPageSize(50).build()));
    return Mono.zip(person, cart, reservations, timeline)
        .flatMap(
            parts ->
                stock(parts.getT1(), parts.getT2(), agent, language, unreachable)
                    .map(
                        stock -> {
                          var context = ConversationContext.newBuilder();
                          parts.getT1().ifPresent(context::setCustomer);
                          parts.getT2().ifPresent(context::setCart);
                          parts
                              .getT3()
                              .ifPresent(
                                  list -> context.addAllReservations(list.getReservationsList()));
                          parts
                              .getT4()
                              .ifPresent(line -> context.addAllTimeline(line.getTouchpointsList()));
                          return context.addAllStock(stock).addAllUnreachable(unreachable).build();
                        }));
  }

  private Mono<List<FindNearbyResponse>> stock(
      Optional<Customer> customer,
      Optional<Cart> cart,
      Caller agent,
      String language,
      List<String> unreachable) {
    var skus =
        cart.stream()
            .flatMap(found -> found.getLinesList().stream())
            .map(CartLine::getSku)
            .distinct()
            .limit(STOCK_LINES)
            .toList();
    return Flux.fromIterable(skus)
        .flatMapSequential(
            sku -> {
              var request = FindNearbyRequest.newBuilder().addSku(sku).setPageSize(NEARBY);
              customer
                  .filter(Customer::hasPlace)
                  .map(found -> found.getPlace().getLocation())
                  .ifPresent(
                      at -> request.setLatitude(at.getLatitude()).setLongitude(at.getLongitude()));
              return Calls.unary(
                  Channels.asCaller(
                      InventoryServiceGrpc.newStub(channels.to("inventory")), agent, language),
                  InventoryServiceStub::findNearby,
                  request.build());
            })
        .collectList()
        .timeout(PATIENCE)
        .onErrorResume(
            error -> {
              missing("stock", unreachable, error);
              return Mono.just(List.of());
            });
  }

  private static <T> Mono<Optional<T>> optional(
      String part, List<String> unreachable, Mono<T> call) {
    return call.timeout(PATIENCE)
        .map(Optional::of)
        .onErrorResume(
            error -> {
              missing(part, unreachable, error);
              return Mono.just(Optional.empty());
            });
  }

  private static void missing(String part, List<String> unreachable, Throwable error) {
    log.warn("{} of a context cannot be reached: {}", part, error.toString());
    unreachable.add(part);
  }
}
