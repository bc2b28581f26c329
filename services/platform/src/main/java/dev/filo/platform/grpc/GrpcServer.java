package dev.filo.platform.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A service's gRPC server: its services, health and reflection, on a port or, in the suite, in this
 * JVM. It stops by first saying that it is not serving, then sending watchers elsewhere and letting
 * calls under way end.
 */
public final class GrpcServer implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

  /**
   * The health service's name for whether this process answers at all, whatever its database does.
   */
  public static final String ALIVE = "alive";

  private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  private final String listen;
  private final Duration drain;
  private final List<BindableService> services;
  private final List<ServerInterceptor> interceptors;
  private final OpenStreams streams = new OpenStreams();
  private final HealthStatusManager health = new HealthStatusManager();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final boolean inline;
  private @Nullable Server server;

  /** A server that answers each call on a thread of its own. */
  public GrpcServer(
      String listen,
      Duration drain,
      List<BindableService> services,
      List<ServerInterceptor> interceptors) {
    this(listen, drain, services, interceptors, false);
  }

  /**
   * A server.
   *
   * @param listen {@code in-process:cart}, or a port, or {@code address:port}
   * @param drain how long calls under way may take to end when it stops
   * @param interceptors the outermost first
   * @param inline whether a call is answered on the thread it comes on, which spares two switches
   *     of threads: only where nothing blocks or computes for long
   */
  public GrpcServer(
      String listen,
      Duration drain,
      List<BindableService> services,
      List<ServerInterceptor> interceptors,
      boolean inline) {
    this.listen = listen;
    this.drain = drain;
    this.services = List.copyOf(services);
    this.interceptors = List.copyOf(interceptors);
    this.inline = inline;
  }

  @Override
  public void start() {
    var builder = builder();
    var inward = interceptors.reversed();
    for (BindableService service : services) {
      builder.addService(
          ServerInterceptors.intercept(ServerInterceptors.intercept(service, inward), streams));
    }
    health.setStatus(ALIVE, ServingStatus.SERVING);
    ready(false); // until it is known to be
    builder.addService(health.getHealthService());
    builder.addService(ProtoReflectionServiceV1.newInstance());
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException("gRPC cannot listen on " + listen, e);
    }
    log.info("gRPC listens on {}", listen);
  }

  private ServerBuilder<?> builder() {
    if (listen.startsWith(Channels.IN_PROCESS)) {
      return InProcessServerBuilder.forName(listen.substring(Channels.IN_PROCESS.length()))
          .maxInboundMessageSize(MESSAGE_BYTES_MAX)
          .executor(inline ? Runnable::run : executor);
    }
    int colon = listen.lastIndexOf(':');
    int port = Integer.parseInt(listen.substring(colon + 1));
    var address =
        colon < 0
            ? new InetSocketAddress(port)
            : new InetSocketAddress(listen.substring(0, colon), port);
    return NettyServerBuilder.forAddress(address)
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .permitKeepAliveTime(20, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        // Clients re-resolve when a connection ends: new instances get their share within a minute.
        .maxConnectionAge(1, TimeUnit.MINUTES)
        .maxConnectionAgeGrace(24, TimeUnit.HOURS)
        .executor(inline ? Runnable::run : executor);
  }

  /** Says whether the service can do its work; asked by the empty service name. */
  public void ready(boolean ready) {
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** The port it listens on; -1 in this JVM. */
  public int port() {
    var running = server;
    return running == null ? -1 : running.getPort();
  }

  @Override
  public void stop() {
    var running = server;
    if (running == null) {
      return;
    }
    health.enterTerminalState();
    running.shutdown();
    streams.end(); // they have no end of their own
    try {
      if (!running.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
        running.shutdownNow();
        running.awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.shutdownNow();
    } finally {
      server = null;
      executor.shutdown();
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }
}
