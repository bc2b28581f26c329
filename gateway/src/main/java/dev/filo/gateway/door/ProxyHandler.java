package dev.filo.gateway.door;

import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.telemetry.trace.Traces;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Passes one method's calls on. Demand, cancellation and the caller's deadline go through in both
 * directions; a call of one answer without a deadline gets ours.
 */
final class ProxyHandler implements ServerCallHandler<byte[], byte[]> {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("x-request-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> ADDRESS =
      Metadata.Key.of("x-filo-client-address", Metadata.ASCII_STRING_MARSHALLER);

  private final ApiMethod method;
  private final MethodDescriptor<byte[], byte[]> bytes;
  private final Channel channel;
  private final Duration deadline;

  ProxyHandler(
      ApiMethod method,
      MethodDescriptor<byte[], byte[]> bytes,
      Channel channel,
      Duration deadline) {
    this.method = method;
    this.bytes = bytes;
    this.channel = channel;
    this.deadline = deadline;
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(
      ServerCall<byte[], byte[]> server, Metadata headers) {
    if (!method.isPublic() && !headers.containsKey(AUTHORIZATION)) {
      Statuses.close(
          server,
          Status.Code.UNAUTHENTICATED,
          Problem.of(401, "TOKEN_MISSING", "This needs a token. Get one at /oauth2/token."));
      return new ServerCall.Listener<>() {};
    }
    Metadata passed = new Metadata();
    passed.merge(headers);
    for (String name : headers.keys()) {
      if (name.startsWith("x-filo-")) {
        if (name.endsWith("-bin")) {
          passed.discardAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
        } else {
          passed.discardAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        }
      }
    }
    passed.put(ADDRESS, DoorInterceptor.address(server));
    String requestId = headers.get(REQUEST_ID);
    if (requestId == null) {
      requestId = UUID.randomUUID().toString();
      passed.put(REQUEST_ID, requestId);
    }
    io.opentelemetry.context.Context traced = Traces.SERVED.get();
    CallOptions options =
        traced == null
            ? CallOptions.DEFAULT
            : CallOptions.DEFAULT.withOption(Traces.PARENT, traced);
    if (Context.current().getDeadline() == null && bytes.getType().serverSendsOneMessage()) {
      options = options.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }
    Proxy proxy = new Proxy(server, channel.newCall(bytes, options), requestId);
    proxy.client.start(proxy.responses, passed);
    server.request(1);
    proxy.client.request(1);
    return proxy.requests;
  }

  /** One call. Each side is asked for its next message when the other has taken the last. */
  private static final class Proxy {
    final ServerCall<byte[], byte[]> server;
    final ClientCall<byte[], byte[]> client;
    final String requestId;
    final Requests requests = new Requests();
    final Responses responses = new Responses();
    private volatile boolean unreadable;

    Proxy(ServerCall<byte[], byte[]> server, ClientCall<byte[], byte[]> client, String requestId) {
      this.server = server;
      this.client = client;
      this.requestId = requestId;
    }

    final class Requests extends ServerCall.Listener<byte[]> {
      private boolean waiting;

      @Override
      @SuppressWarnings("ReferenceEquality") // the very array that stands for what is unreadable
      public void onMessage(byte[] message) {
        if (message == Bytes.UNREADABLE) {
          unreadable = true;
          client.cancel("The request cannot be read.", null);
          return;
        }
        client.sendMessage(message);
        synchronized (this) {
          if (client.isReady()) {
            server.request(1);
          } else {
            waiting = true;
          }
        }
      }

      @Override
      public void onHalfClose() {
        client.halfClose();
      }

      @Override
      public void onCancel() {
        client.cancel("The caller went away.", null);
      }

      @Override
      public void onReady() {
        responses.serverReady();
      }

      synchronized void clientReady() {
        if (waiting) {
          waiting = false;
          server.request(1);
        }
      }
    }

    final class Responses extends ClientCall.Listener<byte[]> {
      private boolean waiting;

      @Override
      public void onHeaders(Metadata headers) {
        server.sendHeaders(headers);
      }

      @Override
      public void onMessage(byte[] message) {
        server.sendMessage(message);
        synchronized (this) {
          if (server.isReady()) {
            client.request(1);
          } else {
            waiting = true;
          }
        }
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        if (unreadable) {
          Statuses.close(
              server,
              Status.Code.RESOURCE_EXHAUSTED,
              Problem.of(413, "BODY_TOO_LARGE", "The message is damaged or larger than is taken."));
          return;
        }
        Statuses.pass(server, status, trailers, requestId);
      }

      @Override
      public void onReady() {
        requests.clientReady();
      }

      synchronized void serverReady() {
        if (waiting) {
          waiting = false;
          client.request(1);
        }
      }
    }
  }
}
