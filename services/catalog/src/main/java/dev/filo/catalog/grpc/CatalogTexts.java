package dev.filo.catalog.grpc;

import com.google.rpc.Code;
import dev.filo.catalog.domain.Refusal;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.catalog.v1.Attribute;
import dev.filo.proto.catalog.v1.AttributeRecord;
import dev.filo.proto.catalog.v1.Category;
import dev.filo.proto.catalog.v1.ErrorReason;
import dev.filo.proto.catalog.v1.ImportRefusal;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.Media;
import dev.filo.proto.catalog.v1.MediaRecord;
import dev.filo.proto.catalog.v1.Product;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.catalog.v1.VariantRecord;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** What is kept, as one caller reads it: in a language. */
final class CatalogTexts {
  private static final int PICTURES_MAX = 20;
  private static final String DOMAIN = "catalog.filo";

  private final String language;

  CatalogTexts(String language) {
    this.language = language;
  }

  String text(LocalizedText text) {
    return language.equals("en") && !text.getEn().isEmpty() ? text.getEn() : text.getIt();
  }

  /** A product, with the variant of this SKU first; an unknown one changes nothing. */
  Product product(ProductRecord record, String firstSku) {
    var variants = new ArrayList<VariantRecord>(record.getVariantsCount());
    for (VariantRecord variant : record.getVariantsList()) {
      variants.add(variant.getSku().equals(firstSku) ? 0 : variants.size(), variant);
    }
    var product =
        Product.newBuilder()
            .setName(record.getName())
            .setTitle(text(record.getTitle()))
            .setDescription(text(record.getDescription()))
            .setCategory(category(record.getCategory(), record.getCategoryLabel()))
            .addAllAttributes(attributes(record.getAttributesList()))
            .setWithdrawn(record.getWithdrawn())
            .setUri("/" + record.getName());
    var pictures = new LinkedHashSet<MediaRecord>();
    for (VariantRecord variant : variants) {
      product.addVariants(variant(variant));
      pictures.addAll(variant.getMediaList());
    }
    pictures.stream().limit(PICTURES_MAX).forEach(picture -> product.addMedia(media(picture)));
    return product.build();
  }

  Category category(String key, LocalizedText label) {
    return Category.newBuilder().setKey(key).setLabel(text(label)).build();
  }

  private List<Attribute> attributes(List<AttributeRecord> records) {
    return records.stream()
        .map(
            record ->
                Attribute.newBuilder()
                    .setKey(record.getKey())
                    .setLabel(text(record.getLabel()))
                    .setValueKey(record.getValueKey())
                    .setValue(text(record.getValue()))
                    .build())
        .toList();
  }

  private Variant variant(VariantRecord record) {
    var variant =
        Variant.newBuilder()
            .setSku(record.getSku())
            .setGtin(record.getGtin())
            .setTitle(text(record.getTitle()))
            .setPrice(record.getPrice())
            .addAllAttributes(attributes(record.getAttributesList()))
            .setSwatch(record.getSwatch());
    record.getMediaList().forEach(picture -> variant.addMedia(media(picture)));
    return variant.build();
  }

  Media media(MediaRecord record) {
    return Media.newBuilder().setUri(record.getUri()).setAlt(text(record.getAlt())).build();
  }

  /** A variant with what a line needs of its product. */
  VariantItem item(ProductRecord product, VariantRecord variant) {
    var title = text(product.getTitle());
    var own = text(variant.getTitle());
    var item =
        VariantItem.newBuilder()
            .setProduct(product.getName())
            .setTitle(product.getVariantsCount() > 1 && !own.isEmpty() ? title + ", " + own : title)
            .setVariant(variant(variant))
            .setWithdrawn(product.getWithdrawn());
    var pictures =
        variant.getMediaCount() > 0
            ? variant.getMediaList().stream()
            : product.getVariantsList().stream().flatMap(v -> v.getMediaList().stream());
    pictures.findFirst().ifPresent(picture -> item.setMedia(media(picture)));
    return item.build();
  }

  /** Why a row was not taken. */
  static ImportRefusal refusal(int index, Refusal refusal) {
    return switch (refusal) { // no default: a new one must not compile until it is told here
      case Refusal.NumberTaken(var number, var product) ->
          refusal(
              index,
              ErrorReason.ERROR_REASON_SKU_TAKEN,
              number + " is a number of " + product + " already. Numbers are unique.");
      case Refusal.GtinInvalid(var gtin) ->
          refusal(
              index,
              ErrorReason.ERROR_REASON_GTIN_INVALID,
              gtin + " is no GTIN: 8, 12, 13 or 14 digits, the last a check digit.");
      case Refusal.PriceInvalid(var sku) ->
          refusal(
              index,
              ErrorReason.ERROR_REASON_PRICE_INVALID,
              "The price of " + sku + " must not be negative, in whole cents, with a currency.");
      case Refusal.LocationInvalid() ->
          refusal(
              index,
              ErrorReason.ERROR_REASON_LOCATION_INVALID,
              "Latitude must lie in -90..90, longitude in -180..180.");
      case Refusal.CalendarInvalid(var what) ->
          refusal(index, ErrorReason.ERROR_REASON_CALENDAR_INVALID, what);
    };
  }

  private static ImportRefusal refusal(int index, ErrorReason reason, String detail) {
    return ImportRefusal.newBuilder()
        .setIndex(index)
        .setReason(Statuses.withoutPrefix(reason))
        .setDetail(detail)
        .build();
  }

  static StatusRuntimeException productNotFound(String name) {
    return Statuses.refusal(
        Code.NOT_FOUND,
        DOMAIN,
        ErrorReason.ERROR_REASON_PRODUCT_NOT_FOUND,
        "There is no " + name + ".",
        Map.of("product", name));
  }

  static StatusRuntimeException storeNotFound(String name) {
    return Statuses.refusal(
        Code.NOT_FOUND,
        DOMAIN,
        ErrorReason.ERROR_REASON_STORE_NOT_FOUND,
        "There is no " + name + ".",
        Map.of("store", name));
  }

  static StatusRuntimeException mediaNotFound(String name) {
    return Statuses.refusal(
        Code.NOT_FOUND,
        DOMAIN,
        ErrorReason.ERROR_REASON_MEDIA_NOT_FOUND,
        "There is no " + name + ".",
        Map.of("media", name));
  }

  static StatusRuntimeException pointMissing() {
    return Statuses.refusal(
        Code.INVALID_ARGUMENT,
        DOMAIN,
        ErrorReason.ERROR_REASON_POINT_MISSING,
        "What is near can only be told of a place: send latitude and longitude.",
        Map.of());
  }

  static StatusRuntimeException mediaInvalid(int index) {
    return Statuses.refusal(
        Code.INVALID_ARGUMENT,
        DOMAIN,
        ErrorReason.ERROR_REASON_MEDIA_INVALID,
        "Picture " + index + " is not what its type says, or does more than show something.",
        Map.of("index", Integer.toString(index)));
  }
}
