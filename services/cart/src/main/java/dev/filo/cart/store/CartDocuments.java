package dev.filo.cart.store;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.History;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Proposal;
import dev.filo.platform.mongo.Docs;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bson.Document;
import org.bson.types.Binary;

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
        new History(
            operations(Docs.bytes(document, OPERATIONS)),
            Docs.strings(document, REMOVED),
            Docs.strings(document, ARCHIVES),
            Docs.strings(document, MERGES)),
        Docs.list(document, NOTICES).stream().map(CartDocuments::notice).toList(),
        Docs.string(document, MOVED_TO),
        document.getBoolean(HANDED_OVER, false),
        Docs.instant(document, UPDATE_TIME));
  }

  static List<Document> lines(List<Line> lines) {
    return lines.stream()
        .map(
            line ->
                new Document("id", line.id())
                    .append("quantity", line.quantity())
                    .append("goods", goods(line.goods()))
                    .append("origin", origin(line.origin())))
        .toList();
  }

  private static Line line(Document document) {
    return new Line(
        document.getString("id"),
        (int) Docs.number(document, "quantity"),
        goods(document.get("goods", Document.class)),
        origin(document.get("origin", Document.class)));
  }

  static List<Document> proposals(List<Proposal> proposals) {
    return proposals.stream()
        .map(
            proposal ->
                new Document("id", proposal.id())
                    .append("quantity", proposal.quantity())
                    .append("goods", goods(proposal.goods()))
                    .append("note", proposal.note())
                    .append("origin", origin(proposal.origin())))
        .toList();
  }

  private static Proposal proposal(Document document) {
    return new Proposal(
        document.getString("id"),
        (int) Docs.number(document, "quantity"),
        goods(document.get("goods", Document.class)),
        Docs.string(document, "note"),
        origin(document.get("origin", Document.class)));
  }

  private static Document goods(Goods goods) {
    return new Document("sku", goods.sku())
        .append("product", goods.product())
        .append("title", goods.title())
        .append("media", goods.mediaUri())
        .append(
            "price",
            new Document("currency", goods.price().currency())
                .append("units", goods.price().units())
                .append("nanos", goods.price().nanos()));
  }

  /** Only what is sold comes into a cart, so none of it was withdrawn then. */
  private static Goods goods(Document document) {
    var price = document.get("price", Document.class);
    return new Goods(
        document.getString("sku"),
        Docs.string(document, "product"),
        Docs.string(document, "title"),
        Docs.string(document, "media"),
        new Money(
            Docs.string(price, "currency"),
            Docs.number(price, "units"),
            (int) Docs.number(price, "nanos")),
        false);
  }

  private static Document origin(Origin origin) {
    return new Document("channel", origin.channel())
        .append("device", origin.device())
        .append("by", origin.by())
        .append("time", Date.from(origin.time()));
  }

  private static Origin origin(Document document) {
    return new Origin(
        Docs.string(document, "channel"),
        Docs.string(document, "device"),
        Docs.string(document, "by"),
        time(document));
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
                  case Notice.LinesMerged(var count, var device, var time) ->
                      new Document("count", count)
                          .append("device", device)
                          .append("time", Date.from(time));
                })
        .toList();
  }

  private static Notice notice(Document document) {
    int count = (int) Docs.number(document, "count");
    return document.containsKey("line")
        ? new Notice.QuantityCapped(document.getString("line"), count, time(document))
        : new Notice.LinesMerged(count, Docs.string(document, "device"), time(document));
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

  /** What differs between two states of one cart, by field. */
  static Map<String, Object> differences(Cart seen, Cart next) {
    var fields = new LinkedHashMap<String, Object>();
    if (!seen.lines().equals(next.lines())) {
      fields.put(LINES, lines(next.lines()));
    }
    if (!seen.savedLines().equals(next.savedLines())) {
      fields.put(SAVED, lines(next.savedLines()));
    }
    if (!seen.proposals().equals(next.proposals())) {
      fields.put(PROPOSALS, proposals(next.proposals()));
    }
    if (!seen.notices().equals(next.notices())) {
      fields.put(NOTICES, notices(next.notices()));
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
      fields.put(MERGES, after.merges());
    }
    fields.put(VERSION, next.version());
    var time = next.updateTime();
    if (time != null) {
      fields.put(UPDATE_TIME, Date.from(time));
    }
    return fields;
  }
}
