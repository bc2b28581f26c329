package dev.filo.reservation.service;

import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc.CatalogServiceStub;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.IdentityServiceGrpc.IdentityServiceStub;
import dev.filo.proto.inventory.v1.ErrorReason;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SerialNumbers;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.SkuAvailability;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.StreamHoldsRequest;
import dev.filo.proto.inventory.v1.StreamHoldsResponse;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.RefusalCause;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State.Refused;
import dev.filo.reservation.domain.Sale;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The services a reservation needs: stock from inventory, goods and stores from catalog, people
 * from identity.
 */
public final class Neighbours {
  private static final Logger log = LoggerFactory.getLogger(Neighbours.class);

  private static final String OWNER = "reservations/";

  private final Channels channels;

  /** Calls by these channels. */
  public Neighbours(Channels channels) {
    this.channels = channels;
  }

  /** A store; empty when there is none. */
  public Mono<Store> store(String name) {
    return Calls.unary(
            CatalogServiceGrpc.newStub(channels.to("catalog")),
            CatalogServiceStub::getStore,
            GetStoreRequest.newBuilder().setName(name).build())
        .onErrorResume(Statuses::isNotFound, e -> Mono.empty());
  }

  /** The variants of these SKUs. */
  public Mono<BatchGetVariantsResponse> variants(List<String> skus) {
    return Calls.unary(
        Channels.inLanguage(CatalogServiceGrpc.newStub(channels.to("catalog")), "it"),
        CatalogServiceStub::batchGetVariants,
        BatchGetVariantsRequest.newBuilder().addAllSkus(skus).build());
  }

  /** A customer; empty when there is none. */
  public Mono<Customer> customer(String name) {
    return Calls.unary(
            channels.asService(IdentityServiceGrpc.newStub(channels.to("identity"))),
            IdentityServiceStub::getCustomer,
            GetCustomerRequest.newBuilder().setName(name).build())
        .onErrorResume(Statuses::isNotFound, e -> Mono.empty());
  }

  /**
   * Holds a reservation's goods. An error with STOCK_INSUFFICIENT when there are not enough.
   *
   * @param channel where it was made: what inventory keeps back may differ from channel to channel
   */
  Mono<Hold> place(Reservation reservation, String channel) {
    return place(
        reservation,
        reservation.hold(),
        reservation.lines().stream().map(line -> new Pieces(line.sku(), line.quantity())).toList(),
        reservation.expireTime(),
        channel);
  }

  /** The same with other pieces, under another name, or until another moment. */
  Mono<Hold> place(
      Reservation reservation,
      String hold,
      List<Pieces> pieces,
      Instant expireTime,
      String channel) {
    return Calls.unary(
        inventory(),
        InventoryServiceStub::placeHold,
        PlaceHoldRequest.newBuilder()
            .setHoldId(hold)
            .setLocation(reservation.store())
            .addAllLines(lines(pieces))
            .setExpireTime(Times.timestamp(expireTime))
            .setOwner(OWNER + reservation.id())
            .setChannel(channel)
            .setRequestId("place-" + hold)
            .build());
  }

  /**
   * Holds pieces of one SKU. True when they are held, now or before; false when there are too few,
   * or the hold has ended; what was decided once for a hold's name is decided.
   *
   * @param owner what they are for, as the ledger will name it
   */
  public Mono<Boolean> place(
      String hold, String store, String sku, int quantity, Instant expireTime, String owner) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::placeHold,
            PlaceHoldRequest.newBuilder()
                .setHoldId(hold)
                .setLocation(store)
                .addLines(HoldLine.newBuilder().setSku(sku).setQuantity(quantity))
                .setExpireTime(Times.timestamp(expireTime))
                .setOwner(owner)
                .setRequestId("place-" + hold)
                .build())
        .thenReturn(true)
        .onErrorResume(
            e ->
                Statuses.isReason(e, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT)
                    || Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER)
                    || Statuses.isReason(e, ErrorReason.ERROR_REASON_TIME_INVALID),
            e -> Mono.just(false));
  }

  /** Pieces of one SKU available at a store; 0 when nothing is known of them there. */
  public Mono<Integer> available(String store, String sku) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::getStockLevel,
            GetStockLevelRequest.newBuilder()
                .setName("stockLevels/" + sku + "@" + store.substring("stores/".length()))
                .build())
        .map(StockLevel::getAvailable)
        .onErrorResume(Statuses::isNotFound, e -> Mono.just(0));
  }

  /** Frees a hold's goods; a hold that never was is free. */
  public Mono<Void> release(String hold) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::releaseHold,
            ReleaseHoldRequest.newBuilder()
                .setName("holds/" + hold)
                .setRequestId("release-" + hold)
                .build())
        .then()
        .onErrorResume(Statuses::isNotFound, e -> Mono.empty());
  }

  /**
   * Takes what a store cannot sell out of its level, by movements whose ids are the reservation's:
   * once, however often it is asked.
   */
  Mono<Void> correct(Reservation reservation, Refused refused) {
    var request = RecordMovementsRequest.newBuilder().setRequestId("refused-" + reservation.id());
    for (Pieces line : refused.lines()) {
      request.addMovements(
          correction(refused.cause(), line.quantity())
              .setId("refused-" + reservation.id() + "-" + line.sku())
              .setSku(line.sku())
              .setLocation(reservation.store())
              .setCause("reservations/" + reservation.id()));
    }
    return Calls.unary(inventory(), InventoryServiceStub::batchCreateMovements, request.build())
        .doOnNext(
            answer ->
                answer.getResultsList().stream()
                    .filter(result -> result.getOutcome() == MovementResult.Outcome.REFUSED)
                    // asking again would not help: the store has to count
                    .forEach(
                        result ->
                            log.error(
                                "movement {} was refused with {}: the level was not corrected",
                                result.getId(),
                                result.getReason())))
        .then();
  }

  /** What is not there is taken off; what is there and cannot be sold is set aside. */
  private static Movement.Builder correction(RefusalCause cause, int pieces) {
    var movement = Movement.newBuilder();
    return switch (cause) {
      case DAMAGED ->
          movement
              .setKind(Movement.Kind.SET_ASIDE)
              .setSetAsideReason(SetAsideReason.DAMAGED)
              .setQuantity(pieces);
      case DISPLAY_ONLY ->
          movement
              .setKind(Movement.Kind.SET_ASIDE)
              .setSetAsideReason(SetAsideReason.DISPLAY)
              .setQuantity(pieces);
      case NOT_FOUND -> movement.setKind(Movement.Kind.ADJUSTMENT).setQuantity(-pieces);
      case OTHER -> throw new IllegalArgumentException("corrects nothing: " + cause);
    };
  }

  /**
   * The nearest store, as seen from another, that has all of it and does pickups; empty when none
   * is.
   *
   * @param but stores that are of no use
   */
  Mono<LocationAvailability> nearest(
      Store from, List<Line> lines, int withinMeters, List<String> but) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::findNearby,
            FindNearbyRequest.newBuilder()
                .addAllSku(lines.stream().map(Line::sku).toList())
                .setLatitude(from.getLocation().getLatitude())
                .setLongitude(from.getLocation().getLongitude())
                .setRadiusMeters(withinMeters)
                .setPageSize(500)
                .build())
        .flatMapIterable(FindNearbyResponse::getLocationsList)
        .filter(location -> !but.contains(location.getStore()))
        .filter(LocationAvailability::hasPickupReadyTime)
        .filter(
            location ->
                lines.stream().allMatch(line -> pieces(location, line.sku()) >= line.quantity()))
        .next();
  }

  /** Pieces of a SKU at a location. */
  static int pieces(LocationAvailability location, String sku) {
    return location.getItemsCount() == 0
        ? location.getAvailable()
        : location.getItemsList().stream()
            .filter(item -> item.getSku().equals(sku))
            .mapToInt(SkuAvailability::getAvailable)
            .findFirst()
            .orElse(0);
  }

  /**
   * Sells what is handed over out of a hold. True when it is sold, now or before; false when the
   * hold had ended; {@link UnsoldException} when a piece that was named is not there.
   */
  Mono<Boolean> sell(Reservation reservation, String onBehalfOf) {
    var sale = reservation.sale();
    return Calls.unary(
            inventory(),
            InventoryServiceStub::sellHold,
            SellHoldRequest.newBuilder()
                .setName("holds/" + reservation.hold())
                .setOnBehalfOf(onBehalfOf)
                .addAllLines(
                    reservation.sellsAll() || sale == null ? List.of() : lines(sale.lines()))
                .addAllSerials(sale == null ? List.of() : serials(sale))
                .setSerialsRequired(sale != null && sale.allNamed())
                .setRequestId(
                    "sell-" + reservation.hold() + (sale == null ? "" : "-" + sale.number()))
                .build())
        .thenReturn(true)
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER) || Statuses.isNotFound(e),
            e -> Mono.just(false))
        .onErrorMap(Neighbours::unsold);
  }

  /** What inventory says of pieces that were named, in our words. */
  private static Throwable unsold(Throwable error) {
    var info = Statuses.errorInfo(error);
    if (info == null) {
      return error;
    }
    var sku = info.getMetadataOrDefault("sku", "");
    if (Statuses.isReason(error, ErrorReason.ERROR_REASON_SERIAL_NOT_FOUND)) {
      return new UnsoldException(
          new Refusal.SerialNotFound(sku, info.getMetadataOrDefault("serial", "")));
    }
    if (Statuses.isReason(error, ErrorReason.ERROR_REASON_SERIALS_INVALID)) {
      return new UnsoldException(
          new Refusal.SerialsInvalid(sku, info.getMetadataOrDefault("pieces", "0")));
    }
    // Of what is reserved nothing else can be wrong: a SKU was named that is not handed over.
    return Statuses.isReason(error, ErrorReason.ERROR_REASON_HOLD_LINE_INVALID)
        ? new UnsoldException(new Refusal.SerialsInvalid(sku, "0"))
        : error;
  }

  private static List<SerialNumbers> serials(Sale sale) {
    return sale.serials().entrySet().stream()
        .map(
            one ->
                SerialNumbers.newBuilder()
                    .setSku(one.getKey())
                    .addAllSerials(one.getValue())
                    .build())
        .toList();
  }

  private static List<HoldLine> lines(List<Pieces> pieces) {
    return pieces.stream()
        .map(line -> HoldLine.newBuilder().setSku(line.sku()).setQuantity(line.quantity()).build())
        .toList();
  }

  /** Moves the end of a hold. True when it is moved; false when the hold had ended. */
  public Mono<Boolean> extend(String hold, Instant end) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::extendHold,
            ExtendHoldRequest.newBuilder()
                .setName("holds/" + hold)
                .setExpireTime(Times.timestamp(end))
                .setRequestId("extend-" + hold + "-" + end.toEpochMilli())
                .build())
        .thenReturn(true)
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER) || Statuses.isNotFound(e),
            e -> Mono.just(false));
  }

  /** What inventory knows of a hold. */
  sealed interface Known {
    /** It keeps goods: these. */
    record Keeps(List<Pieces> left) implements Known {
      /** Copies the pieces. */
      public Keeps {
        left = List.copyOf(left);
      }
    }

    /** All of it was sold. */
    record Sold() implements Known {}

    /** It was freed by whoever had placed it. */
    record Freed() implements Known {}

    /** It keeps nothing, or inventory has never heard of it. */
    record Nothing() implements Known {}
  }

  /**
   * What inventory knows of a hold whose end is known. One value.
   *
   * @param asked tells this question from others about the same hold
   */
  Mono<Known> known(String hold, Instant end, String asked) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::extendHold,
            ExtendHoldRequest.newBuilder()
                .setName("holds/" + hold)
                .setExpireTime(Times.timestamp(end))
                .setRequestId("known-" + asked + "-" + hold)
                .build())
        .<Known>map(
            held ->
                new Known.Keeps(
                    held.getLinesList().stream()
                        .map(line -> new Pieces(line.getSku(), line.getQuantity()))
                        .toList()))
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER),
            e -> {
              var info = Statuses.errorInfo(e);
              return Mono.just(
                  switch (info == null ? "" : info.getMetadataOrDefault("state", "")) {
                    case "SOLD", "SETTLING", "SELLING" -> new Known.Sold();
                    case "RELEASED" -> new Known.Freed();
                    default -> new Known.Nothing();
                  });
            })
        .onErrorResume(Statuses::isNotFound, e -> Mono.just(new Known.Nothing()));
  }

  /** The holds that keep goods for reservations now, each at least once. */
  Flux<Hold> holds() {
    return Calls.stream(
            inventory(),
            InventoryServiceStub::streamHolds,
            StreamHoldsRequest.newBuilder().setOwnerPrefix(OWNER).build())
        .map(StreamHoldsResponse::getHold);
  }

  /** Sells pieces out of a hold. True when they are sold, now or before. */
  Mono<Boolean> sell(String hold, List<Pieces> pieces, String asked) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::sellHold,
            SellHoldRequest.newBuilder()
                .setName("holds/" + hold)
                .addAllLines(lines(pieces))
                .setRequestId(asked)
                .build())
        .thenReturn(true)
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER) || Statuses.isNotFound(e),
            e -> Mono.just(false));
  }

  /** Pieces available at a store, by SKU. */
  Mono<Map<String, Integer>> available(String store, List<Line> lines) {
    return Flux.fromIterable(lines)
        .flatMap(
            line ->
                Calls.unary(
                    inventory(),
                    InventoryServiceStub::getStockLevel,
                    GetStockLevelRequest.newBuilder()
                        .setName(
                            "stockLevels/" + line.sku() + "@" + store.substring("stores/".length()))
                        .build()))
        .collectList()
        .map(
            levels ->
                levels.stream()
                    .collect(
                        Collectors.toMap(
                            StockLevel::getSku, StockLevel::getAvailable, (one, two) -> one)));
  }

  private InventoryServiceStub inventory() {
    return channels.asService(InventoryServiceGrpc.newStub(channels.to("inventory")));
  }
}
