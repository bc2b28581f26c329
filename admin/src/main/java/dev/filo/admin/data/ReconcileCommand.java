package dev.filo.admin.data;

import com.mongodb.MongoException;
import dev.filo.admin.data.Databases.CannotException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/** {@code ./filo reconcile}: the services compare what they keep with each other. */
@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    description = {
      "Has the running services compare what they keep with each other, mend what differs, and say"
          + " it.",
      "",
      "For whoever has restored databases by other means than ./filo restore: mongorestore, a"
          + " volume's",
      "snapshot. Harmless at any time.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: all services have done it",
      "1: not all have, yet",
      "2: wrong usage",
      "3: MongoDB does not answer"
    })
public final class ReconcileCommand implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "The earliest moment a service was restored to, 2027-01-31T10:00:00Z; else 30 days ago.")
  private @Nullable Instant since;

  @Option(names = "--status", description = "Only says what is done and what is not.")
  private boolean status;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to wait for it (${DEFAULT-VALUE}).")
  private int wait;

  @Mixin private Databases databases = new Databases();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    try (var client = databases.open()) {
      if (!status) {
        var from = since == null ? Instant.now().minus(Duration.ofDays(30)) : since;
        Reconciling.open(databases, client, "./filo reconcile", from);
      }
      var end = Instant.now().plusSeconds(status ? 0 : wait);
      var states = Reconciling.states(databases, client);
      while (!states.stream().allMatch(Reconciling.State::isDone) && Instant.now().isBefore(end)) {
        Mono.delay(LOOK).block();
        states = Reconciling.states(databases, client);
      }
      tell(states);
      return states.stream().allMatch(Reconciling.State::isDone) ? 0 : 1;
    } catch (CannotException e) {
      return Databases.failed(spec, e.getMessage());
    } catch (MongoException e) {
      return Databases.failed(spec, "MongoDB does not answer as it should: " + e.getMessage());
    }
  }

  private void tell(List<Reconciling.State> states) {
    for (Reconciling.State state : states) {
      var mended = state.document().get("mended", new Document());
      out()
          .printf(
              Locale.ROOT,
              "%-12s  %s  %s%n",
              state.service(),
              state.isDone() ? "done" : "open",
              state.isDone()
                  ? mended.isEmpty() ? "nothing differed" : words(mended)
                  : state.document().getString("reason"));
    }
    if (states.isEmpty()) {
      out().println("Nothing was ever to be reconciled.");
    }
    out().flush();
  }

  private static String words(Document mended) {
    return String.join(
        ", ", mended.entrySet().stream().map(one -> one.getValue() + " " + one.getKey()).toList());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
