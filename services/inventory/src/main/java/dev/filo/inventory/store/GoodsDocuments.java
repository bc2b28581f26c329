package dev.filo.inventory.store;

import dev.filo.inventory.domain.Goods;
import dev.filo.inventory.domain.Incoming;
import dev.filo.inventory.domain.IncomingRequest;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.domain.Transit;
import dev.filo.platform.mongo.Docs;
import java.time.LocalDate;
import java.util.EnumMap;
import org.bson.Document;

/** What is known of a level's pieces, as a part of its document and back. */
final class GoodsDocuments {
  private GoodsDocuments() {}

  static Document document(Goods goods) {
    var aside = new Document();
    goods.aside().forEach((reason, pieces) -> aside.append(reason.name(), pieces));
    return new Document("aside", aside)
        .append(
            "transit",
            goods.transit().stream()
                .map(
                    one ->
                        new Document("id", one.transfer())
                            .append("counterpart", one.counterpart())
                            .append("pieces", one.pieces()))
                .toList())
        .append(
            "incoming",
            goods.incoming().stream()
                .map(
                    one ->
                        new Document("id", one.id())
                            .append("quantity", one.quantity())
                            .append("date", one.date().toString()))
                .toList())
        .append(
            "requests",
            goods.requests().stream()
                .map(
                    one ->
                        new Document("id", one.requestId())
                            .append("content", one.content())
                            .append("answer", Documents.snapshot(one.answer())))
                .toList())
        .append("serials", goods.serials())
        .append("ownSafety", goods.hasOwnSafety());
  }

  /** Of a level that has none its safety stock is its own, if it has any. */
  static Goods goods(Document level) {
    if (!(level.get("goods") instanceof Document goods)) {
      return Docs.number(level, "safety") > 0
          ? new Goods(
              Goods.NONE.aside(),
              Goods.NONE.transit(),
              Goods.NONE.incoming(),
              Goods.NONE.requests(),
              Goods.NONE.serials(),
              true)
          : Goods.NONE;
    }
    var aside = new EnumMap<SetAside, Integer>(SetAside.class);
    var pieces = goods.get("aside", new Document());
    pieces
        .keySet()
        .forEach(reason -> aside.put(SetAside.valueOf(reason), (int) Docs.number(pieces, reason)));
    return new Goods(
        aside,
        Docs.list(goods, "transit").stream()
            .map(
                one ->
                    new Transit(
                        Docs.string(one, "id"),
                        Docs.string(one, "counterpart"),
                        (int) Docs.number(one, "pieces")))
            .toList(),
        Docs.list(goods, "incoming").stream()
            .map(
                one ->
                    new Incoming(
                        Docs.string(one, "id"),
                        (int) Docs.number(one, "quantity"),
                        LocalDate.parse(Docs.string(one, "date"))))
            .toList(),
        Docs.list(goods, "requests").stream()
            .map(
                one ->
                    new IncomingRequest(
                        Docs.string(one, "id"),
                        Docs.string(one, "content"),
                        Documents.snapshot(one.get("answer", new Document()))))
            .toList(),
        Documents.strings(goods, "serials"),
        goods.getBoolean("ownSafety", false));
  }
}
