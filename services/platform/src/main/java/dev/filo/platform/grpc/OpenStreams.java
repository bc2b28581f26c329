package dev.filo.platform.grpc;

import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams a server has open, so that it can end them itself when it stops: UNAVAILABLE, upon
 * which whoever watches goes on at another replica. Left to the transport they would end as
 * CANCELLED, as if the watcher had gone, and only after everything else.
 */
final class OpenStreams implements ServerInterceptor {
  private final Set<Stream<?, ?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ending;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(call, headers);
    }
    var stream = new Stream<Q, R>(call);
    open.add(stream);
    var listener = next.startCall(stream, headers);
    stream.listener = listener;
    if (ending) {
      stream.end();
    }
    return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        open.remove(stream);
        super.onCancel();
      }

      @Override
      public void onComplete() {
        open.remove(stream);
        super.onComplete();
      }
    };
  }

  /** Ends all that are open, and each that begins from now on. */
  void end() {
    ending = true;
    open.forEach(Stream::end);
  }

  /** One stream. */
  private static final class Stream<Q, R> extends EndableCall<Q, R> {
    private volatile ServerCall.@Nullable Listener<Q> listener;

    Stream(ServerCall<Q, R> call) {
      super(call);
    }

    void end() {
      end(
          Status.UNAVAILABLE.withDescription("This replica stops; watch on at another."),
          new Metadata());
      var handler = listener;
      if (handler != null) {
        handler.onCancel(); // so that it stops looking
      }
    }
  }
}
