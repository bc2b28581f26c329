package dev.filo.reservation.domain;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Goods kept for a person at a store until a moment. Immutable: a command gives the next state or a
 * {@link Refusal}. A reservation lapses at {@code expireTime} itself, whoever looks.
 *
 * @param id {@code reservations/} and this is its name
 * @param version rises by one with every change
 * @param storeTitle the store's name to show
 * @param state where it stands as last written; {@link #stateAt} is where it stands now
 * @param step what of inventory's is still to be done
 * @param wantedEnd what the end shall become, while {@link Step#EXTEND} is to be done; null
 *     otherwise
 * @param hold the name of the goods' hold at inventory: another one for each attempt to hold them
 * @param care who has to be told what when
 * @param sale what is handed over, while {@link Step#SELL} is to be done; null otherwise
 * @param offer another store, after a refusal; null when there is none
 * @param putBack what was prepared and nobody will come for; null when there is nothing
 */
public record Reservation(
    String id,
    long version,
    String customer,
    String store,
    String storeTitle,
    List<Line> lines,
    State state,
    Step step,
    Instant expireTime,
    @Nullable Instant wantedEnd,
    String hold,
    String pickupCode,
    Care care,
    @Nullable Sale sale,
    @Nullable Offer offer,
    @Nullable PutBack putBack) {

  /** Copies the lines. */
  public Reservation {
    lines = List.copyOf(lines);
  }

  /** One that is to be placed: the first of its versions. */
  public static Reservation pending(
      String id,
      String customer,
      String store,
      String storeTitle,
      List<Line> lines,
      Instant expireTime,
      String hold,
      String pickupCode,
      Care care) {
    return new Reservation(
        id,
        1,
        customer,
        store,
        storeTitle,
        lines,
        new State.Pending(),
        Step.PLACE,
        expireTime,
        null,
        hold,
        pickupCode,
        care,
        null,
        null,
        null);
  }

  /**
   * Pieces of one SKU.
   *
   * @param requested more than {@code quantity} when it was partial
   * @param collected pieces handed over already
   */
  public record Line(
      String sku,
      int quantity,
      int requested,
      String title,
      String mediaUri,
      String currency,
      long unitPriceNanos,
      int collected) {

    /** One of which nothing was handed over. */
    public Line(
        String sku,
        int quantity,
        int requested,
        String title,
        String mediaUri,
        String currency,
        long unitPriceNanos) {
      this(sku, quantity, requested, title, mediaUri, currency, unitPriceNanos, 0);
    }

    /** Pieces not handed over. */
    public int left() {
      return quantity - collected;
    }

    /** The same line with so many pieces, nothing of it handed over. */
    public Line of(int pieces) {
      return new Line(sku, pieces, requested, title, mediaUri, currency, unitPriceNanos);
    }

    private Line handedOver(int pieces) {
      return new Line(
          sku, quantity, requested, title, mediaUri, currency, unitPriceNanos, collected + pieces);
    }
  }

  /** Where a reservation stands. */
  public sealed interface State {
    /** Not known yet whether the goods can be kept. */
    record Pending() implements State {}

    /** Kept; not yet set aside. */
    record Held() implements State {}

    /** Set aside; {@code shelf} is where, empty when nobody said so. */
    record Prepared(Instant at, String shelf) implements State {}

    /** She has it, or as much of it as she wanted. */
    record Collected(Instant at) implements State {}

    /** The moment passed. */
    record Expired() implements State {}

    /** Withdrawn. */
    record Cancelled() implements State {}

    /** The store could not keep it; {@code lines} are those it has not. */
    record Refused(RefusalCause cause, String reason, List<Pieces> lines) implements State {
      /** Copies the lines. */
      public Refused {
        lines = List.copyOf(lines);
      }
    }

    /** True while goods are kept. */
    default boolean isOpen() {
      return this instanceof Held || this instanceof Prepared;
    }

    /** The state's name as clients and the database know it. */
    default String label() {
      return switch (this) {
        case Pending p -> "PENDING";
        case Held h -> "HELD";
        case Prepared p -> "PREPARED";
        case Collected c -> "COLLECTED";
        case Expired e -> "EXPIRED";
        case Cancelled c -> "CANCELLED";
        case Refused r -> "REFUSED";
      };
    }
  }

  /** What others have still to be asked; repeating any of it is harmless. */
  public enum Step {
    /** Nothing: both sides agree. */
    NONE,
    /** To hold the goods. */
    PLACE,
    /** To move the end of the hold to {@link #wantedEnd}. */
    EXTEND,
    /** To sell held goods; nothing else may happen until it is known whether that worked. */
    SELL,
    /** To correct the stock level by what the store has not; then {@link #RELEASE}. */
    CORRECT,
    /** To free the goods. */
    RELEASE,
    /** To look for another store that has them. */
    OFFER,
    /** To make a reservation at the store that was offered. */
    ACCEPT
  }

  /**
   * Where it stands at an instant: what is kept lapses at {@code expireTime}, unless it is being
   * sold.
   */
  public State stateAt(Instant now) {
    return state.isOpen() && step != Step.SELL && !now.isBefore(expireTime)
        ? new State.Expired()
        : state;
  }

  /**
   * Where its offer stands at an instant: it lapses at its end, unless it is being taken. Empty
   * when there is none.
   */
  public Optional<Offer.State> offerStateAt(Instant now) {
    return Optional.ofNullable(offer)
        .map(
            one ->
                one.state() == Offer.State.OPEN
                        && step != Step.ACCEPT
                        && !now.isBefore(one.expireTime())
                    ? Offer.State.LAPSED
                    : one.state());
  }

  /** Pieces in all lines. */
  public int units() {
    return lines.stream().mapToInt(Line::quantity).sum();
  }

  /** Pieces not handed over: what is held while it is open. */
  public int left() {
    return lines.stream().mapToInt(Line::left).sum();
  }

  /** Where it stands in the store, empty when nobody said so or it was never prepared. */
  public String shelf() {
    return state instanceof State.Prepared prepared ? prepared.shelf() : "";
  }

  /** When she is to be reminded; empty when she was, or is not to be. */
  public Optional<Instant> remindDue() {
    return state.isOpen() && care.remindTime() == null && !care.remindLead().isZero()
        ? Optional.of(expireTime.minus(care.remindLead()))
        : Optional.empty();
  }

  // ---- placing

  /** The goods are held. */
  public Reservation held() {
    return next().state(new State.Held()).todo(Step.NONE).done();
  }

  /** Fewer goods shall be held, by a hold of another name: the former holds nothing. */
  public Reservation part(List<Line> kept, String otherHold) {
    return next().lines(kept).hold(otherHold).done();
  }

  /** The goods cannot be held: what was begun is undone, and then nothing is left of it. */
  public Reservation dropped() {
    return next().todo(Step.RELEASE).done();
  }

  /** The same one with another pickup code, before it was ever written. */
  public Reservation withCode(String code) {
    return pending(id, customer, store, storeTitle, lines, expireTime, hold, code, care);
  }

  // ---- the store's work

  /** Somebody at the store has seen it; a second time changes nothing. */
  public Decision acknowledge(Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL ->
          care.acknowledgeTime() == null
              ? new Decision.Changed(next().care(care.acknowledged(now)).done())
              : new Decision.Unchanged(this);
      case State.Prepared p -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  /** It has escalated, if nobody at the store has seen it although it is time. */
  public Decision escalate(Instant now) {
    var due = care.escalateDue();
    return stateAt(now) instanceof State.Held
            && step != Step.SELL
            && due != null
            && !now.isBefore(due)
        ? new Decision.Changed(next().care(care.escalated(now)).done())
        : new Decision.Unchanged(this);
  }

  /** She was reminded, if it is time. */
  public Decision remind(Instant now) {
    return stateAt(now).isOpen()
            && step != Step.SELL
            && remindDue().filter(due -> !now.isBefore(due)).isPresent()
        ? new Decision.Changed(next().care(care.reminded(now)).done())
        : new Decision.Unchanged(this);
  }

  /**
   * The store has set it aside; a second time changes nothing but the shelf.
   *
   * @param shelf where; empty: as it was
   */
  public Decision prepare(String shelf, Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL ->
          new Decision.Changed(
              next().state(new State.Prepared(now, shelf)).care(care.acknowledged(now)).done());
      case State.Prepared p
          when step != Step.SELL && !shelf.isEmpty() && !shelf.equals(p.shelf()) ->
          new Decision.Changed(next().state(new State.Prepared(p.at(), shelf)).done());
      case State.Prepared p -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  /**
   * The store cannot keep it; a second time changes nothing.
   *
   * @param missing what of it the store has not; none: all that is left
   */
  public Decision refuse(RefusalCause cause, String reason, List<Pieces> missing, Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> refusing(cause, reason, missing, now);
      case State.Prepared p when step != Step.SELL -> refusing(cause, reason, missing, now);
      case State.Refused r -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  private Decision refusing(RefusalCause cause, String reason, List<Pieces> missing, Instant now) {
    var wrong = wrongLine(missing);
    if (wrong.isPresent()) {
      return new Decision.Refused(wrong.get());
    }
    var refused = new State.Refused(cause, reason, missing.isEmpty() ? allLeft() : missing);
    return new Decision.Changed(
        ended(refused, now).todo(cause.corrects() ? Step.CORRECT : Step.RELEASE).done());
  }

  /** Inventory's level says what the store has. */
  public Reservation corrected() {
    return next().todo(Step.RELEASE).done();
  }

  /** What stood on the shelf is back in its place; a second time changes nothing. */
  public Decision putAway(Instant now) {
    if (putBack == null) {
      return new Decision.Refused(new Refusal.NotFound("reservations/" + id));
    }
    return putBack.done() == null
        ? new Decision.Changed(next().putBack(new PutBack(putBack.since(), now)).done())
        : new Decision.Unchanged(this);
  }

  /** What stands on the shelf for nobody, once nobody will come. */
  public List<Line> shelved() {
    Map<String, Integer> absent = new HashMap<>();
    if (state instanceof State.Refused refused && refused.cause() == RefusalCause.NOT_FOUND) {
      refused.lines().forEach(line -> absent.put(line.sku(), line.quantity()));
    }
    return lines.stream()
        .map(line -> line.of(line.left() - absent.getOrDefault(line.sku(), 0)))
        .filter(line -> line.quantity() > 0)
        .toList();
  }

  // ---- her own

  /** It is withdrawn; a second time changes nothing. */
  public Decision cancel(Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> cancelling(now);
      case State.Prepared p when step != Step.SELL -> cancelling(now);
      case State.Cancelled c -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  private Decision cancelling(Instant now) {
    return new Decision.Changed(ended(new State.Cancelled(), now).done());
  }

  /**
   * It shall be kept longer, until {@code end}; {@code latest} is what the policy allows. First
   * inventory moves the end of the hold, then it is {@link #extended}.
   */
  public Decision extend(Instant end, Instant latest, Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> extending(end, latest, now);
      case State.Prepared p when step != Step.SELL -> extending(end, latest, now);
      case State other -> over(other);
    };
  }

  private Decision extending(Instant end, Instant latest, Instant now) {
    if (step == Step.EXTEND) {
      return end.equals(wantedEnd)
          ? new Decision.Unchanged(this)
          : new Decision.Refused(new Refusal.StateWrong(state.label()));
    }
    if (!end.isAfter(now)) {
      return new Decision.Refused(new Refusal.TimeInvalid(latest));
    }
    if (end.isAfter(latest)) {
      return new Decision.Refused(new Refusal.ExtensionTooLong(latest));
    }
    if (end.isBefore(expireTime)) {
      return new Decision.Refused(new Refusal.TimeInvalid(latest)); // it is never kept shorter
    }
    return end.equals(expireTime)
        ? new Decision.Unchanged(this)
        : new Decision.Changed(next().todo(Step.EXTEND).wantedEnd(end).done());
  }

  /** Inventory has moved the end of the hold: she is reminded of the new end. */
  public Reservation extended() {
    return next()
        .todo(Step.NONE)
        .end(wantedEnd == null ? expireTime : wantedEnd)
        .care(care.extended())
        .done();
  }

  // ---- handing over

  /** All that is left is about to be handed over at {@code where}. */
  public Decision collect(String where, Instant now) {
    return collect(where, List.of(), false, now);
  }

  /** The same of some lines, whichever pieces of them come first. */
  public Decision collect(String where, List<Pieces> taken, boolean releaseRest, Instant now) {
    return collect(where, new Sale(taken, releaseRest, 0), now);
  }

  /**
   * It is about to be handed over at {@code where}: first inventory sells, then it is {@link
   * #sold}, or {@link #unsold}.
   *
   * @param asked what she takes, no lines: all that is left; its number does not matter
   */
  public Decision collect(String where, Sale asked, Instant now) {
    return switch (stateAt(now)) {
      case State.Collected c -> new Decision.Refused(new Refusal.AlreadyCollected(c.at()));
      case State.Held h when !store.equals(where) -> elsewhere();
      case State.Prepared p when !store.equals(where) -> elsewhere();
      case State.Held h -> selling(asked);
      case State.Prepared p -> selling(asked);
      case State other -> over(other);
    };
  }

  private Decision elsewhere() {
    return new Decision.Refused(new Refusal.WrongStore(store, storeTitle));
  }

  private Decision selling(Sale asked) {
    if (step == Step.SELL) {
      return new Decision.Unchanged(this);
    }
    return wrongLine(asked.lines())
        .<Decision>map(Decision.Refused::new)
        .orElseGet(
            () ->
                new Decision.Changed(
                    next()
                        .todo(Step.SELL)
                        .sale(
                            asked.of(asked.lines().isEmpty() ? allLeft() : asked.lines(), version))
                        .done()));
  }

  /** True when nothing is left once what is being handed over is sold. */
  public boolean sellsAll() {
    return sale == null || sale.lines().stream().mapToInt(Pieces::quantity).sum() == left();
  }

  /** Inventory has not sold what was taken, for a piece that was named is not there. */
  public Reservation unsold() {
    return next().todo(Step.NONE).done();
  }

  /** The request to hand over that had no effect after all, when that is what has changed. */
  public Optional<String> unsold(Reservation before) {
    return before.step == Step.SELL
            && step == Step.NONE
            && state.equals(before.state)
            && lines.equals(before.lines)
        ? Optional.ofNullable(before.sale).map(Sale::requestId)
        : Optional.empty();
  }

  /** Inventory has sold what was taken. */
  public Reservation sold(Instant now) {
    var taken = sale == null ? allLeft() : sale.lines();
    var pieces = bySku(taken);
    var after =
        lines.stream().map(line -> line.handedOver(pieces.getOrDefault(line.sku(), 0))).toList();
    if (sellsAll()) {
      return next()
          .lines(after)
          .state(new State.Collected(now))
          .care(care.ended())
          .todo(Step.NONE)
          .done();
    }
    return sale != null && sale.releaseRest()
        ? ended(new State.Collected(now), now).lines(after).done()
        // whoever handed it over has seen it
        : next().lines(after).care(care.acknowledged(now)).todo(Step.NONE).done();
  }

  // ---- its end

  /** Inventory's hold had ended, or the moment passed; should the hold last longer, it is freed. */
  public Reservation expired() {
    return ended(new State.Expired(), expireTime).done();
  }

  /** Inventory has freed the goods. After a refusal another store is looked for. */
  public Reservation released() {
    return next()
        .todo(state instanceof State.Refused && offer == null ? Step.OFFER : Step.NONE)
        .done();
  }

  // ---- after data were restored

  /** Its goods shall be held by a hold of another name: inventory knows nothing of the former. */
  public Reservation heldBy(String otherHold) {
    return next().hold(otherHold).done();
  }

  /**
   * More of it was handed over than is written here, as inventory's ledger says; empty when it is
   * as it is written, or over.
   *
   * @param stillHeld what is left
   */
  public Optional<Reservation> handedOverBut(List<Pieces> stillHeld, Instant now) {
    var left = bySku(stillHeld);
    var after =
        lines.stream()
            .map(
                line ->
                    line.handedOver(Math.max(0, line.left() - left.getOrDefault(line.sku(), 0))))
            .toList();
    if (!state.isOpen() || step != Step.NONE || after.equals(lines)) {
      return Optional.empty();
    }
    return Optional.of(
        after.stream().anyMatch(line -> line.left() > 0)
            ? next().lines(after).done()
            : next().lines(after).state(new State.Collected(now)).care(care.ended()).done());
  }

  /** Pieces handed over that a hold, which keeps so much, has not had sold out of it. */
  public List<Pieces> unsoldOf(List<Pieces> stillHeld) {
    var left = bySku(stillHeld);
    return lines.stream()
        .map(
            line ->
                new Pieces(
                    line.sku(),
                    line.collected() - (line.quantity() - left.getOrDefault(line.sku(), 0))))
        .filter(one -> one.quantity() > 0)
        .toList();
  }

  /** What was handed over, by SKU. */
  public List<Pieces> handedOver() {
    return lines.stream()
        .filter(line -> line.collected() > 0)
        .map(line -> new Pieces(line.sku(), line.collected()))
        .toList();
  }

  // ---- another store

  /** Another store is offered. */
  public Reservation offered(Offer found) {
    return next().offer(found).todo(Step.NONE).done();
  }

  /** No other store has it. */
  public Reservation nothingToOffer() {
    return next().todo(Step.NONE).done();
  }

  /**
   * What is offered shall be had: first it is held there, then it is {@link #accepted}. A second
   * time changes nothing.
   *
   * @param shown the store the caller was shown; empty: whichever it is
   */
  public Decision accept(String shown, Instant now) {
    if (offer == null) {
      return new Decision.Refused(new Refusal.OfferOver(""));
    }
    var at = offerStateAt(now).orElseThrow();
    if (!shown.isEmpty() && !shown.equals(offer.store())) {
      return new Decision.Refused(
          offer.gone().contains(shown)
              ? new Refusal.OfferGone(shown)
              : new Refusal.OfferOver(at.name()));
    }
    return switch (at) {
      case OPEN ->
          step == Step.ACCEPT
              ? new Decision.Unchanged(this)
              : new Decision.Changed(next().todo(Step.ACCEPT).done());
      case ACCEPTED -> new Decision.Unchanged(this);
      case GONE -> new Decision.Refused(new Refusal.OfferGone(offer.store()));
      case DECLINED, LAPSED -> new Decision.Refused(new Refusal.OfferOver(at.name()));
    };
  }

  /** What was offered is kept there, by the reservation of this id. */
  public Reservation accepted(String reservation) {
    return next().offer(Objects.requireNonNull(offer).accepted(reservation)).todo(Step.NONE).done();
  }

  /** The store that was offered has it no more: the next is looked for. */
  public Reservation gone() {
    return next().offer(Objects.requireNonNull(offer).in(Offer.State.GONE)).todo(Step.OFFER).done();
  }

  /** What was offered could not be had for a reason of hers; it is still offered. */
  public Reservation notAccepted() {
    return next().todo(Step.NONE).done();
  }

  /** What is offered is not wanted; a second time changes nothing. */
  public Decision decline(String shown, Instant now) {
    if (offer == null) {
      return new Decision.Refused(new Refusal.OfferOver(""));
    }
    var at = offerStateAt(now).orElseThrow();
    if (!shown.isEmpty() && !shown.equals(offer.store())) {
      return new Decision.Refused(new Refusal.OfferOver(at.name()));
    }
    return switch (at) {
      case OPEN ->
          step == Step.ACCEPT
              ? new Decision.Refused(new Refusal.StateWrong(state.label()))
              : new Decision.Changed(next().offer(offer.in(Offer.State.DECLINED)).done());
      case DECLINED -> new Decision.Unchanged(this);
      case ACCEPTED, GONE, LAPSED -> new Decision.Refused(new Refusal.OfferOver(at.name()));
    };
  }

  // ---- what they share

  /** What is not handed over yet, by SKU. */
  public List<Pieces> allLeft() {
    return lines.stream()
        .filter(line -> line.left() > 0)
        .map(line -> new Pieces(line.sku(), line.left()))
        .toList();
  }

  private static Map<String, Integer> bySku(List<Pieces> pieces) {
    return pieces.stream().collect(Collectors.toMap(Pieces::sku, Pieces::quantity));
  }

  private Optional<Refusal> wrongLine(List<Pieces> asked) {
    Map<String, Integer> left =
        lines.stream().collect(Collectors.toMap(Line::sku, Line::left, Integer::sum));
    for (Pieces one : asked) {
      Integer there = left.remove(one.sku()); // twice is wrong too
      if (there == null || one.quantity() > there) {
        return Optional.of(new Refusal.LinesInvalid(one.sku(), there == null ? 0 : there));
      }
    }
    return Optional.empty();
  }

  private static Decision over(State now) {
    return new Decision.Refused(
        now.isOpen() || now instanceof State.Pending
            ? new Refusal.StateWrong(now.label())
            : new Refusal.Over(now.label()));
  }

  /** Its end: the goods are to be freed, and what stands on a shelf is to be put back. */
  private Next ended(State end, Instant since) {
    var next = next().state(end).care(care.ended()).todo(Step.RELEASE);
    return state instanceof State.Prepared && !next.done().shelved().isEmpty()
        ? next.putBack(new PutBack(since, null))
        : next;
  }

  private Next next() {
    return new Next(this);
  }

  /** The next version of a reservation while it is put together. */
  private static final class Next {
    private final Reservation of;
    private List<Line> lines;
    private State state;
    private Step step;
    private Instant expireTime;
    private @Nullable Instant wantedEnd;
    private String hold;
    private Care care;
    private @Nullable Sale sale;
    private @Nullable Offer offer;
    private @Nullable PutBack putBack;

    private Next(Reservation of) {
      this.of = of;
      this.lines = of.lines;
      this.state = of.state;
      this.step = of.step;
      this.expireTime = of.expireTime;
      this.wantedEnd = of.wantedEnd;
      this.hold = of.hold;
      this.care = of.care;
      this.sale = of.sale;
      this.offer = of.offer;
      this.putBack = of.putBack;
    }

    private Next lines(List<Line> those) {
      lines = those;
      return this;
    }

    private Next state(State that) {
      state = that;
      return this;
    }

    /** Another step: what the former needed to know is forgotten. */
    private Next todo(Step that) {
      step = that;
      wantedEnd = null;
      sale = null;
      return this;
    }

    private Next end(Instant that) {
      expireTime = that;
      return this;
    }

    private Next wantedEnd(Instant that) {
      wantedEnd = that;
      return this;
    }

    private Next hold(String that) {
      hold = that;
      return this;
    }

    private Next care(Care that) {
      care = that;
      return this;
    }

    private Next sale(Sale that) {
      sale = that;
      return this;
    }

    private Next offer(Offer that) {
      offer = that;
      return this;
    }

    private Next putBack(PutBack that) {
      putBack = that;
      return this;
    }

    private Reservation done() {
      return new Reservation(
          of.id,
          of.version + 1,
          of.customer,
          of.store,
          of.storeTitle,
          lines,
          state,
          step,
          expireTime,
          wantedEnd,
          hold,
          of.pickupCode,
          care,
          sale,
          offer,
          putBack);
    }
  }
}
