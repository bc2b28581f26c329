package dev.filo.gateway.door;

import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.problem.ProblemException;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** What every call at the gRPC door passes: it counts against its address. */
final class DoorInterceptor implements ServerInterceptor {
  private final RateLimits limits;

  DoorInterceptor(RateLimits limits) {
    this.limits = limits;
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    try {
      limits.address(address(call));
    } catch (ProblemException refused) {
      Statuses.close(call, Status.Code.RESOURCE_EXHAUSTED, refused.problem());
      return new ServerCall.Listener<>() {};
    }
    return next.startCall(call, headers);
  }

  /** The address at the connection's other end. */
  static String address(ServerCall<?, ?> call) {
    SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return remote instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "unknown";
  }
}
