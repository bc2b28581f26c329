package dev.filo.pos.command;

import dev.filo.pos.gateway.GatewayException;
import dev.filo.pos.journal.Entry;
import dev.filo.pos.journal.Fact;
import dev.filo.pos.journal.Item;
import dev.filo.pos.journal.Journal;
import dev.filo.pos.sync.Settled;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code filo-pos queue}: what is not settled. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what waits to be sent, and what was refused and why.",
      "Refused entries stay until somebody sends them again or drops them."
    },
    subcommands = {QueueCommand.Flush.class, QueueCommand.Retry.class, QueueCommand.Drop.class})
final class QueueCommand extends TillCommand {
  @Override
  public Integer call() throws IOException {
    var till = root().till();
    var open = open(till);
    var reports = new Reports(root().texts(), output());
    if (open.isEmpty()) {
      output().line(say("queue.empty"));
    }
    for (var item : open) {
      output()
          .line(
              say(
                  item.isUnanswered() ? "queue.unanswered" : "queue." + item.state().name(),
                  Integer.toString(item.number()),
                  root().texts().time(item.entry().time()),
                  reports.what(item)));
      item.refusals().forEach(why -> output().line("     " + reports.words(why)));
      output().object(reports.json(name(), state(item), item, Map.of(), List.of()));
    }
    till.running()
        .flatMap(sending -> sending.lastFailure())
        .ifPresent(why -> output().line(say("queue.why", root().texts().why(why))));
    if (open.stream().anyMatch(item -> item.state() == Item.State.REFUSED)) {
      output().line(say("queue.todo"));
    }
    output()
        .object(
            Output.object(name())
                .put("result", "done")
                .put("waiting", open.stream().filter(Item::isToSend).count())
                .put("unanswered", open.stream().filter(Item::isUnanswered).count())
                .put(
                    "refused",
                    open.stream().filter(item -> item.state() == Item.State.REFUSED).count()));
    return Exit.DONE;
  }

  /** Without the journal's lock where another process has it: looking is always allowed. */
  private static List<Item> open(Till till) {
    return till.running().isPresent() ? till.journal().openItems() : Journal.peek(till.folder());
  }

  private static String state(Item item) {
    return item.isUnanswered()
        ? "unanswered"
        : item.state() == Item.State.WAITING ? "waiting" : "refused";
  }

  /** {@code filo-pos queue flush}. */
  @Command(
      name = "flush",
      mixinStandardHelpOptions = true,
      description = {
        "Sends what waits, oldest first, and tells what became of each.",
        "It ends when all is answered, or when nothing was answered for --patience seconds."
      })
  static final class Flush extends TillCommand {
    @Override
    public Integer call() throws IOException {
      var till = root().till();
      till.store();
      var waiting = till.journal().toSend();
      var reports = new Reports(root().texts(), output());
      var flusher = till.flusher();
      // All are awaited before the first is waited for, so that each is told here and in order.
      var futures = waiting.stream().map(item -> flusher.await(item.number())).toList();
      int sent = 0;
      int refused = 0;
      Optional<Settled> last = Optional.empty();
      for (var future : futures) {
        last = Till.await(future, root().patience());
        if (last.isEmpty() || last.get() instanceof Settled.Waits) {
          break;
        }
        if (last.get() instanceof Settled.Refused) {
          refused++;
        } else {
          sent++;
        }
        reports.late(last.get());
      }
      waiting.forEach(item -> flusher.forget(item.number()));
      int left = till.journal().toSend().size();
      output().line(say("flush.done", sent, refused, left));
      var why =
          last.flatMap(
                  settled ->
                      settled instanceof Settled.Waits waits
                          ? Optional.of(waits.why())
                          : Optional.empty())
              .or(flusher::lastFailure);
      var object =
          Output.object(name())
              .put("result", left > 0 ? "queued" : refused > 0 ? "refused" : "done")
              .put("sent", sent)
              .put("refused", refused)
              .put("waiting", left);
      if (left > 0) {
        var text = why.map(root().texts()::why).orElse(say("unanswered"));
        output().aside(say("queue.why", text));
        object.put("message", text);
      }
      output().object(object);
      return left > 0 ? Exit.QUEUED : refused > 0 ? Exit.REFUSED : Exit.DONE;
    }
  }

  /** {@code filo-pos queue retry}. */
  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Sends a refused entry again, under the same ids: nothing is doubled.")
  static final class Retry extends Change {
    @Override
    public Integer call() throws IOException {
      var till = root().till();
      till.store();
      var item = item(till);
      if (item.isUnanswered()) {
        throw usage(say("retry.collection", code(item)));
      }
      if (item.state() != Item.State.REFUSED) {
        throw usage(say("retry.waiting", Integer.toString(item.number())));
      }
      confirm(say("retry.ask", new Reports(root().texts(), output()).what(item)));
      till.journal().append(new Fact.Retried(item.number(), till.journal().now()));
      var settled =
          Till.await(till.flusher().await(item.number()), root().patience())
              .orElseGet(() -> waits(item));
      return new Reports(root().texts(), output())
          .recorded("queue retry", settled, Map.of(), root().isInteractive());
    }

    private Settled waits(Item item) {
      return new Settled.Waits(
          item,
          new GatewayException(
              GatewayException.Kind.UNANSWERED, "DEADLINE_EXCEEDED", say("unanswered")));
    }
  }

  /** {@code filo-pos queue drop}. */
  @Command(
      name = "drop",
      mixinStandardHelpOptions = true,
      description = {
        "Takes an entry out of the queue: it is never sent again.",
        "For what was a slip, or was entered another way. The journal keeps that it was there."
      })
  static final class Drop extends Change {
    @Override
    public Integer call() throws IOException {
      var till = root().till();
      var item = item(till);
      var reports = new Reports(root().texts(), output());
      confirm(
          say(
              item.state() == Item.State.REFUSED
                  ? "drop.ask"
                  : item.isUnanswered() ? "drop.askUnanswered" : "drop.askWaiting",
              reports.what(item)));
      till.journal().append(new Fact.Dropped(item.number(), till.journal().now()));
      output().line(say("drop.done", Integer.toString(item.number()), reports.what(item)));
      output().object(reports.json("queue drop", "done", item, Map.of(), List.of()));
      return Exit.DONE;
    }
  }

  /** What retry and drop share: which entry, and whether it is really meant. */
  abstract static class Change extends TillCommand {
    @Parameters(paramLabel = "NUMBER", description = "The entry's number, as the queue shows it.")
    private int number;

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask.")
    private boolean yes;

    Item item(Till till) {
      return till.journal()
          .find(number)
          .filter(Item::isOpen)
          .orElseThrow(
              () ->
                  new TillException(
                      Exit.REFUSED,
                      "ENTRY_NOT_FOUND",
                      say("queue.none", Integer.toString(number))));
    }

    static String code(Item item) {
      return item.entry() instanceof Entry.Collection collection ? collection.code() : "";
    }

    void confirm(String question) {
      if (yes) {
        return;
      }
      var answer = root().ask(question + " " + say("yesNo") + " ", false);
      if (answer.isEmpty()) {
        throw usage(say("confirm.yes"));
      }
      if (!answer.get().strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes|s|sì|si")) {
        throw new TillException(Exit.REFUSED, "NOT_CONFIRMED", say("confirm.no"));
      }
    }
  }
}
