package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.Stock;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.CheckStockRequest;
import dev.filo.proto.inventory.v1.CheckStockResponse;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.ListMovementsResponse;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.proto.inventory.v1.WatchStockResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Inventory as gRPC. */
public final class GrpcInventoryService extends InventoryServiceGrpc.InventoryServiceImplBase {
  private static final int STORES_DEFAULT = 50;
  private static final int RADIUS_DEFAULT_METERS = 50_000;
  private static final int MOVEMENTS_DEFAULT = 50;

  private final Stock stock;
  private final Holds holds;
  private final Availability availability;
  private final Imports imports;
  private final Reconciliation reconciliation;
  private final StockWatch watch;
  private final InstantSource clock;

  /** The service over its use cases. */
  public GrpcInventoryService(
      Stock stock,
      Holds holds,
      Availability availability,
      Imports imports,
      Reconciliation reconciliation,
      LevelStore levels,
      FeedStore feed,
      Changes changes,
      InstantSource clock) {
    this.stock = stock;
    this.holds = holds;
    this.availability = availability;
    this.imports = imports;
    this.reconciliation = reconciliation;
    this.watch = new StockWatch(levels, feed, changes, clock);
    this.clock = clock;
  }

  @Override
  public void findNearby(FindNearbyRequest request, StreamObserver<FindNearbyResponse> observer) {
    boolean forStaff = isStaff(Caller.current());
    answer(
        observer,
        Mono.fromCallable(
                () ->
                    new Search(
                        point(
                            request.hasLatitude(),
                            request.getLatitude(),
                            request.hasLongitude(),
                            request.getLongitude())))
            .flatMap(
                search ->
                    availability.nearby(
                        request.getSkuList(),
                        search.point,
                        PageTokens.size(request.getRadiusMeters(), RADIUS_DEFAULT_METERS),
                        PageTokens.size(request.getPageSize(), STORES_DEFAULT)))
            .map(
                nearby -> {
                  var answer =
                      FindNearbyResponse.newBuilder()
                          .setSku(request.getSku(0))
                          .setAsOfTime(Times.timestamp(nearby.time()));
                  for (Availability.Here here : nearby.locations()) {
                    answer.addLocations(
                        InventoryProtos.location(here, request.getSkuCount() > 1, forStaff));
                  }
                  return answer.build();
                }));
  }

  @Override
  public void batchFindNearest(
      BatchFindNearestRequest request, StreamObserver<BatchFindNearestResponse> observer) {
    boolean forStaff = isStaff(Caller.current());
    answer(
        observer,
        Mono.fromCallable(
                () ->
                    new Search(
                        point(
                            request.hasLatitude(),
                            request.getLatitude(),
                            request.hasLongitude(),
                            request.getLongitude())))
            .flatMap(
                search ->
                    availability.nearestOfMany(
                        request.getSkusList(),
                        search.point,
                        request.getRadiusMeters() == 0
                            ? Double.POSITIVE_INFINITY
                            : request.getRadiusMeters()))
            .map(
                found -> {
                  var answer =
                      BatchFindNearestResponse.newBuilder()
                          .setAsOfTime(Times.timestamp(found.time()));
                  for (Availability.Nearest nearest : found.items()) {
                    answer.addItems(InventoryProtos.nearest(nearest, forStaff));
                  }
                  return answer.build();
                }));
  }

  private record Search(Availability.@Nullable Point point) {}

  private static Availability.@Nullable Point point(
      boolean hasLatitude, double latitude, boolean hasLongitude, double longitude) {
    if (hasLatitude != hasLongitude) {
      throw Statuses.field(
          hasLatitude ? "longitude" : "latitude", "latitude and longitude go together");
    }
    return hasLatitude ? new Availability.Point(latitude, longitude) : null;
  }

  @Override
  public void getStockLevel(GetStockLevelRequest request, StreamObserver<StockLevel> observer) {
    var id = InventoryProtos.levelId(request.getName());
    answer(observer, stock.level(id).map(level -> InventoryProtos.level(id, level)));
  }

  @Override
  public void listMovements(
      ListMovementsRequest request, StreamObserver<ListMovementsResponse> observer) {
    var id = InventoryProtos.levelId(request.getParent());
    int size = PageTokens.size(request.getPageSize(), MOVEMENTS_DEFAULT);
    answer(
        observer,
        Mono.fromCallable(() -> below(request.getPageToken()))
            .flatMap(below -> stock.movements(id, below, size + 1))
            .map(
                found -> {
                  var page = found.subList(0, Math.min(size, found.size()));
                  var answer = ListMovementsResponse.newBuilder();
                  page.forEach(entry -> answer.addMovements(InventoryProtos.movement(entry)));
                  if (found.size() > size) {
                    answer.setNextPageToken(
                        PageTokens.token(Long.toString(page.getLast().applied().sequence())));
                  }
                  return answer.build();
                }));
  }

  private static long below(String token) {
    var position = PageTokens.position(token);
    try {
      return position.isEmpty() ? Long.MAX_VALUE : Long.parseLong(position);
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
  }

  @Override
  public StreamObserver<RecordMovementsRequest> recordMovements(
      StreamObserver<RecordMovementsResponse> observer) {
    var caller = Caller.current();
    return Answers.each(observer, request -> record(request, caller).onErrorMap(Refusals::status));
  }

  @Override
  public void batchCreateMovements(
      RecordMovementsRequest request, StreamObserver<RecordMovementsResponse> observer) {
    answer(observer, record(request, Caller.current()));
  }

  private Mono<RecordMovementsResponse> record(RecordMovementsRequest request, Caller caller) {
    var author = InventoryProtos.author(caller);
    var now = clock.instant();
    var movements = new ArrayList<Movement>();
    request
        .getMovementsList()
        .forEach(message -> movements.add(InventoryProtos.movement(message, author, now)));
    return stock
        .record(movements, allowed(caller))
        .map(
            results -> {
              var answer = RecordMovementsResponse.newBuilder();
              for (int i = 0; i < results.size(); i++) {
                answer.addResults(InventoryProtos.result(movements.get(i), results.get(i)));
              }
              return answer.build();
            });
  }

  @Override
  public StreamObserver<ImportStockLevelsRequest> importStockLevels(
      StreamObserver<ImportStockLevelsResponse> observer) {
    var one = new StockImport(imports, InventoryProtos.author(Caller.current()));
    return Answers.exchange(
        observer, requests -> one.answers(requests).onErrorMap(Refusals::status));
  }

  @Override
  public void checkStock(CheckStockRequest request, StreamObserver<CheckStockResponse> observer) {
    var names = request.getNamesList().stream().map(InventoryProtos::levelId).toList();
    Answers.stream(
        observer,
        reconciliation
            .check(names, Mono.empty())
            .map(InventoryProtos::news)
            .onErrorMap(Refusals::status));
  }

  private static Predicate<String> allowed(Caller caller) {
    boolean everywhere = caller.is(Role.ROLE_MANAGER) || caller.is(Role.ROLE_SERVICE);
    return location -> everywhere || caller.stores().contains(location);
  }

  @Override
  public void setSafetyStock(SetSafetyStockRequest request, StreamObserver<StockLevel> observer) {
    var id = InventoryProtos.levelId(request.getName());
    var author = InventoryProtos.author(Caller.current());
    answer(
        observer,
        stock
            .setSafety(id, request.getSafety(), request.getRequestId(), author)
            .map(level -> InventoryProtos.level(id, level)));
  }

  @Override
  public void watchStock(WatchStockRequest request, StreamObserver<WatchStockResponse> observer) {
    Answers.stream(observer, watch.watch(request).onErrorMap(Refusals::status));
  }

  @Override
  public void placeHold(
      PlaceHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    var author = InventoryProtos.author(Caller.current());
    answer(
        observer,
        holds
            .place(
                request.getHoldId(),
                request.getLocation(),
                request.getLinesList().stream()
                    .map(line -> new Hold.Line(line.getSku(), line.getQuantity()))
                    .toList(),
                millis(Times.instant(request.getExpireTime())),
                request.getOwner(),
                author)
            .map(InventoryProtos::hold));
  }

  @Override
  public void extendHold(
      ExtendHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    var author = InventoryProtos.author(Caller.current());
    answer(
        observer,
        holds
            .extend(
                InventoryProtos.holdId(request.getName()),
                millis(Times.instant(request.getExpireTime())),
                request.getRequestId(),
                author)
            .map(InventoryProtos::hold));
  }

  @Override
  public void releaseHold(
      ReleaseHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    var author = InventoryProtos.author(Caller.current());
    answer(
        observer,
        holds
            .release(InventoryProtos.holdId(request.getName()), author)
            .map(InventoryProtos::hold));
  }

  @Override
  public void sellHold(
      SellHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    var seller = InventoryProtos.author(Caller.current()).onBehalfOf(request.getOnBehalfOf());
    answer(
        observer,
        holds.sell(InventoryProtos.holdId(request.getName()), seller).map(InventoryProtos::hold));
  }

  private static boolean isStaff(Caller caller) {
    return caller.is(Role.ROLE_AGENT)
        || caller.is(Role.ROLE_STORE_STAFF)
        || caller.is(Role.ROLE_MANAGER)
        || caller.is(Role.ROLE_DEVICE)
        || caller.is(Role.ROLE_SERVICE);
  }

  /** What the database keeps is what clients see. */
  private static Instant millis(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::status));
  }
}
