package dev.filo.identity.grpc;

import com.google.api.HttpBody;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.identity.domain.ExportTicket;
import dev.filo.identity.export.ExportFile;
import dev.filo.identity.service.Privacy;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.identity.v1.CustomerExport;
import dev.filo.proto.identity.v1.CustomerPrivacyServiceGrpc;
import dev.filo.proto.identity.v1.DownloadExportRequest;
import dev.filo.proto.identity.v1.EraseCustomerRequest;
import dev.filo.proto.identity.v1.Erasure;
import dev.filo.proto.identity.v1.ExportCustomerRequest;
import dev.filo.proto.identity.v1.GetErasureRequest;
import dev.filo.proto.identity.v1.PreviewErasureRequest;
import dev.filo.proto.identity.v1.ServiceReceipt;
import dev.filo.proto.privacy.v1.EraseResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import reactor.core.publisher.Mono;

/** What a customer is entitled to know and to have forgotten. */
public final class GrpcCustomerPrivacyService
    extends CustomerPrivacyServiceGrpc.CustomerPrivacyServiceImplBase {
  private final Privacy privacy;
  private final ExportFile file;
  private final String publicUrl;

  /**
   * Answers calls.
   *
   * @param publicUrl where the shop is, without a slash at the end
   */
  public GrpcCustomerPrivacyService(Privacy privacy, ExportFile file, String publicUrl) {
    this.privacy = privacy;
    this.file = file;
    this.publicUrl = publicUrl;
  }

  @Override
  public void previewErasure(PreviewErasureRequest request, StreamObserver<Erasure> observer) {
    answer(
        observer,
        privacy
            .preview(request.getName())
            .map(
                previews -> {
                  var erasure = Erasure.newBuilder().setState(Erasure.State.PREVIEW);
                  previews.forEach(
                      (service, found) ->
                          erasure.addReceipts(
                              ServiceReceipt.newBuilder()
                                  .setService(service)
                                  .addAllTreatments(found.getTreatmentsList())));
                  return erasure.build();
                }));
  }

  @Override
  public void eraseCustomer(EraseCustomerRequest request, StreamObserver<Erasure> observer) {
    answer(
        observer,
        privacy
            .erase(
                request.getName(),
                asked(
                    Caller.current(),
                    request.getSignIn(),
                    request.getCode(),
                    request.getReason(),
                    request.getRequestId()))
            .map(erasure -> message(erasure, privacy.services())));
  }

  @Override
  public void getErasure(GetErasureRequest request, StreamObserver<Erasure> observer) {
    answer(
        observer,
        privacy.get(request.getName()).map(erasure -> message(erasure, privacy.services())));
  }

  @Override
  public void exportCustomer(
      ExportCustomerRequest request, StreamObserver<CustomerExport> observer) {
    answer(
        observer,
        privacy
            .export(
                request.getName(),
                asked(
                    Caller.current(),
                    request.getSignIn(),
                    request.getCode(),
                    "",
                    request.getRequestId()))
            .map(this::message));
  }

  private static Privacy.Asked asked(
      Caller caller, String signIn, String code, String reason, String requestId) {
    return new Privacy.Asked(
        caller.principal(),
        caller.is(Role.ROLE_MANAGER),
        caller.session(),
        signIn,
        code,
        reason,
        requestId);
  }

  private CustomerExport message(ExportTicket ticket) {
    var name = ticket.customer() + "/exports/" + ticket.id();
    return CustomerExport.newBuilder()
        .setName(name)
        .setUri(publicUrl + "/v1/" + name + ":download")
        .setExpireTime(Times.timestamp(ticket.expireTime()))
        .setCreateTime(Times.timestamp(ticket.createTime()))
        .build();
  }

  @Override
  public void downloadExport(DownloadExportRequest request, StreamObserver<HttpBody> observer) {
    var language = Caller.language();
    Answers.stream(
        observer,
        privacy
            .redeem(request.getName(), Caller.current().session())
            .flatMapMany(names -> file.of(names, language))
            .map(
                bytes ->
                    HttpBody.newBuilder().setContentType("application/zip").setData(bytes).build())
            .onErrorMap(Refusals::toStatus));
  }

  private static Erasure message(dev.filo.identity.domain.Erasure erasure, List<String> services) {
    var message =
        Erasure.newBuilder()
            .setName(erasure.name())
            .setState(erasure.isDone() ? Erasure.State.DONE : Erasure.State.RUNNING)
            .setCreateTime(Times.timestamp(erasure.createTime()));
    for (int i = 0; i < services.size(); i++) {
      var service = services.get(i);
      var receipt = ServiceReceipt.newBuilder().setService(service);
      var kept = erasure.receipts().get(service);
      if (kept != null) {
        var read = receipt(kept);
        receipt
            .addAllTreatments(read.getTreatmentsList())
            .setTime(read.getTime())
            .setDone(isDone(erasure, i));
      }
      message.addReceipts(receipt);
    }
    var end = erasure.endTime();
    if (end != null) {
      message.setEndTime(Times.timestamp(end));
    }
    return message.build();
  }

  private static boolean isDone(dev.filo.identity.domain.Erasure erasure, int service) {
    int last = dev.filo.identity.domain.Erasure.ROUNDS;
    return erasure.round() > last || (erasure.round() == last && erasure.next() > service);
  }

  private static EraseResponse receipt(byte[] kept) {
    try {
      return EraseResponse.parseFrom(kept);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a receipt cannot be read", e);
    }
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::toStatus));
  }
}
