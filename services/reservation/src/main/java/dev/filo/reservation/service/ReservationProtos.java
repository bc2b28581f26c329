package dev.filo.reservation.service;

import com.google.protobuf.Timestamp;
import com.google.type.Money;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.QrSvg;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.reservation.v1.Offer;
import dev.filo.proto.reservation.v1.PutBackEntry;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Reservations as messages. */
public final class ReservationProtos {
  /** What a reservation's name begins with. */
  public static final String PREFIX = "reservations/";

  private static final long NANOS = 1_000_000_000L;

  private ReservationProtos() {}

  /** The reservation in a document with all there is to it but its pickup code. */
  public static Reservation message(Document document, Instant now) {
    return message(
        ReservationDocuments.read(document),
        document,
        Optional.ofNullable(Docs.instant(document, "updateTime")).orElse(now),
        now);
  }

  /**
   * A reservation as it is or shall be.
   *
   * @param document where it was or is written: what never changes is read from there
   */
  static Reservation message(
      dev.filo.reservation.domain.Reservation reservation,
      Document document,
      Instant updated,
      Instant now) {
    var state = reservation.stateAt(now);
    var care = reservation.care();
    var replaces = Docs.string(document, "replaces");
    var message =
        Reservation.newBuilder()
            .setName(PREFIX + reservation.id())
            .setCustomer(reservation.customer())
            .setStore(reservation.store())
            .addAllLines(lines(reservation.lines()))
            .setState(Reservation.State.valueOf(state.label()))
            .setExpireTime(Times.timestamp(reservation.expireTime()))
            .setCreatedBy(ReservationDocuments.actor(document.get("createdBy", Document.class)))
            .setCustomerDisplayName(Docs.string(document, "customerDisplayName"))
            .setStoreTitle(reservation.storeTitle())
            .setEtag(etag(reservation, now))
            .setShelf(Docs.string(document, "shelf"))
            .setIdentityCheck(document.getBoolean("identityCheck", false))
            .setReplaces(replaces.isEmpty() ? "" : PREFIX + replaces)
            .setUpdateTime(Times.timestamp(updated));
    time(Docs.instant(document, "createTime"), message::setCreateTime);
    time(Docs.instant(document, "prepareTime"), message::setPrepareTime);
    time(Docs.instant(document, "collectTime"), message::setCollectTime);
    time(care.acknowledgeTime(), message::setAcknowledgeTime);
    time(care.escalateTime(), message::setEscalateTime);
    time(care.remindTime(), message::setRemindTime);
    if (state.isOpen()) {
      time(care.escalateDue(), message::setAcknowledgeDueTime);
    }
    switch (reservation.state()) {
      case State.Prepared prepared ->
          message.setPrepareTime(Times.timestamp(prepared.at())).setShelf(prepared.shelf());
      case State.Collected collected -> message.setCollectTime(Times.timestamp(collected.at()));
      case State.Refused refused ->
          message
              .setRefusalReason(refused.reason())
              .setRefusalCause(RefusalCause.valueOf(refused.cause().name()));
      case State.Pending p -> {}
      case State.Held h -> {}
      case State.Expired e -> {}
      case State.Cancelled c -> {}
    }
    var offer = reservation.offer();
    if (offer != null) {
      message.setOffer(offer(offer, reservation.offerStateAt(now).orElseThrow()));
      if (offer.reservation() != null) {
        message.setReplacedBy(PREFIX + offer.reservation());
      }
    }
    return message.build();
  }

  private static Offer offer(
      dev.filo.reservation.domain.Offer offer, dev.filo.reservation.domain.Offer.State state) {
    var message =
        Offer.newBuilder()
            .setStore(offer.store())
            .setStoreTitle(offer.storeTitle())
            .setAvailable(offer.available())
            .setExpireTime(Times.timestamp(offer.expireTime()))
            .setState(Offer.State.valueOf(state.name()));
    if (offer.distanceMeters() != null) {
      message.setDistanceMeters(offer.distanceMeters());
    }
    time(offer.pickupReadyTime(), message::setPickupReadyTime);
    return message.build();
  }

  private static void time(@Nullable Instant time, Consumer<Timestamp> to) {
    if (time != null) {
      to.accept(Times.timestamp(time));
    }
  }

  /** What of a reservation has to be put back. */
  public static PutBackEntry putBack(Document document, Instant now) {
    var reservation = ReservationDocuments.read(document);
    var since =
        reservation.putBack() == null ? reservation.expireTime() : reservation.putBack().since();
    var entry =
        PutBackEntry.newBuilder()
            .setReservation(PREFIX + reservation.id())
            .setShelf(Docs.string(document, "shelf"))
            .addAllLines(lines(reservation.shelved()))
            .setState(Reservation.State.valueOf(reservation.stateAt(now).label()))
            .setCustomerDisplayName(Docs.string(document, "customerDisplayName"))
            .setSinceTime(Times.timestamp(since));
    if (reservation.state() instanceof State.Refused refused) {
      entry.setRefusalCause(RefusalCause.valueOf(refused.cause().name()));
    }
    return entry.build();
  }

  /** Changes with every change, those by time alone included: its lapsing and its offer's. */
  static String etag(dev.filo.reservation.domain.Reservation reservation, Instant now) {
    boolean lapsed = !reservation.stateAt(now).equals(reservation.state());
    var offer = reservation.offer();
    boolean offerLapsed =
        offer != null && reservation.offerStateAt(now).filter(offer.state()::equals).isEmpty();
    return reservation.version() + (lapsed || offerLapsed ? "x" : "");
  }

  /**
   * The same as a caller may see it: with its pickup code for her and customer service; for her
   * without what the store and customer service have to see to.
   */
  public static Reservation forCaller(Reservation message, String pickupCode, Caller caller) {
    if (!caller.isShopper()) {
      return caller.is(Role.ROLE_AGENT) ? withCode(message, pickupCode) : message;
    }
    boolean hers = caller.principal().equals(message.getCustomer());
    var shown =
        message.toBuilder().clearShelf().clearEscalateTime().clearAcknowledgeDueTime().build();
    return hers ? withCode(shown, pickupCode) : shown;
  }

  private static Reservation withCode(Reservation message, String pickupCode) {
    return pickupCode.isEmpty()
        ? message
        : message.toBuilder().setPickupCode(pickupCode).setQrSvg(QrSvg.of(pickupCode)).build();
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
                    .setCollectedQuantity(line.collected())
                    .build())
        .toList();
  }

  /** A price as one number. */
  public static long nanos(Money money) {
    return Math.addExact(Math.multiplyExact(money.getUnits(), NANOS), money.getNanos());
  }
}
