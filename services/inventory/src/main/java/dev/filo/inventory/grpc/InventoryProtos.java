package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Drift;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.service.Availability;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.SelfCheck;
import dev.filo.inventory.service.Stock;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.inventory.v1.CheckProgress;
import dev.filo.proto.inventory.v1.CheckStockResponse;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.NearestAvailability;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.SkuAvailability;
import dev.filo.proto.inventory.v1.StockDrift;
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
        .setSetAside(snapshot.setAside())
        .setHeld(snapshot.held())
        .setSafety(snapshot.safety().pieces())
        .setSafetyRule(snapshot.safety().rule())
        .setAvailable(snapshot.available())
        .setInTransit(snapshot.inTransit())
        .setAsOfTime(Times.timestamp(snapshot.time()))
        .setEtag(snapshot.etag())
        .build();
  }

  /** A level with all that is known of its pieces. */
  static StockLevel level(Level level, Snapshot numbers) {
    return level(level.id(), numbers).toBuilder()
        .addAllIncoming(level.goods().incoming().stream().map(ItemProtos::incoming).toList())
        .addAllSerials(level.goods().serials())
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
          case TRANSFER_OUT -> Movement.Kind.TRANSFER_OUT;
          case TRANSFER_IN -> Movement.Kind.TRANSFER_IN;
          case SET_ASIDE -> Movement.Kind.SET_ASIDE;
          case TRANSFER_ANNOUNCED ->
              throw Statuses.field("kind", "TRANSFER_ANNOUNCED is inventory's own");
          case KIND_UNSPECIFIED, UNRECOGNIZED ->
              throw new IllegalArgumentException("the field rules let an unknown kind pass");
        };
    boolean saysWhen = message.hasEffectiveTime();
    var effective = saysWhen ? Times.instant(message.getEffectiveTime()) : now;
    var details = details(message);
    return new Movement(
        message.getId(),
        kind,
        Level.id(message.getSku(), message.getLocation()),
        message.getQuantity(),
        effective.truncatedTo(java.time.temporal.ChronoUnit.MILLIS),
        message.getCause(),
        author,
        "",
        content(message, kind, saysWhen ? effective.toString() : "", details),
        details);
  }

  private static String content(
      dev.filo.proto.inventory.v1.Movement message,
      Movement.Kind kind,
      String effective,
      Movement.Details details) {
    var content =
        Ids.derived(
            kind.name(), Integer.toString(message.getQuantity()), effective, message.getCause());
    return details.equals(Movement.Details.NONE) ? content : Ids.derived(content, text(details));
  }

  /** Always the same text, also of movements recorded long ago: ids are recognised for ever. */
  private static String text(Movement.Details details) {
    return "Details[counterpart=%s, transfer=%s, serials=%s, reason=%s]"
        .formatted(details.counterpart(), details.transfer(), details.serials(), details.reason());
  }

  private static Movement.Details details(dev.filo.proto.inventory.v1.Movement message) {
    var reason =
        switch (message.getSetAsideReason()) {
          case DAMAGED -> SetAside.DAMAGED;
          case DISPLAY -> SetAside.DISPLAY;
          case QUALITY_CHECK -> SetAside.QUALITY_CHECK;
          case SET_ASIDE_REASON_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    return new Movement.Details(
        message.getCounterpart(),
        message.getTransfer(),
        message.getSerialsList().stream().sorted().toList(),
        reason);
  }

  static dev.filo.proto.inventory.v1.Movement movement(Ledger.Entry.Settled entry) {
    var movement = entry.movement();
    var level = Level.empty(movement.level());
    var details = movement.details();
    var reason = details.reason();
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
        .setCounterpart(details.counterpart())
        .setTransfer(details.transfer())
        .addAllSerials(entry.applied().serials())
        .setKit(details.kit() == null ? "" : "stockItems/" + details.kit().sku())
        .setKitMovement(details.kit() == null ? "" : details.kit().movement())
        .setSetAsideReason(
            reason == null
                ? SetAsideReason.SET_ASIDE_REASON_UNSPECIFIED
                : SetAsideReason.valueOf(reason.name()))
        .build();
  }

  static MovementResult result(Movement movement, Stock.Result result) {
    var answer = outcome(result).setId(movement.id());
    switch (result) {
      case Stock.Result.Recorded(var level) -> answer.setLevel(level(movement.level(), level));
      case Stock.Result.Repeated(var level) -> answer.setLevel(level(movement.level(), level));
      case Stock.Result.Refused refused -> {}
    }
    return answer.build();
  }

  /** A result without its movement and level. */
  static MovementResult.Builder outcome(Stock.Result result) {
    var answer = MovementResult.newBuilder();
    return switch (result) {
      case Stock.Result.Recorded recorded -> answer.setOutcome(MovementResult.Outcome.RECORDED);
      case Stock.Result.Repeated repeated -> answer.setOutcome(MovementResult.Outcome.REPEATED);
      case Stock.Result.Refused(var reason) ->
          answer
              .setOutcome(MovementResult.Outcome.REFUSED)
              .setReason(reason.name())
              .setDetail(detail(reason));
    };
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
      case TRANSFER_INVALID ->
          "A transfer needs its id and another known location as counterpart; other movements have"
              + " neither.";
      case TRANSFERS_TOO_MANY -> "Too many transfers are on their way there. Receive some first.";
      case SET_ASIDE_REASON_INVALID -> "Setting aside needs a reason; other movements have none.";
      case SERIALS_INVALID ->
          "Name one serial number for each piece where the SKU has them, else none.";
      case SERIAL_DUPLICATE ->
          "A piece with this serial number is there already, or came in after this count: then count"
              + " again.";
      case SERIAL_NOT_FOUND ->
          "No piece with this serial number is there, or it is leaving, or left after this count:"
              + " then count again.";
      case SERIALS_TOO_MANY -> "One level can have at most 1000 serial numbers.";
      case KIT_NOT_ALLOWED ->
          "A kit has no stock of its own. It can be sold and returned; else record its components.";
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
    hold.asked().forEach(line -> message.addLines(line(line)));
    hold.lines().forEach(line -> message.addPieces(line(line)));
    return message.build();
  }

  private static HoldLine line(Hold.Line line) {
    return HoldLine.newBuilder().setSku(line.sku()).setQuantity(line.quantity()).build();
  }

  private static dev.filo.proto.inventory.v1.Hold.State state(Hold.State state) {
    return switch (state) {
      case PLACING, ACTIVE, CHANGING, MOVING, TRIMMING, SELLING, SETTLING ->
          dev.filo.proto.inventory.v1.Hold.State.ACTIVE;
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
            .setAvailable(here.available())
            .setFound(here.found());
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

  /** How a number came about, in one line; what is not there is not said. */
  static String explanation(Snapshot level) {
    var terms = new StringBuilder("on hand ").append(level.onHand());
    if (level.setAside() > 0) {
      terms.append(" - set aside ").append(level.setAside());
    }
    return terms
        .append(" - safety ")
        .append(level.safety().pieces())
        .append(" - held ")
        .append(level.held())
        .append(" = ")
        .append(level.available())
        .toString();
  }

  static NearestAvailability nearest(Availability.Nearest nearest, boolean forStaff) {
    var answer =
        NearestAvailability.newBuilder()
            .setSku(nearest.sku())
            .setDeliverable(nearest.deliverable())
            .setStoreCount(nearest.storeCount());
    nearest.here().ifPresent(here -> answer.setNearest(location(here, false, forStaff)));
    nearest.chosen().forEach(here -> answer.addStores(location(here, false, forStaff)));
    return answer.build();
  }

  static CheckStockResponse news(Reconciliation.News news) {
    return switch (news) {
      case Reconciliation.News.Found(var drift) ->
          CheckStockResponse.newBuilder().setDrift(drift(drift)).build();
      case Reconciliation.News.Far far ->
          CheckStockResponse.newBuilder()
              .setProgress(
                  CheckProgress.newBuilder()
                      .setLevelCount(far.levels())
                      .setMovementCount(far.movements())
                      .setHoldCount(far.holds())
                      .setDriftCount(far.drifts())
                      .setComplete(far.complete())
                      .setStartTime(Times.timestamp(far.startTime())))
              .build();
    };
  }

  private static StockDrift drift(Drift drift) {
    var kind =
        switch (drift.kind()) {
          case ON_HAND -> StockDrift.Kind.ON_HAND;
          case HELD -> StockDrift.Kind.HELD;
          case HOLD -> StockDrift.Kind.HOLD;
          case SEQUENCE -> StockDrift.Kind.SEQUENCE;
          case LEVEL -> StockDrift.Kind.LEVEL;
          case COUNTER -> StockDrift.Kind.COUNTER;
          case SET_ASIDE -> StockDrift.Kind.SET_ASIDE;
          case IN_TRANSIT -> StockDrift.Kind.IN_TRANSIT;
          case SERIAL -> StockDrift.Kind.SERIAL;
        };
    return StockDrift.newBuilder()
        .setKind(kind)
        .setLevel(LEVELS + drift.level())
        .setMovement(drift.movement())
        .setHold(drift.hold().isEmpty() ? "" : HOLDS + drift.hold())
        .setSetAsideReason(
            drift.kind() == Drift.Kind.SET_ASIDE
                ? SetAsideReason.valueOf(drift.of())
                : SetAsideReason.SET_ASIDE_REASON_UNSPECIFIED)
        .setTransfer(drift.kind() == Drift.Kind.IN_TRANSIT ? drift.of() : "")
        .setSerial(drift.kind() == Drift.Kind.SERIAL ? drift.of() : "")
        .setExpected(drift.expected())
        .setFound(drift.found())
        .setDetail(SelfCheck.words(drift))
        .build();
  }
}
