package dev.filo.demo.seed;

import com.google.common.util.concurrent.Futures;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.type.Date;
import com.google.type.DayOfWeek;
import com.google.type.LatLng;
import com.google.type.Money;
import com.google.type.TimeOfDay;
import dev.filo.demo.art.Picture;
import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.Label;
import dev.filo.demo.retailer.OpenInterval;
import dev.filo.demo.retailer.Product;
import dev.filo.demo.retailer.StockItem;
import dev.filo.demo.retailer.Store;
import dev.filo.demo.retailer.Text;
import dev.filo.demo.retailer.Variant;
import dev.filo.proto.catalog.v1.AttributeRecord;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.ImportMediaRequest;
import dev.filo.proto.catalog.v1.ImportProductsRequest;
import dev.filo.proto.catalog.v1.ImportStoresRequest;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.MediaContent;
import dev.filo.proto.catalog.v1.MediaRecord;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SpecialDay;
import dev.filo.proto.catalog.v1.VariantRecord;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.SetSafetyStockRequest;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Loads the demo retailer: stores, products with their pictures, stock as the receipts that brought
 * it. Every row has an id of its own, so that loading again, or going on after a stop, changes
 * nothing that is there.
 */
public final class Seeder {
  /**
   * For a channel to the door: what a busy machine does not answer in time is asked again, as all
   * that is loaded may be loaded twice.
   */
  public static final Map<String, ?> PATIENT =
      Map.of(
          "methodConfig",
          List.of(
              Map.of(
                  "name",
                  List.of(Map.of()),
                  "retryPolicy",
                  Map.of(
                      "maxAttempts",
                      5.0,
                      "initialBackoff",
                      "0.5s",
                      "maxBackoff",
                      "5s",
                      "backoffMultiplier",
                      2.0,
                      "retryableStatusCodes",
                      List.of("UNAVAILABLE", "DEADLINE_EXCEEDED")))));

  private static final int PRODUCTS_BATCH = 100;
  private static final int MEDIA_BATCH = 100;
  private static final int MOVEMENTS_BATCH = 1000;
  private static final int IN_FLIGHT = 64;
  // Inventory learns of stores and products by catalog's feed; it needs moments for that, not
  // minutes.
  private static final java.time.Duration LEARN = java.time.Duration.ofSeconds(60);

  private final CatalogServiceGrpc.CatalogServiceBlockingStub catalog;
  private final InventoryServiceGrpc.InventoryServiceBlockingStub inventory;
  private final InventoryServiceGrpc.InventoryServiceFutureStub inventoryFutures;
  private final DemoRetailer retailer;
  private final Consumer<String> tell;

  /**
   * A seeder.
   *
   * @param retailer what it loads
   * @param door the gRPC door
   * @param token an access token with role service or manager
   * @param tell is told of the progress, a line at a time
   */
  public Seeder(DemoRetailer retailer, Channel door, String token, Consumer<String> tell) {
    this.retailer = retailer;
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
    var attach = MetadataUtils.newAttachHeadersInterceptor(headers);
    this.catalog = CatalogServiceGrpc.newBlockingStub(door).withInterceptors(attach);
    this.inventory = InventoryServiceGrpc.newBlockingStub(door).withInterceptors(attach);
    this.inventoryFutures = InventoryServiceGrpc.newFutureStub(door).withInterceptors(attach);
    this.tell = tell;
  }

  /** True when the last thing that is loaded is there already. */
  public boolean isLoaded() {
    var found =
        within(catalog).searchProducts(SearchProductsRequest.newBuilder().setPageSize(1).build());
    if (found.getTotalSize() < retailer.products().size()) {
      return false;
    }
    // Safety stock is loaded last.
    var last = retailer.stock().stream().filter(item -> item.safety() > 0).toList().getLast();
    try {
      return within(inventory)
              .getStockLevel(
                  GetStockLevelRequest.newBuilder()
                      .setName("stockLevels/%s@%s".formatted(last.sku(), last.locationId()))
                      .build())
              .getSafety()
          == last.safety();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** Loads everything. */
  public void load() {
    var stores = new ArrayList<>(retailer.stores());
    stores.add(retailer.warehouse());
    var storesAnswer =
        within(catalog)
            .importStores(
                ImportStoresRequest.newBuilder()
                    .addAllStores(stores.stream().map(this::store).toList())
                    .build());
    refuseRefusals(storesAnswer.getRefusalsList().toString(), storesAnswer.getRefusalsCount());
    tell.accept("%d stores".formatted(stores.size()));
    var pictures = pictures();
    tell.accept("%d pictures".formatted(pictures.size()));
    for (List<Product> batch : batches(retailer.products(), PRODUCTS_BATCH)) {
      var answer =
          within(catalog)
              .importProducts(
                  ImportProductsRequest.newBuilder()
                      .addAllProducts(
                          batch.stream().map(product -> product(product, pictures)).toList())
                      .build());
      refuseRefusals(answer.getRefusalsList().toString(), answer.getRefusalsCount());
    }
    tell.accept("%d products".formatted(retailer.products().size()));
    stock();
    tell.accept("%d stock levels".formatted(retailer.stock().size()));
  }

  private void stock() {
    var rows = retailer.stock().stream().filter(item -> item.onHand() > 0).toList();
    for (List<StockItem> batch : batches(rows, MOVEMENTS_BATCH)) {
      record(batch);
    }
    // Safety last: a level that keeps pieces back exists already. Many at once, as each is one
    // small write.
    var kept = retailer.stock().stream().filter(item -> item.safety() > 0).toList();
    for (List<StockItem> batch : batches(kept, IN_FLIGHT)) {
      var answers =
          batch.stream()
              .map(
                  item ->
                      inventoryFutures
                          .withDeadlineAfter(60, TimeUnit.SECONDS)
                          .setSafetyStock(
                              SetSafetyStockRequest.newBuilder()
                                  .setName(
                                      "stockLevels/%s@%s".formatted(item.sku(), item.locationId()))
                                  .setSafety(item.safety())
                                  .setRequestId(
                                      "demo-safety-" + item.sku() + "-" + item.locationId())
                                  .build()))
              .toList();
      answers.forEach(Futures::getUnchecked);
    }
  }

  private void record(List<StockItem> items) {
    long deadline = System.nanoTime() + LEARN.toNanos();
    var rest = items;
    while (true) {
      var answer =
          within(inventory)
              .batchCreateMovements(
                  RecordMovementsRequest.newBuilder()
                      .addAllMovements(rest.stream().map(Seeder::receipt).toList())
                      .setRequestId("demo-stock-" + rest.getFirst().sku() + "-" + System.nanoTime())
                      .build());
      var again = new ArrayList<StockItem>();
      for (int i = 0; i < answer.getResultsCount(); i++) {
        var result = answer.getResults(i);
        if (result.getOutcome() != MovementResult.Outcome.REFUSED) {
          continue;
        }
        boolean unknownYet =
            result.getReason().equals("SKU_NOT_FOUND")
                || result.getReason().equals("LOCATION_NOT_FOUND");
        if (!unknownYet || System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "stock was refused: " + result.getReason() + " " + result.getDetail());
        }
        again.add(rest.get(i));
      }
      if (again.isEmpty()) {
        return;
      }
      rest = again;
      LockSupport.parkNanos(
          TimeUnit.MILLISECONDS.toNanos(200)); // until inventory has heard of them
    }
  }

  private static Movement receipt(StockItem item) {
    return Movement.newBuilder()
        .setId("demo-receipt-" + item.sku() + "-" + item.locationId())
        .setKind(Movement.Kind.RECEIPT)
        .setSku(item.sku())
        .setLocation("stores/" + item.locationId())
        .setQuantity(item.onHand())
        .setCause("opening stock")
        .build();
  }

  /** The path of each variant's picture, by SKU. */
  private Map<String, String> pictures() {
    var paths = new HashMap<String, String>();
    record Drawn(String sku, String svg) {}
    var drawn = new ArrayList<Drawn>();
    for (Product product : retailer.products()) {
      for (Variant variant : product.variants()) {
        drawn.add(new Drawn(variant.sku(), Picture.svg(product, variant)));
      }
    }
    for (List<Drawn> batch : batches(drawn, MEDIA_BATCH)) {
      var request = ImportMediaRequest.newBuilder();
      batch.forEach(
          one ->
              request.addMedia(
                  MediaContent.newBuilder()
                      .setContentType("image/svg+xml")
                      .setData(ByteString.copyFromUtf8(one.svg))));
      var uris = within(catalog).importMedia(request.build()).getUrisList();
      for (int i = 0; i < batch.size(); i++) {
        paths.put(batch.get(i).sku, uris.get(i));
      }
    }
    return paths;
  }

  private ProductRecord product(Product product, Map<String, String> pictures) {
    var category =
        retailer.categories().stream()
            .filter(one -> one.id().equals(product.categoryId()))
            .findFirst()
            .orElseThrow();
    var record =
        ProductRecord.newBuilder()
            .setName("products/" + product.id())
            .setTitle(text(product.title()))
            .setDescription(text(product.description()))
            .setCategory(category.id())
            .setCategoryLabel(text(category.title()))
            .addAttributes(attribute("material", "Materiale", "Material", product.material()))
            .addAttributes(attribute("style", "Stile", "Style", product.style()))
            .addAttributes(attribute("line", "Linea", "Line", product.line()))
            .addAttributes(
                attribute(
                    "dimensions",
                    "Dimensioni",
                    "Dimensions",
                    new Label(
                        "%dx%dx%d"
                            .formatted(
                                product.dimensions().widthCm(),
                                product.dimensions().depthCm(),
                                product.dimensions().heightCm()),
                        dimensions(product))));
    for (Variant variant : product.variants()) {
      record.addVariants(variant(product, variant, pictures));
    }
    return record.build();
  }

  private static Text dimensions(Product product) {
    var size = product.dimensions();
    return new Text(
        "L %d × P %d × A %d cm".formatted(size.widthCm(), size.depthCm(), size.heightCm()),
        "W %d × D %d × H %d cm".formatted(size.widthCm(), size.depthCm(), size.heightCm()));
  }

  private static VariantRecord variant(
      Product product, Variant variant, Map<String, String> pictures) {
    var colour = variant.colour();
    var size = variant.size();
    var title =
        size == null
            ? colour.text()
            : new Text(
                colour.text().it() + ", " + size.text().it(),
                colour.text().en() + ", " + size.text().en());
    var record =
        VariantRecord.newBuilder()
            .setSku(variant.sku())
            .setGtin(variant.gtin())
            .setTitle(text(title))
            .setPrice(
                Money.newBuilder()
                    .setCurrencyCode(variant.currency())
                    .setUnits(variant.priceMinor() / 100)
                    .setNanos((int) (variant.priceMinor() % 100) * 10_000_000))
            .setSwatch(colour.hex().toLowerCase(java.util.Locale.ROOT))
            .addAttributes(
                attribute("colour", "Colore", "Colour", new Label(colour.key(), colour.text())))
            .addMedia(
                MediaRecord.newBuilder()
                    .setUri(pictures.getOrDefault(variant.sku(), ""))
                    .setAlt(
                        text(
                            new Text(
                                product.title().it() + ", " + title.it(),
                                product.title().en() + ", " + title.en()))));
    if (size != null) {
      record.addAttributes(attribute("size", "Misura", "Size", size));
    }
    return record.build();
  }

  private static AttributeRecord attribute(String key, String it, String en, Label label) {
    return AttributeRecord.newBuilder()
        .setKey(key)
        .setLabel(text(new Text(it, en)))
        .setValueKey(label.key())
        .setValue(text(label.text()))
        .build();
  }

  private static LocalizedText text(Text text) {
    return LocalizedText.newBuilder().setIt(text.it()).setEn(text.en()).build();
  }

  private dev.filo.proto.catalog.v1.Store store(Store store) {
    var record =
        dev.filo.proto.catalog.v1.Store.newBuilder()
            .setName("stores/" + store.id())
            .setTitle(store.name())
            .setAddress(store.address().street())
            .setCity(store.address().city())
            .setPostalCode(store.address().postalCode())
            .setPhone(store.phone())
            .setLocation(
                LatLng.newBuilder().setLatitude(store.latitude()).setLongitude(store.longitude()))
            .setTimeZone(store.timeZone().getId())
            .setPickup(store.pickup())
            .setPickupLead(Duration.newBuilder().setSeconds(store.pickupReadyIn().toSeconds()))
            .setWarehouse(store.format() == Store.Format.WAREHOUSE);
    store
        .weeklyHours()
        .forEach(
            (day, intervals) ->
                intervals.forEach(
                    interval ->
                        record.addOpeningHours(
                            period(interval).setDay(DayOfWeek.forNumber(day.getValue())))));
    store
        .specialDays()
        .forEach(
            special -> {
              var day =
                  SpecialDay.newBuilder()
                      .setDate(
                          Date.newBuilder()
                              .setYear(special.date().getYear())
                              .setMonth(special.date().getMonthValue())
                              .setDay(special.date().getDayOfMonth()))
                      .setTitle(special.reason().it());
              special.intervals().forEach(interval -> day.addPeriods(period(interval)));
              record.addSpecialDays(day);
            });
    return record.build();
  }

  private static OpeningPeriod.Builder period(OpenInterval interval) {
    return OpeningPeriod.newBuilder()
        .setOpenTime(time(interval.opens()))
        .setCloseTime(time(interval.closes()));
  }

  private static TimeOfDay time(LocalTime time) {
    return TimeOfDay.newBuilder().setHours(time.getHour()).setMinutes(time.getMinute()).build();
  }

  private static void refuseRefusals(String refusals, int count) {
    if (count > 0) {
      throw new IllegalStateException(count + " rows were refused: " + refusals);
    }
  }

  private static <T> List<List<T>> batches(List<T> all, int size) {
    var batches = new ArrayList<List<T>>();
    for (int from = 0; from < all.size(); from += size) {
      batches.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    return batches;
  }

  private static <S extends io.grpc.stub.AbstractBlockingStub<S>> S within(S stub) {
    return stub.withDeadlineAfter(60, TimeUnit.SECONDS);
  }
}
