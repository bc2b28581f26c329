package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.domain.Transit;
import dev.filo.inventory.service.Explanations;
import dev.filo.inventory.service.Explanations.Explanation;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.inventory.v1.AvailabilityExplanation;
import dev.filo.proto.inventory.v1.AvailabilityTerm;
import dev.filo.proto.inventory.v1.ExpectedChange;
import dev.filo.proto.inventory.v1.OpenHold;
import dev.filo.proto.inventory.v1.OpenTransfer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Explanations as messages. */
final class ExplanationProtos {
  private static final int LISTED_MAX = 100;

  private ExplanationProtos() {}

  static AvailabilityExplanation explanation(Explanation explained) {
    return explained.components().isEmpty() ? level(explained) : kit(explained);
  }

  private static AvailabilityExplanation level(Explanation explained) {
    var level = explained.level();
    var numbers = explained.numbers();
    var answer =
        AvailabilityExplanation.newBuilder()
            .setLevel(InventoryProtos.level(level, numbers))
            .setText(InventoryProtos.explanation(numbers))
            .addAllTerms(terms(explained))
            .setHoldCount(explained.holdCount())
            .addAllChanges(changes(explained));
    for (Explanations.Open open : explained.holds()) {
      answer.addHolds(
          OpenHold.newBuilder()
              .setHold("holds/" + open.held().hold())
              .setOwner(open.owner())
              .setQuantity(open.held().quantity())
              .setExpireTime(Times.timestamp(open.held().expireTime()))
              .setSelling(open.held().pinned()));
    }
    for (Transit one : onTheirWay(explained)) {
      answer.addTransfers(
          OpenTransfer.newBuilder()
              .setTransfer(one.transfer())
              .setCounterpart(one.counterpart())
              .setQuantity(one.pieces()));
    }
    var count = level.count();
    if (count != null) {
      answer.setCountTime(Times.timestamp(count.effectiveTime()));
    }
    return answer.build();
  }

  private static List<Transit> onTheirWay(Explanation explained) {
    return explained.level().goods().transit().stream()
        .filter(one -> one.pieces() > 0)
        .limit(LISTED_MAX)
        .toList();
  }

  private static List<AvailabilityTerm> terms(Explanation explained) {
    var numbers = explained.numbers();
    var terms = new ArrayList<AvailabilityTerm>();
    terms.add(term(AvailabilityTerm.Kind.ON_HAND, numbers.onHand(), ""));
    new TreeMap<>(explained.level().goods().aside())
        .forEach(
            (reason, pieces) -> {
              if (pieces > 0) {
                terms.add(
                    term(
                        AvailabilityTerm.Kind.SET_ASIDE,
                        pieces,
                        reason.name().toLowerCase(Locale.ROOT)));
              }
            });
    terms.add(term(AvailabilityTerm.Kind.HELD, numbers.held(), ""));
    terms.add(
        term(AvailabilityTerm.Kind.SAFETY, numbers.safety().pieces(), numbers.safety().rule()));
    return terms;
  }

  private static AvailabilityTerm term(AvailabilityTerm.Kind kind, int quantity, String detail) {
    return AvailabilityTerm.newBuilder()
        .setKind(kind)
        .setQuantity(quantity)
        .setDetail(detail)
        .build();
  }

  /** What has a certain time first, then the days goods are expected, then what has neither. */
  private static List<ExpectedChange> changes(Explanation explained) {
    var changes = new ArrayList<ExpectedChange>();
    for (Explanations.Open open : explained.holds()) {
      if (!open.held().pinned()) {
        changes.add(
            ExpectedChange.newBuilder()
                .setKind(ExpectedChange.Kind.HOLD_EXPIRES)
                .setTime(Times.timestamp(open.held().expireTime()))
                .setQuantity(open.held().quantity())
                .setSource("holds/" + open.held().hold())
                .build());
      }
    }
    explained
        .level()
        .goods()
        .incoming()
        .forEach(
            one ->
                changes.add(
                    ExpectedChange.newBuilder()
                        .setKind(ExpectedChange.Kind.INCOMING)
                        .setDate(ItemProtos.date(one.date()))
                        .setQuantity(one.quantity())
                        .setSource(one.id())
                        .build()));
    for (Transit one : onTheirWay(explained)) {
      changes.add(
          ExpectedChange.newBuilder()
              .setKind(ExpectedChange.Kind.TRANSFER)
              .setQuantity(one.pieces())
              .setSource(one.transfer())
              .build());
    }
    return changes.subList(0, Math.min(LISTED_MAX, changes.size()));
  }

  private static AvailabilityExplanation kit(Explanation explained) {
    Snapshot numbers = explained.numbers();
    var answer =
        AvailabilityExplanation.newBuilder()
            .setLevel(InventoryProtos.level(explained.level().id(), numbers));
    var text = new StringBuilder();
    for (Explanations.Component part : explained.components()) {
      var level = part.explanation().level();
      int whole = part.explanation().numbers().available() / part.quantity();
      answer
          .addTerms(term(AvailabilityTerm.Kind.KITS_FROM_COMPONENT, whole, level.sku()))
          .addComponents(level(part.explanation()).toBuilder().setQuantityInKit(part.quantity()));
      text.append(text.isEmpty() ? "the least of " : ", ")
          .append(level.sku())
          .append(' ')
          .append(part.explanation().numbers().available())
          .append(" / ")
          .append(part.quantity())
          .append(" = ")
          .append(whole);
    }
    return answer.setText(text + ": " + numbers.available()).build();
  }
}
