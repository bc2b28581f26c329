package dev.filo.e2e;

import dev.filo.demo.journey.Journey;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Julia's journey against the suite as a real process, killed with SIGKILL on the way: with a store
 * of its own, and from nothing on a real MongoDB.
 */
class JourneyTest {
  @TempDir Path data;

  @Test
  void journey_embeddedStore_keepsEveryPromise() {
    play(() -> SuiteProcess.start(data, Map.of()));
  }

  @Test
  void journey_realMongoDb_keepsEveryPromise() {
    var uri = System.getenv("FILO_TEST_MONGODB_URI");
    Assumptions.assumeTrue(
        uri != null && !uri.isBlank(), "no real MongoDB: set FILO_TEST_MONGODB_URI");
    var environment =
        Map.of(
            "FILO_MONGODB_URI",
            uri == null ? "" : uri,
            "FILO_MONGODB_PREFIX",
            "e2e_" + UUID.randomUUID().toString().substring(0, 8) + "_");
    play(() -> SuiteProcess.startAsIs(data, environment));
  }

  private static void play(Supplier<SuiteProcess> start) {
    try (var suite = start.get()) {
      var door = NettyChannelBuilder.forTarget(suite.door()).usePlaintext().build();
      try {
        new Journey(
                suite.target(),
                door,
                () -> {
                  suite.killAndRestart();
                  return Optional.of("the suite was killed and started again");
                },
                System.out::println)
            .play();
      } finally {
        door.shutdownNow();
      }
    }
  }
}
