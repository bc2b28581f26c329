package dev.filo.inventory.store;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.StockLevelChanged;

/** Changes of levels as the feed tells them. */
final class StockEvents {
  private static final String SOURCE = "filo/inventory";

  private StockEvents() {}

  /**
   * The event of a change.
   *
   * @param after the level as it became, with the safety stock of the rules
   */
  static Event event(Level level, Change change, Snapshot after) {
    var name = "stockLevels/" + level.id();
    var changed =
        StockLevelChanged.newBuilder()
            .setLevel(
                StockLevel.newBuilder()
                    .setName(name)
                    .setSku(level.sku())
                    .setLocation(level.location())
                    .setOnHand(after.onHand())
                    .setHeld(after.held())
                    .setSetAside(after.setAside())
                    .setSafety(after.safety().pieces())
                    .setSafetyRule(after.safety().rule())
                    .setAvailable(after.available())
                    .setInTransit(after.inTransit())
                    .setAsOfTime(Times.timestamp(after.time()))
                    .setEtag(after.etag()))
            .setMovement(change.movement())
            .setHold(change.hold().isEmpty() ? "" : "holds/" + change.hold())
            .setCause(change.cause())
            .setMovementKind(kind(change))
            .setQuantity(change.quantity());
    return Outbox.event(SOURCE, name, change.time(), actor(change.author()), changed.build());
  }

  private static dev.filo.proto.inventory.v1.Movement.Kind kind(Change change) {
    Movement.Kind kind = change.kind();
    return kind == null
        ? dev.filo.proto.inventory.v1.Movement.Kind.KIND_UNSPECIFIED
        : dev.filo.proto.inventory.v1.Movement.Kind.valueOf(kind.name());
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
}
