package dev.filo.inventory.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.inventory.service.Places;
import dev.filo.proto.catalog.v1.ProductChanged;
import dev.filo.proto.catalog.v1.StoreChanged;
import dev.filo.proto.catalog.v1.VariantRecord;
import dev.filo.proto.feed.v1.Event;
import reactor.core.publisher.Mono;

/** Takes note of catalog's stores and SKUs. A SKU stays known: its goods do not vanish with it. */
public final class CatalogFollower {
  private static final String STORE = StoreChanged.getDescriptor().getFullName();
  private static final String PRODUCT = ProductChanged.getDescriptor().getFullName();

  private final Places places;

  /** Tells these places. */
  public CatalogFollower(Places places) {
    this.places = places;
  }

  /** Deals with one event; repeating is harmless. */
  public Mono<Void> deal(Event event) {
    try {
      if (event.getType().equals(STORE)) {
        var store = event.getData().unpack(StoreChanged.class).getStore();
        return places.learnLocation(store.getName(), store.toByteArray());
      }
      if (event.getType().equals(PRODUCT)) {
        var product = event.getData().unpack(ProductChanged.class).getProduct();
        return places.learnSkus(
            product.getVariantsList().stream().map(VariantRecord::getSku).toList());
      }
      return Mono.empty();
    } catch (InvalidProtocolBufferException e) {
      return Mono.error(e);
    }
  }
}
