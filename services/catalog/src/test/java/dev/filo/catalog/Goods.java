package dev.filo.catalog;

import com.google.type.Money;
import dev.filo.proto.catalog.v1.AttributeRecord;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.MediaRecord;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.VariantRecord;
import java.util.List;
import java.util.Locale;

/** A small furniture shop: enough that a wrong ranking shows. */
public final class Goods {
  private static final ProductRecord SOFA =
      product("divano-lucca", "Divano in velluto Lucca", "Lucca velvet sofa", "sofas")
          .setDescription(
              text(
                  "Tre posti, piedi in faggio, imbottitura in piuma. Comodità senza compromessi.",
                  "Three seats, beech feet, feather filling."))
          .addAttributes(
              attribute("material", "Materiale", "Material", "velvet", "velluto", "velvet"))
          .addVariants(
              variant("DIV-LUC-VRD", "4006381333931", 1290, "green", "verde bosco", "forest green"))
          .addVariants(variant("DIV-LUC-BLU", "", 1290, "blue", "blu notte", "midnight blue"))
          .addVariants(variant("DIV-LUC-GRG", "", 1190, "grey", "grigio perla", "pearl grey"))
          .addKeywords("couch")
          .build();

  private Goods() {}

  /** All of it. */
  public static List<ProductRecord> all() {
    return List.of(
        SOFA,
        product("divano-siena", "Divano in lino Siena", "Siena linen sofa", "sofas")
            .setDescription(
                text("Due posti. Sta bene accanto a una poltrona in velluto verde.", "Two seats."))
            .addAttributes(attribute("material", "Materiale", "Material", "linen", "lino", "linen"))
            .addVariants(variant("DIV-SIE-VRD", "", 890, "green", "verde salvia", "sage green"))
            .addVariants(variant("DIV-SIE-BEI", "", 850, "beige", "beige", "beige"))
            .build(),
        product("poltrona-pisa", "Poltrona in velluto Pisa", "Pisa velvet armchair", "armchairs")
            .addAttributes(
                attribute("material", "Materiale", "Material", "velvet", "velluto", "velvet"))
            .addVariants(variant("POL-PIS-VRD", "", 490, "green", "verde bosco", "forest green"))
            .addVariants(variant("POL-PIS-ROS", "", 490, "red", "rosso rubino", "ruby red"))
            .build(),
        product(
                "cuscino-elba",
                "Cuscino per divano in velluto Elba",
                "Elba velvet sofa cushion",
                "cushions")
            .addAttributes(
                attribute("material", "Materiale", "Material", "velvet", "velluto", "velvet"))
            .addVariants(variant("CUS-ELB-VRD", "", 39, "green", "verde bosco", "forest green"))
            .addVariants(
                variant("CUS-ELB-GIA", "", 39, "yellow", "giallo senape", "mustard yellow"))
            .build(),
        product("tavolo-noce", "Tavolo in noce Arezzo", "Arezzo walnut table", "tables")
            .addAttributes(
                attribute("material", "Materiale", "Material", "walnut", "noce", "walnut"))
            .addVariants(variant("TAV-ARE-NOC", "", 990, "brown", "noce", "walnut"))
            .build(),
        product("sedia-lodi", "Sedia impagliata Lodi", "Lodi rush chair", "chairs")
            .addAttributes(
                attribute("material", "Materiale", "Material", "beech", "faggio", "beech"))
            .addVariants(variant("SED-LOD-NAT", "", 120, "natural", "naturale", "natural"))
            .addVariants(variant("SED-LOD-VRD", "", 130, "green", "verde bosco", "forest green"))
            .build(),
        product("letto-como", "Letto contenitore Como", "Como storage bed", "beds")
            .addAttributes(attribute("material", "Materiale", "Material", "oak", "rovere", "oak"))
            .addVariants(variant("LET-COM-160", "", 1100, "natural", "naturale", "natural"))
            .build(),
        product("libreria-asti", "Libreria modulare Asti", "Asti modular shelves", "shelves")
            .addAttributes(attribute("material", "Materiale", "Material", "oak", "rovere", "oak"))
            .addVariants(variant("LIB-AST-BIA", "", 640, "white", "bianco", "white"))
            .build(),
        product("lampada-capri", "Lampada da terra Capri", "Capri floor lamp", "lamps")
            .addAttributes(
                attribute("material", "Materiale", "Material", "brass", "ottone", "brass"))
            .addVariants(variant("LAM-CAP-ORO", "", 210, "gold", "oro", "gold"))
            .build(),
        product("divano-angolo", "Divano d'angolo Monza", "Monza corner sofa", "sofas")
            .addAttributes(
                attribute("material", "Materiale", "Material", "leather", "pelle", "leather"))
            .addVariants(variant("DIV-MON-NER", "", 2400, "black", "nero", "black"))
            .build());
  }

  /** The green velvet sofa and its other colours. */
  public static ProductRecord sofa() {
    return SOFA;
  }

  /** A product without variants yet. */
  public static ProductRecord.Builder product(String id, String it, String en, String category) {
    var labels =
        switch (category) {
          case "sofas" -> text("Divani", "Sofas");
          case "armchairs" -> text("Poltrone", "Armchairs");
          case "cushions" -> text("Cuscini", "Cushions");
          case "tables" -> text("Tavoli", "Tables");
          case "chairs" -> text("Sedie", "Chairs");
          case "beds" -> text("Letti", "Beds");
          case "shelves" -> text("Librerie", "Shelves");
          default -> text("Lampade", "Lamps");
        };
    return ProductRecord.newBuilder()
        .setName("products/" + id)
        .setTitle(text(it, en))
        .setCategory(category)
        .setCategoryLabel(labels);
  }

  /** A variant told apart by colour. */
  public static VariantRecord variant(
      String sku, String gtin, long price, String colour, String it, String en) {
    return VariantRecord.newBuilder()
        .setSku(sku)
        .setGtin(gtin)
        .setTitle(text(it, en))
        .setPrice(Money.newBuilder().setCurrencyCode("EUR").setUnits(price))
        .addAttributes(attribute("colour", "Colore", "Colour", colour, it.split(" ")[0], colour))
        .addMedia(
            MediaRecord.newBuilder()
                .setUri("/v1/media/" + sku.toLowerCase(Locale.ROOT) + ".svg")
                .setAlt(text(it, en)))
        .build();
  }

  /** An attribute. */
  public static AttributeRecord attribute(
      String key, String it, String en, String valueKey, String valueIt, String valueEn) {
    return AttributeRecord.newBuilder()
        .setKey(key)
        .setLabel(text(it, en))
        .setValueKey(valueKey)
        .setValue(text(valueIt, valueEn))
        .build();
  }

  /** A text in both languages. */
  public static LocalizedText text(String it, String en) {
    return LocalizedText.newBuilder().setIt(it).setEn(en).build();
  }
}
