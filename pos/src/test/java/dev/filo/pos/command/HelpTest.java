package dev.filo.pos.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The help of every command, in both languages. */
class HelpTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private World world(Map<String, String> environment) {
    return new World(
        environment,
        new BufferedReader(Reader.nullReader()),
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        InstantSource.system(),
        ZoneId.of("Europe/Rome"),
        false);
  }

  private String help(Map<String, String> environment, String... words) {
    assertThat(Commands.run(world(environment), words)).isZero();
    assertThat(err.toString()).isEmpty();
    return out.toString();
  }

  /** What people read of every command, by the command and what it is about. */
  private Map<String, String> words(String language) {
    var world = world(Map.of("FILO_POS_LANG", language));
    var all = new TreeMap<String, String>();
    collect(Commands.of(new RootCommand(world), world, List.of()), all);
    return all;
  }

  private static void collect(CommandLine command, Map<String, String> all) {
    var spec = command.getCommandSpec();
    var name = spec.qualifiedName();
    var usage = spec.usageMessage();
    all.put(name, String.join("\n", usage.header()) + String.join("\n", usage.description()));
    all.put(name + " synopsis", usage.synopsisHeading());
    if (!usage.exitCodeList().isEmpty()) {
      all.put(name + " exit codes", String.join("\n", usage.exitCodeList().values()));
    }
    Stream.concat(spec.options().stream(), spec.positionalParameters().stream())
        .filter(arg -> !arg.hidden())
        .forEach(
            arg ->
                all.put(
                    name
                        + " "
                        + (arg instanceof OptionSpec option
                            ? option.longestName()
                            : arg.paramLabel()),
                    String.join("\n", arg.description())));
    command.getSubcommands().values().forEach(below -> collect(below, all));
  }

  @Test
  void everyWordOfIt_isSaidInItalian() {
    var english = words("en");
    var italian = words("it");
    assertThat(italian.keySet()).isEqualTo(english.keySet()).hasSizeGreaterThan(60);
    for (var each : english.entrySet()) {
      assertThat(italian.get(each.getKey()))
          .as("help_it.properties says nothing for %s", each.getKey())
          .isNotEqualTo(each.getValue())
          .isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // what the environment says, what the line says, how the help begins
    "it,--help,Uso: filo-pos",
    "it,sale --help,Uso: filo-pos sale",
    "it,queue drop --help,Uso: filo-pos queue drop",
    "it,help sale,Uso: filo-pos sale",
    "it,--lang en --help,Usage: filo-pos",
    "it,sale --lang=en --help,Usage: filo-pos sale",
    "en,--help,Usage: filo-pos",
    "en,--lang it --help,Uso: filo-pos",
    "en,sale --lang=it --help,Uso: filo-pos sale",
    "fr,--help,Usage: filo-pos",
  })
  void help_isInTheLanguageAskedFor(String environment, String line, String begins) {
    assertThat(help(Map.of("FILO_POS_LANG", environment), line.split(" "))).startsWith(begins);
  }

  @ParameterizedTest
  @ValueSource(strings = {"it", "en"})
  void help_hasNothingOfItsForm(String language) {
    assertThat(help(Map.of("FILO_POS_LANG", language), "--help"))
        .doesNotContain("%n", "${", "usage.")
        .contains("filo-pos collect 7KQ2-M9XA");
  }
}
