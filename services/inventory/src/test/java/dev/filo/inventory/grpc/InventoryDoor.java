package dev.filo.inventory.grpc;

import static dev.filo.inventory.ShopFloor.MILANO;

import dev.filo.inventory.ShopFloor;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Inventory behind a real server that asks for tokens, and callers of every kind. */
final class InventoryDoor {
  private final TestMongo.Store store = TestMongo.embedded().newStore();
  private final GrpcServer server;
  private final ManagedChannel channel;
  private final TestTokens tokens;

  /** What is behind the door. */
  final MutableClock clock = MutableClock.standing();

  final ShopFloor floor = new ShopFloor(store.database(), clock);

  /** Opens it, with events flowing and these locations known. */
  InventoryDoor(String... locations) {
    tokens = new TestTokens(clock);
    var name = "in-process:" + store.name();
    var service = floor.service();
    server =
        new GrpcServer(
            name,
            Duration.ofSeconds(1),
            List.of(service),
            List.of(
                new AccessInterceptor(
                    Rules.of(List.of(service)),
                    tokens.verifier(),
                    new SubjectAliases(store.database()),
                    new FieldRules())));
    server.start();
    floor.start();
    channel = Channels.open(name);
    for (String location : locations) {
      floor.places.requireLocation(location).block(Duration.ofSeconds(20));
    }
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub anybody() {
    return InventoryServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub as(
      Role role, String principal, String... stores) {
    return anybody().withCallCredentials(tokens.bearer(role, principal, stores));
  }

  /** For streams. */
  InventoryServiceGrpc.InventoryServiceStub streaming(
      Role role, String principal, String... stores) {
    return InventoryServiceGrpc.newStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .withCallCredentials(tokens.bearer(role, principal, stores));
  }

  /** One request in a stream of its own; its answer, or how it was refused. */
  static <Q, R> R inStream(Function<StreamObserver<R>, StreamObserver<Q>> call, Q request) {
    var answer = new CompletableFuture<R>();
    var stream =
        call.apply(
            new StreamObserver<>() {
              @Override
              public void onNext(R value) {
                answer.complete(value);
              }

              @Override
              public void onError(Throwable error) {
                answer.completeExceptionally(error);
              }

              @Override
              public void onCompleted() {
                answer.completeExceptionally(new AssertionError("no answer"));
              }
            });
    stream.onNext(request);
    stream.onCompleted();
    try {
      return answer.orTimeout(20, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StatusRuntimeException refused) {
        throw refused;
      }
      throw e;
    }
  }

  /** The till with a device as its owner named it. */
  InventoryServiceGrpc.InventoryServiceBlockingStub till(String device) {
    return anybody()
        .withCallCredentials(
            TestTokens.bearer(
                tokens.token(
                    Role.ROLE_DEVICE,
                    "devices/till-milano-1",
                    claims -> claims.claim(Claims.DEVICE, device),
                    MILANO)));
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub service() {
    return as(Role.ROLE_SERVICE, "services/reservation");
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub till() {
    return as(Role.ROLE_DEVICE, "devices/till-milano-1", MILANO);
  }

  InventoryServiceGrpc.InventoryServiceBlockingStub manager() {
    return as(Role.ROLE_MANAGER, "staff/m");
  }

  /** How a call was refused. */
  static StatusRuntimeException refusal(Supplier<?> call) {
    try {
      var answer = call.get();
      throw new AssertionError("not refused: " + answer);
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** Why a call was refused; empty when it does not say. */
  static String reason(Supplier<?> call) {
    var info = Statuses.errorInfo(refusal(call));
    return info == null ? "" : info.getReason();
  }

  /** Closes it. */
  void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.stop();
    floor.stop();
    store.close();
  }
}
