package dev.filo.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.admin.DoctorLine.State;
import dev.filo.admin.Examination.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ExaminationTest {
  private static final String TARGET = "https://shop.example.com";

  private static List<DoctorLine> lines(String cart) {
    return examine(
            """
            {"gateway": {"version": "1.0.0", "revision": "abc", "publicUrl": "%s"},
             "parts": {"cart": %s}}
            """
                .formatted(TARGET, cart))
        .lines(TARGET);
  }

  private static Examination examine(String answer) {
    return new Examination(JsonMapper.builder().build().readTree(answer));
  }

  private static List<DoctorLine> unwell(List<DoctorLine> lines) {
    return lines.stream().filter(line -> line.state() != State.OK).toList();
  }

  private static String cart(String more) {
    return """
        {"tookMillis": 10, "skewMillis": 3, "diagnosis": {"service": "cart", "version": "1.0.0",
         "revision": "abc", "expectedIndexCount": 4, "database": {"answers": true, "version": "8.0.4"}%s}}
        """
        .formatted(more);
  }

  @Test
  void well_isWell() {
    var lines = lines(cart(""));
    assertThat(unwell(lines)).isEmpty();
    assertThat(lines)
        .extracting(DoctorLine::check)
        .containsExactly("reachable", "versions", "clocks", "database", "indexes", "public-url");
  }

  @Test
  void partThatDoesNotAnswer_isNamedWithItsReason() {
    assertThat(unwell(lines("{\"error\": {\"reason\": \"UNAVAILABLE\", \"detail\": \"Away.\"}}")))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.state()).isEqualTo(State.FAIL);
              assertThat(line.part()).isEqualTo("cart");
              assertThat(line.seen()).contains("Away.");
            });
  }

  @Test
  void otherBuild_isDoubtful() {
    var lines =
        examine(
                """
                {"gateway": {"version": "1.0.0", "revision": "abc"},
                 "parts": {"cart": {"diagnosis": {"version": "1.0.0", "revision": "abd",
                   "database": {"answers": true}}}}}
                """)
            .lines("http://localhost:8080");
    assertThat(unwell(lines))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.seen()).isEqualTo("1.0.0 of abc: gateway; 1.0.0 of abd: cart."));
  }

  @Test
  void clocks_areJudgedOnBothSidesOfTheBounds() {
    assertThat(skew(Duration.ofMillis(999), Duration.ZERO)).isEqualTo(State.OK);
    assertThat(skew(Duration.ofMillis(-1000), Duration.ZERO)).isEqualTo(State.WARN);
    assertThat(skew(Duration.ofMillis(4999), Duration.ZERO)).isEqualTo(State.WARN);
    assertThat(skew(Duration.ofMillis(-5000), Duration.ZERO)).isEqualTo(State.FAIL);
    assertThat(skew(Duration.ofMillis(1400), Duration.ofMillis(500)))
        .as("the call itself took so long")
        .isEqualTo(State.OK);
  }

  private static State skew(Duration skew, Duration uncertain) {
    return Examination.skewLine("cart", "the gateway's", skew, uncertain).state();
  }

  @Test
  void databasesClock_isCompared() {
    var lines =
        lines(
            """
            {"tookMillis": 10, "skewMillis": 3, "diagnosis": {"version": "1.0.0", "revision": "abc",
             "database": {"answers": true, "skew": "-6.500s"}}}
            """);
    assertThat(unwell(lines))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.state()).isEqualTo(State.FAIL);
              assertThat(line.seen())
                  .isEqualTo("The clock of cart's database is 6.5 s behind the service's.");
            });
  }

  @Test
  void databaseThatDoesNotAnswer_isBroken() {
    var lines =
        lines(
            """
            {"diagnosis": {"version": "1.0.0", "revision": "abc", "database": {}}}
            """);
    assertThat(unwell(lines)).extracting(DoctorLine::check).containsExactly("database");
  }

  @Test
  void disk_isJudgedByHowFullItIs() {
    assertThat(disk(79)).isEmpty();
    assertThat(disk(80)).extracting(DoctorLine::state).containsExactly(State.WARN);
    assertThat(disk(92)).extracting(DoctorLine::state).containsExactly(State.FAIL);
  }

  private static List<DoctorLine> disk(int percent) {
    return unwell(
        lines(
            """
            {"diagnosis": {"version": "1.0.0", "revision": "abc",
             "database": {"answers": true, "diskUsedBytes": "%d", "diskTotalBytes": "100"}}}
            """
                .formatted(percent)));
  }

  @Test
  void missingIndexes_areNamed() {
    assertThat(unwell(lines(cart(", \"missingIndexes\": [\"carts(outboxSince)\"]"))))
        .singleElement()
        .satisfies(line -> assertThat(line.seen()).isEqualTo("Missing: carts(outboxSince)."));
  }

  @Test
  void outbox_isJudgedByItsOldest() {
    assertThat(outbox("9.999s")).isEmpty();
    assertThat(outbox("10s")).extracting(DoctorLine::state).containsExactly(State.WARN);
    assertThat(outbox("60s")).extracting(DoctorLine::state).containsExactly(State.FAIL);
  }

  private static List<DoctorLine> outbox(String age) {
    return unwell(
        lines(
            cart(
                ", \"outboxes\": [{\"collection\": \"carts\", \"depth\": \"3\", \"age\": \""
                    + age
                    + "\"}]")));
  }

  @Test
  void findings_areTheServices() {
    assertThat(
            unwell(
                lines(
                    cart(
                        ", \"findings\": [{\"check\": \"stock\", \"verdict\": \"VERDICT_BAD\","
                            + " \"seen\": \"Wrong.\", \"advice\": \"Count.\"}]"))))
        .containsExactly(DoctorLine.fail("stock", "cart", "Wrong.", "Count."));
  }

  @Test
  void otherAddress_isDoubtful() {
    var lines =
        examine("{\"gateway\": {\"publicUrl\": \"https://shop.example.com\"}, \"parts\": {}}")
            .lines("https://other.example.com");
    assertThat(unwell(lines)).extracting(DoctorLine::check).containsExactly("public-url");
  }

  @Test
  void readers_areJudgedByWhetherTheyMove() {
    assertThat(states(reading(10, 10), reading(10, 12))).containsExactly(State.OK);
    assertThat(states(reading(5, 10), reading(10, 30))).containsExactly(State.OK);
    assertThat(states(reading(5, 10), reading(7, 30))).containsExactly(State.WARN);
    assertThat(states(reading(5, 10), reading(5, 30))).containsExactly(State.FAIL);
    assertThat(Examination.feeds(Map.of(), Map.of())).isEmpty();
  }

  private static Reading reading(long position, long head) {
    return new Reading("journey", "touchpoints-cart", "cart", position, head);
  }

  private static List<State> states(Reading before, Reading after) {
    return Examination.feeds(Map.of(before.key(), before), Map.of(after.key(), after)).stream()
        .map(DoctorLine::state)
        .toList();
  }
}
