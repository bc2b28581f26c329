package dev.filo.cart.grpc;

import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Voucher;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.CartVoucher;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Vouchers as messages, and back. */
final class VoucherProtos {
  static final String PATH = "vouchers/";
  private static final int NANOS_A_CENT = 10_000_000;

  private VoucherProtos() {}

  /** A code as it is kept. */
  static String code(String typed) {
    return typed.toUpperCase(Locale.ROOT);
  }

  /** A voucher as asked for; INVALID_ARGUMENT when an amount or its time makes no sense. */
  static Voucher voucher(dev.filo.proto.cart.v1.Voucher proto) {
    var start = proto.hasStartTime() ? Times.instant(proto.getStartTime()) : null;
    var end = proto.hasEndTime() ? Times.instant(proto.getEndTime()) : null;
    if (end != null && start != null && !start.isBefore(end)) {
      throw Statuses.field("voucher.end_time", "has to be after start_time");
    }
    return new Voucher(
        code(proto.getName().substring(PATH.length())),
        proto.getTitle(),
        proto.getTitleEn(),
        proto.getPercent(),
        proto.hasAmount() ? money(proto.getAmount(), "voucher.amount") : null,
        proto.hasMinimum() ? money(proto.getMinimum(), "voucher.minimum") : null,
        start,
        end,
        false);
  }

  private static Money money(com.google.type.Money money, String field) {
    boolean ok =
        money.getCurrencyCode().matches("[A-Z]{3}")
            && money.getUnits() >= 0
            && money.getUnits() <= 1_000_000_000L
            && money.getNanos() >= 0
            && money.getNanos() % NANOS_A_CENT == 0
            && money.getUnits() + money.getNanos() > 0;
    if (!ok) {
      throw Statuses.field(field, "has to be more than nothing, in whole cents, with its currency");
    }
    return new Money(money.getCurrencyCode(), money.getUnits(), money.getNanos());
  }

  static dev.filo.proto.cart.v1.Voucher voucher(Voucher voucher) {
    var proto =
        dev.filo.proto.cart.v1.Voucher.newBuilder()
            .setName(PATH + voucher.code())
            .setTitle(voucher.title())
            .setTitleEn(voucher.titleEn())
            .setWithdrawn(voucher.withdrawn());
    var amount = voucher.amount();
    if (amount == null) {
      proto.setPercent(voucher.percent());
    } else {
      proto.setAmount(CartProtos.money(amount));
    }
    var minimum = voucher.minimum();
    if (minimum != null) {
      proto.setMinimum(CartProtos.money(minimum));
    }
    var start = voucher.start();
    if (start != null) {
      proto.setStartTime(Times.timestamp(start));
    }
    var end = voucher.end();
    if (end != null) {
      proto.setEndTime(Times.timestamp(end));
    }
    return proto.build();
  }

  static CartVoucher.Problem problem(Voucher.@Nullable Problem problem) {
    return switch (problem) {
      case null -> CartVoucher.Problem.PROBLEM_UNSPECIFIED;
      case EXPIRED -> CartVoucher.Problem.EXPIRED;
      case BELOW_MINIMUM -> CartVoucher.Problem.BELOW_MINIMUM;
      case OTHER_CURRENCY -> CartVoucher.Problem.OTHER_CURRENCY;
    };
  }
}
