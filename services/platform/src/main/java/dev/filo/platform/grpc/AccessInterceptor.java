package dev.filo.platform.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.RequestIds;
import dev.filo.proto.api.v1.Role;
import dev.filo.telemetry.trace.Traces;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets a call in or refuses it by its method's rule, before the handler sees it: token, role, whose
 * things are named, whether a request id is there, then the fields' own rules. Names of customers
 * that became aliases, and {@code customers/me}, are replaced by the name that is valid now.
 */
public final class AccessInterceptor implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(AccessInterceptor.class);
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final Metadata.Key<String> ACCEPT_LANGUAGE = key("accept-language");
  private static final Metadata.Key<String> CLIENT_ADDRESS = key("x-filo-client-address");
  private static final String BEARER = "Bearer ";
  private static final String CUSTOMERS = "customers/";
  private static final String ME = "me";

  private final Rules rules;
  private final TokenVerifier tokens;
  private final SubjectAliases aliases;
  private final FieldRules fieldRules;
  private final Predicate<String> erased;
  private final Predicate<String> missing;
  // Calls that may outlive their token or its session: those that are not one message each way.
  private final Set<Gate<?, ?>> lasting = ConcurrentHashMap.newKeySet();

  /** Checks calls of the methods {@code rules} knows; others, such as health, pass. */
  public AccessInterceptor(
      Rules rules, TokenVerifier tokens, SubjectAliases aliases, FieldRules fieldRules) {
    this(rules, tokens, aliases, fieldRules, name -> false, name -> false);
  }

  /**
   * As the other; erased customers call no more, and are not to be found.
   *
   * @param erased whether whoever calls was erased, by her name
   * @param missing whether a customer who is named is to be taken for one there never was
   */
  public AccessInterceptor(
      Rules rules,
      TokenVerifier tokens,
      SubjectAliases aliases,
      FieldRules fieldRules,
      Predicate<String> erased,
      Predicate<String> missing) {
    this.rules = rules;
    this.tokens = tokens;
    this.aliases = aliases;
    this.fieldRules = fieldRules;
    this.erased = erased;
    this.missing = missing;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var rule = rules.of(call.getMethodDescriptor().getFullMethodName());
    if (rule == null) {
      return next.startCall(call, headers);
    }
    var gate = new Gate<Q, R>(call, headers, next, rule);
    caller(headers)
        .doOnNext(caller -> requireRole(caller, rule, call))
        .subscribe(gate::open, gate::refuse);
    return gate;
  }

  /**
   * Ends open streams whose session has ended before its time, with TOKEN_INVALID; what only reads
   * of those whose token has expired, with TOKEN_EXPIRED: who still may comes back with a new
   * token; and of those who have become another customer, or one of their own again, with
   * UNAVAILABLE: they come back under the name that is valid now. What is being sent to us is let
   * end; the services' own streams have no session. To be called about once a second; costs a look
   * into memory for each open stream.
   */
  public Mono<Void> endStale() {
    return Flux.fromIterable(lasting).flatMap(Gate::check).then();
  }

  /** How many streams are open that {@link #endStale} looks at. */
  public int lastingCount() {
    return lasting.size();
  }

  private Mono<Caller> caller(Metadata headers) {
    var authorization = headers.get(AUTHORIZATION);
    if (authorization == null) {
      return Mono.just(Caller.ANONYMOUS);
    }
    if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Mono.error(
          Statuses.api(
              Code.UNAUTHENTICATED,
              ErrorReason.ERROR_REASON_TOKEN_INVALID,
              "The authorization must be a bearer token.",
              Map.of()));
    }
    return tokens
        .verify(authorization.substring(BEARER.length()).trim())
        .flatMap(
            caller -> {
              if (!caller.principal().startsWith(CUSTOMERS)) {
                return Mono.just(caller);
              }
              return shopper(caller).doOnNext(this::requireNotErased);
            });
  }

  private Mono<Caller> shopper(Caller caller) {
    var former = caller.former();
    if (!former.isEmpty() && erased.test(former)) {
      return shopper(caller.withoutFormer());
    }
    if (former.isEmpty() || former.equals(caller.principal())) {
      return aliases.resolve(caller.principal()).map(caller::as);
    }
    return aliases
        .trust(former, caller.principal())
        .map(trusted -> trusted ? caller : caller.withoutFormer())
        .flatMap(who -> aliases.resolve(who.principal()).map(who::as));
  }

  private void requireNotErased(Caller caller) {
    if (erased.test(caller.principal())) {
      throw Statuses.api(
          Code.UNAUTHENTICATED,
          ErrorReason.ERROR_REASON_TOKEN_INVALID,
          "The session is over.",
          Map.of());
    }
  }

  private static void requireRole(Caller caller, MethodRule rule, ServerCall<?, ?> call) {
    if (rule.getRolesList().contains(Role.ROLE_PUBLIC)
        || caller.roles().stream().anyMatch(rule.getRolesList()::contains)) {
      return;
    }
    if (caller.principal().isEmpty()) {
      throw Statuses.api(
          Code.UNAUTHENTICATED,
          ErrorReason.ERROR_REASON_TOKEN_MISSING,
          "This needs a token. Get one at /oauth2/token.",
          Map.of());
    }
    throw Statuses.api(
        Code.PERMISSION_DENIED,
        ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED,
        "Your role may not do this.",
        Map.of("method", call.getMethodDescriptor().getFullMethodName()));
  }

  private Mono<Message> admit(Message request, MethodRule rule, Caller caller, String method) {
    return named(request, rule, caller)
        .map(
            named -> {
              requireStore(named, rule, caller, method);
              requireRequestId(named, rule);
              fieldRules.check(named);
              return named;
            });
  }

  private Mono<Message> named(Message request, MethodRule rule, Caller caller) {
    if (rule.getCustomerField().isEmpty()) {
      return Mono.just(request);
    }
    var name = Fields.string(request, rule.getCustomerField());
    if (!name.startsWith(CUSTOMERS)) {
      return Mono.just(request);
    }
    int end = name.indexOf('/', CUSTOMERS.length());
    var customer = end < 0 ? name : name.substring(0, end);
    var rest = end < 0 ? "" : name.substring(end);
    boolean me = customer.equals(CUSTOMERS + ME);
    if (me && !caller.isShopper()) {
      return Mono.error(Statuses.notFound(name));
    }
    Mono<String> valid = me ? Mono.just(caller.principal()) : aliases.resolve(customer);
    return valid.map(
        found -> {
          if ((caller.isShopper() && !found.equals(caller.principal())) || missing.test(found)) {
            throw Statuses.notFound(name);
          }
          return found.equals(customer)
              ? request
              : Fields.with(request, rule.getCustomerField(), found + rest);
        });
  }

  private static void requireStore(Message request, MethodRule rule, Caller caller, String method) {
    if (rule.getStoreField().isEmpty()
        || !(caller.is(Role.ROLE_STORE_STAFF) || caller.is(Role.ROLE_DEVICE))) {
      return;
    }
    var name = Fields.string(request, rule.getStoreField());
    boolean own =
        name.isEmpty()
            || caller.stores().stream()
                .anyMatch(store -> name.equals(store) || name.startsWith(store + "/"));
    if (!own) {
      throw Statuses.api(
          Code.PERMISSION_DENIED,
          ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED,
          "This store is not one of yours.",
          Map.of("method", method));
    }
  }

  private static void requireRequestId(Message request, MethodRule rule) {
    if (rule.getRequestIds() == RequestIds.REQUEST_IDS_REQUIRED
        && Fields.string(request, "request_id").isEmpty()) {
      throw Statuses.api(
          Code.INVALID_ARGUMENT,
          ErrorReason.ERROR_REASON_REQUEST_ID_MISSING,
          "This moves goods, money or people: send a request id (over HTTP: Idempotency-Key).",
          Map.of());
    }
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static String language(Metadata headers) {
    var asked = headers.get(ACCEPT_LANGUAGE);
    if (asked == null) {
      return "it";
    }
    try {
      var best =
          Locale.lookup(
              Locale.LanguageRange.parse(asked), java.util.List.of(Locale.ITALIAN, Locale.ENGLISH));
      return best == null ? "it" : best.getLanguage();
    } catch (IllegalArgumentException e) {
      return "it";
    }
  }

  /** Keeps a call's events back, in order, until the call and each of its messages is let in. */
  private final class Gate<Q, R> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final ServerCallHandler<Q, R> next;
    private final MethodRule rule;
    private final Context begun = Context.current(); // who is let in later goes on in it
    private final ArrayDeque<Event<Q>> waiting = new ArrayDeque<>();
    private boolean busy = true; // until opened
    private boolean opened;
    private boolean closed;
    private ServerCall.@Nullable Listener<Q> inner;
    private @Nullable Caller caller;

    Gate(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next, MethodRule rule) {
      boolean unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
      this.call = unary ? call : new EndableCall<>(call);
      this.headers = headers;
      this.next = next;
      this.rule = rule;
    }

    void open(Caller let) {
      synchronized (waiting) {
        if (closed) {
          return; // no longer wanted
        }
        opened = true;
      }
      caller = let;
      var address = headers.get(CLIENT_ADDRESS);
      Context context =
          Caller.context(begun, let, language(headers), address == null ? "" : address);
      if (call instanceof EndableCall && !let.session().isEmpty() && !let.is(Role.ROLE_SERVICE)) {
        lasting.add(this);
      }
      inner = Contexts.interceptCall(context, call, headers, next);
      release();
    }

    /** Looks at its token again. Empty; never an error. */
    Mono<Void> check() {
      var who = caller == null ? Caller.ANONYMOUS : caller;
      return tokens
          .verify(who.token())
          .filter(caller -> caller.isShopper())
          .flatMap(caller -> aliases.resolve(caller.principal()))
          .doOnNext(
              valid -> {
                if (!valid.equals(who.principal())) {
                  refuse(Statuses.unavailable("The stream"));
                }
              })
          .then()
          .onErrorResume(
              error -> {
                boolean expired =
                    Statuses.isReason(error, ErrorReason.ERROR_REASON_TOKEN_EXPIRED)
                        && call.getMethodDescriptor().getType() == MethodType.SERVER_STREAMING;
                if (expired || Statuses.isReason(error, ErrorReason.ERROR_REASON_TOKEN_INVALID)) {
                  refuse(error);
                }
                return Mono.empty(); // while the keys cannot be had nothing is known against her
              });
    }

    void refuse(Throwable error) {
      lasting.remove(this);
      synchronized (waiting) {
        if (closed) {
          return;
        }
        closed = true;
        waiting.clear();
      }
      StatusRuntimeException refusal =
          Traces.logged(Traces.SERVED.get(begun), () -> Answers.toStatus(error));
      var trailers = refusal.getTrailers();
      try {
        var details = trailers == null ? new Metadata() : trailers;
        if (call instanceof EndableCall<Q, R> endable) {
          if (!endable.end(refusal.getStatus(), details)) {
            log.error("a handler failed after it had answered", error);
          }
        } else {
          call.close(refusal.getStatus(), details);
        }
      } catch (IllegalStateException answered) {
        log.error("a handler failed after it had answered", error);
      }
      var listener = inner;
      if (listener != null) {
        listener.onCancel(); // what earlier messages began ends too
      }
    }

    @Override
    public void onMessage(Q message) {
      take(new Event.Said<>(message));
    }

    @Override
    public void onHalfClose() {
      take(new Event.Finished<>());
    }

    @Override
    public void onReady() {
      take(new Event.Ready<>());
    }

    @Override
    public void onComplete() {
      take(new Event.Completed<>());
    }

    @Override
    public void onCancel() {
      take(new Event.Cancelled<>());
    }

    private void take(Event<Q> event) {
      synchronized (waiting) {
        if (closed) {
          return;
        }
        if (event instanceof Event.Cancelled) {
          waiting.clear(); // nobody waits for the rest
          closed = !opened;
        }
        waiting.add(event);
        if (busy) {
          return;
        }
        busy = true;
      }
      release();
    }

    private void release() {
      while (true) {
        Event<Q> event;
        synchronized (waiting) {
          event = waiting.poll();
          if (event == null) {
            busy = false;
            return;
          }
        }
        var listener = inner;
        if (listener == null) {
          return;
        }
        try {
          switch (event) {
            case Event.Said<Q>(var message) -> {
              if (!deliver(message, listener)) {
                return; // goes on when the message is let in
              }
            }
            case Event.Finished<Q>() -> listener.onHalfClose();
            case Event.Ready<Q>() -> listener.onReady();
            case Event.Completed<Q>() -> {
              lasting.remove(this);
              listener.onComplete();
            }
            case Event.Cancelled<Q>() -> {
              lasting.remove(this);
              listener.onCancel();
            }
          }
        } catch (RuntimeException e) {
          refuse(e); // a handler may throw a refusal before it has anything to subscribe to
        }
      }
    }

    /** True when the message was delivered before this returned. */
    private boolean deliver(Q message, ServerCall.Listener<Q> listener) {
      var who = caller == null ? Caller.ANONYMOUS : caller;
      var state = new Delivery();
      Mono.defer(
              () ->
                  admit(
                      (Message) message, rule, who, call.getMethodDescriptor().getFullMethodName()))
          .subscribe(
              let -> {
                @SuppressWarnings("unchecked")
                Q typed = (Q) let;
                listener.onMessage(typed);
                if (state.finish()) {
                  release();
                }
              },
              this::refuse);
      return state.passed();
    }
  }

  /** Whether a delivery finished before or after the method that began it returned. */
  private static final class Delivery {
    private boolean finished;
    private boolean returned;

    synchronized boolean finish() {
      finished = true;
      return returned;
    }

    synchronized boolean passed() {
      returned = true;
      return finished;
    }
  }

  private sealed interface Event<Q> {
    record Said<Q>(Q message) implements Event<Q> {}

    record Finished<Q>() implements Event<Q> {}

    record Ready<Q>() implements Event<Q> {}

    record Completed<Q>() implements Event<Q> {}

    record Cancelled<Q>() implements Event<Q> {}
  }

  /** Reads and writes fields by the path a rule gives. */
  static final class Fields {
    private Fields() {}

    static String string(Message message, String path) {
      Message at = message;
      var names = path.split("\\.", -1);
      for (int i = 0; i < names.length; i++) {
        FieldDescriptor field = at.getDescriptorForType().findFieldByName(names[i]);
        if (field == null) {
          return "";
        }
        if (i == names.length - 1) {
          return (String) at.getField(field);
        }
        at = (Message) at.getField(field);
      }
      return "";
    }

    static Message with(Message message, String path, String value) {
      int dot = path.indexOf('.');
      var builder = message.toBuilder();
      if (dot < 0) {
        return builder
            .setField(message.getDescriptorForType().findFieldByName(path), value)
            .build();
      }
      var field = message.getDescriptorForType().findFieldByName(path.substring(0, dot));
      return builder
          .setField(field, with((Message) message.getField(field), path.substring(dot + 1), value))
          .build();
    }
  }

  /** Whether a status says that the caller, not we, is at fault. */
  static boolean isRefusal(Status status) {
    return switch (status.getCode()) {
      case INTERNAL, UNKNOWN, DATA_LOSS -> false;
      default -> true;
    };
  }
}
