package dev.filo.reservation.store;

import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Care;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.PutBack;
import dev.filo.reservation.domain.RefusalCause;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.domain.Sale;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Reservations as documents. */
public final class ReservationDocuments {
  private ReservationDocuments() {}

  /** The reservation in a document. */
  public static Reservation read(Document document) {
    return new Reservation(
        document.getString("_id"),
        Docs.number(document, "version"),
        Docs.string(document, "customer"),
        Docs.string(document, "store"),
        Docs.string(document, "storeTitle"),
        Docs.list(document, "lines").stream().map(ReservationDocuments::line).toList(),
        state(document),
        Step.valueOf(document.getString("step")),
        Objects.requireNonNull(Docs.instant(document, "expireTime")),
        Docs.instant(document, "wantedEnd"),
        Docs.string(document, "hold"),
        Docs.string(document, "pickupCode"),
        care(document),
        sale(document.get("sale", Document.class)),
        offer(document.get("offer", Document.class)),
        putBack(document));
  }

  private static Care care(Document document) {
    return new Care(
        Docs.instant(document, "escalateDue"),
        Docs.instant(document, "acknowledgeTime"),
        Docs.instant(document, "escalateTime"),
        Duration.ofMillis(Docs.number(document, "remindLead")),
        Docs.instant(document, "remindTime"));
  }

  /** The fields of what keeps it from being forgotten; a null takes the field away. */
  static Map<String, @Nullable Object> careFields(Reservation reservation) {
    var care = reservation.care();
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("escalateDue", date(care.escalateDue()));
    fields.put("acknowledgeTime", date(care.acknowledgeTime()));
    fields.put("escalateTime", date(care.escalateTime()));
    fields.put("remindLead", care.remindLead().toMillis());
    fields.put("remindTime", date(care.remindTime()));
    fields.put("remindDue", date(reservation.remindDue().orElse(null)));
    return fields;
  }

  private static @Nullable Sale sale(@Nullable Document sale) {
    return sale == null
        ? null
        : new Sale(
            pieces(Docs.list(sale, "lines")),
            sale.getBoolean("releaseRest", false),
            Docs.number(sale, "number"),
            Docs.list(sale, "serials").stream()
                .collect(
                    Collectors.toMap(
                        one -> one.getString("sku"),
                        one -> one.getList("numbers", String.class, List.of()))),
            sale.getBoolean("allNamed", false),
            Docs.string(sale, "request"));
  }

  static @Nullable Document sale(@Nullable Sale sale) {
    return sale == null
        ? null
        : new Document("lines", piecesDocuments(sale.lines()))
            .append("releaseRest", sale.releaseRest())
            .append("number", sale.number())
            .append(
                "serials",
                sale.serials().entrySet().stream()
                    .map(one -> new Document("sku", one.getKey()).append("numbers", one.getValue()))
                    .toList())
            .append("allNamed", sale.allNamed())
            .append("request", sale.requestId());
  }

  private static List<Pieces> pieces(List<Document> lines) {
    return lines.stream()
        .map(line -> new Pieces(line.getString("sku"), (int) Docs.number(line, "quantity")))
        .toList();
  }

  private static List<Document> piecesDocuments(List<Pieces> lines) {
    return lines.stream()
        .map(line -> new Document("sku", line.sku()).append("quantity", line.quantity()))
        .toList();
  }

  private static @Nullable Offer offer(@Nullable Document offer) {
    return offer == null
        ? null
        : new Offer(
            Docs.string(offer, "store"),
            Docs.string(offer, "storeTitle"),
            offer.getDouble("distanceMeters"),
            (int) Docs.number(offer, "available"),
            Docs.instant(offer, "pickupReadyTime"),
            at(offer, "expireTime"),
            Offer.State.valueOf(offer.getString("state")),
            offer.getList("gone", String.class, List.of()),
            offer.getString("reservation"));
  }

  static @Nullable Document offer(@Nullable Offer offer) {
    return offer == null
        ? null
        : new Document("store", offer.store())
            .append("storeTitle", offer.storeTitle())
            .append("distanceMeters", offer.distanceMeters())
            .append("available", offer.available())
            .append("pickupReadyTime", date(offer.pickupReadyTime()))
            .append("expireTime", date(offer.expireTime()))
            .append("state", offer.state().name())
            .append("gone", offer.gone())
            .append("reservation", offer.reservation());
  }

  private static @Nullable PutBack putBack(Document document) {
    var since = Docs.instant(document, "putBackSince");
    return since == null ? null : new PutBack(since, Docs.instant(document, "putBackDone"));
  }

  /**
   * The fields of what is to be put back: {@code putBackDue} is there as long as it stands on the
   * shelf.
   */
  static Map<String, @Nullable Object> putBackFields(@Nullable PutBack putBack) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("putBackSince", putBack == null ? null : date(putBack.since()));
    fields.put("putBackDone", putBack == null ? null : date(putBack.done()));
    fields.put(
        "putBackDue", putBack == null || putBack.done() != null ? null : date(putBack.since()));
    return fields;
  }

  static @Nullable Date date(@Nullable Instant instant) {
    return instant == null ? null : Date.from(instant);
  }

  private static Line line(Document line) {
    return new Line(
        line.getString("sku"),
        (int) Docs.number(line, "quantity"),
        (int) Docs.number(line, "requested"),
        Docs.string(line, "title"),
        Docs.string(line, "mediaUri"),
        Docs.string(line, "currency"),
        Docs.number(line, "unitPriceNanos"),
        (int) Docs.number(line, "collected"));
  }

  /** Lines as documents. */
  static List<Document> lines(List<Line> lines) {
    return lines.stream()
        .map(
            line ->
                new Document("sku", line.sku())
                    .append("quantity", line.quantity())
                    .append("requested", line.requested())
                    .append("title", line.title())
                    .append("mediaUri", line.mediaUri())
                    .append("currency", line.currency())
                    .append("unitPriceNanos", line.unitPriceNanos())
                    .append("collected", line.collected()))
        .toList();
  }

  private static State state(Document document) {
    return switch (document.getString("state")) {
      case "PENDING" -> new State.Pending();
      case "HELD" -> new State.Held();
      case "PREPARED" ->
          new State.Prepared(at(document, "prepareTime"), Docs.string(document, "shelf"));
      case "COLLECTED" -> new State.Collected(at(document, "collectTime"));
      case "EXPIRED" -> new State.Expired();
      case "CANCELLED" -> new State.Cancelled();
      case "REFUSED" ->
          new State.Refused(
              RefusalCause.valueOf(
                  document.get("refusalCause", RefusalCause.OTHER.name())), // none in older ones
              Docs.string(document, "refusalReason"),
              pieces(Docs.list(document, "refusedLines")));
      default -> throw new IllegalStateException("unknown state " + document.getString("state"));
    };
  }

  private static Instant at(Document document, String key) {
    return Objects.requireNonNull(Docs.instant(document, key));
  }

  /** An actor as a document. */
  static Document actor(Actor actor) {
    return new Document("principal", actor.getPrincipal())
        .append("role", actor.getRole())
        .append("channel", actor.getChannel())
        .append("device", actor.getDevice())
        .append("displayName", actor.getDisplayName());
  }

  /** The actor in a document; an empty one when there is none. */
  public static Actor actor(@Nullable Document actor) {
    return actor == null
        ? Actor.getDefaultInstance()
        : Actor.newBuilder()
            .setPrincipal(Docs.string(actor, "principal"))
            .setRole(Docs.string(actor, "role"))
            .setChannel(Docs.string(actor, "channel"))
            .setDevice(Docs.string(actor, "device"))
            .setDisplayName(Docs.string(actor, "displayName"))
            .build();
  }

  /** The fields that a state sets, beside its label. */
  static Document stateFields(State state, Instant now) {
    var fields = new Document("state", state.label()).append("updateTime", Date.from(now));
    switch (state) {
      case State.Prepared prepared ->
          fields.append("prepareTime", Date.from(prepared.at())).append("shelf", prepared.shelf());
      case State.Collected collected -> fields.append("collectTime", Date.from(collected.at()));
      case State.Refused refused ->
          fields
              .append("refusalReason", refused.reason())
              .append("refusalCause", refused.cause().name())
              .append("refusedLines", piecesDocuments(refused.lines()));
      case State.Pending p -> {}
      case State.Held h -> {}
      case State.Expired e -> {}
      case State.Cancelled c -> {}
    }
    return fields;
  }
}
