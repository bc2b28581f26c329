package dev.filo.admin;

import dev.filo.admin.DoctorLine.State;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./filo doctor}: whether a running installation is well, and what to do if not. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Looks at a running Filo and says what to do where something is not well.",
      "",
      "A line per check: OK, WARN or FAIL, what was seen, and what to do. Changes nothing.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0: everything is well",
      "1: something is not: a WARN or a FAIL",
      "2: wrong usage, or it could not be looked at: no answer, no sign-in"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int UNWELL = 1;
  private static final int UNKNOWN = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int LOOKS_MAX = 5;
  private static final Duration CERTIFICATE_DOUBTFUL = Duration.ofDays(21);
  private static final Duration CERTIFICATE_BAD = Duration.ofDays(3);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Option(names = "--json", description = "Says what came of it as JSON, and nothing else.")
  private boolean json;

  @Mixin private Door door = new Door();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final InstantSource clock = InstantSource.system();
  private final List<DoctorLine> lines = new ArrayList<>();

  /** The gateway does not answer, or not as Filo. */
  private static final class NoAnswerException extends IOException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    boolean known = true;
    try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      var health = health(http);
      tillDoor();
      var token = token();
      if (token == null || !diagnosed(http, token)) {
        known = false;
        parts(health);
      }
    } catch (IOException e) {
      known = false;
      tell(
          DoctorLine.fail(
              "gateway",
              "gateway",
              "" + e.getMessage(),
              "Look whether the gateway runs and listens at "
                  + door.target()
                  + "; another address: --target."));
      tillDoor();
    }
    return end(known);
  }

  private @Nullable String token() throws InterruptedException {
    try {
      var token = door.bearer();
      tell(DoctorLine.ok("sign-in", "identity", "This command got a token."));
      return token;
    } catch (IOException e) {
      tell(
          DoctorLine.fail(
              "sign-in",
              "identity",
              "" + e.getMessage(),
              "Without a token only the parts' health is known: see --client and --secret-file,"
                  + " or look after identity first."));
      return null;
    }
  }

  private boolean diagnosed(HttpClient http, String token) throws InterruptedException {
    try {
      examine(http, token);
      return true;
    } catch (IOException e) {
      tell(
          DoctorLine.fail(
              "diagnosis",
              "gateway",
              "" + e.getMessage(),
              "Only the parts' health is known: look into the gateway's log."));
      return false;
    }
  }

  /** What {@code /healthz} says; also looks at the certificate. */
  private JsonNode health(HttpClient http) throws IOException, InterruptedException {
    HttpResponse<String> answer = get(http, "/healthz", null);
    var body = read(answer.body());
    if ((answer.statusCode() != 200 && answer.statusCode() != 503) || !body.has("parts")) {
      throw new NoAnswerException(
          "What answers at "
              + door.target()
              + " is no gateway of Filo: HTTP "
              + answer.statusCode()
              + ".");
    }
    tell(DoctorLine.ok("gateway", "gateway", "Answers at " + door.target() + "."));
    certificate(answer.sslSession().orElse(null));
    return body;
  }

  /** Where nothing else can be asked: which parts serve. */
  private void parts(JsonNode health) {
    for (var each : health.path("parts").properties()) {
      var state = each.getValue().asString("");
      tell(
          state.equals("up")
              ? DoctorLine.ok("health", each.getKey(), "Serves.")
              : DoctorLine.fail(
                  "health",
                  each.getKey(),
                  "It is " + state + ".",
                  "Look whether " + each.getKey() + " runs, and into its log."));
    }
  }

  private void certificate(@Nullable SSLSession session) {
    try {
      if (session == null
          || !(session.getPeerCertificates()[0] instanceof X509Certificate certificate)) {
        return;
      }
      var end = certificate.getNotAfter().toInstant();
      var left = Duration.between(clock.instant(), end);
      var seen = "The certificate is good until " + end + ", for " + left.toDays() + " days.";
      var advice = "Renew the certificate of " + URI.create(door.target()).getHost() + ".";
      tell(
          left.compareTo(CERTIFICATE_BAD) < 0
              ? DoctorLine.fail("certificate", "gateway", seen, advice)
              : left.compareTo(CERTIFICATE_DOUBTFUL) < 0
                  ? DoctorLine.warn("certificate", "gateway", seen, advice)
                  : DoctorLine.ok("certificate", "gateway", seen));
    } catch (IOException e) {
      tell(
          DoctorLine.warn(
              "certificate", "gateway", "The certificate cannot be read.", "Look at it by hand."));
    }
  }

  private void tillDoor() throws InterruptedException {
    ManagedChannel channel = door.open();
    try {
      tell(
          connects(channel)
              ? DoctorLine.ok("till-door", "gateway", "gRPC answers at " + door.address() + ".")
              : DoctorLine.fail(
                  "till-door",
                  "gateway",
                  "No gRPC at " + door.address() + ".",
                  "Tills cannot send. Look at the gateway's log and port; another address:"
                      + " --grpc."));
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static boolean connects(ManagedChannel channel) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    var state = channel.getState(true);
    while (state != ConnectivityState.READY && state != ConnectivityState.TRANSIENT_FAILURE) {
      var changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      state = channel.getState(true);
    }
    return state == ConnectivityState.READY;
  }

  private void examine(HttpClient http, String token) throws IOException, InterruptedException {
    var asked = clock.instant();
    var answer = diagnosis(http, token);
    var took = Duration.between(asked, clock.instant());
    ownClock(answer, asked.plus(took.dividedBy(2)), took.dividedBy(2));
    var examination = new Examination(answer);
    examination.lines(door.target()).forEach(this::tell);
    var before = examination.readings();
    var after = before;
    for (int looks = 1; looks < LOOKS_MAX; looks++) {
      var last = after;
      boolean behind =
          before.values().stream()
              .anyMatch(each -> last.getOrDefault(each.key(), each).position() < each.head());
      if (!behind) {
        break;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
      after = new Examination(diagnosis(http, token)).readings();
    }
    Examination.feeds(before, after).forEach(this::tell);
  }

  private void ownClock(JsonNode answer, Instant here, Duration uncertain) {
    var there = answer.path("gateway").path("time").asString("");
    if (!there.isEmpty()) {
      tell(
          Examination.skewLine(
              "this machine",
              "the gateway's",
              Duration.between(Instant.parse(there), here),
              uncertain));
    }
  }

  private JsonNode diagnosis(HttpClient http, String token)
      throws IOException, InterruptedException {
    var answer = get(http, "/v1/diagnosis", token);
    if (answer.statusCode() == 403) {
      throw new NoAnswerException(
          "The client may not ask this; it needs the role service or manager.");
    }
    if (answer.statusCode() == 404) {
      throw new NoAnswerException("This Filo is older than its doctor: it has no /v1/diagnosis.");
    }
    if (answer.statusCode() != 200) {
      throw new NoAnswerException(
          "The gateway gives no diagnosis: HTTP "
              + answer.statusCode()
              + " "
              + read(answer.body()).path("reason").asString("")
              + ".");
    }
    return read(answer.body());
  }

  private HttpResponse<String> get(HttpClient http, String path, @Nullable String token)
      throws IOException, InterruptedException {
    try {
      var request = HttpRequest.newBuilder(URI.create(door.target() + path)).timeout(PATIENCE);
      if (token != null) {
        request.header("Authorization", "Bearer " + token);
      }
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IllegalArgumentException e) {
      throw new NoAnswerException(door.target() + " is no address.");
    } catch (javax.net.ssl.SSLException e) {
      throw new NoAnswerException(
          "The certificate at " + door.target() + " is not accepted: " + e.getMessage() + ".");
    } catch (IOException e) {
      throw new NoAnswerException("Nobody answers at " + door.target() + ".");
    }
  }

  private static JsonNode read(String body) {
    try {
      return body.isBlank() ? JSON.createObjectNode() : JSON.readTree(body);
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  private void tell(DoctorLine line) {
    lines.add(line);
    if (json) {
      return;
    }
    out()
        .printf(
            "%-4s  %-12s %-12s %s%n",
            line.state(), line.check(), line.part().isEmpty() ? "-" : line.part(), line.seen());
    if (!line.advice().isEmpty()) {
      out().printf("      %-12s %-12s do: %s%n", "", "", line.advice());
    }
    out().flush();
  }

  private int end(boolean known) {
    long warnings = lines.stream().filter(line -> line.state() == State.WARN).count();
    long failures = lines.stream().filter(line -> line.state() == State.FAIL).count();
    if (json) {
      var answer = new LinkedHashMap<String, Object>();
      answer.put("well", warnings == 0 && failures == 0);
      answer.put("warnings", warnings);
      answer.put("failures", failures);
      answer.put("checks", lines.stream().map(DoctorCommand::values).toList());
      out().println(JSON.writeValueAsString(answer));
    } else if (warnings == 0 && failures == 0) {
      out().println("Everything is well.");
    } else {
      out().println(failures + " failures, " + warnings + " warnings.");
    }
    out().flush();
    return !known ? UNKNOWN : warnings + failures > 0 ? UNWELL : 0;
  }

  private static Map<String, Object> values(DoctorLine line) {
    var values = new LinkedHashMap<String, Object>();
    values.put("check", line.check());
    values.put("part", line.part());
    values.put("state", line.state().name());
    values.put("seen", line.seen());
    values.put("advice", line.advice());
    return values;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
