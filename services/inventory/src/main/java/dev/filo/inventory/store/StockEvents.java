package dev.filo.inventory.store;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.domain.StockItem;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.HoldChange;
import dev.filo.proto.inventory.v1.KitComponent;
import dev.filo.proto.inventory.v1.SafetyRulesChanged;
import dev.filo.proto.inventory.v1.StockItemChanged;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.inventory.v1.StockLevelChanged;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Changes of levels as the feed tells them. */
final class StockEvents {
  private static final String SOURCE = "filo/inventory";

  private StockEvents() {}

  /**
   * The events of the changes that one write of a level makes: one for each movement, one for all
   * holds that follow one another.
   *
   * @param level as it became
   * @param ruling the numbers with the safety stock of the rules
   */
  static List<Event> events(
      Level level, List<Change> changes, BiFunction<Level, Snapshot, Snapshot> ruling) {
    var events = new ArrayList<Event>();
    for (int from = 0; from < changes.size(); ) {
      int to = from + 1;
      while (isHold(changes.get(from)) && to < changes.size() && isHold(changes.get(to))) {
        to++;
      }
      var together = changes.subList(from, to);
      events.add(event(level, together, ruling.apply(level, together.getLast().after())));
      from = to;
    }
    return events;
  }

  private static boolean isHold(Change change) {
    return change.movement().isEmpty() && !change.hold().isEmpty();
  }

  private static Event event(Level level, List<Change> together, Snapshot after) {
    var name = "stockLevels/" + level.id();
    var change = together.getFirst();
    boolean isOne = together.stream().allMatch(other -> other.author().equals(change.author()));
    var author = isOne ? change.author() : Author.INVENTORY;
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
                    .setEtag(after.etag()));
    if (isHold(change)) {
      for (Change one : together) {
        var hold =
            HoldChange.newBuilder().setHold("holds/" + one.hold()).setQuantity(one.quantity());
        changed.addHoldChanges(isOne ? hold : hold.setActor(actor(one.author())));
      }
    } else {
      changed
          .setMovement(change.movement())
          .setHold(change.hold().isEmpty() ? "" : "holds/" + change.hold())
          .setCause(change.cause())
          .setMovementKind(kind(change))
          .setQuantity(change.quantity());
    }
    return Outbox.event(SOURCE, name, change.time(), actor(author), changed.build());
  }

  /** The event of changed safety rules. */
  static Event changed(SafetyRules rules, Instant time) {
    return Outbox.event(
        SOURCE,
        "safetyRules",
        time,
        actor(Author.INVENTORY),
        SafetyRulesChanged.newBuilder().setEtag(Long.toString(rules.version())).build());
  }

  /** The event of an item that changed. */
  static Event changed(StockItem item, Instant time) {
    var message =
        dev.filo.proto.inventory.v1.StockItem.newBuilder()
            .setName("stockItems/" + item.sku())
            .setSerialized(item.serialized())
            .setCategory(item.category())
            .setCatalogCategory(item.catalogCategory())
            .setEtag(Long.toString(item.version()));
    item.components()
        .forEach(
            part ->
                message.addComponents(
                    KitComponent.newBuilder().setSku(part.sku()).setQuantity(part.quantity())));
    return Outbox.event(
        SOURCE,
        message.getName(),
        time,
        actor(Author.INVENTORY),
        StockItemChanged.newBuilder().setStockItem(message).build());
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
