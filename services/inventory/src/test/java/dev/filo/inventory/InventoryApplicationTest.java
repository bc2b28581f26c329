package dev.filo.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.inventory.service.Places;
import dev.filo.platform.Services;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.testkit.TestMongo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InventoryApplicationTest {
  @Test
  void startsAndTellsAnOutageFromNothing() throws InterruptedException {
    try (var store = TestMongo.embedded().newStore();
        var context =
            Services.run(
                InventoryApplication.class,
                "inventory",
                "--filo.mongodb.uri=" + TestMongo.embedded().uri(),
                "--filo.mongodb.prefix=" + store.name() + "_",
                "--filo.grpc.listen=in-process:" + store.name(),
                "--filo.targets.catalog=dns:///127.0.0.1:1",
                "--filo.targets.identity=dns:///127.0.0.1:1")) {
      context.getBean(Places.class).learnSkus(List.of("DIV-LUC")).block(Duration.ofSeconds(20));
      var channel = Channels.open("in-process:" + store.name());
      try {
        var inventory =
            InventoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        var nothing =
            inventory.findNearby(FindNearbyRequest.newBuilder().addSku("DIV-LUC").build());
        assertThat(nothing.getLocationsList()).isEmpty();
        assertThatThrownBy(
                () -> inventory.findNearby(FindNearbyRequest.newBuilder().addSku("NEW").build()))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                error ->
                    assertThat(error.getStatus().getCode())
                        .isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED));
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }
}
