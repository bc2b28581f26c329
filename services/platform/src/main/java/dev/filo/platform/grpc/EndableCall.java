package dev.filo.platform.grpc;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that somebody else than its handler may end while that answers: what the handler still
 * says then goes nowhere. Thread-safe.
 */
class EndableCall<Q, R> extends ForwardingServerCall.SimpleForwardingServerCall<Q, R> {
  private boolean answered;
  private boolean ended;

  EndableCall(ServerCall<Q, R> call) {
    super(call);
  }

  /** Ends it, unless its handler has; true when it did. */
  synchronized boolean end(Status status, Metadata trailers) {
    if (answered || ended) {
      return false;
    }
    ended = true;
    super.close(status, trailers);
    return true;
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!ended) {
      super.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(R message) {
    if (!ended) {
      super.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!ended) {
      answered = true;
      super.close(status, trailers);
    }
  }
}
