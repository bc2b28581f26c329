package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.service.MailStore.Sent;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import reactor.core.publisher.Mono;

/** Mail of the suite's own services, each once. */
public final class Mails {
  private final MailStore store;
  private final List<Messenger> ways;
  private final InstantSource clock;

  /** Mail by the first way that serves e-mail. */
  public Mails(MailStore store, List<Messenger> ways, InstantSource clock) {
    this.store = store;
    this.ways = List.copyOf(ways);
    this.clock = clock;
  }

  /**
   * Mails a text. One value, when the mail server took it; the same request again gives the first
   * answer.
   *
   * @param caller whose request it is: request ids of others may be the same
   * @param hash tells the request's content from another's
   */
  public Mono<Instant> send(
      String caller, String requestId, byte[] hash, String to, String subject, String text) {
    var id = Ids.derived("mail", caller, requestId);
    return store
        .find(id)
        .switchIfEmpty(Mono.defer(() -> taken(id, hash, to, subject, text)))
        .flatMap(
            sent ->
                Arrays.equals(sent.hash(), hash)
                    ? Mono.just(sent.sendTime())
                    : Mono.error(Statuses.requestIdReused()));
  }

  private Mono<Sent> taken(String id, byte[] hash, String to, String subject, String text) {
    var way = ways.stream().filter(each -> each.serves(ContactAddress.Kind.EMAIL)).findFirst();
    return way.map(each -> each.send(ContactAddress.email(to), subject, text))
        .orElseGet(() -> Mono.error(new IllegalStateException("no way to send mail")))
        .onErrorMap(
            AddressRefusedException.class,
            refused -> Statuses.field("to", "is not taken by the mail server"))
        .onErrorMap(
            error -> Statuses.errorInfo(error) == null,
            error -> Statuses.unavailable("The mail server"))
        .then(
            Mono.defer(
                () -> {
                  var sent = new Sent(hash, clock.instant());
                  return store.put(id, sent).thenReturn(sent);
                }));
  }
}
