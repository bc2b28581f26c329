package dev.filo.identity.grpc;

import dev.filo.identity.service.Participants;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.privacy.v1.EraseRequest;
import dev.filo.proto.privacy.v1.EraseResponse;
import dev.filo.proto.privacy.v1.ExportRequest;
import dev.filo.proto.privacy.v1.ExportResponse;
import dev.filo.proto.privacy.v1.PreviewRequest;
import dev.filo.proto.privacy.v1.PreviewResponse;
import dev.filo.proto.privacy.v1.PrivacyServiceGrpc;
import dev.filo.proto.privacy.v1.PrivacyServiceGrpc.PrivacyServiceStub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The services that hold personal data, by gRPC, called as identity itself. */
public final class GrpcParticipants implements Participants {
  // A person's whole history may be many documents.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Channels channels;
  private final List<String> services;

  /** These services, by their short names. */
  public GrpcParticipants(Channels channels, List<String> services) {
    this.channels = channels;
    this.services = List.copyOf(services);
  }

  @Override
  public List<String> services() {
    return services;
  }

  @Override
  public Flux<ExportResponse> export(String service, List<String> customers) {
    return Calls.stream(
        stub(service).withDeadlineAfter(10 * PATIENCE.toSeconds(), TimeUnit.SECONDS),
        PrivacyServiceStub::export,
        ExportRequest.newBuilder().addAllCustomers(customers).build());
  }

  @Override
  public Mono<PreviewResponse> preview(String service, List<String> customers) {
    return Calls.unary(
        stub(service),
        PrivacyServiceStub::preview,
        PreviewRequest.newBuilder().addAllCustomers(customers).build());
  }

  @Override
  public Mono<EraseResponse> erase(
      String service, List<String> customers, String erasure, int round) {
    return Calls.unary(
        stub(service).withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS),
        PrivacyServiceStub::erase,
        EraseRequest.newBuilder()
            .addAllCustomers(customers)
            .setErasure(erasure)
            .setRound(round)
            .build());
  }

  private PrivacyServiceStub stub(String service) {
    return channels.asService(PrivacyServiceGrpc.newStub(channels.to(service)));
  }
}
