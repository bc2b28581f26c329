package dev.filo.gateway.door;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.Channels;
import dev.filo.telemetry.trace.Traces;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The gRPC door for tills and scripts: every method of the public services, passed on byte by byte,
 * with reflection and health. What is only for the suite's own services is not here.
 */
@Component
public final class GrpcDoor implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(GrpcDoor.class);
  private static final int METADATA_BYTES_MAX = 16 * 1024; // A token of 4 KiB fits four times.
  private static final int CALLS_PER_CONNECTION_MAX = 200; // A till has a handful.
  // Calls given up on one connection in half a minute; many more are an attack (CVE-2023-44487).
  private static final int RESETS_MAX = 200;
  private static final int RESETS_SECONDS = 30;

  private final GatewayProperties.Grpc settings;
  private final List<ServerServiceDefinition> services = new ArrayList<>();
  private final DoorInterceptor interceptor;
  private final List<ServerInterceptor> traced;
  private @Nullable Server server;
  private @Nullable HealthStatusManager health;

  /** Prepares the services; opens when started. */
  public GrpcDoor(
      GatewayProperties properties,
      ApiMethods methods,
      Channels channels,
      RateLimits limits,
      Traces traces) {
    this.traced = traces.servers();
    this.settings = properties.grpc();
    this.interceptor = new DoorInterceptor(limits);
    for (ServiceDescriptor each : methods.services().values()) {
      if (each.getName().startsWith("filo.dev.")) {
        continue; // A mailbox for trying the pages, not for tills.
      }
      List<ApiMethod> open =
          methods.all().stream()
              .filter(method -> each.getName().equals(method.grpc().getServiceName()))
              .filter(method -> !method.isInternal())
              .toList();
      if (!open.isEmpty()) {
        services.add(service(each, open, channels, properties));
      }
    }
  }

  private static ServerServiceDefinition service(
      ServiceDescriptor original,
      List<ApiMethod> methods,
      Channels channels,
      GatewayProperties properties) {
    List<ServerMethodDefinition<byte[], byte[]>> definitions = new ArrayList<>();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(original.getName())
            .setSchemaDescriptor(original.getSchemaDescriptor());
    for (ApiMethod each : methods) {
      MethodDescriptor<byte[], byte[]> bytes =
          each.grpc().toBuilder(Bytes.REQUESTS, Bytes.ANSWERS).build();
      descriptor.addMethod(bytes);
      definitions.add(
          ServerMethodDefinition.create(
              bytes,
              new ProxyHandler(each, bytes, channels.get(each.target()), properties.deadline())));
    }
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
    definitions.forEach(service::addMethod);
    return service.build();
  }

  /** Where the door is; -1 while it is closed. */
  public int port() {
    Server open = server;
    return open == null ? -1 : open.getPort();
  }

  @Override
  @SuppressWarnings("deprecation") // Many tools still ask v1alpha.
  public synchronized void start() {
    if (!settings.enabled()) {
      return;
    }
    HealthStatusManager status = new HealthStatusManager();
    NettyServerBuilder builder =
        NettyServerBuilder.forPort(settings.port())
            .directExecutor()
            .maxInboundMessageSize((int) settings.messageMax().toBytes())
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
            .maxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .permitKeepAliveTime(30, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(2, TimeUnit.MINUTES)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            .maxConnectionIdle(30, TimeUnit.MINUTES)
            .addServices(services)
            .addService(status.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(io.grpc.protobuf.services.ProtoReflectionService.newInstance());
    traced.forEach(builder::intercept);
    builder.intercept(interceptor); // the last is called first
    if (!settings.certificate().isEmpty()) {
      secure(builder);
    }
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "The gRPC port "
              + settings.port()
              + " cannot be opened, it may be taken. Set filo.gateway.grpc.port (FILO_GRPC_PORT).",
          e);
    }
    services.forEach(
        each -> status.setStatus(each.getServiceDescriptor().getName(), ServingStatus.SERVING));
    health = status;
    log.info(
        "gRPC on port {} ({})", port(), settings.certificate().isEmpty() ? "plaintext" : "TLS");
  }

  private void secure(NettyServerBuilder builder) {
    try {
      builder.useTransportSecurity(new File(settings.certificate()), new File(settings.key()));
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "The gRPC door's certificate "
              + settings.certificate()
              + " or its key "
              + settings.key()
              + " cannot be used: PEM files are wanted, the key in PKCS #8 without a password."
              + " Set filo.gateway.grpc.certificate and filo.gateway.grpc.key"
              + " (FILO_GRPC_CERTIFICATE, FILO_GRPC_KEY).",
          e);
    }
  }

  @Override
  public synchronized void stop() {
    Server open = server;
    if (open == null) {
      return;
    }
    if (health != null) {
      health.enterTerminalState();
    }
    open.shutdown();
    try {
      if (!open.awaitTermination(1, TimeUnit.SECONDS)) {
        open.shutdownNow(); // Streams have no end of their own.
        open.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      open.shutdownNow();
      Thread.currentThread().interrupt();
    }
    server = null;
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
