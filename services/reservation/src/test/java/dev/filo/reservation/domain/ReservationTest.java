package dev.filo.reservation.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservationTest {
  private static final Instant END = Instant.parse("2026-03-02T19:00:00Z");
  private static final Instant LATEST = END.plus(Duration.ofDays(10));

  private static Reservation in(String state, Step step) {
    State now =
        switch (state) {
          case "PENDING" -> new State.Pending();
          case "HELD" -> new State.Held();
          case "PREPARED" -> new State.Prepared(END.minusSeconds(60));
          case "COLLECTED" -> new State.Collected(END.minusSeconds(30));
          case "EXPIRED" -> new State.Expired();
          case "CANCELLED" -> new State.Cancelled();
          default -> new State.Refused("rotto");
        };
    return new Reservation(
        "r",
        7,
        "customers/c",
        "stores/a",
        List.of(new Reservation.Line("S", 2, 2, "t", "", "EUR", 1)),
        now,
        step,
        END,
        step == Step.EXTEND ? END.plusSeconds(60) : null,
        "h",
        "CODE");
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

  private static Decision command(String name, Reservation seen, Instant now) {
    return switch (name) {
      case "prepare" -> seen.prepare(now);
      case "cancel" -> seen.cancel(now);
      case "refuse" -> seen.refuse("rotto", now);
      case "extend" -> seen.extend(END.plusSeconds(3600), LATEST, now);
      default -> seen.collect("stores/a", now);
    };
  }

  /** Every state and command, before the end, at it, and after it. */
  @ParameterizedTest
  @CsvSource({
    // state, command, before, at, after
    "PENDING,prepare,StateWrong,StateWrong,StateWrong",
    "PENDING,cancel,StateWrong,StateWrong,StateWrong",
    "PENDING,refuse,StateWrong,StateWrong,StateWrong",
    "PENDING,extend,StateWrong,StateWrong,StateWrong",
    "PENDING,collect,StateWrong,StateWrong,StateWrong",
    "HELD,prepare,PREPARED/NONE,Over,Over",
    "HELD,cancel,CANCELLED/RELEASE,Over,Over",
    "HELD,refuse,REFUSED/RELEASE,Over,Over",
    "HELD,extend,HELD/EXTEND,Over,Over",
    "HELD,collect,HELD/SELL,Over,Over",
    "PREPARED,prepare,same,Over,Over",
    "PREPARED,cancel,CANCELLED/RELEASE,Over,Over",
    "PREPARED,refuse,REFUSED/RELEASE,Over,Over",
    "PREPARED,extend,PREPARED/EXTEND,Over,Over",
    "PREPARED,collect,PREPARED/SELL,Over,Over",
    "COLLECTED,prepare,Over,Over,Over",
    "COLLECTED,cancel,Over,Over,Over",
    "COLLECTED,refuse,Over,Over,Over",
    "COLLECTED,extend,Over,Over,Over",
    "COLLECTED,collect,AlreadyCollected,AlreadyCollected,AlreadyCollected",
    "EXPIRED,prepare,Over,Over,Over",
    "EXPIRED,cancel,Over,Over,Over",
    "EXPIRED,refuse,Over,Over,Over",
    "EXPIRED,extend,Over,Over,Over",
    "EXPIRED,collect,Over,Over,Over",
    "CANCELLED,prepare,Over,Over,Over",
    "CANCELLED,cancel,same,same,same",
    "CANCELLED,refuse,Over,Over,Over",
    "CANCELLED,extend,Over,Over,Over",
    "CANCELLED,collect,Over,Over,Over",
    "REFUSED,prepare,Over,Over,Over",
    "REFUSED,cancel,Over,Over,Over",
    "REFUSED,refuse,same,same,same",
    "REFUSED,extend,Over,Over,Over",
    "REFUSED,collect,Over,Over,Over",
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
    "prepare,StateWrong",
    "cancel,StateWrong",
    "refuse,StateWrong",
    "extend,StateWrong",
    "collect,same"
  })
  void aCommand_whileItIsSold(String command, String then) {
    for (Instant now : List.of(END.minusMillis(1), END, END.plusMillis(1))) {
      assertThat(told(command(command, in("HELD", Step.SELL), now))).isEqualTo(then);
    }
  }

  /** A begun extension stands in nobody's way, and ends with the reservation. */
  @ParameterizedTest
  @CsvSource({
    "prepare,PREPARED/EXTEND",
    "cancel,CANCELLED/RELEASE",
    "refuse,REFUSED/RELEASE",
    "extend,StateWrong",
    "collect,HELD/SELL"
  })
  void aCommand_whileItIsExtended(String command, String before) {
    var seen = in("HELD", Step.EXTEND);
    assertThat(told(command(command, seen, END.minusMillis(1)))).isEqualTo(before);
    assertThat(told(command(command, seen, END))).isEqualTo("Over");
    assertThat(seen.extended().expireTime()).isEqualTo(END.plusSeconds(60));
    assertThat(seen.extended().wantedEnd()).isNull();
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
    BiFunction<String, Instant, Decision> collect = in(state, Step.NONE)::collect;
    assertThat(told(collect.apply("stores/b", END.minusMillis(1)))).isEqualTo(then);
  }
}
