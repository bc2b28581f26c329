package dev.filo.inventory.store;

import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Count;
import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Safety;
import dev.filo.inventory.domain.SafetyRequest;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.platform.mongo.Docs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Domain values as documents and back. */
final class Documents {
  private Documents() {}

  static Level level(Document document) {
    return level(document, holds(document));
  }

  /** A level for reading only, from a document without its holds. */
  static Level numbers(Document document) {
    var ends = new ArrayList<HeldPieces.End>();
    for (Document end : Docs.list(document, "ends")) {
      ends.add(new HeldPieces.End(time(end, "t"), (int) Docs.number(end, "q")));
    }
    return level(
        document,
        HeldPieces.totals(
            (int) Docs.number(document, "holdCount"), Docs.number(document, "held"), ends));
  }

  private static Level level(Document document, HeldPieces holds) {
    var count = document.get("count", Document.class);
    return new Level(
        document.getString("_id"),
        (int) Docs.number(document, "onHand"),
        (int) Docs.number(document, "safety"),
        Docs.number(document, "version"),
        Docs.number(document, "sequence"),
        holds,
        count == null
            ? null
            : new Count(
                Docs.string(count, "movement"),
                time(count, "effectiveTime"),
                (int) Docs.number(count, "quantity")),
        tail(document),
        Docs.list(document, "requests").stream().map(Documents::request).toList(),
        GoodsDocuments.goods(document));
  }

  static List<Applied> tail(Document document) {
    return Docs.list(document, "tail").stream().map(Documents::applied).toList();
  }

  private static HeldPieces holds(Document document) {
    return HeldPieces.of(held(document));
  }

  static List<Held> held(Document document) {
    var all = new ArrayList<Held>((int) Docs.number(document, "holdCount"));
    for (Object bucket : document.get("holds", new Document()).values()) {
      ((Document) bucket)
          .forEach(
              (name, text) -> {
                if (!text.equals(HoldSheets.GONE)) {
                  all.add(held(name.substring(1), (String) text));
                }
              });
    }
    return all;
  }

  /** All holds as they lie in a level's document, {@code b<bucket>.h<id>}. */
  static Document holds(HeldPieces holds) {
    var all = new Document();
    holds.forEach(
        held ->
            ((Document)
                    all.computeIfAbsent(
                        "b" + HeldPieces.bucket(held.hold()), bucket -> new Document()))
                .append("h" + held.hold(), held(held)));
    return all;
  }

  /** Where a hold lies in its level's document. A bucket is found without looking at the others. */
  static String path(String hold) {
    if (hold.indexOf('.') >= 0) {
      throw new IllegalArgumentException("hold: " + hold + " (expected: no dot)");
    }
    return "holds.b" + HeldPieces.bucket(hold) + ".h" + hold;
  }

  /** The field for journals that are not among the others yet. */
  static final String OPENED = "opened";

  /** Where a level carries the journal of a hold. */
  static String opened(String hold) {
    return OPENED + "." + openedKey(hold);
  }

  static String openedKey(String hold) {
    return "h" + hold;
  }

  /** The holds whose journals a level carries. */
  static List<Hold> opened(Document level) {
    return level.get(OPENED, new Document()).values().stream()
        .map(journal -> HoldDocuments.hold((Document) journal))
        .toList();
  }

  /**
   * A hold's part in one short text, {@code 2@1772442000000}: pieces, at, milliseconds of its end,
   * {@code #} and its revision unless that is 0, and {@code !} when pinned, then each serial number
   * it is being sold with, its length and {@code :} before it. Tens of thousands of them are parsed
   * at a time.
   */
  static String held(Held held) {
    return held.quantity()
        + "@"
        + held.expireTime().toEpochMilli()
        + (held.revision() == 0 ? "" : "#" + held.revision())
        + (held.pinned() ? "!" + serials(held) : "");
  }

  private static String serials(Held held) {
    return held.serials().stream()
        .map(serial -> serial.length() + ":" + serial)
        .collect(Collectors.joining());
  }

  private static Held held(String hold, String text) {
    int at = text.indexOf('@');
    int bang = text.indexOf('!');
    boolean pinned = bang >= 0;
    int last = pinned ? bang : text.length();
    int hash = text.indexOf('#', 0, last);
    int end = hash < 0 ? last : hash;
    return new Held(
        hold,
        Integer.parseInt(text, 0, at, 10),
        Instant.ofEpochMilli(Long.parseLong(text, at + 1, end, 10)),
        pinned,
        hash < 0 ? 0 : Long.parseLong(text, hash + 1, last, 10),
        pinned ? serials(text, last + 1) : List.of());
  }

  private static List<String> serials(String text, int from) {
    if (from == text.length()) {
      return List.of();
    }
    var serials = new ArrayList<String>();
    int next = from;
    while (next < text.length()) {
      int colon = text.indexOf(':', next);
      int end = colon + 1 + Integer.parseInt(text, next, colon, 10);
      serials.add(text.substring(colon + 1, end));
      next = end;
    }
    return serials;
  }

  static List<Document> ends(List<HeldPieces.End> ends) {
    return ends.stream()
        .map(end -> new Document("t", Date.from(end.time())).append("q", end.pieces()))
        .toList();
  }

  static @Nullable Document count(Level level) {
    var count = level.count();
    return count == null
        ? null
        : new Document("movement", count.movement())
            .append("effectiveTime", Date.from(count.effectiveTime()))
            .append("quantity", count.quantity());
  }

  static List<Document> tail(Level level) {
    return level.tail().stream().map(Documents::applied).toList();
  }

  static Document applied(Applied applied) {
    var document =
        new Document("movement", applied.movement())
            .append("sequence", applied.sequence())
            .append("counted", applied.counted())
            .append("delta", applied.delta())
            .append("effectiveTime", Date.from(applied.effectiveTime()))
            .append("after", snapshot(applied.after()));
    return applied.serials().isEmpty() ? document : document.append("serials", applied.serials());
  }

  private static Applied applied(Document document) {
    return new Applied(
        Docs.string(document, "movement"),
        Docs.number(document, "sequence"),
        document.getBoolean("counted", false),
        (int) Docs.number(document, "delta"),
        time(document, "effectiveTime"),
        snapshot(document.get("after", new Document())),
        strings(document, "serials"));
  }

  static List<String> strings(Document document, String key) {
    var all = document.getList(key, String.class);
    return all == null ? List.of() : all;
  }

  static List<Document> requests(Level level) {
    return level.requests().stream()
        .map(
            request ->
                new Document("id", request.requestId())
                    .append("safety", request.safety())
                    .append("answer", snapshot(request.answer())))
        .toList();
  }

  private static SafetyRequest request(Document document) {
    return new SafetyRequest(
        Docs.string(document, "id"),
        (int) Docs.number(document, "safety"),
        snapshot(document.get("answer", new Document())));
  }

  /** What is 0 or empty is left out: every level and every movement has one. */
  static Document snapshot(Snapshot snapshot) {
    var document = new Document("onHand", snapshot.onHand());
    append(document, "setAside", snapshot.setAside());
    append(document, "held", snapshot.held());
    append(document, "safety", snapshot.safety().pieces());
    append(document, "safetyRule", snapshot.safety().rule());
    append(document, "inTransit", snapshot.inTransit());
    return document.append("etag", snapshot.etag()).append("time", Date.from(snapshot.time()));
  }

  static Snapshot snapshot(Document document) {
    int safety = (int) Docs.number(document, "safety");
    var rule = document.getString("safetyRule");
    return new Snapshot(
        (int) Docs.number(document, "onHand"),
        (int) Docs.number(document, "setAside"),
        (int) Docs.number(document, "held"),
        new Safety(safety, rule == null ? (safety > 0 ? Safety.OWN : "") : rule),
        (int) Docs.number(document, "inTransit"),
        Docs.string(document, "etag"),
        time(document, "time"));
  }

  static Document movement(Movement movement) {
    var document =
        new Document("_id", movement.id())
            .append("kind", movement.kind().name())
            .append("level", movement.level())
            .append("quantity", movement.quantity())
            .append("effectiveTime", Date.from(movement.effectiveTime()))
            .append("cause", movement.cause())
            .append("author", author(movement.author()));
    append(document, "hold", movement.hold());
    document.append("content", movement.content());
    var details = movement.details();
    if (!details.transfer().isEmpty()) {
      document.append("transfer", details.transfer()).append("counterpart", details.counterpart());
    }
    if (!details.serials().isEmpty()) {
      document.append("serials", details.serials());
    }
    var reason = details.reason();
    if (reason != null) {
      document.append("reason", reason.name());
    }
    var kit = details.kit();
    return kit == null
        ? document
        : document.append(
            "kit",
            new Document("sku", kit.sku())
                .append("movement", kit.movement())
                .append("components", lines(kit.components()))
                .append("serialized", kit.serialized()));
  }

  static Movement movement(Document document) {
    return new Movement(
        document.getString("_id"),
        Movement.Kind.valueOf(document.getString("kind")),
        Docs.string(document, "level"),
        (int) Docs.number(document, "quantity"),
        time(document, "effectiveTime"),
        Docs.string(document, "cause"),
        author(document.get("author", new Document())),
        Docs.string(document, "hold"),
        Docs.string(document, "content"),
        details(document));
  }

  private static Movement.Details details(Document document) {
    var reason = document.getString("reason");
    return new Movement.Details(
        Docs.string(document, "counterpart"),
        Docs.string(document, "transfer"),
        strings(document, "serials"),
        reason == null ? null : SetAside.valueOf(reason),
        kit(document.get("kit", Document.class)));
  }

  private static Movement.@Nullable InKit kit(@Nullable Document kit) {
    return kit == null
        ? null
        : new Movement.InKit(
            Docs.string(kit, "sku"),
            Docs.string(kit, "movement"),
            lines(kit, "components"),
            Docs.string(kit, "serialized"));
  }

  static Ledger.Entry entry(Document document) {
    return document.get("applied") instanceof Document applied
        ? settled(document, applied)
        : new Ledger.Entry.Claimed(movement(document));
  }

  static Ledger.Entry.Settled settled(Document document) {
    return settled(document, document.get("applied", new Document()));
  }

  private static Ledger.Entry.Settled settled(Document document, Document applied) {
    var effect = applied(applied);
    return new Ledger.Entry.Settled(movement(document), effect, effect.after().time());
  }

  static Document author(Author author) {
    var document = new Document("principal", author.principal());
    append(document, "role", author.role());
    append(document, "channel", author.channel());
    append(document, "device", author.device());
    append(document, "displayName", author.displayName());
    return document;
  }

  private static void append(Document document, String name, int number) {
    if (number != 0) {
      document.append(name, number);
    }
  }

  private static void append(Document document, String name, String text) {
    if (!text.isEmpty()) {
      document.append(name, text);
    }
  }

  static Author author(Document document) {
    return new Author(
        Docs.string(document, "principal"),
        Docs.string(document, "role"),
        Docs.string(document, "channel"),
        Docs.string(document, "device"),
        Docs.string(document, "displayName"));
  }

  static List<Document> lines(List<Hold.Line> lines) {
    return lines.stream()
        .map(line -> new Document("sku", line.sku()).append("quantity", line.quantity()))
        .toList();
  }

  static List<Hold.Line> lines(Document document, String key) {
    return Docs.list(document, key).stream()
        .map(line -> new Hold.Line(Docs.string(line, "sku"), (int) Docs.number(line, "quantity")))
        .toList();
  }

  static Instant time(Document document, String key) {
    var time = Docs.instant(document, key);
    return time == null ? Instant.EPOCH : time;
  }
}
