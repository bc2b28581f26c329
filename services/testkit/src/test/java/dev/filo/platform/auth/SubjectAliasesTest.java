package dev.filo.platform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@StoreTest
class SubjectAliasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MongoDatabase database;
  private final SubjectAliases aliases;

  SubjectAliasesTest(MongoDatabase database) {
    this.database = database;
    aliases = new SubjectAliases(database);
  }

  private void record(String alias, String subject) {
    aliases.record(alias, subject).block(PATIENCE);
  }

  /** As this process knows it, and as one that has just started does. */
  private void assertValid(String subject, String valid) {
    for (var one : List.of(aliases, new SubjectAliases(database))) {
      assertThat(one.resolve(subject).block(PATIENCE)).isEqualTo(valid);
      assertThat(one.resolve(subject).block(PATIENCE)).as("remembered").isEqualTo(valid);
    }
  }

  @Test
  void whoIsNoAliasIsHerself() {
    assertValid("customers/c", "customers/c");
  }

  @Test
  void anAliasIsKnownAtOnceEvenWhenItWasAskedForBefore() {
    assertValid("customers/guest", "customers/guest");
    record("customers/guest", "customers/c");
    record("customers/guest", "customers/c");
    assertValid("customers/guest", "customers/c");
    assertValid("customers/c", "customers/c");
  }

  @Test
  void aChainLeadsToItsEnd() {
    record("customers/a", "customers/b");
    record("customers/b", "customers/c");
    record("customers/c", "customers/d");
    for (var alias : List.of("a", "b", "c", "d")) {
      assertValid("customers/" + alias, "customers/d");
    }
  }

  @Test
  void aChainRecordedFromItsEndLeadsThereToo() {
    record("customers/c", "customers/d");
    record("customers/b", "customers/c");
    record("customers/a", "customers/b");
    for (var alias : List.of("a", "b", "c")) {
      assertValid("customers/" + alias, "customers/d");
    }
  }

  @Test
  void aLongChainLeadsToItsEnd() {
    IntStream.range(0, 30).forEach(i -> record("customers/c" + i, "customers/c" + (i + 1)));
    assertValid("customers/c0", "customers/c30");
    assertValid("customers/c17", "customers/c30");
  }

  @Test
  void oneIsNeverAnAliasOfHerself() {
    record("customers/a", "customers/a");
    assertValid("customers/a", "customers/a");
  }

  @Test
  void aCircleStillHasAnAnswer() {
    record("customers/a", "customers/b");
    record("customers/b", "customers/a");
    assertThat(aliases.resolve("customers/a").block(PATIENCE)).startsWith("customers/");
  }

  @Test
  void whatACheckedTokenSaysIsTakenForGranted() {
    assertThat(aliases.trust("customers/guest", "customers/c").block(PATIENCE)).isTrue();
    assertThat(aliases.resolve("customers/guest").block(PATIENCE)).isEqualTo("customers/c");
  }

  @Test
  void whoWasPartedIsHerselfAgainWhateverAnOldTokenSays() {
    record("customers/guest", "customers/c");
    assertThat(aliases.trust("customers/guest", "customers/c").block(PATIENCE)).isTrue();
    aliases.part("customers/guest").block(PATIENCE);
    assertThat(aliases.trust("customers/guest", "customers/c").block(PATIENCE)).isFalse();
    assertValid("customers/guest", "customers/guest");
    record("customers/guest", "customers/c");
    assertThat(aliases.trust("customers/guest", "customers/c").block(PATIENCE)).isTrue();
    assertValid("customers/guest", "customers/c");
  }

  @Test
  void oneTakenOutOfAChainTakesThoseBeforeHerAlong() {
    record("customers/a", "customers/b");
    record("customers/b", "customers/c");
    record("customers/c", "customers/d");
    aliases.part("customers/b").block(PATIENCE);
    assertValid("customers/a", "customers/b");
    assertValid("customers/b", "customers/b");
    assertValid("customers/c", "customers/d");
    assertThat(aliases.names("customers/b").block(PATIENCE))
        .containsExactlyInAnyOrder("customers/a", "customers/b");
    assertThat(aliases.names("customers/d").block(PATIENCE))
        .containsExactlyInAnyOrder("customers/c", "customers/d");
  }
}
