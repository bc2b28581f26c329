package dev.filo.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.management.ThreadMXBean;
import dev.filo.testkit.Mutations;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every parser of what comes from outside takes or refuses whatever comes, in bounded time and
 * memory: what people send, what has once broken it (its corpus), and mutations of those, the same
 * in each run. {@code -Dfilo.fuzz=SECONDS} goes on with other mutations, for so long for each
 * parser; {@code .ci/fuzz SECONDS} has Jazzer look for inputs that reach new code.
 */
class ParsersTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");
  private static final int MUTATIONS = 1000; // Some seconds for each parser at most.
  private static final Duration TIME_MAX = Duration.ofSeconds(2); // Of the processor, of 64 KiB.
  private static final long MEMORY_MAX = 256L << 20; // Allocated, not held.
  private static final int WARM = 200; // The first ones pay for the classes.

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TestFactory
  Stream<DynamicTest> parser_whatever_isTakenOrRefused() {
    return Targets.all().stream().map(target -> dynamicTest(target.name(), () -> feed(target)));
  }

  @Test
  void corpus_everyFolder_isOfATarget() throws IOException {
    var names = Targets.all().stream().map(Target::name).toList();
    assertThat(names).doesNotHaveDuplicates().hasSizeGreaterThan(15);
    try (var folders = Files.list(CORPUS)) { // findings, by the parser they broke
      assertThat(folders.map(folder -> folder.getFileName().toString())).isSubsetOf(names);
    }
  }

  private void feed(Target target) throws IOException {
    var known = new ArrayList<>(target.seeds());
    known.addAll(corpus(target));
    for (byte[] input : known) {
      feed(target, input, "one of the corpus");
    }
    feed(target, new byte[0], "nothing");
    var mutations = new Mutations(target.name().hashCode(), known);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] input = mutations.next();
      if (i < WARM) {
        parse(target, input, "mutation " + i);
      } else {
        feed(target, input, "mutation " + i);
      }
    }
    int seconds = Integer.getInteger("filo.fuzz", 0);
    long seed = System.nanoTime();
    var more = new Mutations(seed, known);
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    for (long i = 0; System.nanoTime() < end; i++) {
      feed(target, more.next(), "mutation " + i + " of seed " + seed);
    }
  }

  private static List<byte[]> corpus(Target target) throws IOException {
    var folder = CORPUS.resolve(target.name());
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    var inputs = new ArrayList<byte[]>();
    try (var files = Files.list(folder)) {
      for (var file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
    }
    return inputs;
  }

  private void feed(Target target, byte[] input, String which) {
    long allocated = thread.getCurrentThreadAllocatedBytes();
    long time = thread.getCurrentThreadCpuTime();
    parse(target, input, which);
    var took = Duration.ofNanos(thread.getCurrentThreadCpuTime() - time);
    assertThat(took).as(() -> said(target, input, which)).isLessThan(TIME_MAX);
    assertThat(thread.getCurrentThreadAllocatedBytes() - allocated)
        .as(() -> said(target, input, which))
        .isLessThan(MEMORY_MAX);
  }

  private static void parse(Target target, byte[] input, String which) {
    try {
      target.parser().parse(input);
    } catch (Exception | StackOverflowError | AssertionError e) {
      throw new AssertionError(said(target, input, which), e);
    }
  }

  private static String said(Target target, byte[] input, String which) {
    return "%s, %s (put it into corpus/%s): base64 %s"
        .formatted(target.name(), which, target.name(), Base64.getEncoder().encodeToString(input));
  }
}
