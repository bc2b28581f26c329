package dev.filo.gateway;

import static dev.filo.gateway.RunningGateway.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.ErrorInfo;
import dev.filo.gateway.FakeServices.Call;
import dev.filo.gateway.FakeServices.Watch;
import dev.filo.gateway.door.GrpcDoor;
import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.Channels;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.telemetry.trace.Traces;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DoorTest {
  private RunningGateway gateway;
  private ManagedChannel channel;

  @BeforeEach
  void open() {
    gateway = RunningGateway.get();
    int port = gateway.context.getBean(GrpcDoor.class).port();
    channel = NettyChannelBuilder.forAddress("localhost", port).usePlaintext().build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
  }

  private static Metadata headers() {
    Metadata headers = new Metadata();
    headers.put(key("authorization"), "Bearer abc");
    headers.put(key("x-filo-role"), "manager");
    headers.put(key("x-filo-client-address"), "6.6.6.6");
    return headers;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private CartServiceGrpc.CartServiceBlockingStub carts() {
    return CartServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()));
  }

  private static String reason(StatusRuntimeException refused) throws Exception {
    return StatusProto.fromThrowable(refused).getDetails(0).unpack(ErrorInfo.class).getReason();
  }

  @Test
  void unary_isPassedOn() {
    gateway.services.answer = request -> Cart.newBuilder().setEtag("4").build();
    Cart cart = carts().getCart(GetCartRequest.newBuilder().setName("customers/a/cart").build());
    assertThat(cart.getEtag()).isEqualTo("4");
    Call call = take(gateway.services.calls);
    assertThat(call.header("authorization")).isEqualTo("Bearer abc");
    assertThat(call.header("x-filo-role")).isEqualTo("null");
    assertThat(call.header("x-filo-client-address")).isNotEqualTo("6.6.6.6");
  }

  @Test
  void refusal_isPassedOnWithDetails() throws Exception {
    gateway.services.answer =
        request -> {
          throw FakeServices.refusal(Status.Code.NOT_FOUND, "SKU_NOT_FOUND", "cart.filo", "No.");
        };
    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> carts().getCart(GetCartRequest.getDefaultInstance()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(reason(refused)).isEqualTo("SKU_NOT_FOUND");
  }

  @Test
  void tokenMissingAndInternalMethodAndDownService_areTyped() throws Exception {
    StatusRuntimeException missing =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                CartServiceGrpc.newBlockingStub(channel)
                    .getCart(GetCartRequest.getDefaultInstance()));
    assertThat(reason(missing)).isEqualTo("TOKEN_MISSING");
    var inventory =
        InventoryServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()));
    StatusRuntimeException internal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> inventory.placeHold(PlaceHoldRequest.getDefaultInstance()));
    assertThat(internal.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    StatusRuntimeException down =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> inventory.watchStock(WatchStockRequest.getDefaultInstance()).hasNext());
    assertThat(reason(down)).isEqualTo("UNAVAILABLE");
    assertThat(down.getStatus().getDescription()).doesNotContain("nobody");
  }

  @Test
  void stream_flowsAndIsCancelled() throws Exception {
    LinkedBlockingQueue<Cart> came = new LinkedBlockingQueue<>();
    LinkedBlockingQueue<ClientCallStreamObserver<WatchCartRequest>> calls =
        new LinkedBlockingQueue<>();
    CartServiceGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers()))
        .watchCart(
            WatchCartRequest.getDefaultInstance(),
            new ClientResponseObserver<WatchCartRequest, Cart>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<WatchCartRequest> call) {
                calls.add(call);
              }

              @Override
              public void onNext(Cart cart) {
                came.add(cart);
              }

              @Override
              public void onError(Throwable error) {}

              @Override
              public void onCompleted() {}
            });
    Watch<Cart> watch = take(gateway.services.carts);
    for (int i = 0; i < 50; i++) {
      watch.observer().onNext(Cart.newBuilder().setEtag("" + i).build());
    }
    for (int i = 0; i < 50; i++) {
      assertThat(take(came).getEtag()).isEqualTo("" + i);
    }
    take(calls).cancel("enough", null);
    assertThat(watch.cancelled().await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void reflectionAndHealth_answer() {
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    LinkedBlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answers.add(response);
                  }

                  @Override
                  public void onError(Throwable error) {}

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    List<String> names =
        take(answers).getListServicesResponse().getServiceList().stream()
            .map(each -> each.getName())
            .toList();
    ask.onNext(
        ServerReflectionRequest.newBuilder()
            .setFileContainingSymbol("filo.cart.v1.CartService")
            .build());
    assertThat(take(answers).getFileDescriptorResponse().getFileDescriptorProtoCount())
        .isPositive();
    ask.onCompleted();
    assertThat(names)
        .contains(
            "filo.cart.v1.CartService",
            "filo.inventory.v1.InventoryService",
            "grpc.reflection.v1alpha.ServerReflection")
        .doesNotContain("filo.feed.v1.FeedService", "filo.dev.v1.MailboxService");
  }

  @Test
  void certificateAndKeyFromFiles_tlsToWhoTrustsThem(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("door.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "door",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.txt").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    Path certificate =
        pem(folder.resolve("door.crt"), "CERTIFICATE", keys.getCertificate("door").getEncoded());
    Path key =
        pem(
            folder.resolve("door.key"),
            "PRIVATE KEY",
            keys.getKey("door", "changeit".toCharArray()).getEncoded());

    GrpcDoor door = door(certificate, key);
    door.start();
    ManagedChannel trusting =
        NettyChannelBuilder.forAddress("localhost", door.port())
            .sslContext(GrpcSslContexts.forClient().trustManager(certificate.toFile()).build())
            .build();
    ManagedChannel doubting =
        NettyChannelBuilder.forAddress("localhost", door.port()).useTransportSecurity().build();
    ManagedChannel plain =
        NettyChannelBuilder.forAddress("localhost", door.port()).usePlaintext().build();
    try {
      assertThat(health(trusting)).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      for (ManagedChannel each : List.of(doubting, plain)) {
        StatusRuntimeException refused =
            catchThrowableOfType(StatusRuntimeException.class, () -> health(each));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
    } finally {
      List.of(trusting, doubting, plain).forEach(ManagedChannel::shutdownNow);
      door.stop();
    }

    Path damaged = Files.writeString(folder.resolve("damaged.crt"), "no certificate");
    GrpcDoor broken = door(damaged, key);
    assertThatThrownBy(broken::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("FILO_GRPC_CERTIFICATE");
  }

  private GrpcDoor door(Path certificate, Path key) {
    GatewayProperties given = gateway.context.getBean(GatewayProperties.class);
    return new GrpcDoor(
        new GatewayProperties(
            given.targets(),
            given.publicUrl(),
            given.identityUri(),
            given.jwksUri(),
            given.issuer(),
            given.deadline(),
            given.maxBody(),
            given.trustedProxies(),
            given.cors(),
            given.rate(),
            given.stream(),
            new GatewayProperties.Grpc(
                true, 0, certificate.toString(), key.toString(), given.grpc().messageMax())),
        gateway.context.getBean(ApiMethods.class),
        gateway.context.getBean(Channels.class),
        gateway.context.getBean(RateLimits.class),
        Traces.off());
  }

  private static HealthCheckResponse.ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static Path pem(Path file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
  }
}
