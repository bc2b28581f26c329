package dev.filo.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationTest {
  private static final Instant END = Instant.parse("2026-03-02T19:00:00Z");
  private static final Instant LATEST = END.plus(Duration.ofDays(10));
  private static final Instant DUE = END.minus(Duration.ofHours(4));
  private static final Duration LEAD = Duration.ofHours(2);

  private static Reservation in(String state, Step step) {
    return in(state, step, Care.until(DUE, LEAD), null);
  }

  private static Reservation in(String state, Step step, Care care, @Nullable Offer offer) {
    State now =
        switch (state) {
          case "PENDING" -> new State.Pending();
          case "HELD" -> new State.Held();
          case "PREPARED" -> new State.Prepared(END.minusSeconds(60), "B3");
          case "COLLECTED" -> new State.Collected(END.minusSeconds(30));
          case "EXPIRED" -> new State.Expired();
          case "CANCELLED" -> new State.Cancelled();
          default -> new State.Refused(RefusalCause.OTHER, "rotto", List.of());
        };
    return new Reservation(
        "r",
        7,
        "customers/c",
        "stores/a",
        "Filo a",
        List.of(line("S", 2), line("T", 3)),
        now,
        step,
        END,
        step == Step.EXTEND ? END.plusSeconds(60) : null,
        "h",
        "CODE",
        care,
        step == Step.SELL ? new Sale(List.of(new Pieces("S", 1)), false, 6) : null,
        offer,
        null);
  }

  private static Line line(String sku, int quantity) {
    return new Line(sku, quantity, quantity, "t", "", "EUR", 1);
  }

  private static Offer offer(Offer.State state) {
    return new Offer(
        "stores/b",
        "Filo b",
        5.0,
        3,
        END,
        END,
        state,
        List.of("stores/z"),
        state == Offer.State.ACCEPTED ? "r2" : null);
  }

  private static String told(Decision decision) {
    return switch (decision) {
      case Decision.Changed(var next) -> {
        assertThat(next.version()).isEqualTo(8);
        yield next.state().label() + "/" + next.step();
      }
      case Decision.Unchanged(var same) -> "same";
      case Decision.Refused(var why) -> why.getClass().getSimpleName();
    };
  }

  private static Reservation changed(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Changed.class);
    return ((Decision.Changed) decision).next();
  }

  private static Decision command(String name, Reservation seen, Instant now) {
    return switch (name) {
      case "acknowledge" -> seen.acknowledge(now);
      case "escalate" -> seen.escalate(now);
      case "remind" -> seen.remind(now);
      case "prepare" -> seen.prepare("", now);
      case "move" -> seen.prepare("C1", now);
      case "cancel" -> seen.cancel(now);
      case "refuse" -> seen.refuse(RefusalCause.OTHER, "rotto", List.of(), now);
      case "miss" -> seen.refuse(RefusalCause.NOT_FOUND, "", List.of(), now);
      case "extend" -> seen.extend(END.plusSeconds(3600), LATEST, now);
      case "collect" -> seen.collect("stores/a", now);
      case "collectSome" -> seen.collect("stores/a", List.of(new Pieces("S", 1)), false, now);
      case "accept" -> seen.accept("", now);
      case "decline" -> seen.decline("", now);
      case "putAway" -> seen.putAway(now);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Every state and command, before the end, at it, and after it. */
  @ParameterizedTest
  @CsvSource({
    // state, command, before, at, after
    "PENDING,acknowledge,StateWrong,StateWrong,StateWrong",
    "PENDING,escalate,same,same,same",
    "PENDING,remind,same,same,same",
    "PENDING,prepare,StateWrong,StateWrong,StateWrong",
    "PENDING,cancel,StateWrong,StateWrong,StateWrong",
    "PENDING,refuse,StateWrong,StateWrong,StateWrong",
    "PENDING,extend,StateWrong,StateWrong,StateWrong",
    "PENDING,collect,StateWrong,StateWrong,StateWrong",
    "PENDING,accept,OfferOver,OfferOver,OfferOver",
    "PENDING,decline,OfferOver,OfferOver,OfferOver",
    "PENDING,putAway,NotFound,NotFound,NotFound",
    "HELD,acknowledge,HELD/NONE,Over,Over",
    "HELD,escalate,HELD/NONE,same,same",
    "HELD,remind,HELD/NONE,same,same",
    "HELD,prepare,PREPARED/NONE,Over,Over",
    "HELD,move,PREPARED/NONE,Over,Over",
    "HELD,cancel,CANCELLED/RELEASE,Over,Over",
    "HELD,refuse,REFUSED/RELEASE,Over,Over",
    "HELD,miss,REFUSED/CORRECT,Over,Over",
    "HELD,extend,HELD/EXTEND,Over,Over",
    "HELD,collect,HELD/SELL,Over,Over",
    "HELD,collectSome,HELD/SELL,Over,Over",
    "HELD,accept,OfferOver,OfferOver,OfferOver",
    "HELD,decline,OfferOver,OfferOver,OfferOver",
    "HELD,putAway,NotFound,NotFound,NotFound",
    "PREPARED,acknowledge,same,Over,Over",
    "PREPARED,escalate,same,same,same",
    "PREPARED,remind,PREPARED/NONE,same,same",
    "PREPARED,prepare,same,Over,Over",
    "PREPARED,move,PREPARED/NONE,Over,Over",
    "PREPARED,cancel,CANCELLED/RELEASE,Over,Over",
    "PREPARED,refuse,REFUSED/RELEASE,Over,Over",
    "PREPARED,miss,REFUSED/CORRECT,Over,Over",
    "PREPARED,extend,PREPARED/EXTEND,Over,Over",
    "PREPARED,collect,PREPARED/SELL,Over,Over",
    "PREPARED,collectSome,PREPARED/SELL,Over,Over",
    "PREPARED,accept,OfferOver,OfferOver,OfferOver",
    "PREPARED,decline,OfferOver,OfferOver,OfferOver",
    "PREPARED,putAway,NotFound,NotFound,NotFound",
    "COLLECTED,acknowledge,Over,Over,Over",
    "COLLECTED,escalate,same,same,same",
    "COLLECTED,remind,same,same,same",
    "COLLECTED,prepare,Over,Over,Over",
    "COLLECTED,cancel,Over,Over,Over",
    "COLLECTED,refuse,Over,Over,Over",
    "COLLECTED,extend,Over,Over,Over",
    "COLLECTED,collect,AlreadyCollected,AlreadyCollected,AlreadyCollected",
    "COLLECTED,accept,OfferOver,OfferOver,OfferOver",
    "COLLECTED,putAway,NotFound,NotFound,NotFound",
    "EXPIRED,acknowledge,Over,Over,Over",
    "EXPIRED,escalate,same,same,same",
    "EXPIRED,remind,same,same,same",
    "EXPIRED,prepare,Over,Over,Over",
    "EXPIRED,cancel,Over,Over,Over",
    "EXPIRED,refuse,Over,Over,Over",
    "EXPIRED,extend,Over,Over,Over",
    "EXPIRED,collect,Over,Over,Over",
    "EXPIRED,putAway,NotFound,NotFound,NotFound",
    "CANCELLED,acknowledge,Over,Over,Over",
    "CANCELLED,escalate,same,same,same",
    "CANCELLED,remind,same,same,same",
    "CANCELLED,prepare,Over,Over,Over",
    "CANCELLED,cancel,same,same,same",
    "CANCELLED,refuse,Over,Over,Over",
    "CANCELLED,extend,Over,Over,Over",
    "CANCELLED,collect,Over,Over,Over",
    "REFUSED,acknowledge,Over,Over,Over",
    "REFUSED,escalate,same,same,same",
    "REFUSED,remind,same,same,same",
    "REFUSED,prepare,Over,Over,Over",
    "REFUSED,cancel,Over,Over,Over",
    "REFUSED,refuse,same,same,same",
    "REFUSED,extend,Over,Over,Over",
    "REFUSED,collect,Over,Over,Over",
    "REFUSED,accept,OfferOver,OfferOver,OfferOver",
    "REFUSED,decline,OfferOver,OfferOver,OfferOver",
  })
  void aCommand(String state, String command, String before, String at, String after) {
    var seen = in(state, Step.NONE);
    assertThat(told(command(command, seen, END.minusMillis(1)))).isEqualTo(before);
    assertThat(told(command(command, seen, END))).isEqualTo(at);
    assertThat(told(command(command, seen, END.plusMillis(1)))).isEqualTo(after);
  }

  /** While it is being sold nothing else may happen, whatever the time. */
  @ParameterizedTest
  @CsvSource({
    "acknowledge,StateWrong",
    "escalate,same",
    "remind,same",
    "prepare,StateWrong",
    "cancel,StateWrong",
    "refuse,StateWrong",
    "extend,StateWrong",
    "collect,same",
    "collectSome,same"
  })
  void aCommand_whileItIsSold(String command, String then) {
    for (Instant now : List.of(END.minusMillis(1), END, END.plusMillis(1))) {
      assertThat(told(command(command, in("HELD", Step.SELL), now))).isEqualTo(then);
    }
  }

  /** A begun extension stands in nobody's way, and ends with the reservation. */
  @ParameterizedTest
  @CsvSource({
    "acknowledge,HELD/EXTEND",
    "escalate,HELD/EXTEND",
    "remind,HELD/EXTEND",
    "prepare,PREPARED/EXTEND",
    "cancel,CANCELLED/RELEASE",
    "refuse,REFUSED/RELEASE",
    "miss,REFUSED/CORRECT",
    "extend,StateWrong",
    "collect,HELD/SELL"
  })
  void aCommand_whileItIsExtended(String command, String before) {
    var seen = in("HELD", Step.EXTEND);
    assertThat(told(command(command, seen, END.minusMillis(1)))).isEqualTo(before);
    assertThat(told(command(command, seen, END))).isIn("Over", "same");
    assertThat(seen.extended().expireTime()).isEqualTo(END.plusSeconds(60));
    assertThat(seen.extended().wantedEnd()).isNull();
  }

  /** Every state an offer can have, before its end, at it, and while it is being taken. */
  @ParameterizedTest
  @CsvSource({
    // offer, command, before, at, while taken
    "OPEN,accept,REFUSED/ACCEPT,OfferOver,same",
    "OPEN,decline,REFUSED/NONE,OfferOver,StateWrong",
    "ACCEPTED,accept,same,same,same",
    "ACCEPTED,decline,OfferOver,OfferOver,OfferOver",
    "DECLINED,accept,OfferOver,OfferOver,OfferOver",
    "DECLINED,decline,same,same,same",
    "GONE,accept,OfferGone,OfferGone,OfferGone",
    "GONE,decline,OfferOver,OfferOver,OfferOver",
    "LAPSED,accept,OfferOver,OfferOver,OfferOver",
    "LAPSED,decline,OfferOver,OfferOver,OfferOver",
  })
  void anOffer(Offer.State state, String command, String before, String at, String taken) {
    var seen = in("REFUSED", Step.NONE, Care.NONE, offer(state));
    assertThat(told(command(command, seen, END.minusMillis(1)))).isEqualTo(before);
    assertThat(told(command(command, seen, END))).isEqualTo(at);
    var taking = in("REFUSED", Step.ACCEPT, Care.NONE, offer(state));
    assertThat(told(command(command, taking, END.plusSeconds(9)))).isEqualTo(taken);
  }

  /** What the caller was shown counts. */
  @Test
  void anOffer_ofAnotherStore() {
    var seen = in("REFUSED", Step.NONE, Care.NONE, offer(Offer.State.OPEN));
    var before = END.minusMillis(1);
    assertThat(told(seen.accept("stores/b", before))).isEqualTo("REFUSED/ACCEPT");
    assertThat(told(seen.accept("stores/c", before))).isEqualTo("OfferOver");
    assertThat(told(seen.accept("stores/z", before))).isEqualTo("OfferGone"); // offered before
    assertThat(told(seen.decline("stores/c", before))).isEqualTo("OfferOver");
    assertThat(seen.gone().step()).isEqualTo(Step.OFFER);
    assertThat(seen.gone().offer()).isNotNull();
    assertThat(seen.offer().tried()).containsExactly("stores/z", "stores/b");
  }

  @ParameterizedTest
  @CsvSource({
    "-3600,TimeInvalid", // past
    "-60,TimeInvalid", // now
    "-1,TimeInvalid", // ahead, yet sooner than it is: never shorter
    "0,same",
    "1,HELD/EXTEND",
    "864000,HELD/EXTEND", // the latest
    "864001,ExtensionTooLong",
  })
  void extend(long secondsFromEnd, String then) {
    var end = END.plusSeconds(secondsFromEnd);
    assertThat(told(in("HELD", Step.NONE).extend(end, LATEST, END.minusSeconds(60))))
        .isEqualTo(then);
  }

  @ParameterizedTest
  @CsvSource({"HELD,WrongStore", "PREPARED,WrongStore", "COLLECTED,AlreadyCollected"})
  void collect_elsewhere(String state, String then) {
    assertThat(told(in(state, Step.NONE).collect("stores/b", END.minusMillis(1)))).isEqualTo(then);
  }

  @Test
  void itEscalates_onlyOnce_onlyUnseen_onlyWhenItIsTime() {
    var held = in("HELD", Step.NONE);
    assertThat(told(held.escalate(DUE.minusMillis(1)))).isEqualTo("same");
    var escalated = changed(held.escalate(DUE));
    assertThat(escalated.care().isEscalated()).isTrue();
    assertThat(told(escalated.escalate(DUE.plusSeconds(1)))).isEqualTo("same");
    var seen = changed(held.acknowledge(DUE.minusSeconds(1)));
    assertThat(seen.care().acknowledgeTime()).isEqualTo(DUE.minusSeconds(1));
    assertThat(told(seen.escalate(DUE))).isEqualTo("same");
    assertThat(told(seen.acknowledge(DUE))).isEqualTo("same");
    var late = changed(escalated.acknowledge(DUE.plusSeconds(5)));
    assertThat(late.care().isEscalated()).isFalse();
    assertThat(late.care().escalateTime()).isEqualTo(DUE);
    var prepared = changed(held.prepare("", DUE.minusSeconds(1)));
    assertThat(prepared.care().acknowledgeTime()).isEqualTo(DUE.minusSeconds(1));
    assertThat(told(prepared.escalate(DUE))).isEqualTo("same");
    assertThat(changed(held.cancel(DUE)).care().escalateDue()).isNull();
  }

  @Test
  void sheIsReminded_onceForEachEnd() {
    var held = in("HELD", Step.NONE);
    var due = END.minus(LEAD);
    assertThat(told(held.remind(due.minusMillis(1)))).isEqualTo("same");
    var reminded = changed(held.remind(due));
    assertThat(told(reminded.remind(due.plusSeconds(1)))).isEqualTo("same");
    var later = changed(reminded.extend(END.plus(LEAD), LATEST, due.plusSeconds(1))).extended();
    assertThat(later.remindDue()).contains(END);
    assertThat(told(in("HELD", Step.NONE, Care.NONE, null).remind(END.minusMillis(1))))
        .isEqualTo("same");
  }

  @Test
  void shelf() {
    var prepared = changed(in("HELD", Step.NONE).prepare("A1", DUE));
    assertThat(prepared.shelf()).isEqualTo("A1");
    assertThat(told(prepared.prepare("", DUE))).isEqualTo("same");
    assertThat(told(prepared.prepare("A1", DUE))).isEqualTo("same");
    var moved = changed(prepared.prepare("A2", DUE.plusSeconds(1)));
    assertThat(moved.state()).isEqualTo(new State.Prepared(DUE, "A2"));
  }

  /** Lines that are not there, are there twice, or ask for too much. */
  @ParameterizedTest
  @CsvSource({
    "S:2,ok",
    "S:1,ok",
    "S:2 T:3,ok",
    "S:3,LinesInvalid",
    "X:1,LinesInvalid",
    "S:1 S:1,LinesInvalid"
  })
  void lines(String asked, String then) {
    var lines =
        List.of(asked.split(" ")).stream()
            .map(one -> one.split(":"))
            .map(one -> new Pieces(one[0], Integer.parseInt(one[1])))
            .toList();
    var held = in("HELD", Step.NONE);
    assertThat(told(held.collect("stores/a", lines, false, DUE)))
        .isEqualTo(then.equals("ok") ? "HELD/SELL" : then);
    assertThat(told(held.refuse(RefusalCause.DAMAGED, "", lines, DUE)))
        .isEqualTo(then.equals("ok") ? "REFUSED/CORRECT" : then);
  }

  @Test
  void collect_some_untilNothingIsLeft() {
    var held = in("HELD", Step.NONE);
    var some = changed(held.collect("stores/a", List.of(new Pieces("S", 1)), false, DUE)).sold(DUE);
    assertThat(some.care().acknowledgeTime()).as("who handed it over has seen it").isEqualTo(DUE);
    assertThat(some.care().escalateDue()).isNull();
    assertThat(some.state().label()).isEqualTo("HELD");
    assertThat(some.step()).isEqualTo(Step.NONE);
    assertThat(some.sale()).isNull();
    assertThat(some.left()).isEqualTo(4);
    assertThat(told2(some.collect("stores/a", List.of(new Pieces("S", 2)), false, DUE)))
        .isEqualTo("LinesInvalid");
    var rest = changed(some.collect("stores/a", DUE));
    assertThat(rest.sellsAll()).isTrue();
    assertThat(rest.sold(DUE).state().label()).isEqualTo("COLLECTED");
    assertThat(rest.sold(DUE).left()).isZero();
    assertThat(rest.sold(DUE).putBack()).isNull();
    // two hand-overs are two sales
    assertThat(rest.sale().number()).isNotEqualTo(held.version());
  }

  private static String told2(Decision decision) {
    return decision instanceof Decision.Refused(var why) ? why.getClass().getSimpleName() : "";
  }

  @Test
  void collect_some_andTheRestIsFreed() {
    var prepared = in("PREPARED", Step.NONE);
    var sold = changed(prepared.collect("stores/a", List.of(new Pieces("T", 2)), true, DUE));
    var after = sold.sold(DUE);
    assertThat(after.state().label()).isEqualTo("COLLECTED");
    assertThat(after.step()).isEqualTo(Step.RELEASE);
    assertThat(after.putBack()).isEqualTo(new PutBack(DUE, null));
    assertThat(after.shelved())
        .extracting(Line::sku, Line::quantity)
        .contains(
            org.assertj.core.groups.Tuple.tuple("S", 2),
            org.assertj.core.groups.Tuple.tuple("T", 1));
  }

  /** What was prepared has to be put back, whatever the end; what never was has not. */
  @Test
  void putBack() {
    var prepared = in("PREPARED", Step.NONE);
    for (var ended :
        List.of(
            prepared.expired(),
            changed(prepared.cancel(DUE)),
            changed(prepared.refuse(RefusalCause.DAMAGED, "", List.of(), DUE)))) {
      assertThat(ended.putBack()).isNotNull();
      assertThat(ended.shelved()).hasSize(2);
      var done = changed(ended.putAway(END));
      assertThat(done.putBack().done()).isEqualTo(END);
      assertThat(done.putAway(END)).isInstanceOf(Decision.Unchanged.class);
    }
    assertThat(prepared.expired().putBack()).isEqualTo(new PutBack(END, null));
    // what is not there cannot be put back
    var missing = changed(prepared.refuse(RefusalCause.NOT_FOUND, "", List.of(), DUE));
    assertThat(missing.putBack()).isNull();
    var some =
        changed(prepared.refuse(RefusalCause.NOT_FOUND, "", List.of(new Pieces("T", 3)), DUE));
    assertThat(some.shelved()).extracting(Line::sku).containsExactly("S");
    assertThat(in("HELD", Step.NONE).expired().putBack()).isNull();
  }

  @Test
  void afterARefusal_levelThenGoodsThenOffer() {
    var refused =
        changed(in("HELD", Step.NONE).refuse(RefusalCause.DISPLAY_ONLY, "", List.of(), DUE));
    assertThat(refused.step()).isEqualTo(Step.CORRECT);
    assertThat(((State.Refused) refused.state()).lines()).hasSize(2);
    assertThat(refused.corrected().step()).isEqualTo(Step.RELEASE);
    assertThat(refused.corrected().released().step()).isEqualTo(Step.OFFER);
    var offered = refused.corrected().released().offered(offer(Offer.State.OPEN));
    assertThat(offered.step()).isEqualTo(Step.NONE);
    assertThat(refused.corrected().released().nothingToOffer().step()).isEqualTo(Step.NONE);
    assertThat(changed(in("HELD", Step.NONE).cancel(DUE)).released().step()).isEqualTo(Step.NONE);
    var taken = changed(offered.accept("", DUE)).accepted("r2");
    assertThat(taken.offerStateAt(LATEST)).contains(Offer.State.ACCEPTED);
    assertThat(offered.offerStateAt(END)).contains(Offer.State.LAPSED);
    assertThat(changed(offered.accept("", DUE)).notAccepted().offerStateAt(DUE))
        .contains(Offer.State.OPEN);
  }
}
