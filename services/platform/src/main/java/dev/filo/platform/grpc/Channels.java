package dev.filo.platform.grpc;

import dev.filo.platform.auth.Caller;
import dev.filo.telemetry.channel.PromptChannel;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;

/**
 * Channels to the other services, one each for the life of the process. A target {@code
 * in-process:cart} is a server in this JVM, anything else one of grpc-java's name syntaxes ({@code
 * dns:///cart:9090}), balanced round robin.
 */
public final class Channels implements DisposableBean {
  /** What a target in this JVM begins with. */
  public static final String IN_PROCESS = "in-process:";

  private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  private final Function<String, String> targets;
  private final Map<String, PromptChannel> channels = new ConcurrentHashMap<>();
  private final CallCredentials serviceToken;
  private final List<ClientInterceptor> interceptors;

  /**
   * Channels.
   *
   * @param targets the target of a service by its short name: {@code cart}
   * @param serviceToken what calls made as this service carry
   */
  public Channels(Function<String, String> targets, CallCredentials serviceToken) {
    this(targets, serviceToken, List.of());
  }

  /** As the other one, with interceptors of every call, the outermost last. */
  public Channels(
      Function<String, String> targets,
      CallCredentials serviceToken,
      List<ClientInterceptor> interceptors) {
    this.targets = targets;
    this.serviceToken = serviceToken;
    this.interceptors = interceptors;
  }

  /** The channel to a service by its short name, {@code cart}. */
  public Channel to(String service) {
    return channels.computeIfAbsent(
        service, name -> new PromptChannel(open(targets.apply(name), interceptors)));
  }

  /** The stub, making its calls as this service itself. */
  public <S extends AbstractStub<S>> S asService(S stub) {
    return stub.withCallCredentials(serviceToken);
  }

  /** The stub, making its calls as the caller, in the caller's language. */
  public static <S extends AbstractStub<S>> S asCaller(S stub, Caller caller, String language) {
    var headers = new Metadata();
    if (!caller.token().isEmpty()) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + caller.token());
    }
    headers.put(Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER), language);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** The stub, asking for texts in this language. */
  public static <S extends AbstractStub<S>> S inLanguage(S stub, String language) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER), language);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Opens a channel to a target. */
  public static ManagedChannel open(String target) {
    return open(target, List.of());
  }

  private static ManagedChannel open(String target, List<ClientInterceptor> interceptors) {
    if (target.startsWith(IN_PROCESS)) {
      return InProcessChannelBuilder.forName(target.substring(IN_PROCESS.length()))
          .maxInboundMessageSize(MESSAGE_BYTES_MAX)
          .intercept(new WaitForReady())
          .intercept(interceptors)
          .build();
    }
    return NettyChannelBuilder.forTarget(target)
        .usePlaintext()
        .defaultLoadBalancingPolicy("round_robin")
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        // Below the 60 s after which common middleboxes forget a silent connection; the server
        // permits it.
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .intercept(new WaitForReady())
        .intercept(interceptors)
        .build();
  }

  @Override
  public void destroy() {
    channels.values().forEach(each -> each.managed().shutdownNow());
  }

  /**
   * Calls with a deadline wait for a connection that is being made, instead of failing while a peer
   * restarts.
   */
  private static final class WaitForReady implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      var chosen = options.getDeadline() == null ? options : options.withWaitForReady();
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, chosen)) {};
    }
  }
}
