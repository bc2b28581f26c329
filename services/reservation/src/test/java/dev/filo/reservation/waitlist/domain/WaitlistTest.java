package dev.filo.reservation.waitlist.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.reservation.waitlist.domain.Entry.Offer;
import dev.filo.reservation.waitlist.domain.Entry.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitlistTest {
  private static final Instant SINCE = Instant.parse("2026-03-02T09:00:00Z");
  private static final Instant END = SINCE.plusSeconds(3600);
  private static final Instant UNTIL = END.plusSeconds(86_400);
  private static final Offer OFFER = new Offer("h1", 2, END);
  private static final Author ANNA = new Author("staff/anna", "agent", "desk", "", "Anna");
  private static final Entry.About ABOUT =
      new Entry.About("Divano", "/m", "Filo a", "Giulia R.", false, ANNA);

  private static State state(String name) {
    return switch (name) {
      case "Joining" -> new State.Joining();
      case "Waiting" -> new State.Waiting();
      case "Offering" -> new State.Offering(OFFER);
      case "Offered" -> new State.Offered(OFFER);
      case "Accepting" -> new State.Accepting(OFFER, UNTIL, ANNA);
      case "Taken" -> new State.Taken("r", 2);
      case "Lapsed" -> new State.Lapsed("h1");
      case "Left" -> new State.Left("h1");
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Entry entry(String id, String customer, String state) {
    return new Entry(id, customer, 3, SINCE, 1, state(state), SINCE, ABOUT);
  }

  private static Entry entry(String id, String state) {
    return entry(id, "customers/" + id, state);
  }

  /** A line of entries named 1, 2, 3 in the states given. */
  private static Waitlist line(String... states) {
    var entries =
        IntStream.range(0, states.length)
            .mapToObj(i -> entry(Integer.toString(i + 1), states[i]))
            .toList();
    return new Waitlist(
        "S",
        "stores/a",
        7,
        entries.stream().filter(one -> !one.state().isOver()).toList(),
        entries.stream().filter(one -> one.state().isOver()).toList());
  }

  private static String told(Waitlist seen, Decision decision) {
    return switch (decision) {
      case Decision.Changed(var next) -> told(seen, next);
      case Decision.Unchanged() -> "same";
      case Decision.Refused(var why) -> why.getClass().getSimpleName();
    };
  }

  /** What has become of entry 1; the one behind it is never touched. */
  private static String told(Waitlist seen, Waitlist next) {
    assertThat(next.version()).isEqualTo(8);
    assertThat(next.find("2")).isEqualTo(seen.find("2"));
    var before = seen.find("1");
    var now = next.find("1");
    assertThat(next.ended().stream().allMatch(one -> one.state().isOver())).isTrue();
    assertThat(next.line().stream().noneMatch(one -> one.state().isOver())).isTrue();
    return now.equals(before)
        ? "same"
        : now.map(one -> one.state().getClass().getSimpleName()).orElse("gone");
  }

  private static String told(String command, Waitlist seen, Instant now) {
    return switch (command) {
      case "joined" -> told(seen, seen.joined("1", now));
      case "dropped" -> told(seen, seen.dropped("1"));
      case "offering" -> told(seen, seen.offering("1", new Offer("h2", 1, UNTIL), now));
      case "offered" -> told(seen, seen.offered("1", now));
      case "notOffered" -> told(seen, seen.notOffered("1", now));
      case "lapsed" -> told(seen, seen.lapsed("1", now));
      case "accept" -> told(seen, seen.accept("1", UNTIL, ANNA, now));
      case "notAccepted" -> told(seen, seen.notAccepted("1", now));
      case "taken" -> told(seen, seen.taken("1", "r1", now));
      case "leave" -> {
        try {
          yield told(seen, seen.leave("1", now));
        } catch (IllegalStateException e) {
          yield "later";
        }
      }
      case "putAway" -> told(seen, seen.putAway("1"));
      default -> throw new IllegalArgumentException(command);
    };
  }

  /** Every state and command, before the offer's end, at it, and after it. */
  @ParameterizedTest
  @CsvSource({
    // state, command, before, at, after
    "Joining,joined,Waiting,Waiting,Waiting",
    "Joining,dropped,gone,gone,gone",
    "Joining,offering,same,same,same",
    "Joining,offered,same,same,same",
    "Joining,notOffered,same,same,same",
    "Joining,lapsed,same,same,same",
    "Joining,accept,NotFound,NotFound,NotFound",
    "Joining,notAccepted,same,same,same",
    "Joining,taken,same,same,same",
    "Joining,leave,NotFound,NotFound,NotFound",
    "Joining,putAway,same,same,same",
    "Waiting,joined,same,same,same",
    "Waiting,dropped,same,same,same",
    "Waiting,offering,Offering,Offering,Offering",
    "Waiting,offered,same,same,same",
    "Waiting,notOffered,same,same,same",
    "Waiting,lapsed,same,same,same",
    "Waiting,accept,NotOffered,NotOffered,NotOffered",
    "Waiting,notAccepted,same,same,same",
    "Waiting,taken,same,same,same",
    "Waiting,leave,Left,Left,Left",
    "Waiting,putAway,same,same,same",
    "Offering,joined,same,same,same",
    "Offering,dropped,same,same,same",
    "Offering,offering,same,same,same",
    "Offering,offered,Offered,Offered,Offered",
    "Offering,notOffered,Waiting,Waiting,Waiting",
    "Offering,lapsed,Lapsed,Lapsed,Lapsed",
    "Offering,accept,NotOffered,NotOffered,NotOffered",
    "Offering,notAccepted,same,same,same",
    "Offering,taken,same,same,same",
    "Offering,leave,later,later,later",
    "Offering,putAway,same,same,same",
    "Offered,joined,same,same,same",
    "Offered,dropped,same,same,same",
    "Offered,offering,same,same,same",
    "Offered,offered,same,same,same",
    "Offered,notOffered,same,same,same",
    "Offered,lapsed,Lapsed,Lapsed,Lapsed",
    "Offered,accept,Accepting,Over,Over",
    "Offered,notAccepted,same,same,same",
    "Offered,taken,same,same,same",
    "Offered,leave,Left,Over,Over",
    "Offered,putAway,same,same,same",
    "Accepting,joined,same,same,same",
    "Accepting,dropped,same,same,same",
    "Accepting,offering,same,same,same",
    "Accepting,offered,same,same,same",
    "Accepting,notOffered,same,same,same",
    "Accepting,lapsed,Lapsed,Lapsed,Lapsed",
    "Accepting,accept,same,same,same",
    "Accepting,notAccepted,Offered,Lapsed,Lapsed",
    "Accepting,taken,Taken,Taken,Taken",
    "Accepting,leave,later,later,later",
    "Accepting,putAway,same,same,same",
    "Taken,joined,same,same,same",
    "Taken,dropped,same,same,same",
    "Taken,offering,same,same,same",
    "Taken,offered,same,same,same",
    "Taken,notOffered,same,same,same",
    "Taken,lapsed,same,same,same",
    "Taken,accept,same,same,same",
    "Taken,notAccepted,same,same,same",
    "Taken,taken,same,same,same",
    "Taken,leave,Over,Over,Over",
    "Taken,putAway,gone,gone,gone",
    "Lapsed,joined,same,same,same",
    "Lapsed,dropped,same,same,same",
    "Lapsed,offering,same,same,same",
    "Lapsed,offered,same,same,same",
    "Lapsed,notOffered,same,same,same",
    "Lapsed,lapsed,same,same,same",
    "Lapsed,accept,Over,Over,Over",
    "Lapsed,notAccepted,same,same,same",
    "Lapsed,taken,same,same,same",
    "Lapsed,leave,Over,Over,Over",
    "Lapsed,putAway,gone,gone,gone",
    "Left,joined,same,same,same",
    "Left,dropped,same,same,same",
    "Left,offering,same,same,same",
    "Left,offered,same,same,same",
    "Left,notOffered,same,same,same",
    "Left,lapsed,same,same,same",
    "Left,accept,Over,Over,Over",
    "Left,notAccepted,same,same,same",
    "Left,taken,same,same,same",
    "Left,leave,same,same,same",
    "Left,putAway,gone,gone,gone",
  })
  void command_inState(String state, String command, String before, String at, String after) {
    assertThat(told(command, line(state, "Waiting"), END.minusMillis(1))).isEqualTo(before);
    assertThat(told(command, line(state, "Waiting"), END)).isEqualTo(at);
    assertThat(told(command, line(state, "Waiting"), END.plusMillis(1))).isEqualTo(after);
  }

  @Test
  void whoIsNotInIt_isNotFound() {
    var line = line("Waiting");
    assertThat(line.accept("9", UNTIL, ANNA, SINCE))
        .isEqualTo(new Decision.Refused(new Refusal.NotFound("waitlistEntries/9")));
    assertThat(line.leave("9", SINCE))
        .isEqualTo(new Decision.Refused(new Refusal.NotFound("waitlistEntries/9")));
    assertThat(line.find("9")).isEmpty();
  }

  @Test
  void aChange_saysSinceWhenAndWhat() {
    var now = SINCE.plusSeconds(60);
    var offer = new Offer("h2", 1, UNTIL);
    var asked = line("Waiting").offering("1", offer, now).find("1").orElseThrow();
    assertThat(asked.state()).isEqualTo(new State.Offering(offer));
    assertThat(asked.tries()).as("each try has a hold of its own").isEqualTo(2);
    assertThat(asked.stateTime()).isEqualTo(now);
    var taken = line("Accepting").taken("1", "r1", now).find("1").orElseThrow();
    assertThat(taken.state()).isEqualTo(new State.Taken("r1", 2));
    var lapsed = line("Offered").lapsed("1", now).find("1").orElseThrow();
    assertThat(lapsed.state().toFree()).isEqualTo("h1");
    var back = line("Accepting").notAccepted("1", now).find("1").orElseThrow();
    assertThat(back.state()).isEqualTo(new State.Offered(OFFER));
    var left = line("Waiting").leave("1", now);
    assertThat(left).isInstanceOf(Decision.Changed.class);
    assertThat(((Decision.Changed) left).next().ended().getFirst().state())
        .as("nothing was held, so nothing is to be freed")
        .isEqualTo(new State.Left(""));
    assertThat(((Decision.Changed) left).next().line()).isEmpty();
  }

  /** Nobody is overtaken while it is not known what becomes of somebody ahead. */
  @ParameterizedTest
  @CsvSource({
    "Waiting,Waiting,1",
    "Joining,Waiting,",
    "Offering,Waiting,",
    "Offered,Waiting,2",
    "Accepting,Waiting,2",
    "Taken,Waiting,2",
    "Lapsed,Waiting,2",
    "Left,Waiting,2",
    "Offered,Joining,",
    "Offered,Accepting,",
  })
  void next_isTheFirstWhoWaits(String first, String second, @Nullable String next) {
    assertThat(line(first, second).next().map(Entry::id)).isEqualTo(Optional.ofNullable(next));
  }

  @Test
  void position_countsThoseWhoWait() {
    var line = line("Offered", "Waiting", "Joining", "Offering", "Waiting", "Taken");
    assertThat(line.position("1")).as("she waits no more").isZero();
    assertThat(line.position("2")).isEqualTo(1);
    assertThat(line.position("3")).as("it is not known whether she may").isZero();
    assertThat(line.position("4")).as("to her it is waiting").isEqualTo(2);
    assertThat(line.position("5")).isEqualTo(3);
    assertThat(line.position("6")).isZero();
    assertThat(line.position("9")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // what stands in it, seconds from now until somebody must look; empty: never
    "Joining,8",
    "Waiting,60",
    "Offering,8",
    "Offered,3600",
    "Accepting,8",
    "Taken,8",
    "Left,8",
  })
  void due_isTheFirstThatNeedsALook(String state, Integer seconds) {
    assertThat(line(state).due(SINCE, Waitlist.LOOK)).isEqualTo(SINCE.plusSeconds(seconds));
    assertThat(line("Offered", state).due(SINCE, Waitlist.LOOK))
        .as("with somebody ahead who has until the end of her offer")
        .isEqualTo(SINCE.plusSeconds(seconds));
    assertThat(line().due(SINCE, Waitlist.LOOK)).isNull();
    assertThat(line("Waiting").due(SINCE, Duration.ofSeconds(3))).isEqualTo(SINCE.plusSeconds(3));
  }

  /** Of two entries of one person the one that has come further stays, else the one ahead. */
  @ParameterizedTest
  @CsvSource({
    // of the customer, of the alias behind her, who leaves, with the hold to free
    "Waiting,Waiting,2,''",
    "Waiting,Offered,1,''",
    "Offered,Waiting,2,''",
    "Offered,Offered,2,h1",
    "Joining,Waiting,1,''",
    "Offering,Accepting,1,h1",
    "Accepting,Offered,2,h1",
  })
  void merged_oneEntryIsLeft(String hers, String others, String gone, String toFree) {
    var line =
        new Waitlist(
            "S",
            "stores/a",
            7,
            List.of(
                entry("1", "customers/c", hers),
                entry("2", "customers/d", others),
                entry("3", "customers/e", "Waiting")),
            List.of(entry("4", "customers/d", "Taken")));
    var merged = line.merged("customers/c", "customers/d", END.minusSeconds(1));
    assertThat(merged.line())
        .extracting(Entry::customer)
        .containsExactly("customers/c", "customers/e");
    assertThat(merged.line()).extracting(Entry::id).doesNotContain(gone);
    var left = merged.find(gone).orElseThrow();
    assertThat(left.state()).isEqualTo(new State.Left(toFree));
    assertThat(merged.find("4").orElseThrow().customer()).isEqualTo("customers/c");
    assertThat(merged.ended()).hasSize(2);
  }

  @Test
  void merged_whoWasInItAlone_keepsTheOthersPlace() {
    var line = line("Waiting", "Waiting");
    var merged = line.merged("customers/c", "customers/1", SINCE);
    assertThat(merged.line())
        .extracting(Entry::customer)
        .containsExactly("customers/c", "customers/2");
    assertThat(merged.position("1")).isEqualTo(1);
    assertThat(merged.ended()).isEmpty();
    assertThat(merged.version()).isEqualTo(8);
    assertThat(line.merged("customers/c", "customers/x", SINCE).line()).isEqualTo(line.line());
  }

  @Test
  void changedTo_namesWhatPeopleSeeADifferenceOf() {
    var line = line("Joining", "Waiting", "Offered");
    var joined = line.joined("1", SINCE);
    assertThat(line.changedTo(joined)).containsExactly("1");
    var asked = joined.offering("2", OFFER, SINCE);
    assertThat(joined.changedTo(asked)).as("to her it is waiting still").isEmpty();
    assertThat(asked.changedTo(asked.offered("2", SINCE))).containsExactly("2");
    var accepting = ((Decision.Changed) asked.accept("3", UNTIL, ANNA, SINCE)).next();
    assertThat(asked.changedTo(accepting)).as("nothing is certain yet").isEmpty();
    var taken = accepting.taken("3", "r", SINCE);
    assertThat(accepting.changedTo(taken)).containsExactly("3");
    assertThat(taken.changedTo(taken.putAway("3"))).isEmpty();
  }
}
