package dev.filo.cart.order.grpc;

import static dev.filo.proto.inventory.v1.ErrorReason.ERROR_REASON_HOLD_OVER;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_EXTENSION_TOO_LONG;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_RESERVATION_OVER;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_TIME_INVALID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.protobuf.Timestamp;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Securing;
import dev.filo.cart.order.service.Keeping;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.StreamHoldsRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc.ReservationServiceStub;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores keep goods by the reservation service, warehouses by inventory, both over gRPC. */
public final class GrpcKeeping implements Keeping {
  private static final Logger log = LoggerFactory.getLogger(GrpcKeeping.class);
  private static final int STORES_MAX = 500;
  private static final String SKU = "sku.";
  private static final String OWNER = "orders/";
  private static final Duration SPARE = Duration.ofMinutes(1);

  private final Channels channels;
  // Warehouses come and go rarely.
  private final Cache<String, List<String>> warehouses =
      Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build();

  /** Asks over {@code channels}. */
  public GrpcKeeping(Channels channels) {
    this.channels = channels;
  }

  @Override
  public Mono<List<String>> warehouses() {
    var seen = warehouses.getIfPresent("");
    return seen != null
        ? Mono.just(seen)
        : Calls.unary(
                CatalogServiceGrpc.newStub(channels.to("catalog")),
                CatalogServiceGrpc.CatalogServiceStub::listStores,
                ListStoresRequest.newBuilder().setWarehouses(true).setPageSize(STORES_MAX).build())
            .map(all -> all.getStoresList().stream().map(Store::getName).sorted().toList())
            .doOnNext(all -> warehouses.put("", all));
  }

  @Override
  public Mono<Securing> secure(Order order, Parcel parcel, @Nullable Instant until) {
    return parcel.isPickup() ? reserve(order, parcel, until) : hold(order, parcel, until);
  }

  // ---- at a store

  private Mono<Securing> reserve(Order order, Parcel parcel, @Nullable Instant until) {
    var request =
        CreateReservationRequest.newBuilder()
            .setCustomer(order.original())
            .setStore(parcel.location())
            .setRequestId(parcel.hold(order.id()));
    parcel
        .pieces()
        .forEach(
            (sku, quantity) ->
                request.addLines(ReservationLine.newBuilder().setSku(sku).setQuantity(quantity)));
    if (until != null) {
      request.setUntilTime(Times.timestamp(until));
    }
    return Calls.unary(reservations(), ReservationServiceStub::createReservation, request.build())
        .map(reservation -> kept(reservation, parcel))
        .onErrorResume(error -> refused(error, parcel));
  }

  private static Securing kept(Reservation reservation, Parcel parcel) {
    return switch (reservation.getState()) {
      case HELD, PREPARED, COLLECTED ->
          new Securing.Kept(reservation.getName(), reservation.getStoreTitle());
      case EXPIRED, CANCELLED, REFUSED -> new Securing.Closed(parcel.location());
      case PENDING, STATE_UNSPECIFIED, UNRECOGNIZED -> throw Statuses.unavailable("The store");
    };
  }

  private static Mono<Securing> refused(Throwable error, Parcel parcel) {
    var info = Statuses.errorInfo(error);
    return switch (info == null ? "" : info.getReason()) {
      case "STOCK_INSUFFICIENT", "SKU_NOT_FOUND" -> Mono.just(new Securing.TooFew(shortOf(error)));
      case "STORE_NOT_FOUND",
          "PICKUP_NOT_OFFERED",
          "STORE_CLOSED",
          "TIME_INVALID",
          "RESERVATION_LIMIT",
          "VALUE_NEEDS_AGENT",
          "CUSTOMER_NOT_FOUND",
          "RESERVATION_OVER" ->
          Mono.just(new Securing.Closed(parcel.location()));
      default -> Mono.error(unknown(error));
    };
  }

  /** The pieces there are, by short SKU; none of one nobody knows. */
  private static Map<String, String> shortOf(Throwable error) {
    var shortOf = new HashMap<String, String>();
    var info = Statuses.errorInfo(error);
    if (info != null) {
      info.getMetadataMap()
          .forEach(
              (key, value) -> {
                if (key.startsWith(SKU)) {
                  shortOf.put(key.substring(SKU.length()), value);
                } else if (key.equals("sku")) {
                  shortOf.put(value, "0");
                }
              });
    }
    return shortOf;
  }

  /** It is not known what has become of the call: it is to be made again. */
  private static Throwable unknown(Throwable error) {
    return error instanceof StatusRuntimeException status
            && switch (status.getStatus().getCode()) {
              case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, CANCELLED, UNAUTHENTICATED -> true;
              default -> false;
            }
        ? Statuses.unavailable("The stock")
        : error;
  }

  @Override
  public Mono<Boolean> keep(Order order, Parcel parcel, Instant until) {
    return parcel.isPickup()
        ? extend(order, parcel, until)
            .onErrorResume(
                error -> Statuses.isReason(error, ERROR_REASON_EXTENSION_TOO_LONG),
                error -> extend(order, parcel, latest(error)))
            .onErrorResume(GrpcKeeping::stillKept)
        : Calls.unary(
                inventory(),
                InventoryServiceStub::extendHold,
                ExtendHoldRequest.newBuilder()
                    .setName("holds/" + parcel.hold(order.id()))
                    .setExpireTime(Times.timestamp(until))
                    .setRequestId("keep-" + parcel.hold(order.id()) + "-" + until.toEpochMilli())
                    .build())
            .thenReturn(true)
            .onErrorResume(
                error ->
                    Statuses.isReason(error, ERROR_REASON_HOLD_OVER) || Statuses.isNotFound(error)
                        ? Mono.just(false)
                        : Mono.error(unknown(error)));
  }

  private Mono<Boolean> extend(Order order, Parcel parcel, Instant until) {
    return Calls.unary(
            reservations(),
            ReservationServiceStub::extendReservation,
            ExtendReservationRequest.newBuilder()
                .setName(parcel.reservation())
                .setUntilTime(Times.timestamp(until))
                .setRequestId("keep-" + parcel.hold(order.id()) + "-" + until.toEpochMilli())
                .build())
        .thenReturn(true);
  }

  /** The latest end that store allows, a little earlier: it is counted from when it is asked. */
  private static Instant latest(Throwable error) {
    var info = Statuses.errorInfo(error);
    try {
      return Instant.parse(info == null ? "" : info.getMetadataOrDefault("latest", ""))
          .minus(SPARE);
    } catch (DateTimeParseException e) {
      throw new IllegalStateException("a refusal of reservation says no latest end", e);
    }
  }

  /** What she has already is hers; what cannot be kept longer is kept as it is. */
  private static Mono<Boolean> stillKept(Throwable error) {
    if (Statuses.isReason(error, ERROR_REASON_RESERVATION_OVER) || Statuses.isNotFound(error)) {
      return Mono.just(isCollected(error));
    }
    // It is kept longer already.
    return Statuses.isReason(error, ERROR_REASON_TIME_INVALID)
        ? Mono.just(true)
        : Mono.error(unknown(error));
  }

  @Override
  public Mono<Parcel.State> release(Order order, Parcel parcel, @Nullable Instant until) {
    if (!parcel.isPickup()) {
      return Calls.unary(
              inventory(),
              InventoryServiceStub::releaseHold,
              ReleaseHoldRequest.newBuilder()
                  .setName("holds/" + parcel.hold(order.id()))
                  .setRequestId("release-" + parcel.hold(order.id()))
                  .build())
          .thenReturn(Parcel.State.RELEASED)
          .onErrorResume(
              error ->
                  Statuses.isNotFound(error)
                      ? Mono.just(Parcel.State.RELEASED)
                      : Mono.error(unknown(error)));
    }
    if (!parcel.reservation().isEmpty()) {
      return cancel(order, parcel, parcel.reservation());
    }
    // Whether there is one is found by asking for it again: the same request gives the same one.
    return reserve(order, parcel, until)
        .flatMap(
            outcome ->
                outcome instanceof Securing.Kept(var reservation, var title)
                    ? cancel(order, parcel, reservation)
                    : Mono.just(Parcel.State.RELEASED))
        .onErrorResume(
            error -> Statuses.isReason(error, ErrorReason.ERROR_REASON_REQUEST_ID_REUSED),
            error -> {
              log.error("a reservation of order {} is left to its end", order.id());
              return Mono.just(Parcel.State.RELEASED);
            });
  }

  private Mono<Parcel.State> cancel(Order order, Parcel parcel, String reservation) {
    return Calls.unary(
            reservations(),
            ReservationServiceStub::cancelReservation,
            CancelReservationRequest.newBuilder()
                .setName(reservation)
                .setRequestId("cancel-" + parcel.hold(order.id()))
                .build())
        .map(
            cancelled ->
                // Some of it she has: that is settled by people.
                cancelled.getLinesList().stream().anyMatch(line -> line.getCollectedQuantity() > 0)
                    ? Parcel.State.HANDED_OVER
                    : Parcel.State.RELEASED)
        .onErrorResume(
            error ->
                Statuses.isReason(error, ERROR_REASON_RESERVATION_OVER)
                        || Statuses.isNotFound(error)
                    ? Mono.just(
                        isCollected(error) ? Parcel.State.HANDED_OVER : Parcel.State.RELEASED)
                    : Mono.error(unknown(error)));
  }

  private static boolean isCollected(Throwable error) {
    var info = Statuses.errorInfo(error);
    return info != null && info.getMetadataOrDefault("state", "").equals("COLLECTED");
  }

  // ---- at a warehouse

  private Mono<Securing> hold(Order order, Parcel parcel, @Nullable Instant until) {
    var request =
        PlaceHoldRequest.newBuilder()
            .setHoldId(parcel.hold(order.id()))
            .setLocation(parcel.location())
            .setExpireTime(until == null ? Timestamp.getDefaultInstance() : Times.timestamp(until))
            .setOwner(OWNER + order.id())
            .setChannel(order.contents().channel())
            .setRequestId("place-" + parcel.hold(order.id()));
    parcel
        .pieces()
        .forEach(
            (sku, quantity) ->
                request.addLines(HoldLine.newBuilder().setSku(sku).setQuantity(quantity)));
    return Calls.unary(inventory(), InventoryServiceStub::placeHold, request.build())
        .<Securing>map(hold -> new Securing.Kept("", ""))
        .onErrorResume(GrpcKeeping::notHeld);
  }

  private static Mono<Securing> notHeld(Throwable error) {
    var info = Statuses.errorInfo(error);
    return switch (info == null ? "" : info.getReason()) {
      case "STOCK_INSUFFICIENT", "SKU_NOT_FOUND" -> Mono.just(new Securing.TooFew(shortOf(error)));
      case "LOCATION_NOT_FOUND", "HOLD_OVER", "TIME_INVALID", "HOLDS_FULL" ->
          Mono.just(new Securing.TooFew(Map.of()));
      default -> Mono.error(unknown(error));
    };
  }

  @Override
  public Mono<Void> sell(Order order, Parcel parcel) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::sellHold,
            SellHoldRequest.newBuilder()
                .setName("holds/" + parcel.hold(order.id()))
                .setRequestId("sell-" + parcel.hold(order.id()))
                .build())
        .then()
        .onErrorResume(
            error -> {
              if (Statuses.isReason(error, ERROR_REASON_HOLD_OVER) || Statuses.isNotFound(error)) {
                log.error("order {} has left, its hold had ended: count the goods", order.id());
                return Mono.empty();
              }
              return Mono.error(unknown(error));
            });
  }

  // ---- after data were restored

  @Override
  public Mono<Parcel.State> look(Parcel parcel) {
    return Calls.unary(
            reservations(),
            ReservationServiceStub::getReservation,
            GetReservationRequest.newBuilder().setName(parcel.reservation()).build())
        .map(
            reservation ->
                switch (reservation.getState()) {
                  case HELD, PREPARED -> Parcel.State.SECURED;
                  case COLLECTED -> Parcel.State.HANDED_OVER;
                  case EXPIRED, CANCELLED, REFUSED -> Parcel.State.RELEASED;
                  case PENDING, STATE_UNSPECIFIED, UNRECOGNIZED -> Parcel.State.PENDING;
                })
        .onErrorResume(Statuses::isNotFound, error -> Mono.just(Parcel.State.PENDING))
        .onErrorMap(GrpcKeeping::unknown);
  }

  @Override
  public Flux<Holding> holdings() {
    return Calls.stream(
            inventory(),
            InventoryServiceStub::streamHolds,
            StreamHoldsRequest.newBuilder().setOwnerPrefix(OWNER).build())
        .map(
            answer ->
                new Holding(
                    answer.getHold().getOwner().substring(OWNER.length()),
                    answer.getHold().getName().substring("holds/".length())));
  }

  @Override
  public Mono<Void> free(Holding holding) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::releaseHold,
            ReleaseHoldRequest.newBuilder()
                .setName("holds/" + holding.hold())
                .setRequestId("release-" + holding.hold())
                .build())
        .then()
        .onErrorResume(Statuses::isNotFound, error -> Mono.empty());
  }

  private ReservationServiceStub reservations() {
    return channels.asService(ReservationServiceGrpc.newStub(channels.to("reservation")));
  }

  private InventoryServiceStub inventory() {
    return channels.asService(InventoryServiceGrpc.newStub(channels.to("inventory")));
  }
}
