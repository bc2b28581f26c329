package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Link;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The letter by which a customer learns that a passkey was added to her account, Italian or
 * English: if it was not she who did it, she can remove it.
 */
public final class PasskeyMail {
  private static final Logger LOG = LoggerFactory.getLogger(PasskeyMail.class);
  // The passkey is there whether or not the mail server answers.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<Messenger> ways;
  private final String shop;
  private final String accountUrl;

  /**
   * Letters in the name of a shop.
   *
   * @param accountUrl where she sees and removes passkeys
   */
  public PasskeyMail(List<Messenger> ways, String shop, String accountUrl) {
    this.ways = List.copyOf(ways);
    this.shop = shop;
    this.accountUrl = accountUrl;
  }

  /**
   * Writes to all e-mail addresses that are proven hers. Completes, also when a letter was not
   * taken: that is logged.
   *
   * @param language {@code it} or {@code en}
   */
  public Mono<Void> added(Customer customer, String title, String language) {
    boolean english = language.equals("en");
    var name = title.isEmpty() ? "" : (english ? " “%s”" : " «%s»").formatted(title);
    var subject =
        (english ? "A passkey was added to your account at %s" : "Nuova passkey sul tuo profilo %s")
            .formatted(shop);
    var text = (english ? ENGLISH : ITALIAN).formatted(name, shop, accountUrl);
    return Mono.justOrEmpty(
            ways.stream().filter(way -> way.serves(ContactAddress.Kind.EMAIL)).findFirst())
        .flatMapMany(
            way ->
                Flux.fromStream(
                        customer.links().stream()
                            .filter(Link::isProven)
                            .map(Link::identifier)
                            .filter(each -> each.type() == IdentifierKey.Type.EMAIL))
                    .flatMap(
                        address ->
                            way.send(ContactAddress.email(address.value()), subject, text)
                                .timeout(PATIENCE)
                                .onErrorResume(PasskeyMail::notTaken)))
        .then();
  }

  private static Mono<Void> notTaken(Throwable error) {
    LOG.warn("A letter about a new passkey was not taken: {}", error.getClass().getSimpleName());
    return Mono.empty();
  }

  private static final String ITALIAN =
      """
      Ciao,

      al tuo profilo è stata aggiunta una passkey%s. Con questa si può entrare in %s senza codice.

      Se l'hai aggiunta tu, va tutto bene. Se no, rimuovila ed esci da tutti i dispositivi:
      %s
      """;
  private static final String ENGLISH =
      """
      Hello,

      a passkey%s was added to your account. It signs in to %s without a code.

      If you added it, all is well. If not, remove it and sign out everywhere:
      %s
      """;
}
