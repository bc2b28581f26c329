package dev.filo.reservation.waitlist.store;

import dev.filo.platform.mongo.Docs;
import dev.filo.reservation.waitlist.domain.Author;
import dev.filo.reservation.waitlist.domain.Entry;
import dev.filo.reservation.waitlist.domain.Entry.Offer;
import dev.filo.reservation.waitlist.domain.Entry.State;
import dev.filo.reservation.waitlist.domain.Waitlist;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Lines and entries as documents. */
final class WaitlistDocuments {
  private WaitlistDocuments() {}

  /** The line in a document. */
  static Waitlist read(Document document) {
    return new Waitlist(
        Docs.string(document, "sku"),
        Docs.string(document, "store"),
        Docs.number(document, "version"),
        Docs.list(document, "line").stream().map(WaitlistDocuments::entry).toList(),
        Docs.list(document, "ended").stream().map(WaitlistDocuments::entry).toList());
  }

  /** Entries as documents. */
  static List<Document> entries(List<Entry> entries) {
    return entries.stream().map(WaitlistDocuments::entry).toList();
  }

  /** An entry as a document. */
  static Document entry(Entry entry) {
    var about = entry.about();
    var document =
        new Document("id", entry.id())
            .append("customer", entry.customer())
            .append("quantity", entry.quantity())
            .append("joinTime", Date.from(entry.joinTime()))
            .append("tries", entry.tries())
            .append("stateTime", Date.from(entry.stateTime()))
            .append("title", about.title())
            .append("mediaUri", about.mediaUri())
            .append("storeTitle", about.storeTitle())
            .append("customerDisplayName", about.customerDisplayName())
            .append("guest", about.guest())
            .append("createdBy", author(about.createdBy()));
    var offer = entry.state().offer();
    if (offer != null) {
      document.append(
          "offer",
          new Document("hold", offer.hold())
              .append("quantity", offer.quantity())
              .append("expireTime", Date.from(offer.expireTime())));
    }
    document.append(
        "state",
        switch (entry.state()) {
          case State.Joining j -> "JOINING";
          case State.Waiting w -> "WAITING";
          case State.Offering o -> "OFFERING";
          case State.Offered o -> "OFFERED";
          case State.Accepting a -> {
            document.append("until", Date.from(a.until())).append("by", author(a.by()));
            yield "ACCEPTING";
          }
          case State.Taken t -> {
            document.append("reservation", t.reservation()).append("taken", t.quantity());
            yield "TAKEN";
          }
          case State.Lapsed l -> {
            document.append("toFree", l.hold());
            yield "LAPSED";
          }
          case State.Left l -> {
            document.append("toFree", l.hold());
            yield "LEFT";
          }
        });
    return document;
  }

  /** The entry in a document. */
  static Entry entry(Document document) {
    return new Entry(
        document.getString("id"),
        Docs.string(document, "customer"),
        (int) Docs.number(document, "quantity"),
        at(document, "joinTime"),
        (int) Docs.number(document, "tries"),
        state(document),
        at(document, "stateTime"),
        new Entry.About(
            Docs.string(document, "title"),
            Docs.string(document, "mediaUri"),
            Docs.string(document, "storeTitle"),
            Docs.string(document, "customerDisplayName"),
            document.getBoolean("guest", false),
            author(document.get("createdBy", Document.class))));
  }

  private static State state(Document document) {
    return switch (document.getString("state")) {
      case "JOINING" -> new State.Joining();
      case "WAITING" -> new State.Waiting();
      case "OFFERING" -> new State.Offering(offer(document));
      case "OFFERED" -> new State.Offered(offer(document));
      case "ACCEPTING" ->
          new State.Accepting(
              offer(document), at(document, "until"), author(document.get("by", Document.class)));
      case "TAKEN" ->
          new State.Taken(
              Docs.string(document, "reservation"), (int) Docs.number(document, "taken"));
      case "LAPSED" -> new State.Lapsed(Docs.string(document, "toFree"));
      case "LEFT" -> new State.Left(Docs.string(document, "toFree"));
      default -> throw new IllegalStateException("unknown state " + document.getString("state"));
    };
  }

  private static Offer offer(Document document) {
    var offer = Objects.requireNonNull(document.get("offer", Document.class));
    return new Offer(
        Docs.string(offer, "hold"), (int) Docs.number(offer, "quantity"), at(offer, "expireTime"));
  }

  private static Instant at(Document document, String key) {
    return Objects.requireNonNull(Docs.instant(document, key));
  }

  private static Document author(Author author) {
    return new Document("principal", author.principal())
        .append("role", author.role())
        .append("channel", author.channel())
        .append("device", author.device())
        .append("displayName", author.displayName());
  }

  private static Author author(@Nullable Document author) {
    return author == null
        ? new Author("", "", "", "", "")
        : new Author(
            Docs.string(author, "principal"),
            Docs.string(author, "role"),
            Docs.string(author, "channel"),
            Docs.string(author, "device"),
            Docs.string(author, "displayName"));
  }
}
