package dev.filo.identity.mail;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.service.AddressRefusedException;
import dev.filo.identity.service.Messenger;
import jakarta.mail.SendFailedException;
import org.springframework.mail.MailSendException;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Sends mail through an SMTP server. */
public final class SmtpMessenger implements Messenger {
  private final JavaMailSender sender;
  private final String from;

  /** Through a sender, from an address. */
  public SmtpMessenger(JavaMailSender sender, String from) {
    this.sender = sender;
    this.from = from;
  }

  @Override
  public boolean serves(ContactAddress.Kind kind) {
    return kind == ContactAddress.Kind.EMAIL;
  }

  @Override
  public Mono<Void> send(ContactAddress to, String subject, String text) {
    return Mono.<Void>fromRunnable(
            () -> {
              var mail = new SimpleMailMessage();
              mail.setFrom(from);
              mail.setTo(to.value());
              mail.setSubject(subject);
              mail.setText(text);
              deliver(mail);
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  /** What the server says no address of is another thing than a server that does not answer. */
  private void deliver(SimpleMailMessage mail) {
    try {
      sender.send(mail);
    } catch (MailSendException e) {
      for (Exception failure : e.getMessageExceptions()) {
        if (failure instanceof SendFailedException refused
            && refused.getInvalidAddresses() != null
            && refused.getInvalidAddresses().length > 0) {
          throw new AddressRefusedException();
        }
      }
      throw e;
    }
  }
}
