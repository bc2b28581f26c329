package dev.filo.reservation.store;

import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
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
        Docs.list(document, "lines").stream().map(ReservationDocuments::line).toList(),
        state(document),
        Step.valueOf(document.getString("step")),
        Objects.requireNonNull(Docs.instant(document, "expireTime")),
        Docs.instant(document, "wantedEnd"),
        Docs.string(document, "hold"),
        Docs.string(document, "pickupCode"));
  }

  private static Line line(Document line) {
    return new Line(
        line.getString("sku"),
        (int) Docs.number(line, "quantity"),
        (int) Docs.number(line, "requested"),
        Docs.string(line, "title"),
        Docs.string(line, "mediaUri"),
        Docs.string(line, "currency"),
        Docs.number(line, "unitPriceNanos"));
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
                    .append("unitPriceNanos", line.unitPriceNanos()))
        .toList();
  }

  private static State state(Document document) {
    return switch (document.getString("state")) {
      case "PENDING" -> new State.Pending();
      case "HELD" -> new State.Held();
      case "PREPARED" -> new State.Prepared(at(document, "prepareTime"));
      case "COLLECTED" -> new State.Collected(at(document, "collectTime"));
      case "EXPIRED" -> new State.Expired();
      case "CANCELLED" -> new State.Cancelled();
      case "REFUSED" -> new State.Refused(Docs.string(document, "refusalReason"));
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
      case State.Prepared prepared -> fields.append("prepareTime", Date.from(prepared.at()));
      case State.Collected collected -> fields.append("collectTime", Date.from(collected.at()));
      case State.Refused refused -> fields.append("refusalReason", refused.reason());
      case State.Pending p -> {}
      case State.Held h -> {}
      case State.Expired e -> {}
      case State.Cancelled c -> {}
    }
    return fields;
  }
}
