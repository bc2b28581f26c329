package dev.filo.gateway.transcode;

import dev.filo.gateway.GatewayProperties;
import dev.filo.telemetry.channel.PromptChannel;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;

/** One channel per service, balanced over its replicas. Connects when first used. */
public final class Channels implements DisposableBean {
  private static final int MESSAGE_BYTES_MAX =
      16 * 1024 * 1024; // Answers; requests have their own limit.

  private final Map<String, PromptChannel> channels = new TreeMap<>();

  /**
   * Opens a channel for each target of the configuration.
   *
   * @param interceptors of every call, the outermost last
   */
  public Channels(GatewayProperties properties, List<ClientInterceptor> interceptors) {
    properties
        .targets()
        .forEach(
            (name, target) -> channels.put(name, new PromptChannel(open(target, interceptors))));
  }

  /**
   * The channel of a target.
   *
   * @throws IllegalStateException when the configuration names no such target
   */
  public Channel get(String name) {
    PromptChannel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalStateException(
          "filo.gateway.targets." + name + " is not set: say where the service " + name + " is.");
    }
    return channel;
  }

  /** The channels by target name, sorted. */
  public Map<String, PromptChannel> all() {
    return Collections.unmodifiableMap(channels);
  }

  private static ManagedChannel open(String target, List<ClientInterceptor> interceptors) {
    if (target.startsWith("in-process:")) {
      return InProcessChannelBuilder.forName(target.substring("in-process:".length()))
          .directExecutor()
          .intercept(interceptors)
          .build();
    }
    return NettyChannelBuilder.forTarget(
            target.startsWith("static://") ? target.substring("static://".length()) : target)
        .usePlaintext()
        .directExecutor()
        .defaultLoadBalancingPolicy("round_robin")
        .keepAliveTime(5, TimeUnit.MINUTES)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .disableRetry()
        .intercept(interceptors)
        .build();
  }

  @Override
  public void destroy() {
    List<ManagedChannel> open = channels.values().stream().map(PromptChannel::managed).toList();
    open.forEach(ManagedChannel::shutdown);
    for (ManagedChannel each : open) {
      try {
        if (!each.awaitTermination(2, TimeUnit.SECONDS)) {
          each.shutdownNow();
        }
      } catch (InterruptedException e) {
        each.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
  }
}
