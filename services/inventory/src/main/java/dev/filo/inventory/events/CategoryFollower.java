package dev.filo.inventory.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.inventory.service.Items;
import dev.filo.proto.catalog.v1.ProductChanged;
import dev.filo.proto.catalog.v1.VariantRecord;
import dev.filo.proto.feed.v1.Event;
import reactor.core.publisher.Mono;

/** Takes note of the categories of catalog's products, for the safety rules that name one. */
public final class CategoryFollower {
  private static final String PRODUCT = ProductChanged.getDescriptor().getFullName();

  private final Items items;

  /** Tells these items. */
  public CategoryFollower(Items items) {
    this.items = items;
  }

  /** Deals with one event. Empty; repeating is harmless. */
  public Mono<Void> deal(Event event) {
    if (!event.getType().equals(PRODUCT)) {
      return Mono.empty();
    }
    try {
      var product = event.getData().unpack(ProductChanged.class).getProduct();
      return items.categorize(
          product.getVariantsList().stream().map(VariantRecord::getSku).toList(),
          product.getCategory());
    } catch (InvalidProtocolBufferException e) {
      return Mono.error(e);
    }
  }
}
