package dev.filo.identity.grpc;

import dev.filo.identity.mail.Mailbox;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.dev.v1.ListMailRequest;
import dev.filo.proto.dev.v1.ListMailResponse;
import dev.filo.proto.dev.v1.Mail;
import dev.filo.proto.dev.v1.MailboxServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Locale;

/** Shows the dev profile's mailbox. */
public final class GrpcMailboxService extends MailboxServiceGrpc.MailboxServiceImplBase {
  private static final int MAX = 20;

  private final Mailbox mailbox;

  /** Shows a mailbox. */
  public GrpcMailboxService(Mailbox mailbox) {
    this.mailbox = mailbox;
  }

  @Override
  public void listMail(ListMailRequest request, StreamObserver<ListMailResponse> observer) {
    Answers.unary(
        observer,
        mailbox
            .list(request.getTo().strip().toLowerCase(Locale.ROOT), MAX)
            .map(
                letter ->
                    Mail.newBuilder()
                        .setTo(letter.to())
                        .setSubject(letter.subject())
                        .setText(letter.text())
                        .setCreateTime(Times.timestamp(letter.createTime()))
                        .build())
            .collectList()
            .map(mail -> ListMailResponse.newBuilder().addAllMessages(mail).build()));
  }
}
