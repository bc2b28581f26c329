package dev.filo.inventory.grpc;

import dev.filo.inventory.ShopFloor;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.testkit.TestTokens;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A server over a shop floor and a manager who imports through it. */
public final class ImportDoor implements AutoCloseable {
  private static final int MINUTES_MAX = 30;

  private final GrpcServer server;
  private final ManagedChannel channel;
  private final TestTokens tokens;

  /** Opens it. */
  public ImportDoor(ShopFloor floor) {
    var listen = Channels.IN_PROCESS + UUID.randomUUID();
    tokens = new TestTokens(floor.clock);
    var service = floor.service();
    server =
        new GrpcServer(
            listen,
            Duration.ofSeconds(1),
            List.of(service),
            List.of(
                new AccessInterceptor(
                    Rules.of(List.of(service)),
                    tokens.verifier(),
                    new SubjectAliases(floor.database),
                    new FieldRules())));
    server.start();
    channel = Channels.open(listen);
  }

  /** Sends requests in one stream; their answers. */
  public List<ImportStockLevelsResponse> send(List<ImportStockLevelsRequest> requests)
      throws Exception {
    var answers = new ArrayList<ImportStockLevelsResponse>();
    var end = new CompletableFuture<List<ImportStockLevelsResponse>>();
    var stream =
        InventoryServiceGrpc.newStub(channel)
            .withCallCredentials(tokens.bearer(Role.ROLE_MANAGER, "staff/manager"))
            .withDeadlineAfter(MINUTES_MAX, TimeUnit.MINUTES)
            .importStockLevels(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ImportStockLevelsResponse answer) {
                    answers.add(answer);
                  }

                  @Override
                  public void onError(Throwable error) {
                    end.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {
                    end.complete(answers);
                  }
                });
    requests.forEach(stream::onNext);
    stream.onCompleted();
    return end.get(MINUTES_MAX, TimeUnit.MINUTES);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.stop();
  }
}
