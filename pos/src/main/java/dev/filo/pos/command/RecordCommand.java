package dev.filo.pos.command;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.sync.Codes;
import dev.filo.pos.sync.Settled;
import dev.filo.proto.catalog.v1.VariantItem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What sale, return, receive and count share: goods are recorded here, then sent. */
abstract class RecordCommand extends TillCommand {
  private static final int LINES_MAX = 100;
  private static final int QUANTITY_MAX = 1_000_000; // the API's own limit
  private static final int CAUSE_LENGTH_MAX = 200;

  /** How long to ask the catalog before recording: a typing error is best told at once. */
  private static final Duration LOOK_UP = Duration.ofMillis(1500);

  /** How late something may be entered. */
  private static final Duration LATE_MAX = Duration.ofDays(31);

  @Parameters(
      paramLabel = "CODE[=PIECES]",
      arity = "1..*",
      description = "SKUs or barcodes (GTIN), each with how many; without: one.")
  private List<String> items = List.of();

  @Option(
      names = "--cause",
      paramLabel = "TEXT",
      description = "Why, for the ledger: a receipt's number, a supplier's note. Nothing personal.")
  private String cause = "";

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description =
          "When it happened, if not now: 14:30 (today) or 2026-11-28T14:30:00+01:00; up to a month"
              + " ago.")
  private @Nullable String at;

  @Option(
      names = "--serial",
      paramLabel = "CODE=NUMBER",
      description =
          "The serial number of a piece, where the article has them; one for each piece. May be"
              + " repeated.")
  private List<String> serials = List.of();

  private final Entry.Kind kind;

  RecordCommand(Entry.Kind kind) {
    this.kind = kind;
  }

  @Override
  public Integer call() throws IOException {
    var till = root().till();
    var store = till.store();
    var lines = lines();
    if (cause.length() > CAUSE_LENGTH_MAX) {
      throw usage(say("record.cause", CAUSE_LENGTH_MAX));
    }
    var time = time();
    till.journal(); // before anybody is asked anything: what cannot be recorded is said first
    var codes = lines.stream().map(Entry.Line::code).toList();
    var patience = root().patience();
    var found = patience.isZero() ? null : till.lookUp(codes, LOOK_UP).orElse(null);
    if (found != null) {
      var unknown = Codes.unknown(codes, found);
      if (!unknown.isEmpty()) {
        throw new TillException(
            Exit.REFUSED, "SKU_NOT_FOUND", say("record.unknown", String.join(", ", unknown)));
      }
    }
    var names = found == null ? Map.<String, VariantItem>of() : found;
    var entry =
        new Entry.Movements(
            UUID.randomUUID().toString(), kind, store, time, cause, withSkus(lines, names));
    var submitted = till.flusher().submit(entry);
    var settled =
        Till.await(submitted.settled(), patience)
            .orElseGet(
                () ->
                    new Settled.Waits(
                        submitted.item(),
                        new GatewayException(
                            GatewayException.Kind.UNANSWERED,
                            "DEADLINE_EXCEEDED",
                            say("unanswered"))));
    if (settled instanceof Settled.Waits) {
      till.flusher().forget(submitted.item().number());
    }
    return new Reports(root().texts(), output())
        .recorded(name(), settled, names, root().isInteractive());
  }

  private static List<Entry.Line> withSkus(List<Entry.Line> lines, Map<String, VariantItem> found) {
    return lines.stream()
        .map(
            line -> {
              var item = found.get(line.code());
              return item == null
                  ? line
                  : new Entry.Line(
                      line.code(), item.getVariant().getSku(), line.quantity(), line.serials());
            })
        .toList();
  }

  private List<Entry.Line> lines() {
    if (items.size() > LINES_MAX) {
      throw usage(say("record.lines", LINES_MAX));
    }
    var numbers = serials();
    var lines = new ArrayList<Entry.Line>();
    for (var item : items) {
      int equals = item.lastIndexOf('=');
      var code = (equals < 0 ? item : item.substring(0, equals)).strip();
      if (!Codes.isCode(code)) {
        throw usage(say("record.code", item));
      }
      int quantity =
          equals < 0 ? defaultQuantity(item) : quantity(item, item.substring(equals + 1));
      // Of two lines of one code the first has the numbers, and then too many of them.
      var named = numbers.remove(code);
      if (named != null && named.size() != quantity) {
        throw usage(say("record.serials", code, quantity, named.size()));
      }
      lines.add(new Entry.Line(code, "", quantity, named == null ? List.of() : named));
    }
    if (!numbers.isEmpty()) {
      throw usage(say("record.serialOf", String.join(", ", numbers.keySet())));
    }
    if (kind == Entry.Kind.COUNT
        && lines.stream().map(Entry.Line::code).distinct().count() < lines.size()) {
      throw usage(say("count.twice"));
    }
    return lines;
  }

  private Map<String, List<String>> serials() {
    try {
      return Serials.byCode(serials);
    } catch (IllegalArgumentException e) {
      throw usage(say("record.serial", String.valueOf(e.getMessage())));
    }
  }

  private int defaultQuantity(String item) {
    if (kind == Entry.Kind.COUNT) {
      throw usage(say("count.pieces", item));
    }
    return 1;
  }

  private int quantity(String item, String text) {
    int least = kind == Entry.Kind.COUNT ? 0 : 1;
    try {
      int quantity = Integer.parseInt(text.strip());
      if (quantity >= least && quantity <= QUANTITY_MAX) {
        return quantity;
      }
    } catch (NumberFormatException e) {
      throw usage(say("record.quantity", item, least, QUANTITY_MAX));
    }
    throw usage(say("record.quantity", item, least, QUANTITY_MAX));
  }

  private Instant time() {
    var now = root().world().clock().instant().truncatedTo(ChronoUnit.MILLIS);
    var given = at;
    if (given == null) {
      return now;
    }
    var time = parse(given, now);
    if (time.isAfter(now)) {
      throw usage(say("record.future", given));
    }
    if (time.isBefore(now.minus(LATE_MAX))) {
      throw usage(say("record.late", given, LATE_MAX.toDays()));
    }
    return time;
  }

  private Instant parse(String text, Instant now) {
    var zone = root().world().zone();
    try {
      return text.length() <= 8
          ? LocalTime.parse(text).atDate(LocalDate.ofInstant(now, zone)).atZone(zone).toInstant()
          : OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
    } catch (DateTimeParseException e) {
      throw usage(say("record.time", text));
    }
  }

  /** {@code filo-pos sale}. */
  @Command(
      name = "sale",
      mixinStandardHelpOptions = true,
      description = "Records that goods went to a customer.")
  static final class Sale extends RecordCommand {
    Sale() {
      super(Entry.Kind.SALE);
    }
  }

  /** {@code filo-pos return}. */
  @Command(
      name = "return",
      mixinStandardHelpOptions = true,
      description = "Records that goods came back from a customer.")
  static final class Return extends RecordCommand {
    Return() {
      super(Entry.Kind.RETURN);
    }
  }

  /** {@code filo-pos receive}. */
  @Command(
      name = "receive",
      mixinStandardHelpOptions = true,
      description = "Records that goods came in.")
  static final class Receive extends RecordCommand {
    Receive() {
      super(Entry.Kind.RECEIPT);
    }
  }

  /** {@code filo-pos count}. */
  @Command(
      name = "count",
      mixinStandardHelpOptions = true,
      description =
          "Records how many pieces were found: CODE=PIECES, also 0. True at this moment, however"
              + " late it is sent.")
  static final class Count extends RecordCommand {
    Count() {
      super(Entry.Kind.COUNT);
    }
  }
}
