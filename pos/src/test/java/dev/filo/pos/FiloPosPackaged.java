package dev.filo.pos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one file a till gets, run as a till runs it. The build packs it first. */
class FiloPosPackaged {
  private static final Path FILE = Path.of("target", "filo-pos").toAbsolutePath();

  @TempDir private Path folder;

  /** What a run said. */
  private record Said(int exit, String out, String err) {}

  @BeforeAll
  static void isPackaged() {
    assumeTrue(
        Files.isExecutable(FILE), FILE + " is not packaged yet; ./mvnw -pl pos -am verify does it");
  }

  private Said run(String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(FILE.toString()));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command);
    var out = folder.resolve("out").toFile();
    var err = folder.resolve("err").toFile();
    builder.redirectOutput(out).redirectError(err);
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("FILO_"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("FILO_POS_HOME", folder.resolve("till").toString());
    environment.put("FILO_POS_LANG", "en");
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    var process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end");
    }
    return new Said(process.exitValue(), text(out.toPath()), text(err.toPath()));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  @Test
  void version_isThatOfTheBuild() throws Exception {
    var said = run("--version");
    assertThat(said.err()).isEmpty();
    assertThat(said.out().strip()).matches("filo-pos \\d+\\.\\d+\\.\\d+\\S*");
    assertThat(said.exit()).isZero();
  }

  @Test
  void completion_knowsEveryCommandAndIsShell() throws Exception {
    var said = run("generate-completion");
    assertThat(said.exit()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains("complete -F")
        .contains("login", "sale", "return", "receive", "count", "collect", "lookup", "queue");
    var script = Files.writeString(folder.resolve("completion.sh"), said.out());
    var shell = new ProcessBuilder("bash", "-n", script.toString()).redirectErrorStream(true);
    var checked = shell.start();
    var found = new String(checked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(checked.waitFor()).as(found).isZero();
  }

  @Test
  void lookup_signedOut_isRefusedInPlainWords() throws Exception {
    var said = run("lookup", "8001234567890");
    assertThat(said.exit()).as("nothing was done").isEqualTo(2);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains("this till is not signed in: filo-pos login");
    assertThat(said.err()).doesNotContain("Exception").doesNotContain("\tat ");
    var json = run("lookup", "8001234567890", "--json");
    assertThat(json.exit()).isEqualTo(2);
    assertThat(json.out()).contains("\"reason\":\"SIGNED_OUT\"").contains("not signed in");
  }
}
