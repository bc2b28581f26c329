package dev.filo.inventory.grpc;

import com.google.protobuf.Message;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Explanations;
import dev.filo.inventory.service.Holds;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.Items;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.Stock;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.AvailabilityExplanation;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.ChangeHoldRequest;
import dev.filo.proto.inventory.v1.CheckStockRequest;
import dev.filo.proto.inventory.v1.CheckStockResponse;
import dev.filo.proto.inventory.v1.ExplainAvailabilityRequest;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.GetSafetyRulesRequest;
import dev.filo.proto.inventory.v1.GetStockItemRequest;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.ListMovementsResponse;
import dev.filo.proto.inventory.v1.MoveHoldRequest;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SafetyRules;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SerialNumbers;
import dev.filo.proto.inventory.v1.SetIncomingStockRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import dev.filo.proto.inventory.v1.StockItem;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.StreamHoldsRequest;
import dev.filo.proto.inventory.v1.StreamHoldsResponse;
import dev.filo.proto.inventory.v1.UpdateSafetyRulesRequest;
import dev.filo.proto.inventory.v1.UpdateStockItemRequest;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.proto.inventory.v1.WatchStockResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
  private final Explanations explanations;
  private final Items items;
  private final Imports imports;
  private final Reconciliation reconciliation;
  private final StockWatch watch;
  private final InstantSource clock;

  /** The service over its use cases. */
  public GrpcInventoryService(
      Stock stock,
      Holds holds,
      Availability availability,
      Explanations explanations,
      Items items,
      Imports imports,
      Reconciliation reconciliation,
      LevelStore levels,
      FeedStore feed,
      Changes changes,
      InstantSource clock) {
    this.stock = stock;
    this.holds = holds;
    this.availability = availability;
    this.explanations = explanations;
    this.items = items;
    this.imports = imports;
    this.reconciliation = reconciliation;
    this.watch = new StockWatch(levels, feed, changes, items, clock);
    this.clock = clock;
  }

  @Override
  public void findNearby(FindNearbyRequest request, StreamObserver<FindNearbyResponse> observer) {
    boolean forStaff = isStaff(Caller.current());
    var channel = Caller.current().channel();
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
                        PageTokens.size(request.getPageSize(), STORES_DEFAULT),
                        channel))
            .map(
                nearby -> {
                  var answer =
                      FindNearbyResponse.newBuilder()
                          .setSku(request.getSku(0))
                          .setAsOfTime(Times.timestamp(nearby.time()))
                          .setBasketSize(nearby.basketSize());
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
    var channel = Caller.current().channel();
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
                            : request.getRadiusMeters(),
                        request.getStoresList(),
                        channel))
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
    answer(
        observer,
        stock
            .level(id, Caller.current().channel())
            .map(seen -> InventoryProtos.level(seen.level(), seen.numbers())));
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

  @Override
  public void streamHolds(
      StreamHoldsRequest request, StreamObserver<StreamHoldsResponse> observer) {
    Answers.stream(
        observer,
        reconciliation
            .keeping()
            .filter(hold -> hold.owner().startsWith(request.getOwnerPrefix()))
            .map(
                hold ->
                    StreamHoldsResponse.newBuilder().setHold(InventoryProtos.hold(hold)).build()));
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
        Mono.fromCallable(() -> isOwn(request))
            .flatMap(
                own ->
                    stock.setSafety(id, request.getSafety(), own, request.getRequestId(), author))
            .map(level -> InventoryProtos.level(id, level)));
  }

  private static boolean isOwn(SetSafetyStockRequest request) {
    if (request.getUseRules() && request.getSafety() != 0) {
      throw Statuses.field("safety", "must be 0 where the rules decide");
    }
    return !request.getUseRules();
  }

  @Override
  public void setIncomingStock(
      SetIncomingStockRequest request, StreamObserver<StockLevel> observer) {
    var id = InventoryProtos.levelId(request.getName());
    var author = InventoryProtos.author(Caller.current());
    answer(
        observer,
        Mono.fromCallable(() -> ItemProtos.incoming(request.getIncoming()))
            .flatMap(incoming -> stock.expect(id, incoming, request.getRequestId(), author))
            .map(level -> InventoryProtos.level(id, level)));
  }

  @Override
  public void explainAvailability(
      ExplainAvailabilityRequest request, StreamObserver<AvailabilityExplanation> observer) {
    var channel =
        request.getChannel().isEmpty() ? Caller.current().channel() : request.getChannel();
    answer(
        observer,
        explanations
            .explain(InventoryProtos.levelId(request.getName()), channel)
            .map(ExplanationProtos::explanation));
  }

  @Override
  public void getStockItem(GetStockItemRequest request, StreamObserver<StockItem> observer) {
    answer(observer, items.get(ItemProtos.sku(request.getName())).map(ItemProtos::item));
  }

  @Override
  public void updateStockItem(UpdateStockItemRequest request, StreamObserver<StockItem> observer) {
    var wanted = request.getStockItem();
    answer(
        observer,
        Mono.fromCallable(() -> ItemProtos.change(wanted, request.getUpdateMask()))
            .flatMap(
                change ->
                    items.update(
                        ItemProtos.sku(wanted.getName()),
                        wanted.getEtag(),
                        request.getRequestId(),
                        content(request),
                        change))
            .map(ItemProtos::item));
  }

  @Override
  public void getSafetyRules(GetSafetyRulesRequest request, StreamObserver<SafetyRules> observer) {
    answer(observer, items.rules().map(ItemProtos::rules));
  }

  @Override
  public void updateSafetyRules(
      UpdateSafetyRulesRequest request, StreamObserver<SafetyRules> observer) {
    var wanted = request.getSafetyRules();
    answer(
        observer,
        Mono.fromCallable(() -> ItemProtos.rules(wanted))
            .flatMap(
                rules ->
                    items.update(rules, wanted.getEtag(), request.getRequestId(), content(request)))
            .map(ItemProtos::rules));
  }

  /** What a request asks for, without its id. */
  private static String content(Message request) {
    return Base64.getEncoder().encodeToString(Requests.hash(request));
  }

  @Override
  public void watchStock(WatchStockRequest request, StreamObserver<WatchStockResponse> observer) {
    Answers.stream(
        observer, watch.watch(request, Caller.current().channel()).onErrorMap(Refusals::status));
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
                lines(request.getLinesList()),
                millis(Times.instant(request.getExpireTime())),
                request.getOwner(),
                author,
                request.getChannel())
            .map(InventoryProtos::hold));
  }

  private static List<Hold.Line> lines(List<HoldLine> lines) {
    return lines.stream().map(line -> new Hold.Line(line.getSku(), line.getQuantity())).toList();
  }

  @Override
  public void changeHold(
      ChangeHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    answer(
        observer,
        holds
            .change(
                InventoryProtos.holdId(request.getName()),
                lines(request.getLinesList()),
                request.getRequestId())
            .map(InventoryProtos::hold));
  }

  @Override
  public void moveHold(
      MoveHoldRequest request, StreamObserver<dev.filo.proto.inventory.v1.Hold> observer) {
    answer(
        observer,
        holds
            .move(
                InventoryProtos.holdId(request.getName()),
                request.getLocation(),
                request.getRequestId())
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
    var id = InventoryProtos.holdId(request.getName());
    answer(
        observer,
        Mono.fromCallable(() -> serials(request))
            .flatMap(
                serials ->
                    request.getLinesCount() == 0
                            && serials.isEmpty()
                            && !request.getSerialsRequired()
                        ? holds.sell(id, seller)
                        : holds.sellSome(
                            id,
                            lines(request.getLinesList()),
                            serials,
                            request.getSerialsRequired(),
                            seller,
                            request.getRequestId()))
            .map(InventoryProtos::hold));
  }

  private static Map<String, List<String>> serials(SellHoldRequest request) {
    var serials = new TreeMap<String, List<String>>();
    for (SerialNumbers pieces : request.getSerialsList()) {
      if (serials.put(pieces.getSku(), pieces.getSerialsList().stream().sorted().toList())
          != null) {
        throw Statuses.field("serials", "names each SKU once");
      }
    }
    return serials;
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
