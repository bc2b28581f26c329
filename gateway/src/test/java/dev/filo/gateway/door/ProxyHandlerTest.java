package dev.filo.gateway.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.inventory.v1.RecordMovementsResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream in both directions passes the door. */
class ProxyHandlerTest {
  private static final MethodDescriptor<RecordMovementsRequest, RecordMovementsResponse> METHOD =
      InventoryServiceGrpc.getRecordMovementsMethod();

  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final ManagedChannel door;

  /** Answers each request with a result of its request id. */
  private final class Echo extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public StreamObserver<RecordMovementsRequest> recordMovements(
        StreamObserver<RecordMovementsResponse> observer) {
      ((ServerCallStreamObserver<RecordMovementsResponse>) observer)
          .setOnCancelHandler(cancelled::countDown);
      return new StreamObserver<>() {
        @Override
        public void onNext(RecordMovementsRequest request) {
          var answer = RecordMovementsResponse.newBuilder();
          answer.addResultsBuilder().setId(request.getRequestId());
          observer.onNext(answer.build());
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {
          observer.onCompleted();
        }
      };
    }
  }

  ProxyHandlerTest() throws IOException {
    var inventory = channel(serve(new Echo().bindService()));
    ApiMethod method = ApiMethods.method(METHOD, "inventory");
    var bytes = method.grpc().toBuilder(Bytes.REQUESTS, Bytes.ANSWERS).build();
    var descriptor = ServiceDescriptor.newBuilder(METHOD.getServiceName()).addMethod(bytes).build();
    door =
        channel(
            serve(
                ServerServiceDefinition.builder(descriptor)
                    .addMethod(
                        ServerMethodDefinition.create(
                            bytes,
                            new ProxyHandler(method, bytes, inventory, Duration.ofSeconds(30))))
                    .build()));
  }

  private String serve(ServerServiceDefinition service) throws IOException {
    var name = UUID.randomUUID().toString();
    servers.add(InProcessServerBuilder.forName(name).addService(service).build().start());
    return name;
  }

  private ManagedChannel channel(String name) {
    var headers = new io.grpc.Metadata();
    headers.put(
        io.grpc.Metadata.Key.of("authorization", io.grpc.Metadata.ASCII_STRING_MARSHALLER),
        "Bearer abc");
    var channel =
        InProcessChannelBuilder.forName(name)
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    channels.add(channel);
    return channel;
  }

  @AfterEach
  void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    servers.forEach(Server::shutdownNow);
  }

  private static RecordMovementsRequest request(int number) {
    return RecordMovementsRequest.newBuilder().setRequestId("q" + number).build();
  }

  private static CallOptions within(Duration limit) {
    return CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What a client hears. */
  private static final class Heard implements StreamObserver<RecordMovementsResponse> {
    final LinkedBlockingQueue<String> all = new LinkedBlockingQueue<>();

    @Override
    public void onNext(RecordMovementsResponse answer) {
      all.add(answer.getResults(0).getId());
    }

    @Override
    public void onError(Throwable error) {
      all.add(Status.fromThrowable(error).getCode().name());
    }

    @Override
    public void onCompleted() {
      all.add("completed");
    }

    String next() throws InterruptedException {
      var next = all.poll(20, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      return next;
    }
  }

  @Test
  void manyRequests_manyAnswersInOrder() throws Exception {
    var heard = new Heard();
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            door.newCall(METHOD, within(Duration.ofSeconds(60))), heard);
    for (int i = 0; i < 500; i++) {
      requests.onNext(request(i));
    }
    requests.onCompleted();
    for (int i = 0; i < 500; i++) {
      assertThat(heard.next()).isEqualTo("q" + i);
    }
    assertThat(heard.next()).isEqualTo("completed");
  }

  @Test
  void oneRequestOfAUnaryClient_oneAnswer() {
    var answer =
        ClientCalls.blockingUnaryCall(
            door,
            METHOD.toBuilder().setType(MethodDescriptor.MethodType.UNARY).build(),
            within(Duration.ofSeconds(20)),
            request(1));
    assertThat(answer.getResults(0).getId()).isEqualTo("q1");
  }

  @Test
  void cancelledInTheMiddle_isCancelledBehindTheDoor() throws Exception {
    var heard = new Heard();
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            door.newCall(METHOD, within(Duration.ofSeconds(60))), heard);
    requests.onNext(request(1));
    assertThat(heard.next()).isEqualTo("q1");
    requests.onError(Status.CANCELLED.asRuntimeException());
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
