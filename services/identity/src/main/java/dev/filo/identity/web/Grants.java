package dev.filo.identity.web;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.SignIn;
import dev.filo.identity.domain.StaffMember;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.DeviceLogins;
import dev.filo.identity.service.Passkeys;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.service.SignIns;
import dev.filo.identity.service.StaffStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.platform.code.Ids;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Actor;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** What the suite's own grants give: sessions for guests, signed-in people, other devices. */
public final class Grants {
  private final Customers customers;
  private final SignIns signIns;
  private final Sessions sessions;
  private final StaffStore staff;
  private final DeviceLogins deviceLogins;
  private final Passkeys passkeys;
  private final TokenVerifier tokens;

  /** The grants over the use cases. */
  public Grants(
      Customers customers,
      SignIns signIns,
      Sessions sessions,
      StaffStore staff,
      DeviceLogins deviceLogins,
      Passkeys passkeys,
      TokenVerifier tokens) {
    this.passkeys = passkeys;
    this.tokens = tokens;
    this.deviceLogins = deviceLogins;
    this.customers = customers;
    this.signIns = signIns;
    this.sessions = sessions;
    this.staff = staff;
  }

  /** A session for a new guest. One value. */
  public Mono<Sessions.Opened> guest(String clientId, String device) {
    return customers
        .newGuest(actor("guest", clientId, device))
        .flatMap(guest -> sessions.open(Ids.random(), Principal.of(guest), clientId, device, ""));
  }

  /**
   * A session for whoever has the code. One value, or a refusal.
   *
   * @param guestToken the access token of the guest session on the device, which may have begun
   *     after the code was asked for: what is in it comes along. Empty, or no good any more:
   *     nothing does but what is the guest's who asked.
   */
  public Mono<Sessions.Opened> code(
      String name, String code, String guestToken, String clientId, String device) {
    return guest(guestToken)
        .flatMap(guest -> identify(name, code, guest, clientId, device))
        .flatMap(
            who -> sessions.open(Ids.random(), who.principal(), clientId, device, who.former()));
  }

  /**
   * Who has signed in.
   *
   * @param former see {@link Customers.SignedIn#former}
   */
  public record Identified(Principal principal, String former) {}

  /**
   * The id of the guest whose token this is; empty when it is no guest's, or no good. One value.
   */
  private Mono<String> guest(String token) {
    return caller(token).map(Grants::guest);
  }

  private static String guest(Caller caller) {
    return caller.is(Role.ROLE_GUEST) ? Customer.id(caller.principal()) : "";
  }

  /** Whose token it is; nobody when it is empty or no good. One value. */
  private Mono<Caller> caller(String token) {
    return token.isEmpty()
        ? Mono.just(Caller.ANONYMOUS)
        : tokens
            .verify(token)
            .onErrorResume(StatusRuntimeException.class, error -> Mono.empty())
            .defaultIfEmpty(Caller.ANONYMOUS);
  }

  /**
   * A session for whose passkey has answered. One value, or a refusal.
   *
   * @param guestToken as for {@link #code}; it must be of the session that started the sign-in, if
   *     one did
   */
  public Mono<Sessions.Opened> passkey(
      String name, String credential, String guestToken, String clientId, String device) {
    return caller(guestToken)
        .flatMap(
            asker ->
                passkeys
                    .signIn(name, credential, asker.session())
                    .flatMap(
                        passkey ->
                            customers.signedInByPasskey(
                                Customer.id(passkey.customer()),
                                guest(asker),
                                actor("customer", clientId, device))))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.PasskeyInvalid())))
        .flatMap(
            in ->
                sessions.open(
                    Ids.random(), Principal.of(in.customer()), clientId, device, in.former()));
  }

  /** Who has the code: one of the staff, else a customer. One value, or a refusal. */
  public Mono<Identified> identify(String name, String code, String clientId, String device) {
    return identify(name, code, "", clientId, device);
  }

  private Mono<Identified> identify(
      String name, String code, String guest, String clientId, String device) {
    return signIns
        .redeem(name, code)
        .flatMap(
            signIn ->
                person(signIn)
                    .switchIfEmpty(
                        Mono.defer(
                            () ->
                                signedIn(signIn, guest, actor("customer", clientId, device))
                                    .map(
                                        in ->
                                            new Identified(
                                                Principal.of(in.customer()), in.former())))));
  }

  /** With the guest who asked for the code, and with the one who uses it where that is another. */
  private Mono<Customers.SignedIn> signedIn(
      SignIn signIn, String guest, Function<String, Actor> actor) {
    var asker = signIn.guest().isEmpty() ? guest : signIn.guest();
    var first = customers.signedIn(signIn.address(), asker, actor);
    return guest.isEmpty() || guest.equals(asker)
        ? first
        : first.flatMap(in -> customers.signedIn(signIn.address(), guest, actor));
  }

  /** The customer of an address that another provider says is verified. One value. */
  public Mono<Identified> external(ContactAddress address, String clientId) {
    return customers
        .signedIn(address, "", actor("customer", clientId, ""))
        .map(in -> new Identified(Principal.of(in.customer()), in.former()));
  }

  private Mono<Identified> person(SignIn signIn) {
    return staff
        .person(signIn.address().value().toLowerCase(Locale.ROOT))
        .filter(StaffMember::active)
        .map(person -> new Identified(person.principal(), ""));
  }

  /**
   * A session for the customer whose hand-off code it is. One value, or a refusal.
   *
   * @param claim what tells this device from others; empty when it has nothing
   */
  public Mono<Sessions.Opened> handoff(String code, String claim, String clientId, String device) {
    return sessions
        .showHandoff(code, claim, device, clientId)
        .flatMap(
            customer ->
                customers.handedOff(
                    customer,
                    actor(Principal.of(customer).role(), clientId, device).apply(customer.name())))
        .flatMap(
            (Customer customer) ->
                sessions.open(Ids.random(), Principal.of(customer), clientId, device, ""));
  }

  /** A session for whoever said yes to the device that asks. One value, or a refusal. */
  public Mono<Sessions.Opened> device(String deviceCode, String clientId) {
    return deviceLogins.poll(deviceCode, clientId);
  }

  /** The session of a refresh token, moved on. One value, or a refusal. */
  public Mono<Sessions.Opened> refresh(String token, String clientId) {
    return sessions.refresh(token, clientId);
  }

  private static Function<String, Actor> actor(String role, String clientId, String device) {
    return name ->
        Actor.newBuilder()
            .setPrincipal(name)
            .setRole(role)
            .setChannel(new Principal(name, role, List.of(), "").channel(clientId))
            .setDevice(device)
            .build();
  }
}
