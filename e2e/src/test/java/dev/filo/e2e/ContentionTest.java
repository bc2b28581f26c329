package dev.filo.e2e;

import dev.filo.demo.journey.Contention;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last pieces of one SKU, wanted by everybody at once, through the gateway of a real suite. */
@Tag("alone")
class ContentionTest {
  @TempDir Path data;

  @Test
  void lastPieces_manyShoppersAtOnce_areReservedOnce() {
    try (var suite = SuiteProcess.start(data, Map.of())) {
      new Contention(suite.target(), System.out::println).play();
    }
  }
}
