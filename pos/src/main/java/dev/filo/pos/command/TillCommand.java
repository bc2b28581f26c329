package dev.filo.pos.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands share: who they belong to, what they say and how. */
abstract class TillCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  private CommandSpec spec() {
    var set = spec;
    if (set == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return set;
  }

  RootCommand root() {
    return (RootCommand) spec().root().userObject();
  }

  String name() {
    return spec().name();
  }

  Output output() {
    return root().output();
  }

  String say(String key, Object... parts) {
    return root().texts().say(key, parts);
  }

  ParameterException usage(String text) {
    return new ParameterException(spec().commandLine(), text);
  }
}
