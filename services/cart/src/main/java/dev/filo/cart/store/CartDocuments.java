package dev.filo.cart.store;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.Departure;
import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Grant;
import dev.filo.cart.domain.History;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Merge;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Part;
import dev.filo.cart.domain.Proposal;
import dev.filo.platform.mongo.Docs;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/** Carts as documents, and back. */
final class CartDocuments {
  static final String VERSION = "version";
  static final String LINES = "lines";
  static final String SAVED = "saved";
  static final String PROPOSALS = "proposals";
  static final String OPERATIONS = "operations";
  static final String REMOVED = "removed";
  static final String ARCHIVES = "archives";
  static final String MERGES = "merges";
  static final String NOTICES = "notices";
  static final String MOVED_TO = "movedTo";
  static final String HANDED_OVER = "handedOver";
  static final String UPDATE_TIME = "updateTime";
  static final String VOUCHER = "voucher";
  static final String GRANT = "grant";
  static final String JOINED = "joined";
  static final String PARTED = "parted";
  static final String ARRIVALS = "arrivals";
  static final String DEPARTURES = "departures";

  /** Since when a cart with something in it has not been touched; absent once that was told. */
  static final String IDLE_SINCE = "idleSince";

  // An operation's key and content, packed: a thousand of them are 24 KB.
  private static final int KEY_BYTES = 16;
  private static final int OPERATION_BYTES = KEY_BYTES + Long.BYTES;

  private CartDocuments() {}

  static Cart cart(Document document) {
    return new Cart(
        document.getString("_id"),
        Docs.number(document, VERSION),
        Docs.list(document, LINES).stream().map(CartDocuments::line).toList(),
        Docs.list(document, SAVED).stream().map(CartDocuments::line).toList(),
        Docs.list(document, PROPOSALS).stream().map(CartDocuments::proposal).toList(),
        Docs.string(document, VOUCHER),
        grant(document.get(GRANT, Document.class)),
        history(document),
        Docs.list(document, NOTICES).stream().flatMap(CartDocuments::notice).toList(),
        Docs.list(document, DEPARTURES).stream().map(CartDocuments::departure).toList(),
        Docs.string(document, MOVED_TO),
        document.getBoolean(HANDED_OVER, false),
        Docs.instant(document, UPDATE_TIME));
  }

  private static History history(Document document) {
    var merges = new ArrayList<Merge>();
    // Carts of before merges could be undone: only who came is known.
    for (String alias : Docs.strings(document, MERGES)) {
      merges.add(
          new Merge(
              "",
              alias,
              document.getString("_id"),
              Instant.EPOCH,
              "",
              0,
              List.of(),
              List.of(),
              false));
    }
    Docs.list(document, JOINED).forEach(joined -> merges.add(merge(joined)));
    return new History(
        operations(Docs.bytes(document, OPERATIONS)),
        Docs.strings(document, REMOVED),
        Docs.strings(document, ARCHIVES),
        merges,
        Docs.strings(document, PARTED),
        Docs.strings(document, ARRIVALS));
  }

  private static Document merge(Merge merge) {
    return new Document("id", merge.id())
        .append("alias", merge.alias())
        .append("into", merge.into())
        .append("time", Date.from(merge.time()))
        .append("device", merge.device())
        .append("count", merge.lineCount())
        .append(LINES, parts(merge.undone()))
        .append(SAVED, parts(merge.undoneSaved()))
        .append("undone", merge.isUndone());
  }

  private static Merge merge(Document document) {
    return new Merge(
        document.getString("id"),
        document.getString("alias"),
        document.getString("into"),
        time(document),
        Docs.string(document, "device"),
        (int) Docs.number(document, "count"),
        parts(document, LINES),
        parts(document, SAVED),
        document.getBoolean("undone", false));
  }

  private static Document departure(Departure departure) {
    return new Document("id", departure.id())
        .append("alias", departure.alias())
        .append(LINES, parts(departure.lines()))
        .append(SAVED, parts(departure.savedLines()))
        .append(PROPOSALS, proposals(departure.proposals()))
        .append(JOINED, departure.merges().stream().map(CartDocuments::merge).toList());
  }

  private static Departure departure(Document document) {
    return new Departure(
        document.getString("id"),
        document.getString("alias"),
        parts(document, LINES),
        parts(document, SAVED),
        Docs.list(document, PROPOSALS).stream().map(CartDocuments::proposal).toList(),
        Docs.list(document, JOINED).stream().map(CartDocuments::merge).toList());
  }

  private static List<Document> parts(List<Part> parts) {
    return parts.stream()
        .map(
            part ->
                described(new Document("id", part.id()), part.note(), part.fulfilment())
                    .append("customer", part.customer())
                    .append("quantity", part.quantity())
                    .append("over", part.over())
                    .append("goods", goods(part.goods()))
                    .append("origin", origin(part.origin())))
        .toList();
  }

  private static List<Part> parts(Document document, String field) {
    return Docs.list(document, field).stream()
        .map(
            part ->
                new Part(
                    part.getString("customer"),
                    (int) Docs.number(part, "quantity"),
                    (int) Docs.number(part, "over"),
                    part.getString("id"),
                    goods(part.get("goods", Document.class)),
                    origin(part.get("origin", Document.class)),
                    Docs.string(part, "note"),
                    fulfilment(part)))
        .toList();
  }

  private static Document described(Document document, String note, Fulfilment fulfilment) {
    if (!note.isEmpty()) {
      document.append("note", note);
    }
    if (fulfilment.kind() != Fulfilment.Kind.OPEN) {
      document.append("way", fulfilment.kind().name()).append("store", fulfilment.store());
    }
    return document;
  }

  private static Fulfilment fulfilment(Document document) {
    var kind = Docs.string(document, "way");
    return kind.isEmpty()
        ? Fulfilment.OPEN
        : new Fulfilment(Fulfilment.Kind.valueOf(kind), Docs.string(document, "store"));
  }

  private static @Nullable Document grant(Grant grant) {
    if (grant.equals(Grant.NONE)) {
      return null;
    }
    var document = new Document("askedBy", grant.askedBy());
    var until = grant.until();
    if (until != null) {
      document.append("until", Date.from(until));
    }
    var asked = grant.askTime();
    if (asked != null) {
      document.append("askTime", Date.from(asked));
    }
    return document;
  }

  private static Grant grant(@Nullable Document document) {
    return document == null
        ? Grant.NONE
        : new Grant(
            Docs.instant(document, "until"),
            Docs.string(document, "askedBy"),
            Docs.instant(document, "askTime"));
  }

  static List<Document> lines(List<Line> lines) {
    return lines.stream().map(CartDocuments::document).toList();
  }

  private static Document document(Line line) {
    var document =
        described(new Document("id", line.id()), line.note(), line.fulfilment())
            .append("quantity", line.quantity())
            .append("goods", goods(line.goods()))
            .append("origin", origin(line.origin()));
    var edited = line.edited();
    if (edited != null) {
      document.append("edited", origin(edited));
    }
    return line.parts().isEmpty() ? document : document.append("parts", parts(line.parts()));
  }

  private static Line line(Document document) {
    var edited = document.get("edited", Document.class);
    return new Line(
        document.getString("id"),
        (int) Docs.number(document, "quantity"),
        goods(document.get("goods", Document.class)),
        origin(document.get("origin", Document.class)),
        Docs.string(document, "note"),
        fulfilment(document),
        edited == null ? null : origin(edited),
        parts(document, "parts"));
  }

  static List<Document> proposals(List<Proposal> proposals) {
    return proposals.stream()
        .map(
            proposal ->
                new Document("id", proposal.id())
                    .append("quantity", proposal.quantity())
                    .append("goods", goods(proposal.goods()))
                    .append("note", proposal.note())
                    .append("origin", origin(proposal.origin()))
                    .append("customer", proposal.customer()))
        .toList();
  }

  private static Proposal proposal(Document document) {
    return new Proposal(
        document.getString("id"),
        (int) Docs.number(document, "quantity"),
        goods(document.get("goods", Document.class)),
        Docs.string(document, "note"),
        origin(document.get("origin", Document.class)),
        Docs.string(document, "customer"));
  }

  static Document goods(Goods goods) {
    return new Document("sku", goods.sku())
        .append("product", goods.product())
        .append("title", goods.title())
        .append("media", goods.mediaUri())
        .append("price", money(goods.price()));
  }

  static Document money(Money money) {
    return new Document("currency", money.currency())
        .append("units", money.units())
        .append("nanos", money.nanos());
  }

  static Money money(Document document) {
    return new Money(
        Docs.string(document, "currency"),
        Docs.number(document, "units"),
        (int) Docs.number(document, "nanos"));
  }

  /** Only what is sold comes into a cart, so none of it was withdrawn then. */
  static Goods goods(Document document) {
    return new Goods(
        document.getString("sku"),
        Docs.string(document, "product"),
        Docs.string(document, "title"),
        Docs.string(document, "media"),
        money(document.get("price", Document.class)),
        false);
  }

  private static Document origin(Origin origin) {
    var document =
        new Document("channel", origin.channel())
            .append("device", origin.device())
            .append("by", origin.by())
            .append("time", Date.from(origin.time()));
    if (origin.way() != Origin.Way.ADDED) {
      document.append("way", origin.way().name());
    }
    if (!origin.campaign().isEmpty()) {
      document.append("campaign", origin.campaign());
    }
    if (!origin.copyOf().isEmpty()) {
      document.append("copyOf", origin.copyOf());
    }
    return document;
  }

  private static Origin origin(Document document) {
    return new Origin(
        Docs.string(document, "channel"),
        Docs.string(document, "device"),
        Docs.string(document, "by"),
        time(document),
        document.containsKey("way")
            ? Origin.Way.valueOf(document.getString("way"))
            : Origin.Way.ADDED,
        Docs.string(document, "campaign"),
        Docs.string(document, "copyOf"));
  }

  static List<Document> notices(List<Notice> notices) {
    return notices.stream()
        .map(
            notice ->
                switch (notice) {
                  case Notice.QuantityCapped(var line, var asked, var time) ->
                      new Document("line", line)
                          .append("count", asked)
                          .append("time", Date.from(time));
                  case Notice.LinesReturned(var count, var time) ->
                      new Document("returned", count).append("time", Date.from(time));
                  case Notice.AgentRemoved(var title, var by, var time) ->
                      new Document("title", title).append("by", by).append("time", Date.from(time));
                })
        .toList();
  }

  /** None for one of a kind that is no longer kept here. */
  private static Stream<Notice> notice(Document document) {
    if (document.containsKey("line")) {
      return Stream.of(
          new Notice.QuantityCapped(
              document.getString("line"), (int) Docs.number(document, "count"), time(document)));
    }
    if (document.containsKey("returned")) {
      return Stream.of(
          new Notice.LinesReturned((int) Docs.number(document, "returned"), time(document)));
    }
    return document.containsKey("title")
        ? Stream.of(
            new Notice.AgentRemoved(
                document.getString("title"), Docs.string(document, "by"), time(document)))
        : Stream.empty();
  }

  private static Instant time(Document document) {
    return document.getDate("time").toInstant();
  }

  static Binary operations(SequencedMap<String, Long> operations) {
    var packed = ByteBuffer.allocate(operations.size() * OPERATION_BYTES);
    operations.forEach((key, content) -> packed.put(HexFormat.of().parseHex(key)).putLong(content));
    return new Binary(packed.array());
  }

  static SequencedMap<String, Long> operations(byte[] packed) {
    var operations = new LinkedHashMap<String, Long>();
    var rest = ByteBuffer.wrap(packed);
    var key = new byte[KEY_BYTES];
    while (rest.remaining() >= OPERATION_BYTES) {
      rest.get(key);
      operations.put(HexFormat.of().formatHex(key), rest.getLong());
    }
    return operations;
  }

  /** What differs between two states of one cart, by field; null: the field goes. */
  static Map<String, @Nullable Object> differences(Cart seen, Cart next) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.putAll(differences(LINES, seen.lines(), next.lines()));
    fields.putAll(differences(SAVED, seen.savedLines(), next.savedLines()));
    if (!seen.proposals().equals(next.proposals())) {
      fields.put(PROPOSALS, proposals(next.proposals()));
    }
    if (!seen.voucher().equals(next.voucher())) {
      fields.put(VOUCHER, next.voucher());
    }
    if (!seen.grant().equals(next.grant())) {
      fields.put(GRANT, grant(next.grant()));
    }
    if (!seen.notices().equals(next.notices())) {
      fields.put(NOTICES, notices(next.notices()));
    }
    if (!seen.departures().equals(next.departures())) {
      fields.put(DEPARTURES, next.departures().stream().map(CartDocuments::departure).toList());
    }
    var before = seen.history();
    var after = next.history();
    if (!before.operations().equals(after.operations())) {
      fields.put(OPERATIONS, operations(after.operations()));
    }
    if (!before.removed().equals(after.removed())) {
      fields.put(REMOVED, after.removed());
    }
    if (!before.archives().equals(after.archives())) {
      fields.put(ARCHIVES, after.archives());
    }
    if (!before.merges().equals(after.merges())) {
      fields.put(JOINED, after.merges().stream().map(CartDocuments::merge).toList());
      fields.put(MERGES, null);
    }
    if (!before.parted().equals(after.parted())) {
      fields.put(PARTED, after.parted());
    }
    if (!before.arrivals().equals(after.arrivals())) {
      fields.put(ARRIVALS, after.arrivals());
    }
    if (seen.isMoved() && !next.isMoved()) {
      fields.put(MOVED_TO, null);
      fields.put(HANDED_OVER, null);
    }
    fields.put(VERSION, next.version());
    var time = next.updateTime();
    if (time != null) {
      fields.put(UPDATE_TIME, Date.from(time));
      fields.put(IDLE_SINCE, next.lines().isEmpty() ? null : idleSince(time));
    }
    return fields;
  }

  /** The lines that differ, each by its place, when they are the same ones; else all of them. */
  private static Map<String, Object> differences(String field, List<Line> seen, List<Line> next) {
    if (!ids(seen).equals(ids(next))) {
      return Map.of(field, lines(next));
    }
    var fields = new LinkedHashMap<String, Object>();
    for (int i = 0; i < next.size(); i++) {
      if (!seen.get(i).equals(next.get(i))) {
        fields.put(field + "." + i, document(next.get(i)));
      }
    }
    return fields;
  }

  private static List<String> ids(List<Line> lines) {
    return lines.stream().map(Line::id).toList();
  }

  /** To the minute, later rather than sooner, so that most changes leave its index as it is. */
  private static Date idleSince(Instant time) {
    var minute = time.truncatedTo(ChronoUnit.MINUTES);
    return Date.from(minute.equals(time) ? time : minute.plus(1, ChronoUnit.MINUTES));
  }
}
