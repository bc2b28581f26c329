package dev.filo.fuzz;

import dev.filo.admin.csv.InventoryCsv;
import dev.filo.pos.gateway.Pin;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;

/** What the command lines read: files that others have written, and settings. */
final class ToolTargets {
  private static final String NEW =
      "Handle,Title,Option1 Name,SKU,HS Code,COO,Location,Bin name,On hand (current),On hand (new)\n"
          + "sofa,Sofa,Colour,DIV-1,,IT,Milano,,3,\n"
          + "\"so, fa\",\"So\"\"fa\",Colour,DIV-2,,IT,Roma,,not stocked,4\n";
  private static final String OLD =
      "Handle,Title,SKU,HS Code,COO,Milano,Roma\nsofa,Sofa,DIV-1,,IT,3,not stocked\n";

  private ToolTargets() {}

  static List<Target> all() {
    return List.of(
        Target.ofText("inventory-csv", ToolTargets::csv, NEW, OLD),
        Target.ofText(
            "till-pin", ToolTargets::pin, "sha256/" + "A".repeat(43) + "=", "sha256/AAAA"));
  }

  private static void csv(String text) throws IOException {
    try (var file =
        new InventoryCsv(
            new StringReader(text), name -> name.equals("Milano") ? "stores/milano" : null)) {
      boolean more = true;
      while (more) {
        more =
            file.next(
                line -> {
                  if (line instanceof InventoryCsv.Line.Count count
                      && (count.onHand() < 0 || count.sku().isEmpty())) {
                    throw new IllegalStateException("taken: " + count);
                  }
                });
      }
    } catch (InventoryCsv.NotReadableException e) {
      // As it should be.
    }
  }

  private static void pin(String text) {
    try {
      Pin.parse(text);
    } catch (IllegalArgumentException e) {
      // It says what is wrong, to whoever set it.
    }
  }
}
