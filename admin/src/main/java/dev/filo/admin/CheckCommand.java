package dev.filo.admin;

import dev.filo.proto.inventory.v1.CheckProgress;
import dev.filo.proto.inventory.v1.CheckStockRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.SetAsideReason;
import dev.filo.proto.inventory.v1.StockDrift;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./filo check}: whether stock's ledger, levels and holds agree. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Adds up every movement and every hold of the stock and compares them with the levels.",
      "",
      "Prints what does not agree, a line each. Changes nothing.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: everything agrees",
      "1: something does not",
      "2: wrong usage",
      "3: it could not be checked to the end"
    })
final class CheckCommand implements Callable<Integer> {
  private static final int DRIFT = 1;
  private static final int UNCHECKED = 3;
  private static final int LISTED_MAX = 10_000;

  @Parameters(
      paramLabel = "LEVEL",
      arity = "0..100",
      description = "Only these: stockLevels/DIV-LUC@milano. Without any the whole database.")
  private List<String> levels = new ArrayList<>();

  @Option(names = "--json", description = "Says what came of it as JSON, and nothing else.")
  private boolean json;

  @Mixin private Door door = new Door();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    var channel = door.open();
    try {
      var answers =
          InventoryServiceGrpc.newBlockingStub(channel)
              .withCallCredentials(door.signIn())
              .withWaitForReady()
              .checkStock(
                  CheckStockRequest.newBuilder()
                      .addAllNames(levels.stream().map(CheckCommand::name).toList())
                      .build());
      var drifts = new ArrayList<StockDrift>();
      CheckProgress last = null;
      long shown = System.nanoTime();
      while (answers.hasNext()) {
        var answer = answers.next();
        if (answer.hasDrift()) {
          if (drifts.size() < LISTED_MAX) {
            drifts.add(answer.getDrift());
          }
          if (!json) {
            out().println("DRIFT  " + answer.getDrift().getDetail());
            out().flush();
          }
        }
        if (answer.hasProgress()) {
          last = answer.getProgress();
          if (!json && System.nanoTime() - shown > TimeUnit.SECONDS.toNanos(10)) {
            shown = System.nanoTime();
            err().println(words(last));
            err().flush();
          }
        }
      }
      if (last == null || !last.getComplete()) {
        return failed("The check ended early.");
      }
      tell(last, drifts);
      return last.getDriftCount() == 0 ? 0 : DRIFT;
    } catch (StatusRuntimeException e) {
      return failed(Door.words(e.getStatus()));
    } catch (IOException e) {
      return failed(e.getMessage());
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static String name(String level) {
    return level.startsWith("stockLevels/") ? level : "stockLevels/" + level;
  }

  private static String words(CheckProgress progress) {
    return String.format(
        Locale.ROOT,
        "%,d levels, %,d movements, %,d holds checked: %,d do not agree",
        progress.getLevelCount(),
        progress.getMovementCount(),
        progress.getHoldCount(),
        progress.getDriftCount());
  }

  private void tell(CheckProgress progress, List<StockDrift> drifts) {
    if (json) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("levels", progress.getLevelCount());
      answer.put("movements", progress.getMovementCount());
      answer.put("holds", progress.getHoldCount());
      answer.put("drift", progress.getDriftCount());
      answer.put("drifts", drifts.stream().map(CheckCommand::values).toList());
      out().println(JsonMapper.builder().build().writeValueAsString(answer));
    } else {
      out().println(words(progress));
    }
    out().flush();
  }

  private static Map<String, Object> values(StockDrift drift) {
    var values = new LinkedHashMap<String, Object>();
    values.put("kind", drift.getKind().name());
    values.put("level", drift.getLevel());
    values.put("movement", drift.getMovement());
    values.put("hold", drift.getHold());
    values.put(
        "setAsideReason",
        drift.getSetAsideReason() == SetAsideReason.SET_ASIDE_REASON_UNSPECIFIED
            ? ""
            : drift.getSetAsideReason().name());
    values.put("transfer", drift.getTransfer());
    values.put("expected", drift.getExpected());
    values.put("found", drift.getFound());
    values.put("detail", drift.getDetail());
    return values;
  }

  private int failed(@Nullable String why) {
    if (json) {
      out().println(JsonMapper.builder().build().writeValueAsString(Map.of("error", "" + why)));
    } else {
      err().println(why);
    }
    out().flush();
    err().flush();
    return UNCHECKED;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
