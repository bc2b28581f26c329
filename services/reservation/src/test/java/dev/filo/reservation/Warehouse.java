package dev.filo.reservation;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.inventory.v1.ErrorReason;
import dev.filo.proto.inventory.v1.ExtendHoldRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import dev.filo.proto.inventory.v1.ReleaseHoldRequest;
import dev.filo.proto.inventory.v1.SellHoldRequest;
import dev.filo.proto.inventory.v1.SerialNumbers;
import dev.filo.proto.inventory.v1.SkuAvailability;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.StreamHoldsRequest;
import dev.filo.proto.inventory.v1.StreamHoldsResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An inventory that speaks gRPC and decides as ours does: a hold is decided once, refused ones too;
 * one of the same name with other content is refused. It can be made to die.
 */
public final class Warehouse extends InventoryServiceGrpc.InventoryServiceImplBase {
  private final InstantSource clock;
  private final Map<String, Integer> onHand = new HashMap<>();
  private final Map<String, Integer> setAside = new HashMap<>();
  private final Map<String, Held> holds = new TreeMap<>();
  private final Map<String, Movement> movements = new TreeMap<>();
  private final Map<String, Set<String>> serials = new TreeMap<>();
  private final Map<String, Double> distances = new LinkedHashMap<>();
  private int calls;
  private int failAt;
  private boolean failsAfter;
  private boolean down;

  /** One hold. */
  public static final class Held {
    private final PlaceHoldRequest request;
    private final Map<String, Integer> left = new HashMap<>();
    private final Map<String, List<HoldLine>> sales = new HashMap<>();
    private final Set<String> extensions = new TreeSet<>();
    private Instant expireTime;
    private String state;

    private Held(PlaceHoldRequest request, String state) {
      this.request = request;
      this.expireTime = Times.instant(request.getExpireTime());
      this.state = state;
      request
          .getLinesList()
          .forEach(line -> left.merge(line.getSku(), line.getQuantity(), Integer::sum));
    }

    /** ACTIVE, RELEASED, SOLD or REFUSED. */
    public String state() {
      return state;
    }

    /** When it ends. */
    public Instant expireTime() {
      return expireTime;
    }

    /** What it is for. */
    public String owner() {
      return request.getOwner();
    }

    /** The SKU of its first line. */
    public String sku() {
      return request.getLines(0).getSku();
    }

    /** Pieces it holds. */
    public int units() {
      return left.values().stream().mapToInt(pieces -> pieces).sum();
    }

    /** Pieces that were sold out of it. */
    public int sold() {
      return sales.values().stream().flatMap(List::stream).mapToInt(HoldLine::getQuantity).sum();
    }

    private Held(Held other) {
      this.request = other.request;
      this.left.putAll(other.left);
      this.sales.putAll(other.sales);
      this.extensions.addAll(other.extensions);
      this.expireTime = other.expireTime;
      this.state = other.state;
    }

    private boolean active(Instant now) {
      return state.equals("ACTIVE") && now.isBefore(expireTime);
    }
  }

  /** An empty one. */
  public Warehouse(InstantSource clock) {
    this.clock = clock;
    distances.put("milano", 0.0);
    distances.put("closed", 500.0);
    distances.put("torino", 3_000.0);
    distances.put("zara", 9_000.0);
    distances.put("roma", 480_000.0);
  }

  /** Puts pieces there. */
  public synchronized void stock(String sku, String store, int pieces) {
    onHand.put(sku + "@" + store, pieces);
  }

  /** Puts pieces there that have serial numbers. */
  public synchronized void serials(String sku, String store, String... numbers) {
    stock(sku, store, numbers.length);
    serials.put(sku + "@" + store, new TreeSet<>(List.of(numbers)));
  }

  /** The serial numbers of the pieces there. */
  public synchronized Set<String> serials(String sku, String store) {
    return Set.copyOf(serials.getOrDefault(sku + "@" + store, Set.of()));
  }

  /** More pieces come. */
  public synchronized void receive(String sku, String store, int pieces) {
    onHand.merge(sku + "@" + store, pieces, Integer::sum);
  }

  /** What a backup of it would have. */
  public record Backup(Map<String, Integer> onHand, Map<String, Held> holds) {}

  /** All of it, as it is now. */
  public synchronized Backup backup() {
    var kept = new TreeMap<String, Held>();
    holds.forEach((id, held) -> kept.put(id, new Held(held)));
    return new Backup(new HashMap<>(onHand), kept);
  }

  /** Puts it back to how it was. */
  public synchronized void restore(Backup backup) {
    onHand.clear();
    onHand.putAll(backup.onHand);
    holds.clear();
    backup.holds.forEach((id, held) -> holds.put(id, new Held(held)));
  }

  /** Answers nothing any more, or again. */
  public synchronized void down(boolean now) {
    down = now;
  }

  /** The {@code n}-th call from now fails, before or after it had its effect; all others work. */
  public synchronized void failAt(int n, boolean after) {
    calls = 0;
    failAt = n;
    failsAfter = after;
  }

  /** Whether a call has failed since {@link #failAt}. */
  public synchronized boolean failed() {
    return failAt > 0 && calls >= failAt;
  }

  /** Pieces that may be held now. */
  public synchronized int available(String sku, String store) {
    var now = clock.instant();
    return onHand.getOrDefault(sku + "@" + store, 0)
        - setAside.getOrDefault(sku + "@" + store, 0)
        - holds.values().stream()
            .filter(
                held -> held.active(now) && held.request.getLocation().equals("stores/" + store))
            .mapToInt(held -> held.left.getOrDefault(sku, 0))
            .sum();
  }

  /** Pieces there. */
  public synchronized int onHand(String sku, String store) {
    return onHand.getOrDefault(sku + "@" + store, 0);
  }

  /** Those that hold something now. */
  public synchronized List<Held> active() {
    return holds.values().stream().filter(held -> held.active(clock.instant())).toList();
  }

  /** Those out of which something was sold. */
  public synchronized List<Held> sold() {
    return holds.values().stream().filter(held -> held.sold() > 0).toList();
  }

  /** The ledger: by the movement's id, each once. */
  public synchronized Map<String, Movement> movements() {
    return Map.copyOf(movements);
  }

  private synchronized void answer(StreamObserver<Hold> observer, Supplier<Hold> work) {
    give(observer, work);
  }

  private <T> void give(StreamObserver<T> observer, Supplier<T> work) {
    int call = ++calls;
    if (down || (call == failAt && !failsAfter)) {
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    T answer;
    try {
      answer = work.get();
    } catch (RuntimeException e) {
      observer.onError(e);
      return;
    }
    if (call == failAt) {
      observer.onError(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    observer.onNext(answer);
    observer.onCompleted();
  }

  @Override
  public void placeHold(PlaceHoldRequest request, StreamObserver<Hold> observer) {
    answer(
        observer,
        () -> {
          var known = holds.get(request.getHoldId());
          if (known == null) {
            if (!clock.instant().isBefore(Times.instant(request.getExpireTime()))) {
              throw refusal(Code.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_TIME_INVALID);
            }
            boolean enough =
                request.getLinesList().stream()
                    .allMatch(
                        line ->
                            available(line.getSku(), store(request.getLocation()))
                                >= line.getQuantity());
            known = new Held(request, enough ? "ACTIVE" : "REFUSED");
            holds.put(request.getHoldId(), known);
          }
          if (!known.request.equals(request)) {
            throw refusal(Code.ALREADY_EXISTS, ErrorReason.ERROR_REASON_HOLD_DIFFERS);
          }
          if (known.state.equals("REFUSED")) {
            throw refusal(Code.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT);
          }
          return message(known);
        });
  }

  @Override
  public void releaseHold(ReleaseHoldRequest request, StreamObserver<Hold> observer) {
    answer(
        observer,
        () -> {
          var held = find(request.getName());
          if (held.state.equals("ACTIVE")) {
            held.state = "RELEASED";
          }
          return message(held);
        });
  }

  @Override
  public void extendHold(ExtendHoldRequest request, StreamObserver<Hold> observer) {
    answer(
        observer,
        () -> {
          var held = find(request.getName());
          if (!held.active(clock.instant())) {
            throw over(held);
          }
          if (held.extensions.add(request.getRequestId())) {
            held.expireTime = Times.instant(request.getExpireTime());
          }
          return message(held);
        });
  }

  @Override
  public void sellHold(SellHoldRequest request, StreamObserver<Hold> observer) {
    answer(
        observer,
        () -> {
          var held = find(request.getName());
          if (held.sales.containsKey(request.getRequestId())) {
            return message(held);
          }
          if (!held.active(clock.instant())) {
            throw over(held);
          }
          var store = store(held.request.getLocation());
          List<HoldLine> lines =
              request.getLinesCount() > 0
                  ? request.getLinesList()
                  : held.left.entrySet().stream()
                      .map(
                          left ->
                              HoldLine.newBuilder()
                                  .setSku(left.getKey())
                                  .setQuantity(left.getValue())
                                  .build())
                      .toList();
          for (HoldLine line : lines) {
            if (held.left.getOrDefault(line.getSku(), 0) < line.getQuantity()) {
              throw refusal(Code.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT);
            }
          }
          for (HoldLine line : lines) {
            boolean isNamed =
                request.getSerialsList().stream()
                    .anyMatch(named -> named.getSku().equals(line.getSku()));
            if (request.getSerialsRequired()
                && !isNamed
                && serials.containsKey(line.getSku() + "@" + store)) {
              throw Statuses.refusal(
                  Code.INVALID_ARGUMENT,
                  "inventory.filo",
                  ErrorReason.ERROR_REASON_SERIALS_INVALID,
                  "No.",
                  Map.of("sku", line.getSku(), "pieces", Integer.toString(line.getQuantity())));
            }
          }
          for (SerialNumbers named : request.getSerialsList()) {
            var there = serials.getOrDefault(named.getSku() + "@" + store, Set.of());
            for (String serial : named.getSerialsList()) {
              if (!there.contains(serial)) {
                throw Statuses.refusal(
                    Code.FAILED_PRECONDITION,
                    "inventory.filo",
                    ErrorReason.ERROR_REASON_SERIAL_NOT_FOUND,
                    "No.",
                    Map.of("sku", named.getSku(), "serial", serial));
              }
            }
          }
          for (SerialNumbers named : request.getSerialsList()) {
            var there = serials.get(named.getSku() + "@" + store);
            if (there != null) {
              named.getSerialsList().forEach(there::remove);
            }
          }
          for (HoldLine line : lines) {
            held.left.merge(line.getSku(), -line.getQuantity(), Integer::sum);
            onHand.merge(line.getSku() + "@" + store, -line.getQuantity(), Integer::sum);
          }
          held.sales.put(request.getRequestId(), lines);
          if (held.units() == 0) {
            held.state = "SOLD";
          }
          return message(held);
        });
  }

  @Override
  public synchronized void batchCreateMovements(
      RecordMovementsRequest request, StreamObserver<RecordMovementsResponse> observer) {
    give(
        observer,
        () -> {
          if (request.getRequestId().isEmpty()) { // as the rule of the real one says
            throw Statuses.field("request_id", "is missing");
          }
          var answer = RecordMovementsResponse.newBuilder();
          for (Movement movement : request.getMovementsList()) {
            boolean known = movements.putIfAbsent(movement.getId(), movement) != null;
            if (!known) {
              var pieces = movement.getKind() == Movement.Kind.SET_ASIDE ? setAside : onHand;
              pieces.merge(
                  movement.getSku() + "@" + store(movement.getLocation()),
                  movement.getQuantity(),
                  Integer::sum);
            }
            answer.addResults(
                MovementResult.newBuilder()
                    .setId(movement.getId())
                    .setOutcome(
                        known ? MovementResult.Outcome.REPEATED : MovementResult.Outcome.RECORDED));
          }
          return answer.build();
        });
  }

  /** Stores by name: torino is nearer than zara, roma is far, closed does no pickups. */
  @Override
  public synchronized void findNearby(
      FindNearbyRequest request, StreamObserver<FindNearbyResponse> observer) {
    give(
        observer,
        () -> {
          var answer = FindNearbyResponse.newBuilder();
          distances.forEach(
              (store, metres) -> {
                if (metres > request.getRadiusMeters()) {
                  return;
                }
                var location =
                    LocationAvailability.newBuilder()
                        .setStore("stores/" + store)
                        .setTitle("Filo " + store)
                        .setDistanceMeters(metres)
                        .setAvailable(
                            request.getSkuList().stream()
                                .mapToInt(sku -> Math.max(0, available(sku, store)))
                                .min()
                                .orElse(0));
                if (request.getSkuCount() > 1) {
                  request
                      .getSkuList()
                      .forEach(
                          sku ->
                              location.addItems(
                                  SkuAvailability.newBuilder()
                                      .setSku(sku)
                                      .setAvailable(Math.max(0, available(sku, store)))));
                }
                if (!store.equals("closed")) {
                  location.setPickupReadyTime(Times.timestamp(clock.instant().plusSeconds(3600)));
                }
                answer.addLocations(location);
              });
          return answer.build();
        });
  }

  @Override
  public synchronized void getStockLevel(
      GetStockLevelRequest request, StreamObserver<StockLevel> observer) {
    give(
        observer,
        () -> {
          var name = request.getName().substring("stockLevels/".length()).split("@", -1);
          return StockLevel.newBuilder()
              .setSku(name[0])
              .setAvailable(available(name[0], name[1]))
              .build();
        });
  }

  private Held find(String name) {
    @Nullable Held held = holds.get(name.substring("holds/".length()));
    if (held == null || held.state.equals("REFUSED")) {
      throw refusal(Code.NOT_FOUND, ErrorReason.ERROR_REASON_HOLD_NOT_FOUND);
    }
    return Objects.requireNonNull(held);
  }

  private static String store(String location) {
    return location.substring("stores/".length());
  }

  private static RuntimeException refusal(Code code, ErrorReason reason) {
    return Statuses.refusal(code, "inventory.filo", reason, "No.", Map.of());
  }

  private static RuntimeException over(Held held) {
    return Statuses.refusal(
        Code.FAILED_PRECONDITION,
        "inventory.filo",
        ErrorReason.ERROR_REASON_HOLD_OVER,
        "No.",
        Map.of("state", held.state.equals("ACTIVE") ? "EXPIRED" : held.state));
  }

  @Override
  public synchronized void streamHolds(
      StreamHoldsRequest request, StreamObserver<StreamHoldsResponse> observer) {
    active().stream()
        .filter(held -> held.owner().startsWith(request.getOwnerPrefix()))
        .forEach(
            held ->
                observer.onNext(StreamHoldsResponse.newBuilder().setHold(message(held)).build()));
    observer.onCompleted();
  }

  private static Hold message(Held held) {
    return Hold.newBuilder()
        .setName("holds/" + held.request.getHoldId())
        .setOwner(held.owner())
        .addAllLines(
            held.left.entrySet().stream()
                .filter(one -> one.getValue() > 0)
                .map(
                    one ->
                        HoldLine.newBuilder()
                            .setSku(one.getKey())
                            .setQuantity(one.getValue())
                            .build())
                .toList())
        .setState(
            switch (held.state) {
              case "ACTIVE" -> Hold.State.ACTIVE;
              case "SOLD" -> Hold.State.SOLD;
              default -> Hold.State.RELEASED;
            })
        .build();
  }
}
