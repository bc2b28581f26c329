package dev.filo.identity.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose answers about messages hold, of people who became one and parted again. */
class ConsentsTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");

  private static Customer person(String id) {
    return Customer.created(id, true, START);
  }

  private static Consent answer(boolean granted, int minute) {
    return new Consent(
        Consent.Purpose.OFFERS, Consent.Channel.EMAIL, granted, at(minute), "asked", "x", "web");
  }

  private static Merge into(String id, int minute) {
    return new Merge(id, "", at(minute), "", null, "");
  }

  private static Instant at(int minute) {
    return START.plusSeconds(60L * minute);
  }

  /** Asked again, they said yes as one; that a third becomes one with them is no new no. */
  @Test
  void aYesAboutBoth_staysOne_whenTheyBecomeOneWithAThird() {
    var first = person("a").consenting(answer(false, 0)).mergedInto(into("b", 1));
    var second = person("b").consenting(answer(true, 2));
    assertThat(second.effectiveConsents(List.of(first))).containsExactly(answer(true, 2));
    var both = List.of(first, second.mergedInto(into("c", 3)));
    assertThat(person("c").effectiveConsents(both)).containsExactly(answer(true, 2));
    assertThat(person("c").consenting(answer(false, 0)).effectiveConsents(both))
        .containsExactly(answer(false, 0));
    assertThat(person("c").consenting(answer(false, 4)).effectiveConsents(both))
        .containsExactly(answer(false, 4));
  }

  @Test
  void whoLeaves_hasHerOwnAnswerAgain_orTheNoSaidMeanwhile() {
    var first = person("a").consenting(answer(true, 0)).mergedInto(into("b", 2));
    var second = person("b").consenting(answer(false, 1)).mergedInto(into("c", 3));
    assertThat(first.refusing(List.of(second, person("c"))).consents())
        .containsExactly(answer(true, 0));
    var third = person("c").consenting(answer(false, 4));
    assertThat(first.refusing(List.of(second, third)).consents()).containsExactly(answer(false, 4));
  }
}
