package dev.filo.admin.data;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./filo shards}: how collections are to lie in a sharded cluster. */
@Command(
    name = "shards",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the commands that spread what grows over the shards of a cluster, for mongosh.",
      "",
      "What it does not name lies whole on its database's first shard (docs/scaling.md).",
      ""
    })
public final class ShardsCommand implements Callable<Integer> {
  @Option(
      names = "--prefix",
      defaultValue = "${env:FILO_MONGODB_PREFIX:-filo_}",
      description = "What the databases' names begin with (FILO_MONGODB_PREFIX, ${DEFAULT-VALUE}).")
  private String prefix = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    ShardKeys.commands(prefix).forEach(out::println);
    out.flush();
    return 0;
  }
}
