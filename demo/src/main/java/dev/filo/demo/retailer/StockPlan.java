package dev.filo.demo.retailer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Who holds what. Every decision is drawn from a generator seeded by what it is about, so a new
 * product or shop changes no one else's stock.
 */
final class StockPlan {

  private static final long SEED = 0x46494c4fL;

  /** One SKU in this many is sold out everywhere. */
  private static final int SOLD_OUT_ONE_IN = 45;

  /** One shelf in this many is empty though the shop keeps the SKU. */
  private static final int EMPTY_ONE_IN = 9;

  private StockPlan() {}

  static List<StockItem> draw(List<Goods.Stocked> goods, List<Store> places) {
    Map<String, List<StockItem>> told = told();
    List<StockItem> stock = new ArrayList<>();
    for (Goods.Stocked each : goods) {
      for (Variant variant : each.product().variants()) {
        List<StockItem> known = told.remove(variant.sku());
        if (known != null) {
          stock.addAll(known);
          continue;
        }
        boolean soldOut = random(variant.sku(), "sold out").nextInt(SOLD_OUT_ONE_IN) == 0;
        for (Store place : places) {
          if (keeps(each, variant, place)) {
            stock.add(item(variant, place, each.stockClass(), soldOut));
          }
        }
      }
    }
    if (!told.isEmpty()) {
      throw new IllegalStateException("stock-set.txt names unknown SKUs: " + told.keySet());
    }
    return List.copyOf(stock);
  }

  private static Map<String, List<StockItem>> told() {
    Map<String, List<StockItem>> told = new LinkedHashMap<>();
    for (Table.Row row : Table.read("stock-set.txt", 6).rows()) {
      List<StockItem.Incoming> incoming =
          row.cell(4).equals("-")
              ? List.of()
              : List.of(new StockItem.Incoming(row.whole(4), row.whole(5)));
      told.computeIfAbsent(row.cell(0), sku -> new ArrayList<>())
          .add(new StockItem(row.cell(0), row.cell(1), row.whole(2), row.whole(3), incoming));
    }
    return told;
  }

  /** A shop keeps a product or not, and of those it keeps not every colour and size. */
  private static boolean keeps(Goods.Stocked goods, Variant variant, Store place) {
    int range = percent(place.format(), goods.stockClass());
    if (random(goods.product().id(), place.id()).nextInt(100) >= range) {
      return false;
    }
    int variants = goods.product().variants().size();
    int likely = place.format() == Store.Format.WAREHOUSE ? 98 : variants <= 2 ? 80 : 45;
    return random(variant.sku(), place.id() + " keeps").nextInt(100) < likely;
  }

  private static int percent(Store.Format format, char stockClass) {
    return switch (format) {
      case WAREHOUSE -> 100;
      case FLAGSHIP -> of(stockClass, 60, 75, 90);
      case CITY -> of(stockClass, 22, 38, 55);
      case TOWN -> of(stockClass, 6, 16, 34);
    };
  }

  private static StockItem item(Variant variant, Store place, char stockClass, boolean soldOut) {
    SplittableRandom random = random(variant.sku(), place.id());
    boolean warehouse = place.format() == Store.Format.WAREHOUSE;
    boolean empty = soldOut || random.nextInt(EMPTY_ONE_IN) == 0;
    int most =
        warehouse
            ? of(stockClass, 14, 60, 240)
            : place.format() == Store.Format.FLAGSHIP
                ? of(stockClass, 3, 8, 24)
                : of(stockClass, 2, 5, 16);
    // The lower of two throws: small numbers are commoner than large ones.
    int pieces = 1 + Math.min(random.nextInt(most), random.nextInt(most));
    int safety = stockClass == 'S' && !warehouse ? 1 : warehouse ? of(stockClass, 0, 1, 4) : 0;
    List<StockItem.Incoming> incoming = new ArrayList<>();
    if (warehouse ? empty || random.nextInt(4) == 0 : empty && random.nextInt(2) == 0) {
      incoming.add(
          new StockItem.Incoming(
              warehouse ? of(stockClass, 8, 30, 120) : 1 + random.nextInt(most),
              3 + random.nextInt(warehouse ? 40 : 18)));
    }
    return new StockItem(variant.sku(), place.id(), empty ? 0 : pieces, safety, incoming);
  }

  private static int of(char stockClass, int few, int some, int many) {
    return switch (stockClass) {
      case 'L' -> few;
      case 'M' -> some;
      case 'S' -> many;
      default -> throw new IllegalStateException("no stock class " + stockClass);
    };
  }

  private static SplittableRandom random(String what, String where) {
    // FNV-1a, 64 bits; SplittableRandom itself mixes the seed well.
    long hash = 0xcbf29ce484222325L ^ SEED;
    for (byte each : (what + "@" + where).getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return new SplittableRandom(hash);
  }
}
