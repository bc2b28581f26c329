package dev.filo.pos.command;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.sync.Codes;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.StockLevel;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code filo-pos lookup}. */
@Command(
    name = "lookup",
    mixinStandardHelpOptions = true,
    description =
        "Shows an article: title, price, what is here, and the nearest stores that have it.")
final class LookupCommand extends TillCommand {
  private static final int STORES_MAX = 100;

  @Parameters(paramLabel = "CODE", description = "A SKU or a barcode (GTIN).")
  private String code = "";

  @Option(
      names = "--stores",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many other stores at most, 0 to 100 (${DEFAULT-VALUE}).")
  private int stores;

  @Override
  public Integer call() throws IOException {
    if (!Codes.isCode(code)) {
      throw usage(say("record.code", code));
    }
    if (stores < 0 || stores > STORES_MAX) {
      throw usage(say("lookup.stores", STORES_MAX));
    }
    var till = root().till();
    var store = till.store();
    var gateway = till.gateway();
    var patience = root().patience().plusSeconds(1);
    var item = Codes.lookUp(gateway, List.of(code), patience).get(code);
    if (item == null) {
      throw new TillException(
          Exit.REFUSED,
          "SKU_NOT_FOUND",
          say(Codes.isGtin(code) ? "lookup.unknownGtin" : "lookup.unknown", code));
    }
    var variant = item.getVariant();
    output().line(item.getTitle());
    output()
        .line(
            "  "
                + variant.getSku()
                + (variant.getGtin().isEmpty() ? "" : "  " + variant.getGtin())
                + "  "
                + root().texts().money(variant.getPrice()));
    if (item.getWithdrawn()) {
      output().line("  " + say("lookup.withdrawn"));
    }
    var object =
        Output.object(name())
            .put("result", "done")
            .put("sku", variant.getSku())
            .put("gtin", variant.getGtin())
            .put("title", item.getTitle())
            .put("withdrawn", item.getWithdrawn());
    object.set("price", Output.money(variant.getPrice()));
    try {
      var level = gateway.level(variant.getSku(), store, patience);
      var nearby =
          gateway.nearby(
              variant.getSku(), till.settings().latitude(), till.settings().longitude(), patience);
      stock(store, level, nearby, object);
      output().object(object);
      return Exit.DONE;
    } catch (GatewayException e) {
      // An outage is not «none»: what is known is shown, and that the rest is not.
      output().line("  " + say("lookup.stockUnknown", root().texts().why(e)));
      output()
          .object(
              object
                  .put("result", "unanswered")
                  .put("stockUnknown", true)
                  .put("message", root().texts().why(e)));
      return e.mayPass() ? Exit.NO_ANSWER : Exit.REFUSED;
    }
  }

  private void stock(String store, StockLevel level, FindNearbyResponse nearby, ObjectNode object) {
    var asOf =
        Instant.ofEpochSecond(level.getAsOfTime().getSeconds(), level.getAsOfTime().getNanos());
    output()
        .line(
            "  "
                + say(
                    "lookup.here",
                    level.getAvailable(),
                    level.getOnHand(),
                    level.getHeld(),
                    level.getSafety(),
                    root().texts().time(asOf)));
    object
        .putObject("here")
        .put("store", store)
        .put("available", level.getAvailable())
        .put("onHand", level.getOnHand())
        .put("held", level.getHeld())
        .put("safety", level.getSafety())
        .put("asOfTime", asOf.toString());
    var others = object.putArray("stores");
    var having = others(store, nearby).limit(stores).toList();
    if (having.isEmpty() && stores > 0) {
      output().line("  " + say("lookup.nowhere"));
    }
    for (var each : having) {
      output()
          .line(
              "  %-32s %9s   %s"
                  .formatted(
                      each.getTitle(),
                      each.hasDistanceMeters()
                          ? root().texts().distance(each.getDistanceMeters())
                          : "",
                      say("lookup.available", each.getAvailable())));
      var other =
          others
              .addObject()
              .put("store", each.getStore())
              .put("title", each.getTitle())
              .put("available", each.getAvailable());
      if (each.hasDistanceMeters()) {
        other.put("distanceMeters", Math.round(each.getDistanceMeters()));
      }
    }
  }

  private static Stream<LocationAvailability> others(String store, FindNearbyResponse nearby) {
    return nearby.getLocationsList().stream()
        .filter(each -> !each.getStore().equals(store) && each.getAvailable() > 0);
  }
}
