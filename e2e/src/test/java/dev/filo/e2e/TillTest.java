package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.pos.command.Commands;
import dev.filo.pos.command.World;
import dev.filo.pos.journal.Journal;
import dev.filo.proto.inventory.v1.Movement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Command lines as a clerk or a script gives them, against the whole suite. */
@Timeout(600)
class TillTest {
  private static final TillSuite SUITE = TillSuite.get();

  @TempDir Path home;
  private Wire wire;
  private String sku;
  private String gtin;

  /** What a command line came to. */
  private record Ran(int exit, String out, String err) {
    List<JsonNode> objects() {
      return out.lines().map(line -> JsonMapper.shared().readTree(line)).toList();
    }

    JsonNode last() {
      return objects().getLast();
    }
  }

  @BeforeEach
  void signIn() {
    wire = new Wire(SUITE.grpcPort());
    var signedIn =
        run(
            "login",
            "--client",
            TillSuite.CLIENT,
            "--target",
            SUITE.target(),
            "--grpc",
            wire.address(),
            "--json",
            "--patience",
            "30");
    assertThat(signedIn.exit()).as(signedIn.out() + signedIn.err()).isZero();
    assertThat(signedIn.last().path("store").asString()).isEqualTo(TillSuite.STORE);
    sku = Goods.next();
    gtin = Goods.gtin(sku);
  }

  @AfterEach
  void hangUp() {
    wire.close();
  }

  private Ran run(String... words) {
    return typed("", words);
  }

  private Ran typed(String input, String... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    var world =
        new World(
            Map.of(
                "FILO_POS_HOME",
                home.toString(),
                "FILO_POS_SECRET",
                TillSuite.SECRET,
                "FILO_POS_LANG",
                "en"),
            new BufferedReader(new StringReader(input)),
            new PrintWriter(out),
            new PrintWriter(err),
            InstantSource.system(),
            ZoneId.of("Europe/Rome"),
            false);
    int exit = Commands.run(world, words);
    return new Ran(exit, out.toString(), err.toString());
  }

  private Ran json(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--json", "--patience", "30"));
    return run(all.toArray(String[]::new));
  }

  private Ran offline(String... words) {
    wire.cut();
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--json", "--patience", "5"));
    try {
      return run(all.toArray(String[]::new));
    } finally {
      wire.mend();
    }
  }

  private List<Movement> ledgerOf(JsonNode answer) {
    var id = answer.path("id").asString();
    return SUITE.ledger(sku).stream().filter(each -> each.getId().startsWith(id)).toList();
  }

  @Test
  void receiveSaleReturnCount_areInTheLedgerWithTheirIdsAndTimes() {
    int before = SUITE.level(sku).getOnHand();
    var received = json("receive", sku + "=5", "--cause", "delivery 7");
    assertThat(received.exit()).as(received.out()).isZero();
    var sold = json("sale", sku + "=2");
    assertThat(sold.exit()).as(sold.out()).isZero();
    assertThat(json("return", sku).exit()).isZero();
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before + 4);
    var sale = ledgerOf(sold.last());
    assertThat(sale).hasSize(1);
    assertThat(sale.getFirst().getKind()).isEqualTo(Movement.Kind.SALE);
    assertThat(sale.getFirst().getQuantity()).isEqualTo(2);
    assertThat(sale.getFirst().getId())
        .isEqualTo(sold.last().path("lines").path(0).path("movement").asString());
    var time = sale.getFirst().getEffectiveTime();
    assertThat(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
        .isEqualTo(Instant.parse(sold.last().path("time").asString()));
    assertThat(ledgerOf(received.last()).getFirst().getCause()).isEqualTo("delivery 7");

    var counted = json("count", sku + "=3");
    assertThat(counted.exit()).isZero();
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(3);
    assertThat(counted.last().path("lines").path(0).path("onHand").asInt()).isEqualTo(3);
  }

  @Test
  void sale_byBarcode_isOfItsSkuAndMoneyIsExact() {
    var sold = json("sale", gtin + "=3");
    assertThat(sold.exit()).as(sold.out()).isZero();
    var line = sold.last().path("lines").path(0);
    assertThat(line.path("sku").asString()).isEqualTo(sku);
    var unit = line.path("unitPrice");
    var price = line.path("price");
    assertThat(unit.path("units").isString()).isTrue();
    long cents =
        Long.parseLong(unit.path("units").asString()) * 100
            + unit.path("nanos").asInt() / 10_000_000;
    assertThat(
            Long.parseLong(price.path("units").asString()) * 100
                + price.path("nanos").asInt() / 10_000_000)
        .isEqualTo(3 * cents);
    assertThat(ledgerOf(sold.last())).hasSize(1);
  }

  @Test
  void sale_offline_isQueuedAndSentLaterOnceWithTheTimeItWasTrue() {
    var sold = offline("sale", sku + "=2");
    assertThat(sold.exit()).as(sold.out()).isEqualTo(3);
    assertThat(sold.last().path("result").asString()).isEqualTo("queued");
    assertThat(ledgerOf(sold.last())).isEmpty();
    var queue = json("queue");
    assertThat(queue.last().path("waiting").asInt()).isEqualTo(1);

    var flushed = json("queue", "flush");
    assertThat(flushed.exit()).as(flushed.out()).isZero();
    assertThat(flushed.last().path("sent").asInt()).isEqualTo(1);
    var sale = ledgerOf(sold.last());
    assertThat(sale).hasSize(1);
    var time = sale.getFirst().getEffectiveTime();
    assertThat(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
        .isEqualTo(Instant.parse(sold.last().path("time").asString()));
    assertThat(json("queue").last().path("waiting").asInt()).isZero();
    assertThat(json("queue", "flush").exit()).isZero();
    assertThat(ledgerOf(sold.last())).hasSize(1);
  }

  @Test
  void sale_answerLost_isInTheLedgerOnce() {
    wire.loseAnswers();
    var sold = run("sale", sku, "--json", "--patience", "4");
    assertThat(sold.exit()).as(sold.out()).isEqualTo(3);
    assertThat(ledgerOf(sold.last())).as("it arrived").hasSize(1);
    wire.cut();
    wire.mend();
    assertThat(json("queue", "flush").exit()).isZero();
    assertThat(ledgerOf(sold.last())).hasSize(1);
  }

  @Test
  void count_offlineThenSaleOnline_doesNotSubtractTwice() {
    assertThat(json("receive", sku + "=10").exit()).isZero();
    var sold = offline("sale", sku + "=1"); // before the count, sent after it
    assertThat(sold.exit()).isEqualTo(3);
    assertThat(json("count", sku + "=9").exit()).isZero();
    assertThat(json("queue", "flush").exit()).isZero();
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(9);
  }

  @Test
  void sale_unknownCode_isRefusedBeforeAnythingIsRecorded() throws IOException {
    var sold = json("sale", "NO-SUCH-THING");
    assertThat(sold.exit()).isEqualTo(1);
    assertThat(sold.last().path("reason").asString()).isEqualTo("SKU_NOT_FOUND");
    assertThat(Files.size(home.resolve(Journal.FILE))).isZero();
  }

  @Test
  void sale_unknownCodeOffline_staysInTheQueueUntilItIsDropped() {
    assertThat(offline("sale", "NO-SUCH-THING").exit()).isEqualTo(3);
    assertThat(json("queue", "flush").exit()).isEqualTo(1);
    var queue = json("queue");
    assertThat(queue.last().path("refused").asInt()).isEqualTo(1);
    assertThat(queue.objects().getFirst().path("refusals").path(0).path("reason").asString())
        .isEqualTo("SKU_NOT_FOUND");
    assertThat(json("logout").exit()).isEqualTo(1);
    assertThat(json("queue", "retry", "1", "--yes").exit()).isEqualTo(1);
    assertThat(json("queue", "drop", "1").exit()).as("without --yes").isEqualTo(2);
    assertThat(json("queue").last().path("refused").asInt()).isEqualTo(1);
    assertThat(json("queue", "drop", "1", "--yes").exit()).isZero();
    assertThat(json("queue").last().path("refused").asInt()).isZero();
    assertThat(json("queue", "drop", "1", "--yes").exit()).isEqualTo(1);
    assertThat(json("logout").exit()).isZero();
  }

  @Test
  void lookup_skuAndBarcode_showPriceHereAndNearby() {
    assertThat(json("count", sku + "=4").exit()).isZero();
    var bySku = json("lookup", sku);
    assertThat(bySku.exit()).as(bySku.out()).isZero();
    assertThat(bySku.last().path("here").path("onHand").asInt()).isEqualTo(4);
    assertThat(bySku.last().path("price").path("currencyCode").asString()).isEqualTo("EUR");
    assertThat(bySku.last().path("stores").size()).isLessThanOrEqualTo(5);
    double before = 0;
    for (var store : bySku.last().path("stores")) {
      assertThat(store.path("distanceMeters").asDouble()).isGreaterThanOrEqualTo(before);
      before = store.path("distanceMeters").asDouble();
    }
    var byGtin = json("lookup", gtin);
    assertThat(byGtin.last().path("sku").asString()).isEqualTo(sku);
    assertThat(json("lookup", "NO-SUCH-THING").exit()).isEqualTo(1);
    assertThat(offline("lookup", sku).exit()).isEqualTo(4);
  }

  @Test
  void collect_byCode_handsOverOnce() {
    assertThat(json("receive", sku + "=2").exit()).isZero();
    int before = SUITE.level(sku).getOnHand();
    var reservation = SUITE.reserve(sku, 1);
    var code = reservation.path("pickupCode").asString();
    var collected = json("collect", code.toLowerCase(java.util.Locale.ROOT));
    assertThat(collected.exit()).as(collected.out()).isZero();
    assertThat(collected.last().path("state").asString()).isEqualTo("COLLECTED");
    assertThat(collected.last().path("goods").path(0).path("handOver").asInt()).isEqualTo(1);
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before - 1);

    var again = json("collect", code);
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.last().path("reason").asString()).isEqualTo("ALREADY_COLLECTED");
    var withoutNetwork = offline("collect", code);
    assertThat(withoutNetwork.exit()).isEqualTo(1);
    assertThat(withoutNetwork.last().path("reason").asString()).isEqualTo("ALREADY_COLLECTED");
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before - 1);
    assertThat(json("queue").last().path("unanswered").asInt()).isZero();
  }

  @Test
  void collect_someLines_keepsTheRestForHer() {
    assertThat(json("receive", sku + "=3").exit()).isZero();
    int before = SUITE.level(sku).getOnHand();
    var code = SUITE.reserve(sku, 2).path("pickupCode").asString();
    var some = json("collect", code, "--line", sku + "=1");
    assertThat(some.exit()).as(some.out()).isZero();
    assertThat(some.last().path("goods").path(0).path("handOver").asInt()).isEqualTo(1);
    assertThat(some.last().path("state").asString()).isNotEqualTo("COLLECTED");
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before - 1);
    var tooMany = json("collect", code, "--line", sku + "=2");
    assertThat(tooMany.exit()).isEqualTo(1);
    assertThat(tooMany.last().path("reason").asString()).isEqualTo("LINES_INVALID");
    var rest = json("collect", code);
    assertThat(rest.exit()).as(rest.out()).isZero();
    assertThat(rest.last().path("goods").path(0).path("handOver").asInt()).isEqualTo(1);
    assertThat(rest.last().path("state").asString()).isEqualTo("COLLECTED");
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before - 2);
  }

  @Test
  void collect_bySerialNumber_handsThatPieceOver() {
    assertThat(json("count", sku + "=0").exit()).isZero();
    SUITE.serialize(sku);
    assertThat(
            json("receive", sku + "=2").last().path("refusals").path(0).path("reason").asString())
        .isEqualTo("SERIALS_INVALID");
    var received = json("receive", sku + "=2", "--serial", sku + "=S1", "--serial", sku + "=S2");
    assertThat(received.exit()).as(received.out()).isZero();
    assertThat(SUITE.level(sku).getSerialsList()).containsExactly("S1", "S2");
    var code = SUITE.reserve(sku, 1).path("pickupCode").asString();
    var unnamed = json("collect", code);
    assertThat(unnamed.exit()).isEqualTo(1);
    assertThat(unnamed.last().path("message").asString()).contains("--serial " + sku + "=NUMBER");
    var wrong = json("collect", code, "--serial", sku + "=S9");
    assertThat(wrong.exit()).isEqualTo(1);
    assertThat(wrong.last().path("reason").asString()).isEqualTo("SERIAL_NOT_FOUND");
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(2);
    var collected = json("collect", code, "--serial", sku + "=S2");
    assertThat(collected.exit()).as(collected.out()).isZero();
    assertThat(collected.last().path("state").asString()).isEqualTo("COLLECTED");
    assertThat(SUITE.level(sku).getSerialsList()).containsExactly("S1");
    assertThat(SUITE.ledger(sku).getFirst().getSerialsList()).containsExactly("S2");
    var sold = json("sale", sku, "--serial", sku + "=S1");
    assertThat(sold.exit()).as(sold.out()).isZero();
    assertThat(SUITE.level(sku).getOnHand()).isZero();
    assertThat(run("sale", sku, "--serial", sku + "=S1", "--serial", sku + "=S2").exit())
        .as("two numbers, one piece")
        .isEqualTo(2);
    assertThat(run("sale", sku, "--serial", "S1").exit()).isEqualTo(2);
  }

  @Test
  void sale_ofAKit_isOfItsComponents() {
    var other = Goods.next();
    var kit = Goods.next();
    SUITE.countedToNothing(kit);
    assertThat(json("count", sku + "=3", other + "=3").exit()).isZero();
    SUITE.kit(kit, sku, other);
    var sold = json("sale", kit + "=2");
    assertThat(sold.exit()).as(sold.out()).isZero();
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(1);
    assertThat(SUITE.level(other).getOnHand()).isEqualTo(1);
    assertThat(SUITE.ledger(sku).getFirst().getKit()).isEqualTo("stockItems/" + kit);
    assertThat(json("return", kit).exit()).isZero();
    assertThat(SUITE.level(other).getOnHand()).isEqualTo(2);
    var counted = json("count", kit + "=1");
    assertThat(counted.exit()).isEqualTo(1);
    assertThat(counted.last().path("refusals").path(0).path("reason").asString())
        .isEqualTo("KIT_NOT_ALLOWED");
  }

  @Test
  void collect_offline_queuesNothing() throws IOException {
    var collected = offline("collect", "ABCD2345");
    assertThat(collected.exit()).isEqualTo(4);
    assertThat(Files.size(home.resolve(Journal.FILE))).isZero();
    assertThat(json("collect", "ABCD2345").exit()).isEqualTo(1);
    assertThat(json("queue").last().path("unanswered").asInt()).isZero();
  }

  @Test
  void collect_answerLost_theSameCommandGivesTheFirstAnswer() {
    assertThat(json("receive", sku + "=2").exit()).isZero();
    int before = SUITE.level(sku).getOnHand();
    var code = SUITE.reserve(sku, 1).path("pickupCode").asString();
    wire.loseAnswers();
    var lost = run("collect", code, "--json", "--patience", "2");
    wire.cut();
    wire.mend();
    assertThat(lost.exit()).as(lost.out()).isEqualTo(4);
    assertThat(SUITE.level(sku).getOnHand()).as("it was collected").isEqualTo(before - 1);
    assertThat(json("queue").last().path("unanswered").asInt()).isEqualTo(1);
    assertThat(offline("collect", code).exit()).isEqualTo(4);
    assertThat(json("collect", code, "--line", sku).exit()).as("other goods").isEqualTo(1);

    var again = json("collect", code);
    assertThat(again.exit()).as(again.out()).isZero();
    assertThat(again.last().path("state").asString()).isEqualTo("COLLECTED");
    assertThat(SUITE.level(sku).getOnHand()).isEqualTo(before - 1);
    assertThat(
            SUITE.ledger(sku).stream()
                .filter(each -> each.getKind() == Movement.Kind.SALE)
                .filter(each -> each.getQuantity() == 1)
                .count())
        .isEqualTo(1);
  }

  @Test
  void pipe_runsCommandsAndSendsMeanwhile() {
    var ran =
        typed(
            "# the morning\nreceive %s=3\nsale %s\n\nsale '%s'\nqueue\nexit\nsale %s\n"
                .formatted(sku, sku, sku, sku),
            "--json",
            "--patience",
            "30");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    assertThat(ran.objects())
        .extracting(each -> each.path("command").asString())
        .containsExactly("receive", "sale", "sale", "queue");
  }

  @Test
  void people_readSentences() {
    var sold = run("sale", sku + "=2", "--patience", "30");
    assertThat(sold.exit()).as(sold.out() + sold.err()).isZero();
    assertThat(sold.out()).contains("Sold. Recorded as 1:", "2 × ", sku, "€");
    var italian = run("sale", sku, "--lang", "it", "--patience", "30");
    assertThat(italian.out()).contains("Venduto. Registrato come 2:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sale",
        "sale =2",
        "sale SKU=0",
        "sale SKU=-1",
        "sale SKU=1000001",
        "sale SKU=two",
        "sale S/KU",
        "sale SKU --at 25:00",
        "sale SKU --at 2020-01-01T10:00:00Z",
        "sale SKU --at 2999-01-01T10:00:00Z",
        "sale SKU --secret x",
        "count SKU",
        "count SKU=-1",
        "count SKU=1 SKU=2",
        "collect",
        "collect ---",
        "collect CODE --line SKU=0",
        "collect CODE --line SKU=100",
        "collect CODE --line SKU --line SKU",
        "collect CODE --release-rest",
        "lookup",
        "lookup S/KU",
        "lookup SKU --stores 101",
        "queue drop",
        "queue drop x --yes",
        "queue drop 1 2",
        "login --target ftp://x",
        "login --grpc nowhere",
        "login --pin sha256/AAAA",
        "login --ca /no/such/file",
        "login --secret-file /no/such/file",
        "queue --patience 61",
        "sale SKU --patience -1",
        "teleport SKU"
      })
  void badInput_isUsageAndChangesNothing(String line) throws IOException {
    var words = line.split(" ");
    var ran = run(words);
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(2);
    assertThat(ran.err()).isNotBlank();
    assertThat(ran.out()).isEmpty();
    assertThat(Journal.peek(home)).isEmpty();
  }

  @Test
  void badInput_asJson_isOneObject() {
    var ran = run("sale", "SKU=0", "--json");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.objects()).hasSize(1);
    assertThat(ran.last().path("result").asString()).isEqualTo("usage");
  }

  @Test
  void sale_neverSignedIn_isUsage() throws IOException {
    Files.delete(home.resolve("till.json"));
    assertThat(run("sale", sku).exit()).isEqualTo(2);
  }

  @Test
  void login_wrongSecret_isRefusedAndKeepsNothing() throws IOException {
    byte[] before = Files.readAllBytes(home.resolve("till.json"));
    var secret = home.resolve("secret");
    Files.writeString(secret, "wrong");
    var out = new StringWriter();
    var world =
        new World(
            Map.of("FILO_POS_HOME", home.toString()),
            new BufferedReader(new StringReader("")),
            new PrintWriter(out),
            new PrintWriter(out),
            InstantSource.system(),
            ZoneId.of("Europe/Rome"),
            false);
    assertThat(Commands.run(world, "login", "--secret-file", secret.toString())).isEqualTo(1);
    assertThat(out.toString()).doesNotContain("wrong\n");
    assertThat(Files.readAllBytes(home.resolve("till.json"))).isEqualTo(before);
  }

  @Test
  void secret_isInNoFile() throws IOException {
    assertThat(json("sale", sku).exit()).isZero();
    try (var files = Files.list(home)) {
      for (var each : files.toList()) {
        assertThat(Files.readString(each)).as(each.toString()).doesNotContain("till-secret");
      }
    }
  }
}
