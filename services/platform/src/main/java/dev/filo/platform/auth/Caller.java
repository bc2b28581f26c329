package dev.filo.platform.auth;

import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Actor;
import io.grpc.Context;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Who makes a call, as a checked token says.
 *
 * @param principal {@code customers/abc}, {@code staff/agent@filo.example}, {@code
 *     devices/till-milano-1}, {@code services/cart}; empty for a call without a token. Of a
 *     customer the name that is valid now, never an alias.
 * @param roles never empty
 * @param stores resource names of the stores of store staff and devices
 * @param clientId the OAuth client
 * @param channel see {@link Claims#CHANNEL}
 * @param device as its owner named it; empty when not named
 * @param displayName empty for customers
 * @param former the subject whose things are the caller's since this sign-in; empty when none are
 * @param session what all tokens of one sign-in share
 * @param token the token itself, to be passed on to another service; empty without one
 */
public record Caller(
    String principal,
    Set<Role> roles,
    List<String> stores,
    String clientId,
    String channel,
    String device,
    String displayName,
    String former,
    String session,
    String token) {
  private static final Context.Key<Caller> KEY = Context.key("filo-caller");
  private static final Context.Key<String> LANGUAGE = Context.key("filo-language");
  private static final Context.Key<String> ADDRESS = Context.key("filo-client-address");

  /** A call without a token. */
  public static final Caller ANONYMOUS =
      new Caller("", Set.of(Role.ROLE_PUBLIC), List.of(), "", "", "", "", "", "", "");

  /** Copies what can change. */
  public Caller {
    roles = Set.copyOf(roles);
    stores = List.copyOf(stores);
  }

  /**
   * A service itself, when nobody calls.
   *
   * @param service its short name: {@code cart}
   */
  public static Caller service(String service) {
    return new Caller(
        "services/" + service,
        Set.of(Role.ROLE_SERVICE),
        List.of(),
        "",
        "system",
        "",
        "",
        "",
        "",
        "");
  }

  /**
   * Who makes the call this thread is in. To be read in the handler itself, not later in a reactive
   * chain.
   */
  public static Caller current() {
    var caller = KEY.get();
    return caller == null ? ANONYMOUS : caller;
  }

  /** The language the caller reads, {@code it} or {@code en}; Italian when nothing was said. */
  public static String language() {
    var language = LANGUAGE.get();
    return language == null ? "it" : language;
  }

  /**
   * The address the call came from, as the gateway saw it; empty when not known. For limits, never
   * for logs.
   */
  public static String address() {
    var address = ADDRESS.get();
    return address == null ? "" : address;
  }

  /** A context made of another, in which this caller is the current one. */
  public static Context context(Context of, Caller caller, String language, String address) {
    return of.withValues(KEY, caller, LANGUAGE, language, ADDRESS, address);
  }

  /** True when the caller has this role. */
  public boolean is(Role role) {
    return roles.contains(role);
  }

  /** True for guests and customers, who may touch only what is theirs. */
  public boolean isShopper() {
    return is(Role.ROLE_GUEST) || is(Role.ROLE_CUSTOMER);
  }

  /** The same caller under the name that is valid now. */
  public Caller as(String validPrincipal) {
    return new Caller(
        validPrincipal,
        roles,
        stores,
        clientId,
        channel,
        device,
        displayName,
        former,
        session,
        token);
  }

  /** The same caller, whose former things are not hers any more. */
  public Caller withoutFormer() {
    return new Caller(
        principal, roles, stores, clientId, channel, device, displayName, "", session, token);
  }

  /** The caller as events and records name it. */
  public Actor actor() {
    return Actor.newBuilder()
        .setPrincipal(principal)
        .setRole(roleName())
        .setChannel(channel)
        .setDevice(device)
        .setDisplayName(displayName)
        .build();
  }

  private String roleName() {
    return roles.stream()
        .sorted()
        .findFirst()
        .map(role -> role.name().substring("ROLE_".length()).toLowerCase(Locale.ROOT))
        .orElse("");
  }
}
