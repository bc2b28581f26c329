package dev.filo.pos.command;

import dev.filo.pos.gateway.Gateway;
import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.journal.Fact;
import dev.filo.pos.journal.Item;
import dev.filo.pos.sync.Codes;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.LineQuantity;
import dev.filo.proto.reservation.v1.PieceSerials;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code filo-pos collect}: only with an answer in hand does anybody get goods. So nothing is
 * queued here; but a request is in the journal before it is sent, so that one whose answer was lost
 * is repeated under its own id and gives the first answer.
 */
@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    description = {
      "Hands reserved goods over for the customer's code.",
      "Needs the network: without an answer nobody knows whose the goods are. When the answer was"
          + " lost, the same command again gives the first answer."
    })
final class CollectCommand extends TillCommand {
  private static final int CODE_LENGTH_MAX = 64;
  private static final int LINES_MAX = 20;
  private static final int QUANTITY_MAX = 99;
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @Parameters(
      paramLabel = "PICKUP_CODE",
      description = "Typed or scanned; case and hyphens do not matter.")
  private String code = "";

  @Option(
      names = "--line",
      paramLabel = "SKU[=PIECES]",
      description = "She takes only this; the rest is kept for her. May be repeated.")
  private List<String> lines = List.of();

  @Option(
      names = "--release-rest",
      description = "With --line: what she does not take is free again.")
  private boolean releaseRest;

  @Option(
      names = "--serial",
      paramLabel = "SKU=NUMBER",
      description =
          "Which piece she gets, by its serial number; one for each piece of the SKU. May be"
              + " repeated.")
  private List<String> serials = List.of();

  @Override
  public Integer call() throws IOException {
    var till = root().till();
    var store = till.store();
    var plain = Entry.Collection.plain(code);
    if (plain.isEmpty() || code.length() > CODE_LENGTH_MAX) {
      throw usage(say("collect.code", CODE_LENGTH_MAX));
    }
    if (releaseRest && lines.isEmpty()) {
      throw usage(say("collect.rest"));
    }
    var wanted =
        new Entry.Collection(
            UUID.randomUUID().toString(),
            store,
            root().world().clock().instant().truncatedTo(ChronoUnit.MILLIS),
            plain,
            lines(),
            releaseRest,
            serials());
    var before = till.journal().collections(plain);
    var unanswered = before.stream().filter(Item::isUnanswered).findFirst();
    var gateway = till.gateway();
    if (!gateway.isConnected(root().patience())) {
      throw offline(before, unanswered);
    }
    Item item;
    if (unanswered.isPresent()) {
      item = unanswered.get();
      if (!(item.entry() instanceof Entry.Collection first) || !first.asksTheSame(wanted)) {
        throw new TillException(
            Exit.REFUSED,
            "COLLECTION_UNANSWERED",
            say("collect.other", Integer.toString(item.number())));
      }
      output().aside(say("collect.again", root().texts().time(item.entry().time())));
    } else {
      gateway.tokens().bearer(); // Without one nothing would be sent: then nothing is recorded.
      item = till.journal().record(wanted);
    }
    return ask(till, gateway, item, before);
  }

  private List<Entry.Line> lines() {
    if (lines.size() > LINES_MAX) {
      throw usage(say("record.lines", LINES_MAX));
    }
    var parsed = new ArrayList<Entry.Line>();
    for (var line : lines) {
      int equals = line.lastIndexOf('=');
      var sku = equals < 0 ? line : line.substring(0, equals);
      int quantity = 1;
      try {
        quantity = equals < 0 ? 1 : Integer.parseInt(line.substring(equals + 1).strip());
      } catch (NumberFormatException e) {
        quantity = 0;
      }
      if (quantity < 1 || quantity > QUANTITY_MAX) {
        throw usage(say("record.quantity", line, 1, QUANTITY_MAX));
      }
      if (!Codes.isCode(sku)) {
        throw usage(say("record.code", line));
      }
      parsed.add(new Entry.Line(sku, sku, quantity));
    }
    if (parsed.stream().map(Entry.Line::sku).distinct().count() < parsed.size()) {
      throw usage(say("collect.twice"));
    }
    return parsed;
  }

  private Map<String, List<String>> serials() {
    try {
      var numbers = Serials.byCode(serials);
      numbers
          .keySet()
          .forEach(
              sku -> {
                if (!Codes.isCode(sku)) {
                  throw usage(say("record.code", sku));
                }
              });
      return numbers;
    } catch (IllegalArgumentException e) {
      throw usage(say("record.serial", String.valueOf(e.getMessage())));
    }
  }

  private Integer ask(Till till, Gateway gateway, Item item, List<Item> before) {
    var entry = (Entry.Collection) item.entry();
    var request =
        CollectPickupRequest.newBuilder()
            .setStore(entry.store())
            .setPickupCode(entry.code())
            .setRequestId(entry.id())
            .setReleaseRest(entry.releaseRest())
            .setSerialsRequired(true);
    entry
        .lines()
        .forEach(
            line ->
                request.addLines(
                    LineQuantity.newBuilder().setSku(line.sku()).setQuantity(line.quantity())));
    entry
        .serials()
        .forEach(
            (sku, numbers) ->
                request.addSerials(PieceSerials.newBuilder().setSku(sku).addAllSerials(numbers)));
    long end = System.nanoTime() + root().patience().toNanos();
    while (true) {
      try {
        var reservation = gateway.collect(request.build(), DEADLINE);
        till.journal()
            .append(
                new Fact.Done(item.number(), till.journal().now(), reservation.getState().name()));
        return handOver(item, entry, reservation, before);
      } catch (GatewayException e) {
        if (!e.mayPass()) {
          till.journal().append(new Fact.Dropped(item.number(), till.journal().now()));
          throw refusal(e, before);
        }
        if (System.nanoTime() > end || !gateway.isConnected(left(end))) {
          output()
              .failure(
                  name(),
                  "unanswered",
                  e.reason(),
                  say("collect.unanswered", Integer.toString(item.number()), entry.code()));
          return Exit.NO_ANSWER;
        }
      }
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private Integer handOver(
      Item item, Entry.Collection entry, Reservation reservation, List<Item> before) {
    var number = Integer.toString(item.number());
    var whose = reservation.getCustomerDisplayName();
    output()
        .line(
            whose.isEmpty() ? say("collect.done", number) : say("collect.doneFor", number, whose));
    if (reservation.getIdentityCheck()) {
      output().line("  " + say("collect.identity"));
    }
    var object =
        new Reports(root().texts(), output())
            .json(name(), "done", item, Map.of(), List.of())
            .put("reservation", reservation.getName())
            .put("state", reservation.getState().name())
            .put("identityCheck", reservation.getIdentityCheck());
    var goods = object.putArray("goods");
    for (var line : reservation.getLinesList()) {
      int now = now(entry, line, before);
      if (now == 0 && line.getCollectedQuantity() == line.getQuantity()) {
        continue; // She has it already.
      }
      output()
          .line(
              "  %d × %s (%s)%s"
                  .formatted(
                      now,
                      line.getTitle().isEmpty() ? line.getSku() : line.getTitle(),
                      line.getSku(),
                      line.getQuantity() > line.getCollectedQuantity()
                              && reservation.getState() != Reservation.State.COLLECTED
                          ? "  "
                              + say(
                                  "collect.kept", line.getQuantity() - line.getCollectedQuantity())
                          : ""));
      var own =
          goods
              .addObject()
              .put("sku", line.getSku())
              .put("title", line.getTitle())
              .put("handOver", now)
              .put("reserved", line.getQuantity())
              .put("collected", line.getCollectedQuantity());
      if (line.hasUnitPrice()) {
        own.set("unitPrice", Output.money(line.getUnitPrice()));
      }
    }
    if (!reservation.getShelf().isEmpty()) {
      output().line("  " + say("collect.shelf", reservation.getShelf()));
      object.put("shelf", reservation.getShelf());
    }
    output().object(object);
    return Exit.DONE;
  }

  /**
   * How many of a line are handed over now: what was asked for, or all that was left, which is less
   * than was reserved when this till handed some over before.
   */
  private static int now(Entry.Collection entry, ReservationLine line, List<Item> before) {
    if (!entry.lines().isEmpty()) {
      return pieces(entry, line.getSku());
    }
    int earlier =
        before.stream()
            .filter(item -> item.state() == Item.State.DONE)
            .mapToInt(item -> pieces(item.entry(), line.getSku()))
            .sum();
    return Math.max(0, line.getQuantity() - earlier);
  }

  private static int pieces(Entry entry, String sku) {
    return entry.lines().stream()
        .filter(line -> line.sku().equals(sku))
        .mapToInt(Entry.Line::quantity)
        .sum();
  }

  private TillException offline(List<Item> before, Optional<Item> unanswered) {
    if (unanswered.isPresent()) {
      return new TillException(
          Exit.NO_ANSWER,
          "UNREACHABLE",
          say("collect.offlineUnanswered", Integer.toString(unanswered.get().number())));
    }
    // What this till has handed over itself it knows without asking anybody.
    return before.stream()
        .filter(CollectCommand::isWhollyCollected)
        .findFirst()
        .map(done -> alreadyHere(done))
        .orElseGet(() -> new TillException(Exit.NO_ANSWER, "UNREACHABLE", say("collect.offline")));
  }

  private static boolean isWhollyCollected(Item item) {
    return item.state() == Item.State.DONE
        && item.answer().equals(Reservation.State.COLLECTED.name());
  }

  private TillException alreadyHere(Item done) {
    var time = done.settleTime();
    return new TillException(
        Exit.REFUSED,
        "ALREADY_COLLECTED",
        say(
            "collect.here",
            root().texts().time(time == null ? done.entry().time() : time),
            Integer.toString(done.number())));
  }

  private RuntimeException refusal(GatewayException e, List<Item> before) {
    var metadata = e.metadata();
    return switch (e.reason()) {
      case "ALREADY_COLLECTED" ->
          before.stream()
              .filter(CollectCommand::isWhollyCollected)
              .findFirst()
              .<RuntimeException>map(this::alreadyHere)
              .orElseGet(
                  () ->
                      new TillException(
                          Exit.REFUSED,
                          e.reason(),
                          say("collect.already", moment(metadata.get("collectTime")))));
      case "WRONG_STORE" ->
          new TillException(
              Exit.REFUSED,
              e.reason(),
              say(
                  "collect.wrongStore",
                  metadata.getOrDefault(
                      "storeTitle", metadata.getOrDefault("store", "").replace("stores/", ""))));
      case "PICKUP_CODE_UNKNOWN" ->
          new TillException(Exit.REFUSED, e.reason(), say("collect.unknown"));
      case "RESERVATION_OVER" ->
          new TillException(
              Exit.REFUSED,
              e.reason(),
              say("collect.over." + over(metadata.getOrDefault("state", ""))));
      case "LINES_INVALID" ->
          new TillException(
              Exit.REFUSED,
              e.reason(),
              say(
                  "collect.lines",
                  metadata.getOrDefault("sku", ""),
                  metadata.getOrDefault("left", "0")));
      case "SERIAL_NOT_FOUND" ->
          new TillException(
              Exit.REFUSED,
              e.reason(),
              say(
                  "collect.serialUnknown",
                  metadata.getOrDefault("sku", ""),
                  metadata.getOrDefault("serial", "")));
      case "SERIALS_INVALID" ->
          new TillException(
              Exit.REFUSED,
              e.reason(),
              say(
                  "collect.serials." + (isZero(metadata.get("pieces")) ? "none" : "some"),
                  metadata.getOrDefault("sku", ""),
                  metadata.getOrDefault("pieces", "0")));
      default -> e;
    };
  }

  private static boolean isZero(@org.jspecify.annotations.Nullable String pieces) {
    return pieces == null || pieces.equals("0");
  }

  private static String over(String state) {
    return switch (state) {
      case "EXPIRED", "CANCELLED", "REFUSED" -> state;
      default -> "OTHER";
    };
  }

  private String moment(@org.jspecify.annotations.Nullable String time) {
    try {
      return time == null ? "?" : root().texts().time(Instant.parse(time));
    } catch (java.time.format.DateTimeParseException e) {
      return time == null ? "?" : time;
    }
  }
}
