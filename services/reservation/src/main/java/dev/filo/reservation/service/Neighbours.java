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
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * The services a reservation needs: stock from inventory, goods and stores from catalog, people
 * from identity.
 */
public final class Neighbours {
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
        .onErrorResume(Neighbours::isNotFound, e -> Mono.empty());
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
        .onErrorResume(Neighbours::isNotFound, e -> Mono.empty());
  }

  /** Holds a reservation's goods. An error with STOCK_INSUFFICIENT when there are not enough. */
  Mono<Hold> place(Reservation reservation) {
    return Calls.unary(
        inventory(),
        InventoryServiceStub::placeHold,
        PlaceHoldRequest.newBuilder()
            .setHoldId(reservation.hold())
            .setLocation(reservation.store())
            .addAllLines(
                reservation.lines().stream()
                    .map(
                        line ->
                            HoldLine.newBuilder()
                                .setSku(line.sku())
                                .setQuantity(line.quantity())
                                .build())
                    .toList())
            .setExpireTime(Times.timestamp(reservation.expireTime()))
            .setOwner("reservations/" + reservation.id())
            .setRequestId("place-" + reservation.hold())
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
        .onErrorResume(Neighbours::isNotFound, e -> Mono.just(0));
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
        .onErrorResume(Neighbours::isNotFound, e -> Mono.empty());
  }

  /**
   * Sells a hold's goods. True when they are sold, now or before; false when the hold had ended.
   */
  Mono<Boolean> sell(String hold, String onBehalfOf) {
    return Calls.unary(
            inventory(),
            InventoryServiceStub::sellHold,
            SellHoldRequest.newBuilder()
                .setName("holds/" + hold)
                .setOnBehalfOf(onBehalfOf)
                .setRequestId("sell-" + hold)
                .build())
        .map(sold -> sold.getState() == Hold.State.SOLD)
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER) || isNotFound(e),
            e -> Mono.just(false));
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
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_HOLD_OVER) || isNotFound(e),
            e -> Mono.just(false));
  }

  /** Pieces available at a store, by SKU. */
  Mono<Map<String, Integer>> available(String store, List<Line> lines) {
    return reactor.core.publisher.Flux.fromIterable(lines)
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

  private static boolean isNotFound(Throwable error) {
    return error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }
}
