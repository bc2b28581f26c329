package dev.filo.inventory.store;

import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Kit;
import dev.filo.inventory.domain.Plan;
import dev.filo.platform.mongo.Docs;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.jspecify.annotations.Nullable;

/** The journals of holds as documents and back. */
final class HoldDocuments {
  private static final DocumentCodec CODEC = new DocumentCodec();

  private HoldDocuments() {}

  /** The document's bytes. */
  static RawBsonDocument written(Hold hold) {
    return new RawBsonDocument(document(hold), CODEC);
  }

  /** What a hold has nothing of is left out: thousands lie in one level for a moment. */
  static Document document(Hold hold) {
    var more = hold.more();
    var document =
        new Document("_id", hold.id())
            .append("location", hold.location())
            .append("lines", Documents.lines(hold.lines()))
            .append("expireTime", Date.from(hold.expireTime()))
            .append("owner", hold.owner())
            .append("author", Documents.author(hold.author()))
            .append("content", hold.content())
            .append("state", hold.state().name())
            .append("version", hold.version())
            .append("wasActive", hold.wasActive())
            .append("channel", more.channel());
    var seller = hold.seller();
    var sellTime = hold.sellTime();
    var due = hold.due();
    var placed = more.placed();
    var plan = more.plan();
    if (hold.cleanings() != 0) {
      document.append("cleanings", hold.cleanings());
    }
    if (more.sales() != 0) {
      document.append("sales", more.sales());
    }
    append(document, "shortages", shortages(hold.shortages()));
    append(
        document,
        "extensions",
        hold.extensions().stream()
            .map(
                extension ->
                    new Document("id", extension.requestId())
                        .append("expireTime", Date.from(extension.expireTime())))
            .toList());
    append(document, "kits", kits(more.kits()));
    append(document, "answers", more.answers().stream().map(HoldDocuments::answer).toList());
    if (seller != null) {
      document.append("seller", Documents.author(seller));
    }
    if (sellTime != null) {
      document.append("sellTime", Date.from(sellTime));
    }
    if (due != null) {
      document.append("due", Date.from(due));
    }
    if (placed != null) {
      document.append("placed", answer(placed));
    }
    if (plan != null) {
      document.append("plan", plan(plan));
    }
    return document;
  }

  private static void append(Document document, String name, List<Document> some) {
    if (!some.isEmpty()) {
      document.append(name, some);
    }
  }

  static Hold hold(Document document) {
    var seller = document.get("seller", Document.class);
    return new Hold(
        document.getString("_id"),
        Docs.string(document, "location"),
        Documents.lines(document, "lines"),
        Documents.time(document, "expireTime"),
        Docs.string(document, "owner"),
        Documents.author(document.get("author", new Document())),
        Docs.string(document, "content"),
        Hold.State.valueOf(document.getString("state")),
        Docs.number(document, "version"),
        shortages(document),
        seller == null ? null : Documents.author(seller),
        Docs.instant(document, "sellTime"),
        Docs.list(document, "extensions").stream()
            .map(
                extension ->
                    new Hold.Extension(
                        Docs.string(extension, "id"), Documents.time(extension, "expireTime")))
            .toList(),
        Docs.instant(document, "due"),
        (int) Docs.number(document, "cleanings"),
        document.getBoolean("wasActive", false),
        new Hold.More(
            kits(document),
            answer(document.get("placed", Document.class)),
            plan(document.get("plan", Document.class)),
            Docs.list(document, "answers").stream().map(HoldDocuments::known).toList(),
            (int) Docs.number(document, "sales"),
            Docs.string(document, "channel")));
  }

  private static List<Document> shortages(Map<String, Integer> shortages) {
    return new TreeMap<>(shortages)
        .entrySet().stream()
            .map(entry -> new Document("sku", entry.getKey()).append("available", entry.getValue()))
            .toList();
  }

  private static Map<String, Integer> shortages(Document document) {
    var shortages = new TreeMap<String, Integer>();
    for (Document shortage : Docs.list(document, "shortages")) {
      shortages.put(Docs.string(shortage, "sku"), (int) Docs.number(shortage, "available"));
    }
    return shortages;
  }

  private static List<Document> kits(List<Kit> kits) {
    return kits.stream()
        .map(
            kit ->
                new Document("sku", kit.sku())
                    .append("quantity", kit.quantity())
                    .append("components", Documents.lines(kit.components())))
        .toList();
  }

  private static List<Kit> kits(Document document) {
    return Docs.list(document, "kits").stream()
        .map(
            kit ->
                new Kit(
                    Docs.string(kit, "sku"),
                    (int) Docs.number(kit, "quantity"),
                    Documents.lines(kit, "components")))
        .toList();
  }

  private static Document answer(Hold.Answer answer) {
    return new Document("id", answer.requestId())
        .append("content", answer.content())
        .append("refused", answer.isRefused())
        .append("shortages", shortages(answer.shortages()))
        .append(
            "missing",
            answer.missing().entrySet().stream()
                .map(one -> new Document("sku", one.getKey()).append("serial", one.getValue()))
                .toList())
        .append("location", answer.location())
        .append("lines", Documents.lines(answer.lines()))
        .append("kits", kits(answer.kits()))
        .append("expireTime", Date.from(answer.expireTime()))
        .append("state", answer.state().name());
  }

  private static Hold.@Nullable Answer answer(@Nullable Document document) {
    return document == null ? null : known(document);
  }

  private static Hold.Answer known(Document document) {
    return new Hold.Answer(
        Docs.string(document, "id"),
        Docs.string(document, "content"),
        document.getBoolean("refused", false),
        shortages(document),
        Docs.list(document, "missing").stream()
            .collect(
                Collectors.toMap(
                    one -> Docs.string(one, "sku"), one -> Docs.string(one, "serial"))),
        Docs.string(document, "location"),
        Documents.lines(document, "lines"),
        kits(document),
        Documents.time(document, "expireTime"),
        Hold.State.valueOf(document.getString("state")));
  }

  private static Document plan(Plan plan) {
    return new Document("id", plan.requestId())
        .append("content", plan.content())
        .append("location", plan.location())
        .append("lines", Documents.lines(plan.lines()))
        .append("kits", kits(plan.kits()))
        .append(
            "serials",
            plan.serials().entrySet().stream()
                .map(one -> new Document("sku", one.getKey()).append("numbers", one.getValue()))
                .toList())
        .append(
            "trims",
            plan.trims().stream()
                .map(
                    trim ->
                        new Document("location", trim.location())
                            .append("sku", trim.sku())
                            .append("quantity", trim.quantity()))
                .toList());
  }

  private static @Nullable Plan plan(@Nullable Document document) {
    return document == null
        ? null
        : new Plan(
            Docs.string(document, "id"),
            Docs.string(document, "content"),
            Docs.string(document, "location"),
            Documents.lines(document, "lines"),
            kits(document),
            Docs.list(document, "serials").stream()
                .collect(
                    Collectors.toMap(
                        one -> Docs.string(one, "sku"), one -> Documents.strings(one, "numbers"))),
            Docs.list(document, "trims").stream()
                .map(
                    trim ->
                        new Plan.Trim(
                            Docs.string(trim, "location"),
                            Docs.string(trim, "sku"),
                            (int) Docs.number(trim, "quantity")))
                .toList());
  }
}
