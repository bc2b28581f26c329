package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Stock;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.NearestAvailability;
import dev.filo.proto.inventory.v1.SkuAvailability;
import dev.filo.proto.inventory.v1.StockLevel;
import java.time.Instant;
import java.util.stream.Collectors;

/** Domain values as messages and back. */
final class InventoryProtos {
  private static final String LEVELS = "stockLevels/";
  private static final String HOLDS = "holds/";

  private InventoryProtos() {}

  static String levelId(String name) {
    return name.substring(LEVELS.length());
  }

  static String holdId(String name) {
    return name.substring(HOLDS.length());
  }

  static Author author(Caller caller) {
    var actor = caller.actor();
    return new Author(
        actor.getPrincipal(),
        actor.getRole(),
        actor.getChannel(),
        actor.getDevice(),
        actor.getDisplayName());
  }

  private static Actor actor(Author author) {
    return Actor.newBuilder()
        .setPrincipal(author.principal())
        .setRole(author.role())
        .setChannel(author.channel())
        .setDevice(author.device())
        .setDisplayName(author.displayName())
        .build();
  }

  static StockLevel level(String id, Snapshot snapshot) {
    var level = Level.empty(id);
    return StockLevel.newBuilder()
        .setName(LEVELS + id)
        .setSku(level.sku())
        .setLocation(level.location())
        .setOnHand(snapshot.onHand())
        .setHeld(snapshot.held())
        .setSafety(snapshot.safety())
        .setAvailable(snapshot.available())
        .setAsOfTime(Times.timestamp(snapshot.time()))
        .setEtag(snapshot.etag())
        .build();
  }

  static Movement movement(
      dev.filo.proto.inventory.v1.Movement message, Author author, Instant now) {
    var kind =
        switch (message.getKind()) {
          case RECEIPT -> Movement.Kind.RECEIPT;
          case SALE -> Movement.Kind.SALE;
          case RETURN -> Movement.Kind.RETURN;
          case ADJUSTMENT -> Movement.Kind.ADJUSTMENT;
          case COUNT -> Movement.Kind.COUNT;
          case TRANSFER_OUT, TRANSFER_IN, SET_ASIDE, TRANSFER_ANNOUNCED ->
              throw Statuses.field("kind", "is not taken");
          case KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException("the field rules let an unknown kind pass");
        };
    boolean saysWhen = message.hasEffectiveTime();
    var effective = saysWhen ? Times.instant(message.getEffectiveTime()) : now;
    return new Movement(
        message.getId(),
        kind,
        Level.id(message.getSku(), message.getLocation()),
        message.getQuantity(),
        effective.truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
        message.getCause(),
        author,
        "",
        Ids.derived(
            kind.name(),
            Integer.toString(message.getQuantity()),
            saysWhen ? effective.toString() : "",
            message.getCause()));
  }

  static dev.filo.proto.inventory.v1.Movement movement(Ledger.Entry.Settled entry) {
    var movement = entry.movement();
    var level = Level.empty(movement.level());
    return dev.filo.proto.inventory.v1.Movement.newBuilder()
        .setId(movement.id())
        .setKind(dev.filo.proto.inventory.v1.Movement.Kind.valueOf(movement.kind().name()))
        .setSku(level.sku())
        .setLocation(level.location())
        .setQuantity(movement.quantity())
        .setEffectiveTime(Times.timestamp(entry.applied().effectiveTime()))
        .setCause(movement.cause())
        .setRecordTime(Times.timestamp(entry.recordTime()))
        .setAuthor(actor(movement.author()))
        .setOnHandAfter(entry.applied().after().onHand())
        .build();
  }

  static MovementResult result(Movement movement, Stock.Result result) {
    var answer = MovementResult.newBuilder().setId(movement.id());
    switch (result) {
      case Stock.Result.Recorded(var level) ->
          answer
              .setOutcome(MovementResult.Outcome.RECORDED)
              .setLevel(level(movement.level(), level));
      case Stock.Result.Repeated(var level) ->
          answer
              .setOutcome(MovementResult.Outcome.REPEATED)
              .setLevel(level(movement.level(), level));
      case Stock.Result.Refused(var reason) ->
          answer
              .setOutcome(MovementResult.Outcome.REFUSED)
              .setReason(reason.name())
              .setDetail(detail(reason));
    }
    return answer.build();
  }

  private static String detail(Stock.Reason reason) {
    return switch (reason) {
      case SKU_NOT_FOUND -> "There is no such SKU. Import the product first.";
      case LOCATION_NOT_FOUND -> "There is no such location. Import the store first.";
      case MOVEMENT_DIFFERS ->
          "A movement of this id has other content. Use a new id for another movement.";
      case QUANTITY_INVALID -> "The quantity does not fit the kind of movement.";
      case LOCATION_NOT_ALLOWED -> "This location is not one of yours.";
      case TIME_INVALID -> "The effective time lies more than five minutes ahead.";
    };
  }

  static dev.filo.proto.inventory.v1.Hold hold(Hold hold) {
    var message =
        dev.filo.proto.inventory.v1.Hold.newBuilder()
            .setName(HOLDS + hold.id())
            .setLocation(hold.location())
            .setExpireTime(Times.timestamp(hold.expireTime()))
            .setOwner(hold.owner())
            .setState(state(hold.state()));
    for (Hold.Line line : hold.lines()) {
      message.addLines(HoldLine.newBuilder().setSku(line.sku()).setQuantity(line.quantity()));
    }
    return message.build();
  }

  private static dev.filo.proto.inventory.v1.Hold.State state(Hold.State state) {
    return switch (state) {
      case PLACING, ACTIVE, SELLING, SETTLING -> dev.filo.proto.inventory.v1.Hold.State.ACTIVE;
      case SOLD -> dev.filo.proto.inventory.v1.Hold.State.SOLD;
      case REFUSED, RELEASED, EXPIRED -> dev.filo.proto.inventory.v1.Hold.State.RELEASED;
    };
  }

  /** What a location has; for staff also how the numbers came about. */
  static LocationAvailability location(Availability.Here here, boolean isBasket, boolean forStaff) {
    var answer =
        LocationAvailability.newBuilder()
            .setStore(here.location().name())
            .setTitle(here.location().title())
            .setAvailable(here.available());
    var meters = here.distanceMeters();
    if (meters != null) {
      answer.setDistanceMeters(Math.rint(meters));
    }
    here.readyTime().ifPresent(time -> answer.setPickupReadyTime(Times.timestamp(time)));
    if (isBasket) {
      for (Availability.Pieces pieces : here.pieces()) {
        answer.addItems(
            SkuAvailability.newBuilder()
                .setSku(pieces.sku())
                .setAvailable(pieces.level().available()));
      }
    }
    if (forStaff) {
      answer.setExplanation(
          here.pieces().stream()
              .map(pieces -> (isBasket ? pieces.sku() + ": " : "") + explanation(pieces.level()))
              .collect(Collectors.joining("; ")));
    }
    return answer.build();
  }

  private static String explanation(Snapshot level) {
    return "on hand %d - safety %d - held %d = %d"
        .formatted(level.onHand(), level.safety(), level.held(), level.available());
  }

  static NearestAvailability nearest(Availability.Nearest nearest, boolean forStaff) {
    var answer =
        NearestAvailability.newBuilder()
            .setSku(nearest.sku())
            .setDeliverable(nearest.deliverable())
            .setStoreCount(nearest.storeCount());
    nearest.here().ifPresent(here -> answer.setNearest(location(here, false, forStaff)));
    return answer.build();
  }
}
