package dev.filo.e2e;

import dev.filo.demo.journey.Journey;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Julia's journey against the suite as a real process, killed with SIGKILL on the way. */
class JourneyTest {
  @TempDir Path data;

  @Test
  void journey_embeddedStore_keepsEveryPromise() {
    play(Map.of());
  }

  @Test
  void journey_realMongoDb_keepsEveryPromise() {
    var uri = System.getenv("FILO_TEST_MONGODB_URI");
    Assumptions.assumeTrue(
        uri != null && !uri.isBlank(), "no real MongoDB: set FILO_TEST_MONGODB_URI");
    play(
        Map.of(
            "FILO_MONGODB_URI",
            uri == null ? "" : uri,
            "FILO_MONGODB_PREFIX",
            "e2e_" + UUID.randomUUID().toString().substring(0, 8) + "_"));
  }

  private void play(Map<String, String> environment) {
    try (var suite = SuiteProcess.start(data, environment)) {
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
