package dev.filo.admin;

import com.sun.net.httpserver.HttpServer;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.ListStoresResponse;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.CheckProgress;
import dev.filo.proto.inventory.v1.CheckStockRequest;
import dev.filo.proto.inventory.v1.CheckStockResponse;
import dev.filo.proto.inventory.v1.ImportProgress;
import dev.filo.proto.inventory.v1.ImportRowResult;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.MovementResult.Outcome;
import dev.filo.proto.inventory.v1.StockDrift;
import dev.filo.proto.inventory.v1.StockLevelRow;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the commands talk to: it keeps rows as inventory does, and breaks off when a test says so.
 */
final class FakeFilo implements AutoCloseable {
  static final String SECRET = "s3cret";

  /** Every row that was recorded, by import and number. */
  final Map<String, StockLevelRow> rows = new ConcurrentHashMap<>();

  /** Every request that was heard. */
  final List<ImportStockLevelsRequest> heard = Collections.synchronizedList(new ArrayList<>());

  /** The streams end after so many answers each; as often as {@link #breaks} says. */
  volatile int answersUntilBreak = Integer.MAX_VALUE;

  final AtomicInteger breaks = new AtomicInteger();
  volatile Status breaksWith = Status.UNAVAILABLE;
  volatile List<StockDrift> drifts = List.of();

  private final HttpServer http;
  private final Server grpc;

  FakeFilo() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var wanted =
        "Basic "
            + java.util.Base64.getEncoder()
                .encodeToString(("service-admin:" + SECRET).getBytes(StandardCharsets.UTF_8));
    http.createContext(
        "/oauth2/token",
        exchange -> {
          boolean known = wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"));
          var answer =
              (known ? "{\"access_token\":\"t0ken\"}" : "{}").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    http.start();
    grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Catalog())
            .addService(new Inventory())
            .intercept(new Bearer())
            .build()
            .start();
  }

  String[] with(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.add("--target=http://127.0.0.1:" + http.getAddress().getPort());
    all.add("--grpc=127.0.0.1:" + grpc.getPort());
    return all.toArray(String[]::new);
  }

  @Override
  public void close() {
    http.stop(0);
    grpc.shutdownNow();
  }

  /** Inventory wants a token, catalog does not. */
  private static final class Bearer implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      var token = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      if (call.getMethodDescriptor().getFullMethodName().contains("Inventory")
          && !"Bearer t0ken".equals(token)) {
        call.close(Status.UNAUTHENTICATED, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private static final class Catalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    private static final List<Store> STORES =
        List.of(
            Store.newBuilder().setName("stores/milano").setTitle("Milano").build(),
            Store.newBuilder().setName("stores/monza").setTitle("Monza").build());

    @Override
    public void listStores(ListStoresRequest request, StreamObserver<ListStoresResponse> answer) {
      boolean first = request.getPageToken().isEmpty();
      answer.onNext(
          ListStoresResponse.newBuilder()
              .addStores(STORES.get(first ? 0 : 1))
              .setNextPageToken(first ? "2" : "")
              .build());
      answer.onCompleted();
    }

    @Override
    public void getStore(GetStoreRequest request, StreamObserver<Store> answer) {
      if (request.getName().equals("stores/magazzino")) {
        answer.onNext(Store.newBuilder().setName(request.getName()).build());
        answer.onCompleted();
      } else {
        answer.onError(Status.NOT_FOUND.asRuntimeException());
      }
    }
  }

  private final class Inventory extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public StreamObserver<ImportStockLevelsRequest> importStockLevels(
        StreamObserver<ImportStockLevelsResponse> observer) {
      var answers = new AtomicInteger();
      return new StreamObserver<>() {
        private boolean broken;

        @Override
        public void onNext(ImportStockLevelsRequest request) {
          if (broken) {
            return;
          }
          heard.add(request);
          var answer = ImportStockLevelsResponse.newBuilder();
          request.getRowsList().forEach(row -> answer.addResults(keep(request.getImportId(), row)));
          // The rows are kept; whether the answer arrives is another matter.
          if (answers.incrementAndGet() > answersUntilBreak && breaks.getAndDecrement() > 0) {
            broken = true;
            observer.onError(breaksWith.asRuntimeException());
            return;
          }
          observer.onNext(
              answer
                  .setProgress(ImportProgress.newBuilder().setImportId(request.getImportId()))
                  .build());
        }

        @Override
        public void onError(Throwable cancelled) {}

        @Override
        public void onCompleted() {
          observer.onCompleted();
        }
      };
    }

    private ImportRowResult keep(String id, StockLevelRow row) {
      var result = ImportRowResult.newBuilder().setRow(row.getRow());
      if (row.getSku().startsWith("NOPE")) {
        return result
            .setOutcome(Outcome.REFUSED)
            .setReason("SKU_NOT_FOUND")
            .setDetail("There is no such SKU. Import the product first.")
            .build();
      }
      var before = rows.putIfAbsent(id + " " + row.getRow(), row);
      return result.setOutcome(before == null ? Outcome.RECORDED : Outcome.REPEATED).build();
    }

    @Override
    public void checkStock(CheckStockRequest request, StreamObserver<CheckStockResponse> observer) {
      drifts.forEach(
          drift -> observer.onNext(CheckStockResponse.newBuilder().setDrift(drift).build()));
      observer.onNext(
          CheckStockResponse.newBuilder()
              .setProgress(
                  CheckProgress.newBuilder()
                      .setLevelCount(request.getNamesCount() == 0 ? 1234 : request.getNamesCount())
                      .setDriftCount(drifts.size())
                      .setComplete(true))
              .build());
      observer.onCompleted();
    }
  }
}
