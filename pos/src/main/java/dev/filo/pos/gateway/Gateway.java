package dev.filo.pos.gateway;

import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.FindNearbyResponse;
import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.StockLevel;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The calls a till makes. Each has a deadline; a failure is a {@link GatewayException}. A token the
 * gateway no longer takes is renewed once. Safe for several threads.
 */
public final class Gateway implements AutoCloseable {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LANGUAGE =
      Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER);
  private static final int CONNECT_MILLIS_MAX = 3_000; // a clerk does not wait longer
  private static final int MESSAGE_MAX = 4 * 1024 * 1024; // the door's own limit

  private final ManagedChannel channel;
  private final Tokens tokens;
  private final String language;

  /**
   * A connection, made when the first call is.
   *
   * @param language the language of titles, {@code it} or {@code en}
   * @throws IOException when the authorities' file cannot be used
   */
  public Gateway(Settings settings, Tokens tokens, String language) throws IOException {
    this.tokens = tokens;
    this.language = language;
    var builder =
        NettyChannelBuilder.forTarget(settings.grpc())
            .userAgent("filo-pos")
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS_MAX)
            .maxInboundMessageSize(MESSAGE_MAX)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .disableRetry(); // What is repeated is repeated here, with its id.
    if (settings.doorIsTls()) {
      builder.sslContext(
          GrpcSslContexts.forClient()
              .trustManager(Trust.manager(ca(settings), pins(settings)))
              .build());
    } else {
      builder.usePlaintext();
    }
    channel = builder.build();
  }

  static @Nullable Path ca(Settings settings) {
    var ca = settings.ca();
    return ca == null ? null : Path.of(ca);
  }

  static List<Pin> pins(Settings settings) {
    return settings.pins().stream().map(Pin::parse).toList();
  }

  /** The tokens calls are made with. */
  public Tokens tokens() {
    return tokens;
  }

  /** The variants of SKUs and GTINs; unknown ones are named in the answer. */
  public BatchGetVariantsResponse variants(
      Collection<String> skus, Collection<String> gtins, Duration deadline) {
    var request = BatchGetVariantsRequest.newBuilder().addAllSkus(skus).addAllGtins(gtins).build();
    return call(
        CatalogServiceGrpc.newBlockingStub(channel),
        deadline,
        stub -> stub.batchGetVariants(request));
  }

  /** A store. */
  public Store store(String name, Duration deadline) {
    return call(
        CatalogServiceGrpc.newBlockingStub(channel),
        deadline,
        stub -> stub.getStore(GetStoreRequest.newBuilder().setName(name).build()));
  }

  /** One level. */
  public StockLevel level(String sku, String store, Duration deadline) {
    var name = "stockLevels/" + sku + "@" + store.substring("stores/".length());
    return call(
        InventoryServiceGrpc.newBlockingStub(channel),
        deadline,
        stub -> stub.getStockLevel(GetStockLevelRequest.newBuilder().setName(name).build()));
  }

  /** The stores that have a SKU, nearest first where a point is known. */
  public FindNearbyResponse nearby(
      String sku, @Nullable Double latitude, @Nullable Double longitude, Duration deadline) {
    var request = FindNearbyRequest.newBuilder().addSku(sku).setPageSize(500);
    if (latitude != null && longitude != null) {
      request.setLatitude(latitude).setLongitude(longitude).setRadiusMeters(1_000_000);
    }
    return call(
        InventoryServiceGrpc.newBlockingStub(channel),
        deadline,
        stub -> stub.findNearby(request.build()));
  }

  /** A call that records movements, batch after batch. */
  public MovementStream movements() {
    var token = tokens.bearer();
    return new MovementStream(
        InventoryServiceGrpc.newStub(channel).withInterceptors(headers(token)),
        status -> {
          if (status.getCode() == io.grpc.Status.Code.UNAUTHENTICATED) {
            tokens.forget(token);
          }
        });
  }

  /** Hands reserved goods over for a code. The same request id gives the first answer. */
  public Reservation collect(CollectPickupRequest request, Duration deadline) {
    return call(
        ReservationServiceGrpc.newBlockingStub(channel),
        deadline,
        stub -> stub.collectPickup(request));
  }

  private <S extends AbstractStub<S>, R> R call(S stub, Duration deadline, Function<S, R> method) {
    var token = tokens.bearer();
    try {
      return once(stub, token, deadline, method);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != io.grpc.Status.Code.UNAUTHENTICATED) {
        throw GatewayException.of(e);
      }
    }
    tokens.forget(token);
    try {
      return once(stub, tokens.bearer(), deadline, method);
    } catch (StatusRuntimeException e) {
      throw GatewayException.of(e);
    }
  }

  private <S extends AbstractStub<S>, R> R once(
      S stub, String token, Duration deadline, Function<S, R> method) {
    return method.apply(
        stub.withInterceptors(headers(token))
            .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
  }

  private ClientInterceptor headers(String token) {
    var headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    headers.put(LANGUAGE, language);
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /**
   * True when the door is there: connects if need be.
   *
   * @param patience how long that may take
   */
  public boolean isConnected(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    var state = channel.getState(true);
    while (state != ConnectivityState.READY) {
      var changed = new CompletableFuture<Void>();
      channel.notifyWhenStateChanged(state, () -> changed.complete(null));
      try {
        changed.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      var before = state;
      state = channel.getState(true);
      if (state == ConnectivityState.TRANSIENT_FAILURE && before == ConnectivityState.CONNECTING) {
        return false; // It was tried, just now.
      }
    }
    return true;
  }

  /** Tries to connect now instead of after the wait between two tries. */
  public void hurry() {
    channel.resetConnectBackoff();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
