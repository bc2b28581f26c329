package dev.filo.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.StockDrift;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AdminCommandTest {
  private static final String HEADER = "Handle,Title,SKU,HS Code,COO,Location,On hand\n";

  private final FakeFilo filo;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder = Path.of("");
  private Path secret = Path.of("");
  private Path file = Path.of("");

  AdminCommandTest() throws IOException {
    filo = new FakeFilo();
  }

  @BeforeEach
  void secret() throws IOException {
    secret = Files.writeString(folder.resolve("secret"), FakeFilo.SECRET + "\n");
    file = folder.resolve("inventory_export.csv");
  }

  @AfterEach
  void close() {
    filo.close();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    var all = new java.util.ArrayList<>(List.of(filo.with(arguments)));
    all.add("--secret-file=" + secret);
    return new CommandLine(new AdminCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(String[]::new));
  }

  private JsonNode json() {
    return JsonMapper.builder().build().readTree(out.toString());
  }

  private void write(int rows) throws IOException {
    var csv = new StringBuilder("\uFEFF" + HEADER);
    for (int i = 1; i <= rows; i++) {
      csv.append("h,\"Divano, verde\",").append(i % 100 == 0 ? "NOPE-" : "SKU-").append(i);
      csv.append(",,IT,").append(i % 2 == 0 ? "Milano" : "monza ").append(',').append(i % 50);
      csv.append('\n');
    }
    Files.writeString(file, csv);
  }

  private Path refused() {
    return file.resolveSibling("inventory_export.csv.refused.csv");
  }

  @Test
  void import_recordsRowsAndKeepsTheRefusedOnes() throws IOException {
    write(2500);
    assertThat(run("import", file.toString(), "--json")).isEqualTo(1);
    assertThat(json().path("rows").asInt()).isEqualTo(2500);
    assertThat(json().path("recorded").asInt()).isEqualTo(2475);
    assertThat(json().path("refused").asInt()).isEqualTo(25);
    assertThat(err.toString()).isEmpty();
    var lines = Files.readAllLines(refused());
    assertThat(lines).hasSize(26);
    assertThat(lines.getFirst())
        .isEqualTo("Handle,Title,SKU,HS Code,COO,Location,On hand,Refused,What to mend");
    assertThat(lines.get(1))
        .isEqualTo(
            "h,\"Divano, verde\",NOPE-100,,IT,Milano,0,SKU_NOT_FOUND,There is no such SKU. Import"
                + " the product first.");
    assertThat(filo.rows.values())
        .allMatch(
            row ->
                row.getLocation().equals(row.getRow() % 2 == 0 ? "stores/milano" : "stores/monza"))
        .allMatch(row -> row.getOnHand() == row.getRow() % 50);
    assertThat(Checkpoint.beside(file)).doesNotExist();
    assertThat(run("import", file.toString(), "--json")).isEqualTo(1);
    assertThat(json().path("recorded").asInt()).isZero();
    assertThat(json().path("repeated").asInt()).isEqualTo(2475);
    assertThat(Files.readAllLines(refused())).isEqualTo(lines);
  }

  @Test
  void import_withoutRefusals_isZeroAndLeavesNoFile() throws IOException {
    Files.writeString(file, HEADER + "h,T,SKU-1,,IT,Milano,3\nh,T,SKU-1,,IT,Monza,not stocked\n");
    assertThat(run("import", file.toString(), "--as-of", "2026-11-26T18:00:00Z")).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("2 rows: 1 recorded, 0 were there already, 0 refused, 1 say nothing");
    assertThat(refused()).doesNotExist();
    assertThat(filo.rows.values())
        .singleElement()
        .satisfies(
            row ->
                assertThat(row.getEffectiveTime().getSeconds())
                    .isEqualTo(java.time.Instant.parse("2026-11-26T18:00:00Z").getEpochSecond()));
  }

  @Test
  void import_overABreakOfTheConnection_goesOnByItself() throws IOException {
    write(7500);
    filo.answersUntilBreak = 2;
    filo.breaks.set(2);
    assertThat(run("import", file.toString(), "--json")).isEqualTo(1);
    assertThat(json().path("refused").asInt()).isEqualTo(75);
    assertThat(json().path("recorded").asInt() + json().path("repeated").asInt()).isEqualTo(7425);
    assertThat(filo.rows).hasSize(7425);
    assertThat(Files.readAllLines(refused())).hasSize(76);
  }

  @Test
  void import_brokenOff_isGoneOnWithByTheSameCommand() throws IOException {
    write(7500);
    filo.answersUntilBreak = 3;
    filo.breaks.set(1);
    filo.breaksWith = Status.INTERNAL.withDescription("Something went wrong.");
    assertThat(run("import", file.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("Something went wrong. The same command goes on");
    assertThat(Checkpoint.beside(file)).exists();
    filo.heard.clear();
    assertThat(run("import", file.toString(), "--json")).isEqualTo(1);
    assertThat(filo.heard)
        .flatExtracting(ImportStockLevelsRequest::getRowsList)
        .as("what was answered is not sent again")
        .allMatch(row -> row.getRow() > 3000);
    assertThat(json().path("refused").asInt()).isEqualTo(75);
    assertThat(filo.rows).hasSize(7425);
    assertThat(Files.readAllLines(refused())).hasSize(76);
    assertThat(Checkpoint.beside(file)).doesNotExist();
  }

  @Test
  void import_dryRun_sendsNothingAndSaysWhatIsWrong() throws IOException {
    Files.writeString(file, HEADER + "h,T,SKU-1,,IT,Torino,3\nh,T,SKU-2,,IT,Milano,3\n");
    assertThat(run("import", file.toString(), "--dry-run")).isEqualTo(1);
    assertThat(out.toString()).contains("2 rows: 1 would be sent, 1 refused, 0 say nothing");
    assertThat(Files.readString(refused())).contains("LOCATION_UNKNOWN", "«Torino»");
    assertThat(filo.heard).isEmpty();
    assertThat(run("import", file.toString(), "--dry-run", "--location", "Torino=stores/magazzino"))
        .isZero();
    assertThat(refused()).doesNotExist();
    assertThat(run("import", file.toString(), "--location", "Torino=stores/nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no stores/nowhere");
  }

  @Test
  void import_ofWhatIsNoExport_isTwo() throws IOException {
    Files.writeString(file, "name,age\nx,1\n");
    assertThat(run("import", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("no column SKU");
    assertThat(run("import", folder.resolve("none.csv").toString())).isEqualTo(2);
    assertThat(run("import", file.toString(), "--as-of", "yesterday")).isEqualTo(2);
    assertThat(run("import")).isEqualTo(2);
    assertThat(run()).isEqualTo(2);
  }

  @Test
  void aWrongSecret_isSaidInPlainWords() throws IOException {
    write(1);
    Files.writeString(secret, "wrong");
    assertThat(run("import", file.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("does not know the client service-admin");
    assertThat(run("check", "--json")).isEqualTo(3);
    assertThat(json().path("error").asString("")).contains("service-admin");
    // A file of properties, as an installation keeps it, is read too.
    Files.writeString(secret, "#made at its start\nkeys=x\nservice=" + FakeFilo.SECRET + "\n");
    assertThat(run("check")).isZero();
  }

  @Test
  void check_withoutDrift_isZero() {
    assertThat(run("check")).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("1,234 levels, 0 movements, 0 holds checked: 0 do not agree");
    assertThat(run("check", "SKU-1@milano", "--json")).isZero();
    assertThat(json().path("levels").asInt()).isEqualTo(1);
  }

  @Test
  void check_withDrift_isOneAndNamesIt() {
    filo.drifts =
        List.of(
            StockDrift.newBuilder()
                .setKind(StockDrift.Kind.ON_HAND)
                .setLevel("stockLevels/SKU-1@milano")
                .setExpected(6)
                .setFound(8)
                .setDetail("stockLevels/SKU-1@milano has 8 on hand; its movements add up to 6.")
                .build());
    assertThat(run("check")).isEqualTo(1);
    assertThat(out.toString())
        .startsWith("DRIFT  stockLevels/SKU-1@milano has 8 on hand; its movements add up to 6.");
    assertThat(run("check", "--json")).isEqualTo(1);
    assertThat(json().path("drifts").get(0).path("kind").asString("")).isEqualTo("ON_HAND");
    assertThat(json().path("drifts").get(0).path("found").asInt()).isEqualTo(8);
  }
}
