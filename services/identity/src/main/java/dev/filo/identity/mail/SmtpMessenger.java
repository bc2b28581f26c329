package dev.filo.identity.mail;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.service.Messenger;
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
              sender.send(mail);
            })
        .subscribeOn(Schedulers.boundedElastic());
  }
}
