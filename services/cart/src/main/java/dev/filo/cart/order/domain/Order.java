package dev.filo.cart.order.domain;

import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.order.domain.Decision.Changed;
import dev.filo.cart.order.domain.Decision.Refused;
import dev.filo.cart.order.domain.Decision.Unchanged;
import dev.filo.cart.order.domain.Payment.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has ordered. Immutable: a command gives the next state or a {@link Refusal}. What
 * is still to be done for it follows from what is so ({@link #todo}); each of those acts may be
 * done twice, so after a kill anywhere any replica goes on.
 *
 * @param id names it
 * @param customer whose it is now
 * @param original who ordered it
 * @param version rises by one with every change
 * @param cause why it was cancelled; null unless it was
 * @param emptied true once what was ordered has left the cart
 * @param missing pieces available by SKU of which there were too few; empty unless there were
 * @param refusedAt the store that could not hand over; empty unless one could not
 * @param keptUntil until when what is to be sent is held; null when nothing is
 */
public record Order(
    String id,
    String customer,
    String original,
    long version,
    State state,
    @Nullable Cause cause,
    Contents contents,
    List<Parcel> parcels,
    Payment payment,
    boolean emptied,
    Map<String, String> missing,
    String refusedAt,
    @Nullable Instant keptUntil,
    Instant createTime,
    Instant updateTime) {
  /** Lines an order may have. */
  public static final int LINES_MAX = 100;

  /** Pieces of a line that is fetched: as many as a reservation's. */
  public static final int PICKUP_QUANTITY_MAX = 99;

  /** Where it can stand. */
  public enum State {
    /** Its goods are being secured. */
    PLACING,
    /** Its goods are kept; it is to be paid. */
    AWAITING_PAYMENT,
    /** It stands. */
    PLACED,
    /** She has everything, or it is on its way. */
    COMPLETED,
    /** Nothing is kept, and what was paid goes back. */
    CANCELLED
  }

  /** Why it was cancelled. */
  public enum Cause {
    /** She did. */
    CUSTOMER,
    /** Customer service did. */
    AGENT,
    /** There was not enough of something. */
    OUT_OF_STOCK,
    /** It was not paid in time. */
    NOT_PAID,
    /** Its goods could not be secured in time. */
    NOT_SECURED,
    /** Its goods could not be kept for her. */
    NOT_KEPT
  }

  /** What is to be done next. */
  public enum Todo {
    /** Nothing. */
    NONE,
    /** Have its goods kept. */
    SECURE,
    /** Let her pay. */
    OPEN_PAYMENT,
    /** Have its goods kept for good, as it is paid. */
    KEEP,
    /** Take no money for it any more. */
    CLOSE_PAYMENT,
    /** Free its goods. */
    RELEASE,
    /** Sell what leaves the warehouse. */
    SELL,
    /** Send money back. */
    REFUND,
    /** Take what was ordered out of the cart. */
    EMPTY_CART
  }

  /**
   * What was ordered; it never changes.
   *
   * @param voucher the voucher's code; empty when there was none
   * @param address null when everything is fetched
   * @param requestHash tells a repeated request by its content
   * @param channel where it was ordered
   */
  public record Contents(
      List<Line> lines,
      String currency,
      String voucher,
      @Nullable Address address,
      String requestHash,
      String channel) {
    /** Copies what can change. */
    public Contents {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Pieces of one SKU.
   *
   * @param cartLine the line's id in the cart
   * @param unit price of one piece with VAT, in cents
   * @param discount its part of the voucher, in cents
   */
  public record Line(
      String cartLine,
      String sku,
      String product,
      String title,
      String mediaUri,
      int quantity,
      long unit,
      long discount,
      int vatBasisPoints,
      Fulfilment fulfilment) {
    /** What it costs, in cents. */
    public long total() {
      return amount() - discount;
    }

    /** Without the voucher, in cents. */
    public long amount() {
      return Math.multiplyExact(unit, (long) quantity);
    }
  }

  /** Copies what can change. */
  public Order {
    parcels = List.copyOf(parcels);
    missing = Map.copyOf(missing);
  }

  /** One that was just asked for: nothing is done for it yet. */
  public static Order placing(
      String id,
      String customer,
      Contents contents,
      List<String> warehouses,
      Payment payment,
      Instant now) {
    return new Order(
        id,
        customer,
        customer,
        1,
        State.PLACING,
        null,
        contents,
        Parcel.of(contents.lines, warehouses),
        payment,
        false,
        Map.of(),
        "",
        null,
        now,
        now);
  }

  /** All lines before the voucher, in cents. */
  public long subtotal() {
    return contents.lines.stream().mapToLong(Line::amount).sum();
  }

  /** What the voucher took off, in cents. */
  public long discount() {
    return contents.lines.stream().mapToLong(Line::discount).sum();
  }

  /** What is paid, in cents. */
  public long total() {
    return subtotal() - discount();
  }

  /** True once its goods were kept: before, nobody has heard of it. */
  public boolean isListed() {
    return state != State.PLACING && cause != Cause.OUT_OF_STOCK && cause != Cause.NOT_SECURED;
  }

  /** True while it can be cancelled. */
  public boolean isCancellable() {
    return (state == State.AWAITING_PAYMENT || state == State.PLACED)
        && parcels.stream().allMatch(one -> one.isOpen() || one.state() == Parcel.State.RELEASED);
  }

  /** What is to be done next for it, as of {@code now}. */
  public Todo todo(Instant now) {
    var owed = payment.owed() == null ? Todo.NONE : Todo.REFUND;
    return switch (state) {
      case PLACING ->
          parcels.stream().anyMatch(one -> one.state() == Parcel.State.PENDING)
              ? Todo.SECURE
              : payment.accepted() == null ? Todo.OPEN_PAYMENT : Todo.KEEP;
      case AWAITING_PAYMENT ->
          payment.accepted() != null
              ? Todo.KEEP
              : payment.until() != null && !now.isBefore(payment.until())
                  ? Todo.CLOSE_PAYMENT
                  : owed;
      case PLACED ->
          !emptied
              ? Todo.EMPTY_CART
              : parcels.stream().anyMatch(one -> one.state() == Parcel.State.LEAVING)
                  ? Todo.SELL
                  : owed;
      case COMPLETED -> emptied ? owed : Todo.EMPTY_CART;
      // What is kept goes first: others want it, whatever the provider says.
      case CANCELLED ->
          parcels.stream().anyMatch(Parcel::isOpen)
              ? Todo.RELEASE
              : !payment.closed() && !payment.session().isEmpty() ? Todo.CLOSE_PAYMENT : owed;
    };
  }

  // ---- placing it

  /** What came of keeping its goods, by parcel. */
  public Decision secured(Map<String, Securing> outcomes, Instant now) {
    if (state != State.PLACING) {
      return new Unchanged(this);
    }
    var next = new ArrayList<Parcel>();
    var shortOf = new TreeMap<String, String>();
    var closed = "";
    for (Parcel parcel : parcels) {
      var outcome = parcel.state() == Parcel.State.PENDING ? outcomes.get(parcel.id()) : null;
      switch (outcome) {
        case null -> next.add(parcel);
        case Securing.Kept(var reservation, var title) ->
            next.add(parcel.secured(reservation, title));
        case Securing.TooFew(var few) -> {
          var elsewhere = parcel.elsewhere();
          next.add(elsewhere == null ? parcel.in(Parcel.State.RELEASED) : elsewhere);
          if (elsewhere == null) {
            shortOf.putAll(few);
          }
        }
        case Securing.Closed(var store) -> {
          next.add(parcel.in(Parcel.State.RELEASED));
          closed = store;
        }
      }
    }
    boolean failed = next.stream().anyMatch(one -> one.state() == Parcel.State.RELEASED);
    var edit = edit(now).parcels(next);
    if (failed) {
      edit.missing = shortOf;
      edit.refusedAt = closed;
      return edit.cancelled(Cause.OUT_OF_STOCK).decide();
    }
    boolean all = next.stream().allMatch(one -> one.state() == Parcel.State.SECURED);
    if (all && payment.method() == Method.PAY_IN_STORE) {
      return edit.state(State.PLACED).decide(Fact.PLACED);
    }
    // What costs nothing is paid.
    return all && total() == 0
        ? edit.payment(payment.with(new Charge("free", 0, true)).closing()).decide()
        : edit.decide();
  }

  /** Gives up what could not be placed in time. */
  public Decision giveUp(Instant now) {
    return state == State.PLACING
        ? edit(now).cancelled(Cause.NOT_SECURED).decide()
        : new Unchanged(this);
  }

  // ---- paying it

  /** She can pay now. */
  public Decision opened(String session, String redirect, Instant now) {
    return state == State.PLACING
        ? edit(now)
            .payment(payment.opened(session, redirect))
            .state(State.AWAITING_PAYMENT)
            .decide()
        : new Unchanged(this);
  }

  /**
   * Money came in. It pays the order when it is just its total and the order waits for it; all
   * other money goes back.
   */
  public Decision charged(String charge, long cents, String currency, Instant now) {
    if (payment.has(charge)) {
      return new Unchanged(this);
    }
    boolean waited = state == State.AWAITING_PAYMENT || state == State.PLACING;
    boolean pays =
        waited
            && payment.method() == Method.PROVIDER
            && payment.accepted() == null
            && cents == total()
            && currency.equals(contents.currency);
    var money = new Charge(charge, cents, pays);
    return pays
        ? edit(now).payment(payment.with(money).closing()).decide(Fact.PAID)
        : edit(now).payment(payment.with(money).owing(money, cents)).decide();
  }

  /** Nobody will pay any more: the provider has ended it. */
  public Decision unpaid(Instant now) {
    if (payment.accepted() != null || payment.closed()) {
      return new Unchanged(this);
    }
    var closed = edit(now).payment(payment.closing());
    return switch (state) {
      case AWAITING_PAYMENT -> closed.cancelled(Cause.NOT_PAID).decide(Fact.CANCELLED);
      case CANCELLED -> closed.decide();
      case PLACING, PLACED, COMPLETED -> new Unchanged(this);
    };
  }

  /**
   * The provider takes no money for it any more.
   *
   * @param charge what was paid before; empty when nothing was
   */
  public Decision closed(String charge, long cents, String currency, Instant now) {
    if (payment.accepted() != null) {
      return new Unchanged(this);
    }
    boolean unknown = !charge.isEmpty() && !payment.has(charge);
    if (state == State.AWAITING_PAYMENT) {
      if (!unknown) {
        return unpaid(now);
      }
      if (cents == total() && currency.equals(contents.currency)) {
        return charged(charge, cents, currency, now);
      }
      var wrong = new Charge(charge, cents, false);
      return edit(now)
          .payment(payment.with(wrong).owing(wrong, cents).closing())
          .cancelled(Cause.NOT_PAID)
          .decide(Fact.CANCELLED);
    }
    var money = new Charge(charge, cents, false);
    return edit(now)
        .payment(unknown ? payment.with(money).owing(money, cents).closing() : payment.closing())
        .decide();
  }

  /** Its time to be paid is over, and the provider cannot be asked. What comes in yet goes back. */
  public Decision overdue(Instant now) {
    return state == State.AWAITING_PAYMENT && payment.accepted() == null
        ? edit(now).cancelled(Cause.NOT_PAID).decide(Fact.CANCELLED)
        : new Unchanged(this);
  }

  /**
   * It is paid; what came of keeping its goods for good.
   *
   * @param lost the parcels whose goods are kept no more
   * @param until until when what is to be sent is held
   */
  public Decision kept(List<String> lost, Instant until, Instant now) {
    if (payment.accepted() == null || (state != State.AWAITING_PAYMENT && state != State.PLACING)) {
      return new Unchanged(this);
    }
    if (lost.isEmpty()) {
      var edit = edit(now).state(State.PLACED);
      edit.keptUntil = parcels.stream().allMatch(Parcel::isPickup) ? null : until;
      return edit.decide(Fact.PLACED);
    }
    return edit(now)
        .each(parcel -> lost.contains(parcel.id()) ? parcel.in(Parcel.State.RELEASED) : parcel)
        .cancelled(Cause.NOT_KEPT)
        .decide(Fact.CANCELLED);
  }

  /** What is to be sent is held longer. */
  public Decision heldUntil(Instant until, Instant now) {
    if (state != State.PLACED) {
      return new Unchanged(this);
    }
    var edit = edit(now);
    edit.keptUntil = until;
    return edit.decide();
  }

  /** A refund has gone back. */
  public Decision refunded(String refund, Instant now) {
    return payment.refunds().stream().anyMatch(one -> one.id().equals(refund) && !one.done())
        ? edit(now).payment(payment.refunded(refund)).decide()
        : new Unchanged(this);
  }

  // ---- what becomes of it

  /** What was ordered has left the cart. */
  public Decision emptied(Instant now) {
    if (emptied) {
      return new Unchanged(this);
    }
    var edit = edit(now);
    edit.emptied = true;
    return edit.decide();
  }

  /** It is not wanted any more. */
  public Decision cancel(Cause by, Instant now) {
    if (state == State.CANCELLED) {
      return new Unchanged(this);
    }
    return isCancellable()
        ? edit(now).cancelled(by).decide(Fact.CANCELLED)
        : new Refused(new Refusal.StateWrong(state.name()));
  }

  /** What is to be sent leaves the warehouse. */
  public Decision ship(Instant now) {
    boolean some =
        parcels.stream().anyMatch(one -> !one.isPickup() && one.state() == Parcel.State.SECURED);
    if (state == State.PLACED && some) {
      return edit(now)
          .each(
              one ->
                  !one.isPickup() && one.state() == Parcel.State.SECURED
                      ? one.in(Parcel.State.LEAVING)
                      : one)
          .decide();
    }
    boolean before =
        parcels.stream()
            .anyMatch(
                one ->
                    !one.isPickup()
                        && (one.state() == Parcel.State.LEAVING
                            || one.state() == Parcel.State.HANDED_OVER));
    return before ? new Unchanged(this) : new Refused(new Refusal.StateWrong(state.name()));
  }

  /**
   * A parcel's goods are hers, or are free. What was paid for what she does not get goes back.
   *
   * @param to HANDED_OVER or RELEASED
   */
  public Decision ended(String parcel, Parcel.State to, Instant now) {
    var found = parcels.stream().filter(one -> one.id().equals(parcel)).findFirst().orElse(null);
    if (found == null
        || found.state() == Parcel.State.HANDED_OVER
        || found.state() == Parcel.State.RELEASED
        || state == State.PLACING) {
      return new Unchanged(this);
    }
    var edit = edit(now).each(one -> one.id().equals(parcel) ? one.in(to) : one);
    if (state == State.AWAITING_PAYMENT) {
      // Less than she was to pay for: she orders again what is left.
      return edit.cancelled(Cause.NOT_KEPT).decide(Fact.CANCELLED);
    }
    boolean open =
        edit.parcels.stream().anyMatch(one -> one.isOpen() || one.state() == Parcel.State.LEAVING);
    boolean any = edit.parcels.stream().anyMatch(one -> one.state() == Parcel.State.HANDED_OVER);
    boolean all = edit.parcels.stream().allMatch(one -> one.state() == Parcel.State.HANDED_OVER);
    if (state == State.PLACED && !open) {
      return any
          ? edit.state(State.COMPLETED).decide(Fact.COMPLETED)
          : edit.cancelled(Cause.NOT_KEPT).decide(Fact.CANCELLED);
    }
    if (state == State.CANCELLED && all) {
      // She was faster than whoever cancelled it.
      edit.cause = null;
      return edit.state(State.COMPLETED).decide(Fact.COMPLETED);
    }
    return edit.decide();
  }

  // ---- whose it is

  /** The same, of another customer. */
  public Order of(String other, Instant now) {
    var edit = edit(now);
    edit.customer = other;
    return edit.order();
  }

  private Edit edit(Instant now) {
    return new Edit(this, now);
  }

  /** Until when she has to have paid, and a little longer; null when she pays in the store. */
  public @Nullable Instant heldUnpaidUntil(Duration grace) {
    var until = payment.until();
    return until == null ? null : until.plus(grace);
  }

  /** The next state, while it is put together. */
  private static final class Edit {
    private final Order from;
    private final Instant now;
    private String customer;
    private State state;
    private @Nullable Cause cause;
    private List<Parcel> parcels;
    private Payment payment;
    private boolean emptied;
    private Map<String, String> missing;
    private String refusedAt;
    private @Nullable Instant keptUntil;

    Edit(Order from, Instant now) {
      this.from = from;
      this.now = now;
      this.customer = from.customer;
      this.state = from.state;
      this.cause = from.cause;
      this.parcels = from.parcels;
      this.payment = from.payment;
      this.emptied = from.emptied;
      this.missing = from.missing;
      this.refusedAt = from.refusedAt;
      this.keptUntil = from.keptUntil;
    }

    Edit state(State next) {
      state = next;
      return this;
    }

    Edit cancelled(Cause why) {
      state = State.CANCELLED;
      cause = why;
      return this;
    }

    Edit payment(Payment next) {
      payment = next;
      return this;
    }

    Edit parcels(List<Parcel> next) {
      parcels = next;
      return this;
    }

    Edit each(UnaryOperator<Parcel> change) {
      return parcels(parcels.stream().map(change).toList());
    }

    Decision decide(Fact... facts) {
      return new Changed(order(), List.of(facts));
    }

    /** What she paid for and does not get is owed, in the very write that says so. */
    private Payment owing() {
      var next = payment;
      var charge = next.accepted();
      if (charge == null) {
        return next;
      }
      for (int i = 0; i < parcels.size(); i++) {
        if (parcels.get(i).state() == Parcel.State.RELEASED
            && from.parcels.get(i).state() != Parcel.State.RELEASED) {
          next = next.owing(charge, parcels.get(i).total(from.contents.lines));
        }
      }
      return next;
    }

    Order order() {
      return new Order(
          from.id,
          customer,
          from.original,
          from.version + 1,
          state,
          cause,
          from.contents,
          parcels,
          owing(),
          emptied,
          missing,
          refusedAt,
          keptUntil,
          from.createTime,
          now);
    }
  }
}
