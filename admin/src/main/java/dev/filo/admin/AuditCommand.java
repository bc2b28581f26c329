package dev.filo.admin;

import dev.filo.proto.identity.v1.AuditEntry;
import dev.filo.proto.identity.v1.ListAuditEntriesRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./filo audit}: the log of administrative acts. For managers. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {"The log of administrative acts. For managers: ./filo staff login", ""},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: done, and the log is whole",
      "1: it is not, or refused",
      "2: wrong usage",
      "3: Filo cannot be reached"
    })
final class AuditCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "Say what to do: list or verify.");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists all entries, the oldest first.")
  int list(@Mixin StaffDoor door) throws InterruptedException {
    return StaffCommand.tell(
        spec,
        () -> {
          var token = "";
          do {
            var request =
                ListAuditEntriesRequest.newBuilder().setPageSize(500).setPageToken(token).build();
            var page = door.call(calls -> calls.listAuditEntries(request));
            page.getAuditEntriesList().forEach(entry -> out(line(entry)));
            token = page.getNextPageToken();
          } while (!token.isEmpty());
        });
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Finds entries that were altered, removed or put in between.",
        "",
        "The end of a whole log is kept in a file, so that the next check also finds that the log"
            + " was cut off or written anew. Keep that file where the database's keepers cannot"
            + " write.",
        ""
      })
  int verify(
      @Mixin StaffDoor door,
      @Option(
              names = "--known-file",
              description =
                  "Where the end of the last whole log is kept; none: only this log is looked at.")
          @Nullable Path known)
      throws InterruptedException {
    var faults = new int[1];
    int code =
        StaffCommand.tell(
            spec,
            () -> {
              var request = request(known);
              var verdict = door.call(calls -> calls.verifyAuditLog(request));
              faults[0] = verdict.getFaultsCount();
              tell(verdict, known);
            });
    return code == 0 && faults[0] > 0 ? StaffCommand.REFUSED : code;
  }

  private static VerifyAuditLogRequest request(@Nullable Path known) throws IOException {
    if (known == null || !Files.exists(known)) {
      return VerifyAuditLogRequest.getDefaultInstance();
    }
    var parts = Files.readString(known).strip().split(" ", 2);
    try {
      return VerifyAuditLogRequest.newBuilder()
          .setKnownSequence(Long.parseLong(parts[0]))
          .setKnownHash(parts.length > 1 ? parts[1] : "")
          .build();
    } catch (NumberFormatException e) {
      throw new IOException(known + " does not say what was known of the log.");
    }
  }

  private void tell(VerifyAuditLogResponse verdict, @Nullable Path known) throws IOException {
    for (var fault : verdict.getFaultsList()) {
      var text =
          switch (fault.getKind()) {
            case ALTERED -> "ALTERED    entry %d is not as it was written";
            case MISSING -> "MISSING    there is no entry %d";
            case UNCHAINED -> "UNCHAINED  entry %d does not go on from the one before";
            case KIND_UNSPECIFIED, UNRECOGNIZED -> "FAULT      entry %d";
          };
      out(String.format(Locale.ROOT, text, fault.getSequence()));
    }
    out(
        String.format(
            Locale.ROOT,
            "%,d entries, %s; the last is %d %s",
            verdict.getEntryCount(),
            verdict.getFaultsCount() == 0 ? "whole" : verdict.getFaultsCount() + " faults",
            verdict.getLastSequence(),
            verdict.getLastHash()));
    if (known != null && verdict.getFaultsCount() == 0) {
      Files.writeString(known, verdict.getLastSequence() + " " + verdict.getLastHash() + "\n");
    }
  }

  private static String line(AuditEntry entry) {
    return String.format(
        Locale.ROOT,
        "%6d  %s  %s  %s  %s  %s",
        entry.getSequence(),
        Instant.ofEpochSecond(entry.getTime().getSeconds()),
        entry.getActor(),
        entry.getAction(),
        entry.getSubject(),
        entry.getChangesMap().entrySet().stream()
            .sorted(java.util.Map.Entry.comparingByKey())
            .map(change -> change.getKey() + "=" + change.getValue())
            .collect(Collectors.joining(" ")));
  }

  private void out(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
