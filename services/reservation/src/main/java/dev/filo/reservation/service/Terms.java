package dev.filo.reservation.service;

import com.google.protobuf.Timestamp;
import com.google.type.Money;
import dev.filo.calendar.StoreCalendars;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.reservation.domain.Care;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation.Line;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * On what terms goods are kept: until when, and who has to be told what in the meantime. By the
 * retailer's policy and the store's calendar.
 */
final class Terms {
  private final ReservationPolicy policy;

  Terms(ReservationPolicy policy) {
    this.policy = policy;
  }

  /** Until when a new one is kept; {@link RefusedException} when it cannot be until then. */
  Instant end(CreateReservationRequest request, Store at, Instant now) {
    return within(
        switch (request.getUntilCase()) {
          case UNTIL_TIME -> millis(request.getUntilTime());
          case UNTIL_STORE_CLOSING -> lastClosing(at, request.getUntilStoreClosing(), now);
          case UNTIL_DURATION -> after(now, request.getUntilDuration());
          case UNTIL_NOT_SET -> ordinary(at, now);
        },
        now);
  }

  /** Until when it shall be kept by an extension; whether it may be is decided with it. */
  Instant end(ExtendReservationRequest request, Store at, Instant now) {
    return switch (request.getUntilCase()) {
      case UNTIL_TIME -> millis(request.getUntilTime());
      case UNTIL_DURATION -> after(now, request.getUntilDuration());
      case UNTIL_STORE_CLOSING, UNTIL_NOT_SET ->
          lastClosing(at, request.getUntilStoreClosing(), now);
    };
  }

  /** Until when one is kept that replaces another: not shorter than that one was. */
  Instant end(Instant former, Store at, Instant now) {
    var ordinary = ordinary(at, now);
    return ordinary.isAfter(former) ? ordinary : former;
  }

  /** The latest end there may be. */
  Instant latest(Instant now) {
    return now.plus(policy.longest());
  }

  private static Instant ordinary(Store at, Instant now, int closings) {
    return StoreCalendars.of(at)
        .nthClosing(now, closings)
        .orElseThrow(() -> new RefusedException(new Refusal.StoreClosed(at.getName(), "")));
  }

  private Instant ordinary(Store at, Instant now) {
    return ordinary(at, now, policy.defaultClosings());
  }

  private Instant within(Instant end, Instant now) {
    if (!end.isAfter(now) || end.isAfter(latest(now))) {
      throw new RefusedException(new Refusal.TimeInvalid(latest(now)));
    }
    return end;
  }

  /** What the database keeps of an instant. */
  private static Instant millis(Timestamp time) {
    return Instant.ofEpochMilli(Times.instant(time).toEpochMilli());
  }

  private static Instant after(Instant now, com.google.protobuf.Duration length) {
    var end = now.plus(Duration.ofSeconds(length.getSeconds(), length.getNanos()));
    return Instant.ofEpochMilli(end.toEpochMilli());
  }

  private static Instant lastClosing(Store at, String date, Instant now) {
    LocalDate day;
    try {
      day = LocalDate.parse(date);
    } catch (DateTimeException e) {
      throw Statuses.field("until_store_closing", "is no date of the calendar");
    }
    return StoreCalendars.of(at)
        .lastClosing(day)
        .filter(instant -> instant.isAfter(now))
        .orElseThrow(() -> new RefusedException(new Refusal.StoreClosed(at.getName(), date)));
  }

  /**
   * Who has to be told what. The store has the policy's time in its opening hours to say that it
   * has seen it; and never longer than the policy's part of the time to the end, so that something
   * can still be done before she comes.
   */
  Care care(Store at, Instant now, Instant end) {
    var part = now.plus(part(Duration.between(now, end), policy.acknowledgePart()));
    var due =
        StoreCalendars.of(at)
            .afterOpenTime(now, policy.acknowledgeWithin())
            .filter(opening -> opening.isBefore(part))
            .orElse(part);
    return Care.until(Instant.ofEpochMilli(due.toEpochMilli()), remindLead(now, end));
  }

  private Duration remindLead(Instant now, Instant end) {
    var kept = Duration.between(now, end);
    if (kept.compareTo(policy.remindFrom()) < 0) {
      return Duration.ZERO;
    }
    var half = kept.dividedBy(2);
    var lead = policy.remindBefore().compareTo(half) < 0 ? policy.remindBefore() : half;
    return Duration.ofMillis(lead.toMillis());
  }

  private static Duration part(Duration of, double part) {
    return Duration.ofMillis((long) (of.toMillis() * part));
  }

  /** The policy as everybody may see it. */
  dev.filo.proto.reservation.v1.ReservationPolicy message(String storeName) {
    var message =
        dev.filo.proto.reservation.v1.ReservationPolicy.newBuilder()
            .setName(storeName + "/reservationPolicy")
            .setDefaultClosings(policy.defaultClosings())
            .setLongest(length(policy.longest()))
            .setAcknowledgeWithin(length(policy.acknowledgeWithin()))
            .setAcknowledgePart(policy.acknowledgePart())
            .setRemindBefore(length(policy.remindBefore()))
            .setOfferLasts(length(policy.offerLasts()));
    if (policy.identityCheckAbove().signum() >= 0) {
      var parts = policy.identityCheckAbove().divideAndRemainder(BigDecimal.ONE);
      message.setIdentityCheckAbove(
          Money.newBuilder()
              .setCurrencyCode("EUR")
              .setUnits(parts[0].longValueExact())
              .setNanos(parts[1].movePointRight(9).intValue()));
    }
    return message.build();
  }

  private static com.google.protobuf.Duration length(Duration of) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(of.toSeconds())
        .setNanos(of.toNanosPart())
        .build();
  }

  /** True when a document is to be seen at the hand-over. */
  boolean identityCheck(List<Line> lines) {
    var value =
        lines.stream()
            .map(
                line ->
                    BigDecimal.valueOf(line.unitPriceNanos(), 9)
                        .multiply(BigDecimal.valueOf(line.quantity())))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    return policy.identityCheckAbove().signum() >= 0
        && value.compareTo(policy.identityCheckAbove()) >= 0;
  }
}
