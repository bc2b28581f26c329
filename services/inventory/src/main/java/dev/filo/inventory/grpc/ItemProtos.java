package dev.filo.inventory.grpc;

import com.google.protobuf.FieldMask;
import com.google.type.Date;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Incoming;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.inventory.v1.KitComponent;
import dev.filo.proto.inventory.v1.SafetyRule;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What is known of SKUs, safety rules and what is expected, as messages and back. */
final class ItemProtos {
  private static final String ITEMS = "stockItems/";
  private static final Set<String> PATHS = Set.of("serialized", "components", "category");

  private ItemProtos() {}

  static String sku(String name) {
    return name.substring(ITEMS.length());
  }

  static dev.filo.proto.inventory.v1.StockItem item(StockItem item) {
    var message =
        dev.filo.proto.inventory.v1.StockItem.newBuilder()
            .setName(ITEMS + item.sku())
            .setSerialized(item.serialized())
            .setCategory(item.category())
            .setCatalogCategory(item.catalogCategory())
            .setEtag(Long.toString(item.version()));
    for (Hold.Line part : item.components()) {
      message.addComponents(
          KitComponent.newBuilder().setSku(part.sku()).setQuantity(part.quantity()));
    }
    return message.build();
  }

  /** What a request makes of an item. */
  static UnaryOperator<StockItem> change(
      dev.filo.proto.inventory.v1.StockItem wanted, FieldMask mask) {
    var paths = mask.getPathsCount() == 0 ? PATHS : Set.copyOf(mask.getPathsList());
    for (String path : paths) {
      if (!PATHS.contains(path)) {
        throw Statuses.field("update_mask", path + " is no field that can be changed");
      }
    }
    var components = components(wanted);
    return before -> {
      var next =
          new StockItem(
              before.sku(),
              paths.contains("serialized") ? wanted.getSerialized() : before.serialized(),
              paths.contains("components") ? components : before.components(),
              paths.contains("category") ? wanted.getCategory() : before.category(),
              before.catalogCategory(),
              before.version() + 1);
      if (next.serialized() && next.isKit()) {
        throw Statuses.field("stock_item.components", "a serialized SKU is no kit");
      }
      return next;
    };
  }

  private static List<Hold.Line> components(dev.filo.proto.inventory.v1.StockItem wanted) {
    var components = new ArrayList<Hold.Line>();
    var seen = new HashSet<String>();
    for (KitComponent part : wanted.getComponentsList()) {
      if (!seen.add(part.getSku())) {
        throw Statuses.field("stock_item.components", "names " + part.getSku() + " twice");
      }
      components.add(new Hold.Line(part.getSku(), part.getQuantity()));
    }
    return components;
  }

  static dev.filo.proto.inventory.v1.SafetyRules rules(SafetyRules rules) {
    var message =
        dev.filo.proto.inventory.v1.SafetyRules.newBuilder()
            .setName("safetyRules")
            .setEtag(Long.toString(rules.version()));
    for (SafetyRules.Rule rule : rules.rules()) {
      message.addRules(
          SafetyRule.newBuilder()
              .setId(rule.id())
              .setSku(rule.sku())
              .setLocation(rule.location())
              .setCategory(rule.category())
              .setChannel(rule.channel())
              .setPieces(rule.pieces()));
    }
    return message.build();
  }

  static List<SafetyRules.Rule> rules(dev.filo.proto.inventory.v1.SafetyRules wanted) {
    var rules = new ArrayList<SafetyRules.Rule>();
    var seen = new HashSet<String>();
    for (SafetyRule rule : wanted.getRulesList()) {
      var id = rule.getId().isEmpty() ? Integer.toString(rules.size() + 1) : rule.getId();
      if (!seen.add(id)) {
        throw Statuses.field("safety_rules.rules", "has the id " + id + " twice");
      }
      rules.add(
          new SafetyRules.Rule(
              id,
              rule.getSku(),
              rule.getLocation(),
              rule.getCategory(),
              rule.getChannel(),
              rule.getPieces()));
    }
    return rules;
  }

  static dev.filo.proto.inventory.v1.Incoming incoming(Incoming incoming) {
    return dev.filo.proto.inventory.v1.Incoming.newBuilder()
        .setId(incoming.id())
        .setQuantity(incoming.quantity())
        .setExpectedDate(date(incoming.date()))
        .build();
  }

  static Incoming incoming(dev.filo.proto.inventory.v1.Incoming wanted) {
    if (wanted.getQuantity() == 0) {
      return new Incoming(wanted.getId(), 0, LocalDate.EPOCH);
    }
    if (!wanted.hasExpectedDate()) {
      throw Statuses.field("incoming.expected_date", "is missing");
    }
    var date = wanted.getExpectedDate();
    try {
      return new Incoming(
          wanted.getId(),
          wanted.getQuantity(),
          LocalDate.of(date.getYear(), date.getMonth(), date.getDay()));
    } catch (DateTimeException e) {
      throw Statuses.field("incoming.expected_date", "is no day of the calendar");
    }
  }

  static Date date(LocalDate date) {
    return Date.newBuilder()
        .setYear(date.getYear())
        .setMonth(date.getMonthValue())
        .setDay(date.getDayOfMonth())
        .build();
  }
}
