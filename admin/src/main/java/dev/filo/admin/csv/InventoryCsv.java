package dev.filo.admin.csv;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;

/**
 * Shopify's inventory export, read record by record. Two forms are known by their header: one row a
 * SKU and location, with the columns Location and On hand (or Available); and the older one, with a
 * column a location behind COO.
 */
public final class InventoryCsv implements Closeable {
  // A record of the older form is so many rows apart from the next: more than it can have columns.
  private static final long WIDE = 10_000;
  private static final int COLUMNS_MAX = 2_000;
  private static final int PIECES_MAX = 1_000_000;
  private static final Pattern PARENTHESES = Pattern.compile("\\s*\\(.*\\)\\s*$");
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}(\\.0+)?");
  private static final List<String> WIDE_ENDS = List.of("coo", "hs code", "sku");

  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> header;
  private final Function<String, @Nullable String> stores;
  private final int sku;
  private final int location;
  private final List<Integer> onHand;
  private final Map<Integer, String> wideLocations = new LinkedHashMap<>();

  /** One SKU at one location as the file has it. */
  public sealed interface Line {
    /** The row's number, rising through the file. */
    long row();

    /**
     * To be imported.
     *
     * @param store {@code stores/milano}
     * @param record the record's values, for whoever refuses it
     */
    record Count(long row, String sku, String store, int onHand, List<String> record)
        implements Line {}

    /** Cannot be imported. */
    record Refused(long row, String reason, String detail, List<String> record) implements Line {}

    /** Says nothing: not stocked there, or no number. */
    record Empty(long row) implements Line {}
  }

  /** The file is not what it should be; the message is for people. */
  public static final class NotReadableException extends IOException {
    private static final long serialVersionUID = 1L;

    NotReadableException(String message) {
      super(message);
    }
  }

  /**
   * Reads the header.
   *
   * @param stores a location's name in the file to its store; null when there is none
   */
  public InventoryCsv(Reader reader, Function<String, @Nullable String> stores) throws IOException {
    this.stores = stores;
    try {
      parser =
          CSVFormat.RFC4180
              .builder()
              .setHeader()
              .setSkipHeaderRecord(true)
              .setAllowMissingColumnNames(true)
              .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
              .setIgnoreEmptyLines(true)
              .get()
              .parse(reader);
    } catch (CSVException | UncheckedIOException | IllegalArgumentException e) {
      throw new NotReadableException("The header cannot be read: " + e.getMessage());
    }
    records = parser.iterator();
    header = List.copyOf(parser.getHeaderNames());
    if (header.size() > COLUMNS_MAX) {
      throw new NotReadableException("There are more than " + COLUMNS_MAX + " columns.");
    }
    var names = header.stream().map(InventoryCsv::plain).toList();
    sku = names.indexOf("sku");
    location = names.indexOf("location");
    onHand = location < 0 ? List.of() : numbers(header, names);
    if (sku < 0) {
      throw new NotReadableException(
          "There is no column SKU. This should be Shopify's inventory export; its columns here: "
              + header);
    }
    if (location < 0) {
      findLocations(names);
    } else if (onHand.isEmpty()) {
      throw new NotReadableException(
          "There is a column Location, but neither On hand nor Available.");
    }
  }

  private static String plain(String name) {
    return PARENTHESES.matcher(name).replaceAll("").strip().toLowerCase(Locale.ROOT);
  }

  /** The columns that say how many there are, the first that has a number counts. */
  private static List<Integer> numbers(List<String> header, List<String> names) {
    var found = new ArrayList<Integer>();
    for (int i = 0; i < names.size(); i++) { // «On hand (new)» is what somebody has typed
      if (names.get(i).equals("on hand") && header.get(i).contains("new")) {
        found.add(i);
      }
    }
    for (String name : List.of("on hand", "available")) {
      for (int i = 0; i < names.size(); i++) {
        boolean isOther = found.contains(i);
        if (names.get(i).equals(name) && !isOther && (name.equals("on hand") || found.isEmpty())) {
          found.add(i);
        }
      }
    }
    return found;
  }

  private void findLocations(List<String> names) throws NotReadableException {
    int end = -1;
    for (String last : WIDE_ENDS) {
      end = Math.max(end, names.lastIndexOf(last));
    }
    for (int i = end + 1; i < header.size(); i++) {
      if (!header.get(i).isBlank()) {
        wideLocations.put(i, header.get(i).strip());
      }
    }
    if (wideLocations.isEmpty()) {
      throw new NotReadableException(
          "There is neither a column Location nor a column a location behind COO.");
    }
  }

  /** The columns' names, for a file of refused rows. */
  public List<String> header() {
    return header;
  }

  /**
   * Reads the next record. False at the end of the file.
   *
   * @param lines is given its lines, in the order of their rows
   * @throws NotReadableException when it is no CSV; says where
   */
  public boolean next(Consumer<Line> lines) throws IOException {
    CSVRecord record;
    try {
      if (!records.hasNext()) {
        return false;
      }
      record = records.next();
    } catch (UncheckedIOException | IllegalStateException e) {
      throw new NotReadableException(
          "Line " + parser.getCurrentLineNumber() + " cannot be read: " + e.getMessage());
    }
    if (location >= 0) {
      var number = onHand.stream().map(at -> value(record, at)).filter(text -> !text.isEmpty());
      lines.accept(
          line(
              record.getRecordNumber(),
              record,
              value(record, location),
              number.findFirst().orElse("")));
    } else {
      wideLocations.forEach(
          (at, name) ->
              lines.accept(
                  line(record.getRecordNumber() * WIDE + at, record, name, value(record, at))));
    }
    return true;
  }

  private Line line(long row, CSVRecord record, String place, String number) {
    if (number.isEmpty() || number.equalsIgnoreCase("not stocked")) {
      return new Line.Empty(row);
    }
    var values = List.copyOf(record.toList());
    var name = value(record, sku);
    if (name.isEmpty()) {
      return new Line.Refused(row, "SKU_MISSING", "The row has no SKU.", values);
    }
    if (!WHOLE.matcher(number).matches()) {
      return new Line.Refused(
          row, "QUANTITY_INVALID", "«" + number + "» is no whole number.", values);
    }
    int pieces = Integer.parseInt(number.replaceFirst("\\..*", ""));
    if (pieces < 0 || pieces > PIECES_MAX) {
      return new Line.Refused(
          row,
          "QUANTITY_INVALID",
          "A count is 0 to " + PIECES_MAX + ", not " + pieces + ".",
          values);
    }
    var store = stores.apply(place);
    return store == null
        ? new Line.Refused(
            row,
            "LOCATION_UNKNOWN",
            "No store is called «"
                + place
                + "». Say which it is: --location \""
                + place
                + "=stores/...\"",
            values)
        : new Line.Count(row, name, store, pieces, values);
  }

  private static String value(CSVRecord record, int at) {
    return at < record.size() ? record.get(at).strip() : "";
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
