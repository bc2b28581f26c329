package dev.filo.pos.command;

import com.google.type.Money;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.journal.Fact;
import dev.filo.pos.journal.Item;
import dev.filo.pos.sync.Settled;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.inventory.v1.MovementResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Tells what became of entries, to people and to scripts. */
final class Reports {
  private final Texts texts;
  private final Output output;

  Reports(Texts texts, Output output) {
    this.texts = texts;
    this.output = output;
  }

  /**
   * Tells what became of something just recorded; gives the exit code.
   *
   * @param names what its codes mean, as far as it is known
   * @param sentByItself whether this process goes on sending
   */
  int recorded(
      String command, Settled settled, Map<String, VariantItem> names, boolean sentByItself) {
    var item = settled.item();
    return switch (settled) {
      case Settled.Done(var done, var results) -> {
        output.line(texts.say("recorded." + kind(item), Integer.toString(item.number())));
        goods(item, names, results);
        output.object(json(command, "done", item, names, results));
        yield Exit.DONE;
      }
      case Settled.Refused(var refused, var results) -> {
        output.aside(texts.say("refused", Integer.toString(item.number())));
        refused.refusals().forEach(why -> output.aside("  " + words(why)));
        output.aside("  " + texts.say("refused.todo", Integer.toString(item.number())));
        output.object(json(command, "refused", refused, names, results));
        yield Exit.REFUSED;
      }
      case Settled.Waits(var waiting, var why) -> {
        output.line(texts.say("queued", Integer.toString(item.number())));
        goods(item, names, List.of());
        output.line(
            "  " + texts.say(sentByItself ? "queued.byItself" : "queued.flush", texts.why(why)));
        output.object(
            json(command, "queued", item, names, List.of())
                .put("reason", why.reason())
                .put("message", texts.why(why)));
        yield Exit.QUEUED;
      }
    };
  }

  /** Tells of an entry that was settled while nobody waited for it. */
  void late(Settled settled) {
    var item = settled.item();
    var number = Integer.toString(item.number());
    switch (settled) {
      case Settled.Done(var done, var results) -> {
        output.aside(texts.say("late.done", number));
        output.object(json("sent", "done", item, Map.of(), results));
      }
      case Settled.Refused(var refused, var results) -> {
        output.aside(texts.say("late.refused", number, what(refused)));
        refused.refusals().forEach(why -> output.aside("  " + words(why)));
        output.aside("  " + texts.say("refused.todo", number));
        output.object(json("sent", "refused", refused, Map.of(), results));
      }
      case Settled.Waits waits -> {}
    }
  }

  private void goods(Item item, Map<String, VariantItem> names, List<MovementResult> results) {
    Money total = null;
    boolean summed = true;
    for (int i = 0; i < item.entry().lines().size(); i++) {
      var line = item.entry().lines().get(i);
      var named = names.get(line.code());
      var text = new StringBuilder("  %d × ".formatted(line.quantity()));
      if (named == null) {
        text.append(line.code());
        summed = false;
      } else {
        var price = named.getVariant().getPrice();
        var amount = Texts.times(price, line.quantity());
        text.append(named.getTitle()).append(" (").append(named.getVariant().getSku()).append(")");
        if (isSale(item)) {
          text.append("  ").append(texts.money(amount));
        }
        summed &= total == null || total.getCurrencyCode().equals(amount.getCurrencyCode());
        total = total == null || !summed ? amount : Texts.plus(total, amount);
      }
      if (i < results.size()) {
        text.append("  ").append(level(results.get(i)));
      }
      output.line(text.toString());
    }
    if (total != null && summed && item.entry().lines().size() > 1 && isSale(item)) {
      output.line("  " + texts.say("total", texts.money(total)));
    }
  }

  private static boolean isSale(Item item) {
    return item.entry() instanceof Entry.Movements movements
        && (movements.kind() == Entry.Kind.SALE || movements.kind() == Entry.Kind.RETURN);
  }

  private String level(MovementResult result) {
    var level = result.getLevel();
    var text =
        texts.say(
            "left", Integer.toString(level.getOnHand()), Integer.toString(level.getAvailable()));
    if (level.getOnHand() < 0) {
      return text + " " + texts.say("left.negative");
    }
    return level.getHeld() > level.getOnHand()
        ? text + " " + texts.say("left.held", Integer.toString(level.getHeld()))
        : text;
  }

  /** What an entry is, in a few words: «sale of 2 × DIV-LUC». */
  String what(Item item) {
    var goods = new StringBuilder();
    for (var line : item.entry().lines()) {
      goods.append(goods.isEmpty() ? "" : ", ").append(line.quantity()).append(" × ");
      goods.append(line.code());
    }
    return switch (item.entry()) {
      case Entry.Movements movements -> texts.say("what." + kind(item), goods);
      case Entry.Collection collection -> texts.say("what.collection", collection.code());
    };
  }

  static String kind(Item item) {
    return switch (item.entry()) {
      case Entry.Movements movements -> movements.kind().name().toLowerCase(Locale.ROOT);
      case Entry.Collection collection -> "collection";
    };
  }

  /** Why a line was not taken, in plain words. */
  String words(Fact.Refusal why) {
    String plain;
    try {
      plain = texts.say("reason." + why.reason());
    } catch (MissingResourceException e) {
      plain = why.detail().isEmpty() ? why.reason() : why.detail();
    }
    return why.code().isEmpty() ? plain : why.code() + ": " + plain;
  }

  /** An entry for scripts. */
  ObjectNode json(
      String command,
      String result,
      Item item,
      Map<String, VariantItem> names,
      List<MovementResult> results) {
    var object =
        Output.object(command)
            .put("result", result)
            .put("number", item.number())
            .put("id", item.entry().id())
            .put("kind", kind(item))
            .put("store", item.entry().store())
            .put("time", item.entry().time().toString());
    if (item.entry() instanceof Entry.Movements movements && !movements.cause().isEmpty()) {
      object.put("cause", movements.cause());
    }
    if (item.entry() instanceof Entry.Collection collection) {
      object.put("pickupCode", collection.code());
    }
    var lines = object.putArray("lines");
    for (int i = 0; i < item.entry().lines().size(); i++) {
      var line = item.entry().lines().get(i);
      var named = names.get(line.code());
      var own = lines.addObject().put("code", line.code()).put("quantity", line.quantity());
      sku(item, line, own);
      if (!line.serials().isEmpty()) {
        var serials = own.putArray("serials");
        line.serials().forEach(serials::add);
      }
      if (item.entry() instanceof Entry.Movements) {
        own.put("movement", item.entry().movementId(i));
      }
      if (named != null) {
        own.put("title", named.getTitle());
        own.set("unitPrice", Output.money(named.getVariant().getPrice()));
        own.set("price", Output.money(Texts.times(named.getVariant().getPrice(), line.quantity())));
      }
      outcome(i < results.size() ? results.get(i) : null, own);
    }
    if (!item.refusals().isEmpty()) {
      var refusals = object.putArray("refusals");
      item.refusals()
          .forEach(
              why ->
                  refusals
                      .addObject()
                      .put("code", why.code())
                      .put("reason", why.reason())
                      .put("message", words(why))
                      .put("detail", why.detail()));
    }
    return object;
  }

  private static void sku(Item item, Entry.Line line, ObjectNode own) {
    var sku = line.sku().isEmpty() ? item.skus().getOrDefault(line.code(), "") : line.sku();
    if (!sku.isEmpty()) {
      own.put("sku", sku);
    }
  }

  private static void outcome(@Nullable MovementResult result, ObjectNode own) {
    if (result == null) {
      return;
    }
    own.put("outcome", result.getOutcome().name());
    if (result.hasLevel()) {
      own.put("onHand", result.getLevel().getOnHand())
          .put("held", result.getLevel().getHeld())
          .put("available", result.getLevel().getAvailable());
    }
  }
}
