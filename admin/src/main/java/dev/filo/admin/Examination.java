package dev.filo.admin;

import dev.filo.admin.DoctorLine.State;
import java.net.URI;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * What can be read out of the answers of {@code GET /v1/diagnosis}: a line per check, in the order
 * in which one would look. Of each check there is at least one line; parts that do not answer are
 * named once and left out of the rest.
 */
final class Examination {
  // Tokens, holds and leases are in seconds; a lease between replicas is 6 s (FeedFollower).
  static final Duration SKEW_DOUBTFUL = Duration.ofSeconds(1);
  static final Duration SKEW_BAD = Duration.ofSeconds(5);
  // As the alert has it, docs/runbooks/outbox-waits.md.
  static final Duration OUTBOX_BAD = Duration.ofSeconds(60);
  private static final Duration OUTBOX_DOUBTFUL = Duration.ofSeconds(10);
  private static final double DISK_DOUBTFUL = 0.80;
  private static final double DISK_BAD = 0.92;
  private static final int NAMED_MAX = 10;

  private final JsonNode answer;
  private final Map<String, JsonNode> parts = new TreeMap<>(); // those that answered
  private final List<DoctorLine> lines = new ArrayList<>();

  Examination(JsonNode answer) {
    this.answer = answer;
    for (var each : answer.path("parts").properties()) {
      if (each.getValue().has("diagnosis")) {
        parts.put(each.getKey(), each.getValue().path("diagnosis"));
      }
    }
  }

  /** All but feeds, which take two looks. */
  List<DoctorLine> lines(String target) {
    reachable();
    versions();
    clocks();
    databases();
    indexes();
    outboxes();
    findings();
    publicUrl(target);
    return List.copyOf(lines);
  }

  private void reachable() {
    for (var each : answer.path("parts").properties()) {
      if (!each.getValue().has("diagnosis")) {
        lines.add(
            DoctorLine.fail(
                "reachable",
                each.getKey(),
                "The gateway gets no answer: "
                    + each.getValue().path("error").path("detail").asString("no reason given"),
                "Look whether "
                    + each.getKey()
                    + " runs and into its log; in a cluster: kubectl get pods, kubectl logs."));
      }
    }
    if (!parts.isEmpty()) {
      lines.add(DoctorLine.ok("reachable", "", "Answered: " + names(parts.keySet()) + "."));
    }
  }

  private void versions() {
    var builds = new TreeMap<String, List<String>>();
    builds
        .computeIfAbsent(build(answer.path("gateway")), build -> new ArrayList<>())
        .add("gateway");
    parts.forEach(
        (name, says) -> builds.computeIfAbsent(build(says), build -> new ArrayList<>()).add(name));
    if (builds.size() == 1) {
      lines.add(DoctorLine.ok("versions", "", "All are " + builds.firstKey() + "."));
    } else {
      lines.add(
          DoctorLine.warn(
              "versions",
              "",
              builds.entrySet().stream()
                      .map(each -> each.getKey() + ": " + names(each.getValue()))
                      .collect(Collectors.joining("; "))
                  + ".",
              "Let the rollout end, or go back; for long only one version should run."));
    }
  }

  private static String build(JsonNode says) {
    var version = says.path("version").asString("");
    var revision = says.path("revision").asString("");
    return (version.isEmpty() ? "an unnamed version" : version)
        + (revision.isEmpty()
            ? ""
            : " of " + revision.substring(0, Math.min(12, revision.length())));
  }

  private void clocks() {
    boolean all = true;
    for (var name : parts.keySet()) {
      var part = answer.path("parts").path(name);
      var uncertain = Duration.ofMillis(part.path("tookMillis").asLong(0) / 2);
      all &=
          skew(
              name,
              "the gateway's",
              Duration.ofMillis(part.path("skewMillis").asLong(0)),
              uncertain);
      var database = part.path("diagnosis").path("database");
      if (database.has("skew")) {
        all &=
            skew(
                name + "'s database",
                "the service's",
                seconds(database.path("skew").asString("0s")),
                Duration.ZERO);
      }
    }
    if (all && !parts.isEmpty()) {
      lines.add(
          DoctorLine.ok("clocks", "", "Gateway, services and databases agree within a second."));
    }
  }

  private boolean skew(String whose, String than, Duration skew, Duration uncertain) {
    var line = skewLine(whose, than, skew, uncertain);
    if (line.state() == State.OK) {
      return true;
    }
    lines.add(line);
    return false;
  }

  static DoctorLine skewLine(String whose, String than, Duration skew, Duration uncertain) {
    var sure = skew.abs().minus(uncertain);
    var seen =
        String.format(
            Locale.ROOT,
            "The clock of %s is %.1f s %s %s.",
            whose,
            skew.abs().toMillis() / 1000.0,
            skew.isNegative() ? "behind" : "ahead of",
            than);
    var advice = "Let the machines keep their clocks by NTP (chrony, systemd-timesyncd).";
    if (sure.compareTo(SKEW_BAD) >= 0) {
      return DoctorLine.fail("clocks", whose, seen, advice);
    }
    return sure.compareTo(SKEW_DOUBTFUL) >= 0
        ? DoctorLine.warn("clocks", whose, seen, advice)
        : DoctorLine.ok("clocks", whose, seen);
  }

  /** A disk that is too full. */
  private record Disk(State state, String full) {
    DoctorLine forParts(List<String> parts) {
      return new DoctorLine(
          "disk",
          parts.size() == 1 ? parts.getFirst() : "",
          state,
          "The disk of the database of " + names(parts) + " is " + full + ".",
          "Give MongoDB a larger disk, or remove from it what is not its own.");
    }
  }

  private static Disk disk(double used, double total) {
    return new Disk(
        used / total >= DISK_BAD ? State.FAIL : State.WARN,
        String.format(
            Locale.ROOT,
            "%.0f %% full: %.0f of %.0f GiB",
            100 * used / total,
            used / (1L << 30),
            total / (1L << 30)));
  }

  private void databases() {
    var versions = new TreeMap<String, List<String>>();
    var disks = new LinkedHashMap<Disk, List<String>>();
    boolean all = true;
    for (var each : parts.entrySet()) {
      var database = each.getValue().path("database");
      if (!database.path("answers").asBoolean(false)) {
        all = false;
        lines.add(
            DoctorLine.fail(
                "database",
                each.getKey(),
                "Its database does not answer.",
                "Look whether MongoDB has a primary (rs.status()) and whether the service may reach"
                    + " it."));
        continue;
      }
      versions
          .computeIfAbsent(database.path("version").asString(""), version -> new ArrayList<>())
          .add(each.getKey());
      double used = database.path("diskUsedBytes").asLong(0);
      double total = database.path("diskTotalBytes").asLong(0);
      if (total > 0 && used / total >= DISK_DOUBTFUL) {
        disks.computeIfAbsent(disk(used, total), disk -> new ArrayList<>()).add(each.getKey());
      }
    }
    disks.forEach( // usually one for all
        (disk, names) -> lines.add(disk.forParts(names)));
    if (all && !parts.isEmpty()) {
      lines.add(
          DoctorLine.ok(
              "database", "", "All answer: MongoDB " + String.join(", ", versions.keySet()) + "."));
    }
  }

  private void indexes() {
    int expected = 0;
    boolean all = true;
    for (var each : parts.entrySet()) {
      expected += each.getValue().path("expectedIndexCount").asInt(0);
      var missing =
          each.getValue().path("missingIndexes").valueStream().map(JsonNode::asString).toList();
      if (!missing.isEmpty()) {
        all = false;
        lines.add(
            DoctorLine.fail(
                "indexes",
                each.getKey(),
                "Missing: " + names(missing) + ".",
                "Restart " + each.getKey() + ": it makes its indexes when it starts."));
      }
    }
    if (all && expected > 0) {
      lines.add(DoctorLine.ok("indexes", "", "All " + expected + " are there."));
    }
  }

  private void outboxes() {
    long waiting = 0;
    boolean all = true;
    boolean known = false;
    for (var each : parts.entrySet()) {
      for (var outbox : each.getValue().path("outboxes")) {
        known = true;
        waiting += outbox.path("depth").asLong(0);
        var age = seconds(outbox.path("age").asString("0s"));
        if (age.compareTo(OUTBOX_DOUBTFUL) < 0) {
          continue;
        }
        all = false;
        var seen =
            String.format(
                Locale.ROOT,
                "%,d events of %s are not in its feed yet, the oldest for %d s.",
                outbox.path("depth").asLong(0),
                outbox.path("collection").asString(""),
                age.toSeconds());
        var advice = "Follow docs/runbooks/outbox-waits.md.";
        lines.add(
            age.compareTo(OUTBOX_BAD) >= 0
                ? DoctorLine.fail("outbox", each.getKey(), seen, advice)
                : DoctorLine.warn("outbox", each.getKey(), seen, advice));
      }
    }
    if (all && known) {
      lines.add(
          DoctorLine.ok(
              "outbox",
              "",
              waiting == 0
                  ? "No event waits for its feed."
                  : waiting + " events are on their way to their feeds."));
    }
  }

  private void findings() {
    for (var each : parts.entrySet()) {
      for (var finding : each.getValue().path("findings")) {
        lines.add(
            new DoctorLine(
                finding.path("check").asString(""),
                each.getKey(),
                switch (finding.path("verdict").asString("")) {
                  case "VERDICT_GOOD" -> State.OK;
                  case "VERDICT_BAD" -> State.FAIL;
                  default -> State.WARN;
                },
                finding.path("seen").asString(""),
                finding.path("advice").asString("")));
      }
    }
  }

  private void publicUrl(String target) {
    var said = answer.path("gateway").path("publicUrl").asString("");
    var asked = URI.create(target);
    var open = URI.create(said);
    boolean local = "localhost".equals(asked.getHost()) || "127.0.0.1".equals(asked.getHost());
    if (!local && asked.getHost() != null && !asked.getHost().equals(open.getHost())) {
      lines.add(
          DoctorLine.warn(
              "public-url",
              "gateway",
              "The suite takes itself for " + said + " and was asked at " + target + ".",
              "If people use this address, set the public URL to it: tokens and passkeys are for"
                  + " one."));
    } else {
      lines.add(DoctorLine.ok("public-url", "gateway", "People use " + said + "."));
    }
  }

  // ---- feeds

  /** One reader of a feed, and how far it is. */
  record Reading(String part, String follower, String source, long position, long head) {
    String key() {
      return part + "/" + follower;
    }

    long lag() {
      return Math.max(0, head - position);
    }
  }

  /** All whose source answered too, so that it is known how far there is to read. */
  Map<String, Reading> readings() {
    var readings = new TreeMap<String, Reading>();
    parts.forEach(
        (name, says) -> {
          for (var follower : says.path("followers")) {
            var source = parts.get(follower.path("source").asString(""));
            if (source != null) {
              var reading =
                  new Reading(
                      name,
                      follower.path("name").asString(""),
                      follower.path("source").asString(""),
                      follower.path("position").asLong(0),
                      source.path("feedHead").asLong(0));
              readings.put(reading.key(), reading);
            }
          }
        });
    return readings;
  }

  /**
   * What became of the readers between two looks.
   *
   * @param before at the first look
   * @param after at the last one
   */
  static List<DoctorLine> feeds(Map<String, Reading> before, Map<String, Reading> after) {
    var lines = new ArrayList<DoctorLine>();
    long most = 0;
    for (var first : before.values()) {
      var last = after.getOrDefault(first.key(), first);
      most = Math.max(most, last.lag());
      if (last.position() >= first.head()) {
        continue; // it has read all that was there when it was first looked at
      }
      boolean moves = last.position() > first.position();
      var seen =
          String.format(
              Locale.ROOT,
              "Its reader %s is %,d events behind %s and %s.",
              first.follower(),
              last.lag(),
              first.source(),
              moves ? "catches up" : "stands still");
      lines.add(
          moves
              ? DoctorLine.warn("feeds", first.part(), seen, "Look again in a minute.")
              : DoctorLine.fail("feeds", first.part(), seen, "Follow docs/runbooks/feed-lag.md."));
    }
    if (lines.isEmpty() && !before.isEmpty()) {
      lines.add(
          DoctorLine.ok(
              "feeds",
              "",
              before.size()
                  + " readers keep up with the feeds"
                  + (most == 0 ? "." : ", at most " + most + " events behind.")));
    }
    return lines;
  }

  private static String names(java.util.Collection<String> names) {
    return names.stream().limit(NAMED_MAX).collect(Collectors.joining(", "))
        + (names.size() > NAMED_MAX ? " and " + (names.size() - NAMED_MAX) + " more" : "");
  }

  /** Proto's JSON for durations: {@code -1.5s}. */
  private static Duration seconds(String text) {
    try {
      return Duration.parse("PT" + text);
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }
}
