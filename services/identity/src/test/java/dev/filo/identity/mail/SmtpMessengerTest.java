package dev.filo.identity.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.filo.identity.domain.ContactAddress;
import org.junit.jupiter.api.Test;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSenderImpl;

class SmtpMessengerTest {
  private static final ContactAddress JULIA = ContactAddress.email("julia@example.com");

  @Test
  void send_arrives() throws Exception {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    try {
      messenger(server.getSmtp().getPort()).send(JULIA, "Il tuo codice è qui", "È 123456").block();
      var mail = server.getReceivedMessages();
      assertThat(mail).hasSize(1);
      assertThat(mail[0].getSubject()).isEqualTo("Il tuo codice è qui");
      assertThat(mail[0].getContent().toString()).contains("È 123456");
      assertThat(mail[0].getFrom()[0].toString()).isEqualTo("shop@example.com");
    } finally {
      server.stop();
    }
  }

  @Test
  void send_withoutAServer_isAnError() throws Exception {
    int port;
    try (var socket = new java.net.ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var messenger = messenger(port);
    assertThatThrownBy(() -> messenger.send(JULIA, "s", "t").block())
        .isInstanceOf(MailException.class);
  }

  private static SmtpMessenger messenger(int port) {
    var sender = new JavaMailSenderImpl();
    sender.setHost("127.0.0.1");
    sender.setPort(port);
    sender.setDefaultEncoding("UTF-8");
    return new SmtpMessenger(sender, "shop@example.com");
  }
}
