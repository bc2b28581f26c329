package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** The message a code is sent in, Italian or English, by the first way that reaches the address. */
public final class CodeMail {
  private final List<Messenger> ways;
  private final String shop;

  /** Messages in the name of a shop. */
  public CodeMail(List<Messenger> ways, String shop) {
    this.ways = List.copyOf(ways);
    this.shop = shop;
  }

  boolean serves(ContactAddress address) {
    return ways.stream().anyMatch(way -> way.serves(address.kind()));
  }

  /** Sends a code. Completes when the message has been taken. */
  Mono<Void> send(ContactAddress to, String code, String language, Duration life) {
    var way =
        ways.stream()
            .filter(each -> each.serves(to.kind()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no way to send to this kind of address"));
    boolean english = language.equals("en");
    var subject =
        english ? "Your code for %s".formatted(shop) : "Il tuo codice per %s".formatted(shop);
    return way.send(
        to,
        subject,
        to.kind() == ContactAddress.Kind.PHONE
            ? (english
                    ? "%s is your code for %s. Do not give it to anybody."
                    : "%s è il tuo codice per %s. Non darlo a nessuno.")
                .formatted(code, shop)
            : (english ? ENGLISH : ITALIAN).formatted(shop, code, life.toMinutes()));
  }

  private static final String ITALIAN =
      """
      Ciao,

      il tuo codice per entrare in %s è:

          %s

      Vale per %d minuti e una volta sola. Non darlo a nessuno: noi non te lo chiederemo mai.
      Se non l'hai chiesto tu, ignora questo messaggio.
      """;
  private static final String ENGLISH =
      """
      Hello,

      your code to sign in to %s is:

          %s

      It is good for %d minutes and once only. Do not give it to anybody: we will never ask for it.
      If you did not ask for it, ignore this message.
      """;
}
