package dev.filo.reservation.service;

import com.google.type.Money;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.QrSvg;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Instant;
import java.util.List;
import org.bson.Document;

/** Reservations as messages. */
public final class ReservationProtos {
  /** What a reservation's name begins with. */
  public static final String PREFIX = "reservations/";

  private static final long NANOS = 1_000_000_000L;

  private ReservationProtos() {}

  /** The reservation in a document as everybody may see it: without its pickup code. */
  public static Reservation message(Document document, Instant now) {
    var reservation = ReservationDocuments.read(document);
    var message =
        Reservation.newBuilder()
            .setName(PREFIX + reservation.id())
            .setCustomer(reservation.customer())
            .setStore(reservation.store())
            .addAllLines(lines(reservation.lines()))
            .setState(Reservation.State.valueOf(reservation.stateAt(now).label()))
            .setExpireTime(Times.timestamp(reservation.expireTime()))
            .setCreatedBy(ReservationDocuments.actor(document.get("createdBy", Document.class)))
            .setRefusalReason(Docs.string(document, "refusalReason"))
            .setCustomerDisplayName(Docs.string(document, "customerDisplayName"))
            .setStoreTitle(Docs.string(document, "storeTitle"));
    message.setEtag(etag(reservation, now));
    var created = Docs.instant(document, "createTime");
    if (created != null) {
      message.setCreateTime(Times.timestamp(created));
    }
    var updated = Docs.instant(document, "updateTime");
    if (updated != null) {
      message.setUpdateTime(Times.timestamp(updated));
    }
    var prepared = Docs.instant(document, "prepareTime");
    if (prepared != null) {
      message.setPrepareTime(Times.timestamp(prepared));
    }
    var collected = Docs.instant(document, "collectTime");
    if (collected != null) {
      message.setCollectTime(Times.timestamp(collected));
    }
    return message.build();
  }

  /** Changes with every change, that of lapsing included. */
  static String etag(dev.filo.reservation.domain.Reservation reservation, Instant now) {
    boolean lapsed = !reservation.stateAt(now).equals(reservation.state());
    return reservation.version() + (lapsed ? "x" : "");
  }

  /** The same with its pickup code, for those who may have it: her, and customer service. */
  public static Reservation forCaller(Reservation message, String pickupCode, Caller caller) {
    boolean hers = caller.isShopper() && caller.principal().equals(message.getCustomer());
    if (pickupCode.isEmpty() || !(hers || caller.is(Role.ROLE_AGENT))) {
      return message;
    }
    return message.toBuilder().setPickupCode(pickupCode).setQrSvg(QrSvg.of(pickupCode)).build();
  }

  /** Lines as messages. */
  public static List<ReservationLine> lines(List<Line> lines) {
    return lines.stream()
        .map(
            line ->
                ReservationLine.newBuilder()
                    .setSku(line.sku())
                    .setQuantity(line.quantity())
                    .setRequestedQuantity(line.requested())
                    .setTitle(line.title())
                    .setMediaUri(line.mediaUri())
                    .setUnitPrice(
                        Money.newBuilder()
                            .setCurrencyCode(line.currency())
                            .setUnits(line.unitPriceNanos() / NANOS)
                            .setNanos((int) (line.unitPriceNanos() % NANOS)))
                    .build())
        .toList();
  }

  /** A price as one number. */
  public static long nanos(Money money) {
    return Math.addExact(Math.multiplyExact(money.getUnits(), NANOS), money.getNanos());
  }
}
