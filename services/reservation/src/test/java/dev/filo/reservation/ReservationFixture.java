package dev.filo.reservation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.type.Date;
import com.google.type.DayOfWeek;
import com.google.type.LatLng;
import com.google.type.Money;
import com.google.type.TimeOfDay;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.SpecialDay;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.reservation.grpc.GrpcReservationService;
import dev.filo.reservation.service.Neighbours;
import dev.filo.reservation.service.ReservationPolicy;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The service over a real store and a real gRPC server, with neighbours that speak gRPC. */
public final class ReservationFixture implements AutoCloseable {
  /** How long anything may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Who reserves. */
  public static final String JULIA = "customers/julia";

  /** A Monday, 10:00 in Milan, which is closed on Tuesday and opens 10 to 20. */
  public final MutableClock clock = MutableClock.standing();

  /** The neighbour with the goods. */
  public final Warehouse warehouse = new Warehouse(clock);

  /** The store. */
  public final MongoReservationStore store;

  /** The quotas. */
  public final MongoQuotaStore quotas;

  /** The use cases. */
  public final Reservations reservations;

  private final MongoDatabase database;
  private final FeedStore feed;
  private final Changes changes = new Changes();
  private final FeedTail tail;
  private final Relay relay;
  private final TestTokens tokens = new TestTokens(clock);
  private final String suffix = "-" + Ids.random();
  private final Channels neighbours;
  private final List<Server> servers = new ArrayList<>();
  private final ManagedChannel channel;

  /** The service over a database. */
  public ReservationFixture(MongoDatabase database) {
    this.database = database;
    feed = new FeedStore(database);
    feed.prepare();
    tail = new FeedTail(feed, changes, Duration.ofMillis(50), event -> List.of());
    relay = new Relay(feed, tail, clock);
    store = new MongoReservationStore(database);
    store.prepare();
    relay.watch(store.collection());
    relay.start();
    tail.start();
    quotas = new MongoQuotaStore(database);
    serve("catalog", new Shops());
    serve("inventory", warehouse);
    serve("identity", new People());
    neighbours =
        new Channels(
            name -> "in-process:" + name + suffix, tokens.bearer(Role.ROLE_SERVICE, "services/r"));
    reservations = replica(database);
    var handler = new GrpcReservationService(reservations, store, changes, clock);
    List<BindableService> services = List.of(handler);
    serve(
        "reservation",
        handler,
        new AccessInterceptor(
            Rules.of(services), tokens.verifier(), new SubjectAliases(database), new FieldRules()));
    channel = Channels.open("in-process:reservation" + suffix);
  }

  /** The same service in another process, as it were. */
  public Reservations replica(MongoDatabase seen) {
    return new Reservations(
        new MongoReservationStore(seen),
        new MongoQuotaStore(seen),
        new Neighbours(neighbours),
        new ReservationPolicy(
            2,
            Duration.ofDays(14),
            new ReservationPolicy.Quota(1, 2),
            new ReservationPolicy.Quota(10, 50),
            Duration.ofMinutes(30),
            0.5,
            Duration.ofHours(24),
            Duration.ofHours(2),
            Duration.ofHours(24),
            100_000,
            BigDecimal.valueOf(500)),
        relay,
        changes,
        clock);
  }

  /** The database. */
  public MongoDatabase database() {
    return database;
  }

  private void serve(String name, BindableService service, io.grpc.ServerInterceptor... around) {
    var builder = InProcessServerBuilder.forName(name + suffix).addService(service);
    for (var one : around) {
      builder.intercept(one);
    }
    try {
      servers.add(builder.build().start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls as somebody. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub as(
      Role role, String principal, String... stores) {
    return ReservationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .withCallCredentials(tokens.bearer(role, principal, stores));
  }

  /** Calls with a token of one's own making. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub signedIn(
      String principal, String former) {
    return ReservationServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .withCallCredentials(
            TestTokens.bearer(
                tokens.token(
                    Role.ROLE_CUSTOMER,
                    principal,
                    claims -> claims.claim(dev.filo.platform.auth.Claims.FORMER, former))));
  }

  /** Watches as somebody. */
  public ReservationServiceGrpc.ReservationServiceStub watching(
      Role role, String principal, String... stores) {
    return ReservationServiceGrpc.newStub(channel)
        .withCallCredentials(tokens.bearer(role, principal, stores));
  }

  /** Calls as Julia. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub julia() {
    return as(Role.ROLE_CUSTOMER, JULIA);
  }

  /** Calls as staff of Milan. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub milan() {
    return as(Role.ROLE_STORE_STAFF, "staff/mara", "stores/milano");
  }

  /** Calls as the till of Milan. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub till() {
    return as(Role.ROLE_DEVICE, "devices/till", "stores/milano");
  }

  /** Calls as a manager. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub manager() {
    return as(Role.ROLE_MANAGER, "staff/boss");
  }

  /** Calls as an agent. */
  public ReservationServiceGrpc.ReservationServiceBlockingStub agent() {
    return as(Role.ROLE_AGENT, "staff/anna");
  }

  /** Pieces of a SKU at Milan. */
  public static CreateReservationRequest.Builder wish(String requestId, String sku, int pieces) {
    return CreateReservationRequest.newBuilder()
        .setStore("stores/milano")
        .setRequestId(requestId)
        .addLines(ReservationLine.newBuilder().setSku(sku).setQuantity(pieces));
  }

  /** What was told of a reservation, once it is that many events. */
  public List<ReservationChanged> events(String name) {
    return Objects.requireNonNull(feed.after(0, 10_000).block(PATIENCE)).stream()
        .map(FeedStore.Positioned::event)
        .filter(event -> event.getSubject().equals(name))
        .map(
            event -> {
              try {
                return event.getData().unpack(ReservationChanged.class);
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }

  /** A call must be refused so. */
  public static StatusRuntimeException refused(
      ThrowingCallable call, Status.Code code, String reason) {
    var error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).as("%s", reason).isNotNull();
    var info = Statuses.errorInfo(error);
    assertThat(info == null ? error.getMessage() : info.getReason()).isEqualTo(reason);
    assertThat(error.getStatus().getCode()).isEqualTo(code);
    return error;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    relay.stop();
    tail.stop();
    neighbours.destroy();
    servers.forEach(Server::shutdownNow);
  }

  private static final class Shops extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void getStore(GetStoreRequest request, StreamObserver<Store> observer) {
      var store =
          Store.newBuilder()
              .setName(request.getName())
              .setTitle("Filo " + request.getName().substring("stores/".length()))
              .setTimeZone("Europe/Rome")
              .setLocation(LatLng.newBuilder().setLatitude(45.48).setLongitude(9.2))
              .setPickup(!request.getName().equals("stores/depot"))
              .addSpecialDays(
                  SpecialDay.newBuilder()
                      .setTitle("Festa")
                      .setDate(Date.newBuilder().setYear(2026).setMonth(3).setDay(3)));
      for (int day = 1; day <= 6; day++) {
        store.addOpeningHours(
            OpeningPeriod.newBuilder()
                .setDay(DayOfWeek.forNumber(day))
                .setOpenTime(TimeOfDay.newBuilder().setHours(10))
                .setCloseTime(TimeOfDay.newBuilder().setHours(20)));
      }
      if (request.getName().equals("stores/none")) {
        observer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      observer.onNext(store.build());
      observer.onCompleted();
    }

    @Override
    public void batchGetVariants(
        BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> observer) {
      var answer = BatchGetVariantsResponse.newBuilder();
      for (String sku : request.getSkusList()) {
        if (sku.equals("NONE")) {
          answer.addUnknown(sku);
          continue;
        }
        answer.addItems(
            VariantItem.newBuilder()
                .setProduct("products/" + sku)
                .setTitle("Il " + sku)
                .setWithdrawn(sku.equals("OLD"))
                .setVariant(
                    Variant.newBuilder()
                        .setSku(sku)
                        .setPrice(
                            Money.newBuilder()
                                .setCurrencyCode("EUR")
                                .setUnits(99)
                                .setNanos(900_000_000))));
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  private static final class People extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void getCustomer(GetCustomerRequest request, StreamObserver<Customer> observer) {
      if (request.getName().equals("customers/none")) {
        observer.onError(Status.NOT_FOUND.asRuntimeException());
        return;
      }
      observer.onNext(
          Customer.newBuilder()
              .setName(request.getName())
              .setGivenName("Giulia")
              .setFamilyName("Rossi")
              .build());
      observer.onCompleted();
    }
  }
}
