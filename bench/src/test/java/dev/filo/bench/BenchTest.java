package dev.filo.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.testkit.TestMongo;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it runs and measures what it says; the figures themselves are no test's business. */
class BenchTest {
  private static final Setting SETTING =
      new Setting(
          TestMongo.embedded().client(),
          TestMongo.embedded().uri(),
          "bench_smoke",
          4,
          Duration.ofMillis(200),
          1);

  @Test
  void eachMeasurementAnswersWithFigures() throws InterruptedException {
    for (var figures :
        List.of(
            Contention.hot(SETTING),
            Contention.spread(SETTING),
            Nearby.measure(SETTING),
            Import.measure(SETTING, 2_000),
            CartCalls.measure(SETTING),
            Search.measure(SETTING, 1_000),
            Messages.measure(SETTING))) {
      assertThat(figures).hasSizeGreaterThanOrEqualTo(2);
      assertThat(figures.getFirst().ratio()).isNull();
      assertThat(figures).allSatisfy(figure -> assertThat(figure.rate()).isPositive());
      assertThat(figures).allSatisfy(figure -> assertThat(figure.p99()).isPositive());
    }
  }

  @Test
  void aTableTakesTheOnePlaceMarkedForIt(@TempDir Path folder) throws IOException {
    var page = folder.resolve("page.md");
    Files.writeString(page, "a\n<!-- figures: hot -->\nold\n<!-- end: hot -->\nz\n");
    Bench.update(page, Bench.What.HOT, "new");
    Bench.update(page, Bench.What.HOT, "newer");
    assertThat(page).content().isEqualTo("a\n<!-- figures: hot -->\nnewer\n<!-- end: hot -->\nz\n");
  }

  @Test
  void wrongOptionsAreRefusedInPlainWords() {
    var said = new StringWriter();
    int code = Bench.command().setErr(new PrintWriter(said)).execute("--clients", "0");
    assertThat(code).isEqualTo(2);
    assertThat(said.toString()).contains("--clients wants a number from 1 to 1000");
    assertThat(Bench.command().setErr(new PrintWriter(said)).execute("nonsense")).isEqualTo(2);
  }
}
