package dev.filo.demo.retailer;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the range: categories, and products with the words and codes their tables give. */
final class Goods {

  private static final String CURRENCY = "EUR";
  private static final long CENTS = 100;
  private static final Pattern MEASURES = Pattern.compile("(\\d+)x(\\d+)x(\\d+)");
  private static final Pattern SIZE = Pattern.compile("(\\d+)x(\\d+)=(\\d+)");

  private record Shape(
      String sku, String stem, Text title, String drawing, boolean upright, char stockClass) {}

  private record Material(String code, Label label, Text phrase, List<Note> notes) {}

  private record Note(List<String> categories, Text text) {
    boolean fits(String category) {
      return categories.contains("*") || categories.contains(category);
    }
  }

  private record Tint(String code, Colour colour) {}

  private record Offer(@Nullable Size size, long price) {}

  private record Size(int first, int second) {
    Label label() {
      return new Label(
          first + "x" + second,
          new Text(first + " × " + second + " cm", first + " × " + second + " cm"));
    }
  }

  /** A product and how it is stocked: {@code L} few, {@code M} some, {@code S} many. */
  record Stocked(Product product, char stockClass) {}

  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<String, Material> materials = new LinkedHashMap<>();
  private final Map<String, Tint> tints = new LinkedHashMap<>();
  private final Map<String, Label> styles = new LinkedHashMap<>();
  private final Map<String, Label> lines = new LinkedHashMap<>();

  private Goods() {
    for (Table.Row row : Table.read("shapes.txt", 8).rows()) {
      shapes.put(
          row.cell(0),
          new Shape(
              row.cell(1),
              row.cell(2),
              row.text(3),
              row.cell(5),
              row.cell(6).equals("WH"),
              row.cell(7).charAt(0)));
    }
    for (Table.Row row : Table.read("materials.txt", 6).rows()) {
      Label label = new Label(row.cell(0), row.text(2));
      materials.put(row.cell(0), new Material(row.cell(1), label, row.text(4), new ArrayList<>()));
    }
    for (Table.Row row : Table.read("material-notes.txt", 4).rows()) {
      find(materials, row, 0).notes.add(new Note(List.of(row.cell(1).split(",")), row.text(2)));
    }
    for (Table.Row row : Table.read("colours.txt", 5).rows()) {
      tints.put(
          row.cell(0), new Tint(row.cell(1), new Colour(row.cell(0), row.text(2), row.cell(4))));
    }
    for (Table.Row row : Table.read("styles.txt", 3).rows()) {
      styles.put(row.cell(0), new Label(row.cell(0), row.text(1)));
    }
    for (Table.Row row : Table.read("lines.txt", 2).rows()) {
      lines.put(row.cell(0), new Label(row.cell(0), new Text(row.cell(1), row.cell(1))));
    }
  }

  static List<Category> categories() {
    List<Category> categories = new ArrayList<>();
    for (Table.Row row : Table.read("categories.txt", 3).rows()) {
      categories.add(new Category(row.cell(0), row.text(1), categories.size() + 1));
    }
    return List.copyOf(categories);
  }

  static List<Stocked> read(List<Category> categories) {
    Goods goods = new Goods();
    List<Stocked> all = new ArrayList<>();
    for (Category category : categories) {
      for (Table.Row row : Table.read("products/" + category.id() + ".txt", 10).rows()) {
        all.add(goods.product(category, row));
      }
    }
    return List.copyOf(all);
  }

  private Stocked product(Category category, Table.Row row) {
    Shape shape = find(shapes, row, 0);
    String name = row.cell(1);
    Material material = find(materials, row, 2);
    Dimensions dimensions = dimensions(row);
    List<Offer> offers = offers(row);
    String id = shape.stem + "-" + material.label.key() + "-" + slug(name);
    String stock =
        String.join("-", shape.sku, slug(name).replace("-", "").substring(0, 3), material.code)
            .toUpperCase(Locale.ROOT);

    List<Variant> variants = new ArrayList<>();
    for (String key : row.cell(7).split(",")) {
      Tint tint = tints.get(key);
      if (tint == null) {
        throw row.wrong("no colour " + key);
      }
      for (Offer offer : offers) {
        String sku = stock + "-" + tint.code + suffix(offers, offer);
        variants.add(
            new Variant(
                sku,
                Gtin.of(sku),
                tint.colour,
                offer.size == null ? null : offer.size.label(),
                sized(dimensions, offers, offer, shape.upright),
                offer.price,
                CURRENCY));
      }
    }
    Text note = note(material, category, id, row);
    Product product =
        new Product(
            id,
            category.id(),
            name,
            new Text(
                title(shape.title.it(), material.phrase.it(), name),
                title(shape.title.en(), material.phrase.en(), name)),
            new Text(row.cell(8) + " " + note.it(), row.cell(9) + " " + note.en()),
            find(lines, row, 4),
            material.label,
            find(styles, row, 3),
            variants.getFirst().dimensions(),
            shape.drawing,
            variants);
    return new Stocked(product, shape.stockClass);
  }

  private static String title(String pattern, String material, String name) {
    return pattern.replace("{m}", material).replace("{n}", name);
  }

  private static Text note(Material material, Category category, String id, Table.Row row) {
    List<Note> fitting = material.notes.stream().filter(note -> note.fits(category.id())).toList();
    if (fitting.isEmpty()) {
      throw row.wrong("nothing is said about " + material.label.key() + " in " + category.id());
    }
    return fitting.get(Math.floorMod(id.hashCode(), fitting.size())).text;
  }

  private static Dimensions dimensions(Table.Row row) {
    Matcher measures = MEASURES.matcher(row.cell(5));
    if (!measures.matches()) {
      throw row.wrong("\"" + row.cell(5) + "\" is not width x depth x height");
    }
    return new Dimensions(number(measures, 1), number(measures, 2), number(measures, 3));
  }

  /** What is on offer: one price, or a price for each size. */
  private static List<Offer> offers(Table.Row row) {
    String prices = row.cell(6);
    if (!prices.contains("=")) {
      return List.of(new Offer(null, row.whole(6) * CENTS));
    }
    List<Offer> offers = new ArrayList<>();
    for (String price : prices.split(" ")) {
      Matcher size = SIZE.matcher(price);
      if (!size.matches()) {
        throw row.wrong("\"" + price + "\" is not size=price");
      }
      offers.add(new Offer(new Size(number(size, 1), number(size, 2)), number(size, 3) * CENTS));
    }
    return offers;
  }

  /** The part of a SKU that tells sizes apart: the measure in which they all differ. */
  private static String suffix(List<Offer> offers, Offer offer) {
    if (offer.size == null || offers.size() == 1) {
      return "";
    }
    long firsts =
        offers.stream().map(each -> each.size == null ? 0 : each.size.first).distinct().count();
    return "-" + (firsts == offers.size() ? offer.size.first : offer.size.second);
  }

  /** A larger size is larger outside by as much; the frame around it stays the same. */
  private static Dimensions sized(
      Dimensions base, List<Offer> offers, Offer offer, boolean upright) {
    if (offer.size == null) {
      return base;
    }
    // The row's measures are those of the size that is as wide, else of the first.
    Size measured = offers.getFirst().size == null ? offer.size : offers.getFirst().size;
    for (Offer each : offers) {
      if (each.size != null && each.size.first == base.widthCm()) {
        measured = each.size;
        break;
      }
    }
    int wider = offer.size.first - measured.first;
    int other = offer.size.second - measured.second;
    return upright
        ? new Dimensions(base.widthCm() + wider, base.depthCm(), base.heightCm() + other)
        : new Dimensions(base.widthCm() + wider, base.depthCm() + other, base.heightCm());
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group));
  }

  private static String slug(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFD)
        .replaceAll("\\p{M}", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "-");
  }

  private static <T> T find(Map<String, T> known, Table.Row row, int column) {
    T found = known.get(row.cell(column));
    if (found == null) {
      throw row.wrong("\"" + row.cell(column) + "\" is not known");
    }
    return found;
  }
}
