package dev.filo.identity.grpc;

import dev.filo.identity.service.Mails;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.identity.v1.MailServiceGrpc;
import dev.filo.proto.identity.v1.SendMailRequest;
import dev.filo.proto.identity.v1.SendMailResponse;
import io.grpc.stub.StreamObserver;

/** Mail of the suite's own services, over gRPC. */
public final class GrpcMailService extends MailServiceGrpc.MailServiceImplBase {
  private final Mails mails;

  /** Serves the use case. */
  public GrpcMailService(Mails mails) {
    this.mails = mails;
  }

  @Override
  public void sendMail(SendMailRequest request, StreamObserver<SendMailResponse> observer) {
    Answers.unary(
        observer,
        mails
            .send(
                Caller.current().principal(),
                request.getRequestId(),
                Requests.hash(request),
                request.getTo(),
                request.getSubject(),
                request.getText())
            .map(at -> SendMailResponse.newBuilder().setSendTime(Times.timestamp(at)).build()));
  }
}
