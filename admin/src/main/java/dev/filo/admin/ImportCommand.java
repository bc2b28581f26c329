package dev.filo.admin;

import dev.filo.admin.csv.InventoryCsv;
import dev.filo.admin.csv.InventoryCsv.Line;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.Store;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.input.BOMInputStream;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./filo import FILE}: sets stock levels to what Shopify's inventory export says. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Sets stock levels to what Shopify's inventory export (CSV) says.",
      "",
      "Each row is a count, true at the time the file was exported: what was sold or received after"
          + " it is kept. The same file again changes nothing. Broken off, the same command goes on"
          + " where it was. Rows that were refused are in FILE.refused.csv, with the reason.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: every row is in",
      "1: some rows were refused, all others are in",
      "2: wrong usage, or the file cannot be read",
      "3: broken off; the same command goes on"
    })
final class ImportCommand implements Callable<Integer> {
  static final int REFUSED = 1;
  static final int UNREADABLE = 2;
  static final int BROKEN_OFF = 3;
  private static final int ID_DIGITS = 32;
  private static final int PAGE = 500;
  private static final int PATIENCE_SECONDS = 60;

  @Parameters(paramLabel = "FILE", description = "Shopify's inventory export.")
  private Path file = Path.of("");

  @Option(
      names = "--location",
      paramLabel = "NAME=STORE",
      description =
          "Which store a location of the file is: --location \"Via Roma=stores/milano\". Without it a"
              + " location is the store of that title.")
  private Map<String, String> locations = new LinkedHashMap<>();

  @Option(
      names = "--as-of",
      paramLabel = "TIME",
      description =
          "When the counts were true, 2026-11-26T18:00:00Z; without it when the file was last changed.")
  private @Nullable String asOf;

  @Option(
      names = "--dry-run",
      description = "Reads the file and says what is wrong with it; sends nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Says what came of it as JSON, and nothing else.")
  private boolean json;

  @Mixin private Door door = new Door();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    var channel = door.open();
    try {
      return run(channel);
    } catch (Door.SignInException e) {
      return failed(BROKEN_OFF, e.getMessage());
    } catch (InventoryCsv.NotReadableException e) {
      return failed(UNREADABLE, file + ": " + e.getMessage());
    } catch (StatusRuntimeException e) {
      return failed(BROKEN_OFF, Door.words(e.getStatus()));
    } catch (IOException e) {
      return failed(UNREADABLE, file + " cannot be read: " + e.getMessage());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private int failed(int code, @Nullable String why) {
    if (json) {
      out().println(JsonMapper.builder().build().writeValueAsString(Map.of("error", "" + why)));
    } else {
      err().println(why);
    }
    out().flush();
    err().flush();
    return code;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }

  private int run(ManagedChannel channel) throws IOException, InterruptedException {
    if (!Files.isRegularFile(file)) {
      return failed(UNREADABLE, "There is no file " + file + ".");
    }
    Instant time;
    try {
      time =
          asOf == null
              ? Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.MILLIS)
              : Instant.parse(asOf);
    } catch (DateTimeParseException e) {
      return failed(
          UNREADABLE, "--as-of wants a time like 2026-11-26T18:00:00Z, not " + asOf + ".");
    }
    var stores = stores(CatalogServiceGrpc.newBlockingStub(channel));
    var id = importId(time);
    var refusedPath = file.resolveSibling(file.getFileName() + ".refused.csv");
    var checkpoints = Checkpoint.beside(file);
    var from = dryRun ? null : Checkpoint.read(checkpoints, id).orElse(null);
    if (!json) {
      err().println("Counts as of " + time + (asOf == null ? " (the file's; --as-of)" : ""));
      if (from != null) {
        err().println("Going on behind row " + from.row());
      }
      err().flush();
    }
    long begin = System.nanoTime();
    var read = BoundedInputStream.builder().setInputStream(Files.newInputStream(file)).get();
    Totals totals;
    try (var csv = new InventoryCsv(reader(read), name -> stores.get(key(name)));
        var refused =
            new RefusedFile(refusedPath, csv.header(), from == null ? 0 : from.refusedBytes())) {
      var progress = new ProgressLine(err(), isTerminal(), json, Files.size(file));
      if (dryRun) {
        totals = rehearse(csv, refused, progress, read);
      } else {
        var sending = new Sending(channel, door, id, time, from, refused, checkpoints);
        totals = sending.send(csv, read::getCount, progress);
      }
      progress.end(totals.rows(), totals.refused());
    } catch (Sending.BrokenOffException e) {
      return failed(BROKEN_OFF, e.getMessage() + " The same command goes on where it was.");
    }
    Files.deleteIfExists(checkpoints);
    tell(id, time, totals, refusedPath, (System.nanoTime() - begin) / 1e9);
    return totals.refused() == 0 ? 0 : REFUSED;
  }

  /** What became of the rows; {@code empty} said nothing. */
  record Totals(long rows, long recorded, long repeated, long refused, long empty) {}

  private static Totals rehearse(
      InventoryCsv csv, RefusedFile refused, ProgressLine progress, BoundedInputStream read)
      throws IOException {
    long rows = 0;
    long wrong = 0;
    long empty = 0;
    var lines = new java.util.ArrayList<Line>();
    while (csv.next(lines::add)) {
      for (Line line : lines) {
        rows++;
        switch (line) {
          case Line.Count count -> {}
          case Line.Empty nothing -> empty++;
          case Line.Refused why -> {
            wrong++;
            refused.add(why.record(), why.reason(), why.detail());
          }
        }
      }
      lines.clear();
      progress.at(read.getCount(), rows, wrong);
    }
    return new Totals(rows, 0, 0, wrong, empty);
  }

  private void tell(String id, Instant time, Totals totals, Path refused, double seconds) {
    boolean isRefused = totals.refused() > 0;
    if (json) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("import", id);
      answer.put("asOf", time.toString());
      answer.put("dryRun", dryRun);
      answer.put("rows", totals.rows());
      answer.put("recorded", totals.recorded());
      answer.put("repeated", totals.repeated());
      answer.put("refused", totals.refused());
      answer.put("empty", totals.empty());
      answer.put("refusedFile", isRefused ? refused.toString() : "");
      answer.put("seconds", Math.rint(seconds * 1000) / 1000);
      out().println(JsonMapper.builder().build().writeValueAsString(answer));
    } else {
      var text = String.format(Locale.ROOT, "%,d rows: ", totals.rows());
      text +=
          dryRun
              ? String.format(
                  Locale.ROOT,
                  "%,d would be sent, ",
                  totals.rows() - totals.refused() - totals.empty())
              : String.format(
                  Locale.ROOT,
                  "%,d recorded, %,d were there already, ",
                  totals.recorded(),
                  totals.repeated());
      text +=
          String.format(
              Locale.ROOT, "%,d refused, %,d say nothing", totals.refused(), totals.empty());
      out().println(text);
      if (isRefused) {
        out().println("Refused rows and their reasons: " + refused);
      }
    }
    out().flush();
  }

  private boolean isTerminal() {
    return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }

  private static BufferedReader reader(InputStream bytes) throws IOException {
    var text =
        BOMInputStream.builder().setInputStream(new BufferedInputStream(bytes, 1 << 16)).get();
    return new BufferedReader(
        new InputStreamReader(
            text,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)));
  }

  /** The same file of the same time is the same import, wherever it is sent from. */
  private String importId(Instant time) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest.update(time.toString().getBytes(StandardCharsets.UTF_8));
    try (var in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return "csv-" + HexFormat.of().formatHex(digest.digest()).substring(0, ID_DIGITS);
  }

  /** Stores by location names: by title, and as the options say. */
  private Map<String, String> stores(CatalogServiceGrpc.CatalogServiceBlockingStub catalog) {
    var stores = new HashMap<String, String>();
    var page = "";
    do {
      var answer =
          catalog
              .withWaitForReady()
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .listStores(
                  ListStoresRequest.newBuilder().setPageSize(PAGE).setPageToken(page).build());
      for (Store store : answer.getStoresList()) {
        stores.put(key(store.getTitle()), store.getName());
      }
      page = answer.getNextPageToken();
    } while (!page.isEmpty());
    locations.forEach(
        (name, store) -> {
          var full = store.startsWith("stores/") ? store : "stores/" + store;
          try {
            catalog
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .getStore(GetStoreRequest.newBuilder().setName(full).build());
          } catch (StatusRuntimeException e) {
            throw e.getStatus().getCode() == Status.Code.NOT_FOUND
                    || e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT
                ? new picocli.CommandLine.ParameterException(
                    spec.commandLine(), "--location " + name + ": there is no " + full + ".")
                : e;
          }
          stores.put(key(name), full);
        });
    return stores;
  }

  private static String key(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }
}
