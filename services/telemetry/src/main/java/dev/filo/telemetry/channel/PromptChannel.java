package dev.filo.telemetry.channel;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A channel whose peer is found again soon after an outage. gRPC waits longer and longer between
 * two attempts to connect, up to two minutes (<a
 * href="https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md">Connection
 * Backoff</a>), and so goes on being down for that long when the peer is back; here a call made
 * meanwhile has it tried now, at most four times a second. Thread-safe.
 */
public final class PromptChannel extends Channel {
  private static final long PACE_NANOS = Duration.ofMillis(250).toNanos();

  private final ManagedChannel channel;
  private final LongSupplier nanoTime;
  private final AtomicLong tried;

  /** Calls over {@code channel}. */
  public PromptChannel(ManagedChannel channel) {
    this(channel, System::nanoTime);
  }

  PromptChannel(ManagedChannel channel, LongSupplier nanoTime) {
    this.channel = channel;
    this.nanoTime = nanoTime;
    this.tried = new AtomicLong(nanoTime.getAsLong() - PACE_NANOS);
  }

  /** What it calls over, to shut down. */
  public ManagedChannel managed() {
    return channel;
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      var now = nanoTime.getAsLong();
      var before = tried.get();
      if (now - before >= PACE_NANOS && tried.compareAndSet(before, now)) {
        channel.resetConnectBackoff();
      }
    }
    return channel.newCall(method, options);
  }

  @Override
  public String authority() {
    return channel.authority();
  }
}
