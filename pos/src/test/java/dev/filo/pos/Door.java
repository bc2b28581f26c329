package dev.filo.pos;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.sun.net.httpserver.HttpServer;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.MovementResult;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A real gRPC server and token endpoint on this machine, whose answers a test decides: for faults
 * that the suite does not have on command. What it records it remembers by id, as the ledger does.
 */
public final class Door implements AutoCloseable {
  /** What a movement is answered: null takes it. */
  public volatile Function<Movement, String> refuses = movement -> null;

  /** Thrown instead of an answer, as often as there are some. */
  public final CopyOnWriteArrayList<StatusRuntimeException> failures = new CopyOnWriteArrayList<>();

  /** Thrown after the movements were taken: the answer gets lost. */
  public final CopyOnWriteArrayList<StatusRuntimeException> lostAnswers =
      new CopyOnWriteArrayList<>();

  /** What the ledger has, in the order it came. */
  public final Map<String, Movement> ledger = new LinkedHashMap<>();

  /** Every movement that came, repetitions too. */
  public final CopyOnWriteArrayList<String> sent = new CopyOnWriteArrayList<>();

  /** The tokens calls came with. */
  public final CopyOnWriteArrayList<String> tokens = new CopyOnWriteArrayList<>();

  /** Barcodes that are known, and their SKUs. */
  public volatile Map<String, String> barcodes = Map.of();

  /** How long tokens live, seconds; and how many were given. */
  public volatile int tokenLife = 3600;

  public final AtomicInteger tokensGiven = new AtomicInteger();
  public volatile int tokenStatus = 200;

  private final Server server;
  private final HttpServer http;

  /** Opens one in plaintext. */
  public Door() {
    this(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
  }

  /** Opens one in TLS. */
  public Door(Path chain, Path key) {
    this(
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .useTransportSecurity(chain.toFile(), key.toFile()));
  }

  private Door(NettyServerBuilder builder) {
    try {
      server =
          builder
              .addService(new Inventory())
              .addService(new Catalog())
              .intercept(
                  new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                      tokens.add(
                          String.valueOf(
                              headers.get(
                                  Metadata.Key.of(
                                      "authorization", Metadata.ASCII_STRING_MARSHALLER))));
                      return next.startCall(call, headers);
                    }
                  })
              .build()
              .start();
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.createContext(
        "/oauth2/token",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          int number = tokensGiven.incrementAndGet();
          var body =
              tokenStatus == 200
                  ? "{\"access_token\":\"token-%d\",\"expires_in\":%d}".formatted(number, tokenLife)
                  : "{\"error\":\"invalid_client\"}";
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(tokenStatus, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    http.start();
  }

  /** Where the gRPC door is. */
  public String grpc() {
    return "localhost:" + server.getPort();
  }

  /** Where tokens are. */
  public String target() {
    return "http://localhost:" + http.getAddress().getPort();
  }

  /** A refusal as the services give it. */
  public static StatusRuntimeException refusal(Status.Code code, String reason, String text) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(text)
            .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).build()))
            .build());
  }

  @Override
  public void close() {
    server.shutdownNow();
    http.stop(0);
  }

  private static StatusRuntimeException taken(List<StatusRuntimeException> from) {
    synchronized (from) {
      return from.isEmpty() ? null : from.removeFirst();
    }
  }

  private final class Inventory extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public StreamObserver<RecordMovementsRequest> recordMovements(
        StreamObserver<RecordMovementsResponse> answers) {
      return new StreamObserver<>() {
        @Override
        public void onNext(RecordMovementsRequest request) {
          var failure = taken(failures);
          if (failure != null) {
            answers.onError(failure);
            return;
          }
          var response = record(request);
          var lost = taken(lostAnswers);
          if (lost != null) {
            answers.onError(lost);
          } else {
            answers.onNext(response);
          }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          answers.onCompleted();
        }
      };
    }

    private synchronized RecordMovementsResponse record(RecordMovementsRequest request) {
      var response = RecordMovementsResponse.newBuilder();
      for (var movement : request.getMovementsList()) {
        sent.add(movement.getId());
        var result = MovementResult.newBuilder().setId(movement.getId());
        var reason = refuses.apply(movement);
        if (reason != null) {
          result
              .setOutcome(MovementResult.Outcome.REFUSED)
              .setReason(reason)
              .setDetail("because of " + reason);
        } else {
          var before = ledger.putIfAbsent(movement.getId(), movement);
          if (before != null && !before.equals(movement)) {
            result.setOutcome(MovementResult.Outcome.REFUSED).setReason("MOVEMENT_DIFFERS");
          } else {
            result.setOutcome(
                before == null ? MovementResult.Outcome.RECORDED : MovementResult.Outcome.REPEATED);
          }
        }
        response.addResults(result);
      }
      return response.build();
    }
  }

  private final class Catalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void batchGetVariants(
        BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> answer) {
      var response = BatchGetVariantsResponse.newBuilder();
      request
          .getGtinsList()
          .forEach(
              gtin -> {
                var sku = barcodes.get(gtin);
                if (sku != null) {
                  response.addItems(
                      VariantItem.newBuilder()
                          .setVariant(Variant.newBuilder().setSku(sku).setGtin(gtin)));
                }
              });
      answer.onNext(response.build());
      answer.onCompleted();
    }
  }
}
