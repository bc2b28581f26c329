package dev.filo.identity.service;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.SignIn;
import dev.filo.platform.code.Ids;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import reactor.core.publisher.Mono;

/** Sign-in by a code sent to an address. Known and unknown addresses are treated alike. */
public final class SignIns {
  private static final int CODE_DIGITS = 6;

  private final SignInStore store;
  private final CodeMail mail;
  private final Secrets secrets;
  private final Limits limits;
  private final InstantSource clock;

  /**
   * The limits.
   *
   * @param life how long a code can be used
   * @param attemptsMax wrong codes a sign-in bears
   * @param perAddress codes sent to one address within the window
   * @param perPlace codes asked for from one network address within the window
   */
  public record Limits(
      Duration life, int attemptsMax, int perAddress, int perPlace, Duration window) {}

  /** The use cases over a store. */
  public SignIns(
      SignInStore store, CodeMail mail, Secrets secrets, Limits limits, InstantSource clock) {
    this.store = store;
    this.mail = mail;
    this.secrets = secrets;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Who asks for a code, and from where.
   *
   * @param principal empty for nobody known
   * @param guest the guest's id; empty when it is no guest
   * @param place the network address; empty when not known
   * @param requestId empty: every call is a new request
   */
  public record Asker(
      String principal, String guest, String place, String language, String requestId) {}

  /** Sends a code. One value; refused when too many were sent or none could be. */
  public Mono<SignIn> start(ContactAddress address, Asker asker) {
    if (!mail.serves(address)) {
      return Mono.error(new RefusedException(new Refusal.PhoneNotServed()));
    }
    if (asker.requestId().isEmpty()) {
      return begin(Ids.random(), address, asker);
    }
    var id = secrets.hash("sign-in", asker.principal(), asker.place(), asker.requestId());
    return store
        .find(id)
        .flatMap(seen -> again(seen, address, asker))
        .switchIfEmpty(Mono.defer(() -> begin(id, address, asker)));
  }

  private Mono<SignIn> begin(String id, ContactAddress address, Asker asker) {
    var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var code = Ids.digits(CODE_DIGITS);
    var signIn =
        new SignIn(
            id,
            address,
            asker.guest(),
            codeHash(id, code),
            secrets.hash("request", address.claim()),
            false,
            now.plus(limits.life()));
    return limit("place", asker.place(), limits.perPlace())
        .then(Mono.defer(() -> limit("address", address.claim(), limits.perAddress())))
        .then(Mono.defer(() -> store.add(signIn)))
        .flatMap(
            kept ->
                kept.codeHash().equals(signIn.codeHash())
                    ? send(kept, code, asker.language())
                    : again(kept, address, asker));
  }

  /** The first answer again; if the first code never left, another one is sent. */
  private Mono<SignIn> again(SignIn seen, ContactAddress address, Asker asker) {
    if (!seen.requestHash().equals(secrets.hash("request", address.claim()))) {
      return Mono.error(new RefusedException(new Refusal.RequestReused()));
    }
    return seen.sent() ? Mono.just(seen) : send(seen, Ids.digits(CODE_DIGITS), asker.language());
  }

  private Mono<SignIn> send(SignIn signIn, String code, String language) {
    return mail.send(signIn.address(), code, language, limits.life())
        .onErrorMap(e -> new RefusedException(new Refusal.CodeNotSent()))
        .then(Mono.defer(() -> store.sent(signIn.id(), codeHash(signIn.id(), code))))
        .thenReturn(signIn);
  }

  private Mono<Void> limit(String kind, String what, int max) {
    if (what.isEmpty()) {
      return Mono.empty();
    }
    return store
        .limit(secrets.hash("limit", kind, what), max, limits.window(), clock.instant())
        .flatMap(wait -> Mono.error(new RefusedException(new Refusal.SignInRateLimited(wait))));
  }

  /** Uses a sign-in up. One value: the sign-in; refused unless the code is right. */
  public Mono<SignIn> redeem(String name, String code) {
    var id = name.startsWith("signIns/") ? name.substring("signIns/".length()) : name;
    return store
        .redeem(
            id, codeHash(id, code.replaceAll("[\\s-]", "")), limits.attemptsMax(), clock.instant())
        .map(
            outcome ->
                switch (outcome) {
                  case SignInStore.Redemption.Redeemed(var signIn) -> signIn;
                  case SignInStore.Redemption.Wrong() ->
                      throw new RefusedException(new Refusal.CodeWrong());
                  case SignInStore.Redemption.Exhausted() ->
                      throw new RefusedException(new Refusal.TooManyAttempts());
                  case SignInStore.Redemption.Over() ->
                      throw new RefusedException(new Refusal.SignInExpired());
                });
  }

  private String codeHash(String id, String code) {
    return secrets.hash("code", id, code);
  }
}
