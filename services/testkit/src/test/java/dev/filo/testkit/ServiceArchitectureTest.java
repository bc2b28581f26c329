package dev.filo.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;

/** The rules against two small services made for it: one in order, one not. */
class ServiceArchitectureTest {

  private static final class Tidy extends ServiceArchitecture {
    private Tidy() {
      super("dev.filo.testkit.tidy", location -> true, DOMAIN, STORE);
    }
  }

  private static final class Untidy extends ServiceArchitecture {
    private Untidy() {
      super("dev.filo.testkit.untidy", location -> true, DOMAIN, SERVICE, EVENTS);
    }
  }

  @Test
  void aServiceInOrderPasses() {
    var tidy = new Tidy();
    assertThatCode(tidy::hasExactlyThePackagesItNames).doesNotThrowAnyException();
    assertThatCode(tidy::namesSayWhatAClassIs).doesNotThrowAnyException();
    assertThatCode(tidy::nothingReadsTheSystemClock).doesNotThrowAnyException();
    assertThat(tidy.dependsOnlyOnWhatItsPackageMay())
        .hasSize(2)
        .allSatisfy(
            test -> assertThatCode(test.getExecutable()::execute).doesNotThrowAnyException());
  }

  @Test
  void aPackageThatIsNotThereIsMissed() {
    assertThatThrownBy(new Untidy()::hasExactlyThePackagesItNames).hasMessageContaining("EVENTS");
  }

  @Test
  void aDomainThatKnowsTheDriverIsRefused() {
    Map<String, DynamicTest> rules =
        new Untidy()
            .dependsOnlyOnWhatItsPackageMay()
            .collect(Collectors.toMap(DynamicTest::getDisplayName, Function.identity()));
    assertThatThrownBy(() -> rules.get("domain").getExecutable().execute())
        .hasMessageContaining("org.bson.Document");
    assertThatThrownBy(() -> rules.get("service").getExecutable().execute())
        .hasMessageContaining("untidy.store");
  }

  @Test
  void aVagueNameAndTheSystemClockAreRefused() {
    assertThatThrownBy(new Untidy()::namesSayWhatAClassIs).hasMessageContaining("StockManager");
    assertThatThrownBy(new Untidy()::nothingReadsTheSystemClock).hasMessageContaining("now()");
  }
}
