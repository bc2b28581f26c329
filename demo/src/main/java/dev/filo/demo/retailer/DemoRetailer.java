package dev.filo.demo.retailer;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Casa Filo, a furniture and home retailer that does not exist. Two creations are equal.
 *
 * @param stores the shops people walk into
 * @param warehouse the online warehouse, a stock location without customers
 * @param stock of the shops and the warehouse; a pair that is not there is not kept
 */
public record DemoRetailer(
    String name,
    List<Category> categories,
    List<Product> products,
    List<Store> stores,
    Store warehouse,
    List<StockItem> stock) {

  /** Keeps its own copies. */
  public DemoRetailer {
    categories = List.copyOf(categories);
    products = List.copyOf(products);
    stores = List.copyOf(stores);
    stock = List.copyOf(stock);
  }

  /** Reads the tables that stand beside this class. */
  public static DemoRetailer create() {
    List<Category> categories = Goods.categories();
    List<Goods.Stocked> goods = Goods.read(categories);
    List<Store> places = Shops.read();
    return new DemoRetailer(
        "Casa Filo",
        categories,
        goods.stream().map(Goods.Stocked::product).toList(),
        places.stream().filter(place -> place.format() != Store.Format.WAREHOUSE).toList(),
        places.stream()
            .filter(place -> place.format() == Store.Format.WAREHOUSE)
            .findFirst()
            .orElseThrow(),
        StockPlan.draw(goods, places));
  }

  /** The same retailer with only its first products, at most {@code size}, and their stock. */
  public DemoRetailer sample(int size) {
    List<Product> few = products.subList(0, Math.min(size, products.size()));
    Set<String> skus =
        few.stream()
            .flatMap(product -> product.variants().stream())
            .map(Variant::sku)
            .collect(Collectors.toSet());
    return new DemoRetailer(
        name,
        categories,
        few,
        stores,
        warehouse,
        stock.stream().filter(item -> skus.contains(item.sku())).toList());
  }
}
