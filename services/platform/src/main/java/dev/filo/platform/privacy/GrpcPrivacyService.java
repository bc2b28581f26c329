package dev.filo.platform.privacy;

import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.privacy.v1.EraseRequest;
import dev.filo.proto.privacy.v1.EraseResponse;
import dev.filo.proto.privacy.v1.ExportRequest;
import dev.filo.proto.privacy.v1.ExportResponse;
import dev.filo.proto.privacy.v1.PreviewRequest;
import dev.filo.proto.privacy.v1.PreviewResponse;
import dev.filo.proto.privacy.v1.PrivacyServiceGrpc;
import dev.filo.proto.privacy.v1.Treatment;
import io.grpc.stub.StreamObserver;
import java.util.LinkedHashSet;
import java.util.List;

/** What a service does with the personal data it holds, for identity. */
public final class GrpcPrivacyService extends PrivacyServiceGrpc.PrivacyServiceImplBase {
  private final Erasures erasures;

  /** Answers calls. */
  public GrpcPrivacyService(Erasures erasures) {
    this.erasures = erasures;
  }

  @Override
  public void export(ExportRequest request, StreamObserver<ExportResponse> observer) {
    Answers.stream(
        observer,
        erasures
            .export(new LinkedHashSet<>(request.getCustomersList()))
            .map(
                part ->
                    ExportResponse.newBuilder().setName(part.name()).setJson(part.json()).build()));
  }

  @Override
  public void preview(PreviewRequest request, StreamObserver<PreviewResponse> observer) {
    Answers.unary(
        observer,
        erasures
            .preview(new LinkedHashSet<>(request.getCustomersList()))
            .map(found -> PreviewResponse.newBuilder().addAllTreatments(messages(found)).build()));
  }

  @Override
  public void erase(EraseRequest request, StreamObserver<EraseResponse> observer) {
    Answers.unary(
        observer,
        erasures
            .erase(
                new LinkedHashSet<>(request.getCustomersList()),
                request.getErasure(),
                request.getRound())
            .map(
                receipt ->
                    EraseResponse.newBuilder()
                        .addAllTreatments(messages(receipt.treatments()))
                        .setTime(Times.timestamp(receipt.time()))
                        .build()));
  }

  private static List<Treatment> messages(List<PersonalData.Treatment> treatments) {
    return treatments.stream().map(GrpcPrivacyService::message).toList();
  }

  /** What becomes of one kind of thing, as a message. */
  public static Treatment message(PersonalData.Treatment treatment) {
    return Treatment.newBuilder()
        .setCategory(treatment.category())
        .setKind(
            switch (treatment.kind()) {
              case ERASED -> Treatment.Kind.KIND_ERASED;
              case ANONYMISED -> Treatment.Kind.KIND_ANONYMISED;
              case KEPT -> Treatment.Kind.KIND_KEPT;
            })
        .setCount(treatment.count())
        .setReason(treatment.reason())
        .build();
  }
}
