package dev.filo.telemetry.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PromptChannelTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final Peer peer = new Peer();
  private final PromptChannel channel = new PromptChannel(peer, nanos::get);

  @Test
  void call_whilePeerIsDown_hasItTriedNow_atMostFourTimesASecond() {
    peer.state = ConnectivityState.TRANSIENT_FAILURE;
    call();
    call();
    assertEquals(1, peer.tries);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(249));
    call();
    assertEquals(1, peer.tries);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
    call();
    assertEquals(2, peer.tries);
    assertEquals(4, peer.calls);
  }

  @Test
  void call_whilePeerIsThere_orBeingConnected_leavesTheConnectionAlone() {
    for (var state : ConnectivityState.values()) {
      if (state != ConnectivityState.TRANSIENT_FAILURE) {
        peer.state = state;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        call();
      }
    }
    assertEquals(0, peer.tries);
  }

  private void call() {
    channel.newCall(METHOD, CallOptions.DEFAULT);
  }

  private static final MethodDescriptor<InputStream, InputStream> METHOD =
      MethodDescriptor.newBuilder(new Bytes(), new Bytes())
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("filo.Test/Call")
          .build();

  private static final class Bytes implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return new ByteArrayInputStream(new byte[0]);
    }
  }

  private static final class Peer extends ManagedChannel {
    private ConnectivityState state = ConnectivityState.IDLE;
    private int tries;
    private int calls;

    @Override
    public ConnectivityState getState(boolean requestConnection) {
      return state;
    }

    @Override
    public void resetConnectBackoff() {
      tries++;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      calls++;
      return new Silent<>();
    }

    @Override
    public String authority() {
      return "peer";
    }

    @Override
    public ManagedChannel shutdown() {
      return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
      return this;
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }

  private static final class Silent<Q, R> extends ClientCall<Q, R> {
    @Override
    public void start(Listener<R> listener, Metadata headers) {}

    @Override
    public void request(int count) {}

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }
}
