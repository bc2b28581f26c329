package dev.filo.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpBody;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.GrpcServer;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.RequestIds;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.api.v1.Rule;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import reactor.core.publisher.Mono;

/**
 * Walks over every method of every service there is, as the compiled API names them, so that a new
 * one cannot escape: what it declares, and whom the real door lets in.
 */
class EveryRpcTest {
  private static final TestTokens TOKENS = TestTokens.byTheSystemClock();
  private static final Map<Role, String> PRINCIPALS =
      Map.of(
          Role.ROLE_GUEST, "customers/me1",
          Role.ROLE_CUSTOMER, "customers/me1",
          Role.ROLE_AGENT, "staff/agent@filo.example",
          Role.ROLE_STORE_STAFF, "staff/milano@filo.example",
          Role.ROLE_MANAGER, "staff/manager@filo.example",
          Role.ROLE_DEVICE, "devices/till-milano-1",
          Role.ROLE_SERVICE, "services/cart");
  private static final String OWN_STORE = "stores/own";

  private static final List<Rpc> RPCS = rpcs();
  private static final Map<String, ManagedChannel> CHANNELS = new HashMap<>();
  private static final List<AutoCloseable> OPEN = new ArrayList<>();

  /** A method: as it is served, and as it was declared. */
  private record Rpc(MethodDescriptor<Message, Message> served, MethodRule rule, HttpRule http) {
    String name() {
      return served.getFullMethodName();
    }

    Message request() {
      return prototype(served.getRequestMarshaller());
    }

    Message response() {
      return prototype(served.getResponseMarshaller());
    }

    private static Message prototype(MethodDescriptor.Marshaller<Message> marshaller) {
      var prototype = ((PrototypeMarshaller<Message>) marshaller).getMessagePrototype();
      assertThat(prototype).isNotNull();
      return prototype;
    }

    boolean streams() {
      return served.getType() == MethodType.SERVER_STREAMING || isTwoWay();
    }

    boolean isTwoWay() {
      return served.getType() == MethodType.BIDI_STREAMING;
    }

    boolean isPublic() {
      return rule.getRolesList().contains(Role.ROLE_PUBLIC);
    }

    @Override
    public String toString() {
      return name();
    }
  }

  /** Every service of the compiled API by the code generated for it. */
  private static List<ServiceDescriptor> services() {
    var services = new ArrayList<ServiceDescriptor>();
    for (var file : Api.files()) {
      for (var service : file.getServiceList()) {
        var name = file.getOptions().getJavaPackage() + "." + service.getName() + "Grpc";
        try {
          services.add(
              (ServiceDescriptor)
                  Class.forName(name).getMethod("getServiceDescriptor").invoke(null));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(name + " was not generated", e);
        }
      }
    }
    return services;
  }

  @SuppressWarnings("unchecked") // every message of ours is a Message
  private static List<Rpc> rpcs() {
    var rpcs = new ArrayList<Rpc>();
    for (var service : services()) {
      for (var method : service.getMethods()) {
        var schema = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
        assertThat(schema).isNotNull();
        var options = schema.getMethodDescriptor().getOptions();
        rpcs.add(
            new Rpc(
                (MethodDescriptor<Message, Message>) method,
                options.getExtension(Rule.rule),
                options.getExtension(AnnotationsProto.http)));
      }
    }
    return rpcs;
  }

  @BeforeAll
  static void serve() {
    var store = TestMongo.embedded().newStore();
    OPEN.add(store);
    for (var service : services()) {
      BindableService bindable = () -> answering(service);
      var listen = Channels.IN_PROCESS + UUID.randomUUID();
      var server =
          new GrpcServer(
              listen,
              Duration.ZERO,
              List.of(bindable),
              List.of(
                  new AccessInterceptor(
                      Rules.of(List.of(bindable)),
                      TOKENS.verifier(),
                      new SubjectAliases(store.database()),
                      new FieldRules())));
      server.start();
      var channel = Channels.open(listen);
      CHANNELS.put(service.getName(), channel);
      OPEN.add(server::stop);
      OPEN.add(channel::shutdownNow);
    }
  }

  @AfterAll
  static void close() throws Exception {
    for (var one : OPEN.reversed()) {
      one.close();
    }
  }

  /** The service, each of whose methods gives an empty answer at once. */
  private static ServerServiceDefinition answering(ServiceDescriptor service) {
    var definition = ServerServiceDefinition.builder(service);
    for (var rpc : RPCS) {
      if (service.getName().equals(rpc.served.getServiceName())) {
        definition.addMethod(
            rpc.served,
            rpc.isTwoWay()
                ? ServerCalls.asyncBidiStreamingCall(
                    answer -> Answers.each(answer, asked -> Mono.just(rpc.response())))
                : rpc.streams()
                    ? ServerCalls.asyncServerStreamingCall((asked, answer) -> answer(rpc, answer))
                    : ServerCalls.asyncUnaryCall((asked, answer) -> answer(rpc, answer)));
      }
    }
    return definition.build();
  }

  private static void answer(Rpc rpc, StreamObserver<Message> observer) {
    observer.onNext(rpc.response());
    observer.onCompleted();
  }

  private static Stream<DynamicTest> each(java.util.function.Consumer<Rpc> check) {
    return RPCS.stream().map(rpc -> dynamicTest(rpc.name(), () -> check.accept(rpc)));
  }

  @Test
  void thereAreAllServices() {
    assertThat(services())
        .extracting(ServiceDescriptor::getName)
        .contains(
            "filo.identity.v1.IdentityService",
            "filo.catalog.v1.CatalogService",
            "filo.inventory.v1.InventoryService",
            "filo.reservation.v1.ReservationService",
            "filo.cart.v1.CartService",
            "filo.conversation.v1.ConversationService",
            "filo.journey.v1.JourneyService",
            "filo.feed.v1.FeedService")
        .doesNotHaveDuplicates();
    assertThat(RPCS).hasSizeGreaterThan(40);
  }

  // What each declares

  @TestFactory
  Stream<DynamicTest> saysWhoMayCall() {
    return each(
        rpc -> {
          assertThat(rpc.rule.getRolesList())
              .isNotEmpty()
              .doesNotHaveDuplicates()
              .doesNotContain(Role.ROLE_UNSPECIFIED, Role.UNRECOGNIZED);
          if (rpc.isPublic()) {
            assertThat(rpc.rule.getRolesList()).as("public is everybody").hasSize(1);
            assertThat(rpc.rule.getCustomerField())
                .as("what is a customer's is not public")
                .isEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> namesFieldsThatAreThere() {
    return each(
        rpc -> {
          var request = rpc.request().getDescriptorForType();
          for (var path : List.of(rpc.rule.getCustomerField(), rpc.rule.getStoreField())) {
            if (!path.isEmpty()) {
              assertText(request, path);
            }
          }
          if (!rpc.rule.getCursorField().isEmpty()) {
            assertThat(rpc.streams()).as("only a stream has a cursor").isTrue();
            assertText(rpc.response().getDescriptorForType(), rpc.rule.getCursorField());
            assertText(request, "resume_cursor");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> streamsThatBrowsersReadCanBeResumed() {
    return each(
        rpc -> {
          boolean isFile = rpc.response() instanceof HttpBody; // begun anew when it broke off
          if (rpc.streams() && !isFile && !rpc.http.equals(HttpRule.getDefaultInstance())) {
            assertThat(rpc.rule.getCursorField()).isNotEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> streamsThatTakeRequestsAreNotBoundToHttp() {
    return each(
        rpc -> {
          if (!rpc.served.getType().clientSendsOneMessage()) {
            assertThat(rpc.isTwoWay()).as("answers each request").isTrue();
            assertThat(rpc.http).isEqualTo(HttpRule.getDefaultInstance());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> declaresItsRequestIdsAsTheyAre() {
    return each(
        rpc -> {
          var request = rpc.request().getDescriptorForType();
          if (rpc.rule.getRequestIds() == RequestIds.REQUEST_IDS_UNSPECIFIED) {
            assertThat(request.findFieldByName("request_id")).isNull();
          } else {
            assertText(request, "request_id");
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> headersBecomeFieldsThatAreThere() {
    return each(
        rpc -> {
          for (var header : rpc.rule.getHeaderFieldsList()) {
            assertThat(header.getHeader()).isNotEmpty();
            assertText(rpc.request().getDescriptorForType(), header.getField());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatChangesThingsCanBeRepeated() {
    return each(
        rpc -> {
          // Who sends a webhook decides what is in it: its id is in the body that is signed.
          boolean webhook = rpc.rule.getHeaderFieldsCount() > 0;
          if (mutates(rpc.http)
              && !webhook
              && rpc.rule.getRequestIds() == RequestIds.REQUEST_IDS_UNSPECIFIED) {
            assertThat(carriesIds(rpc.request().getDescriptorForType()))
                .as("a request_id, or things with ids or names of their own")
                .isTrue();
          }
        });
  }

  /** Whose things a path names is a rule's business, or anybody could name anybody's. */
  @TestFactory
  Stream<DynamicTest> pathsOfCustomersAndStoresAreGuarded() {
    var customers = Pattern.compile("\\{([a-z_.]+)=customers/");
    var stores = Pattern.compile("\\{([a-z_.]+)=stores/");
    return each(
        rpc -> {
          for (var path : paths(rpc.http)) {
            var customer = customers.matcher(path);
            if (customer.find()) {
              assertThat(rpc.rule.getCustomerField()).as(path).isEqualTo(customer.group(1));
            }
            var store = stores.matcher(path);
            if (store.find()
                && (rpc.rule.getRolesList().contains(Role.ROLE_STORE_STAFF)
                    || rpc.rule.getRolesList().contains(Role.ROLE_DEVICE))) {
              assertThat(rpc.rule.getStoreField()).as(path).isEqualTo(store.group(1));
            }
          }
        });
  }

  private static void assertText(Descriptor message, String path) {
    Descriptor at = message;
    var names = path.split("\\.", -1);
    for (int i = 0; i < names.length; i++) {
      FieldDescriptor field = at.findFieldByName(names[i]);
      assertThat(field).as("%s of %s", path, message.getFullName()).isNotNull();
      assertThat(field.isRepeated()).as("%s is one", path).isFalse();
      boolean last = i == names.length - 1;
      assertThat(field.getJavaType())
          .as(path)
          .isEqualTo(last ? FieldDescriptor.JavaType.STRING : FieldDescriptor.JavaType.MESSAGE);
      if (!last) {
        at = field.getMessageType();
      }
    }
  }

  private static boolean mutates(HttpRule http) {
    return switch (http.getPatternCase()) {
      case POST, PUT, PATCH, DELETE -> true;
      case GET, CUSTOM, PATTERN_NOT_SET -> false;
    };
  }

  private static boolean carriesIds(Descriptor request) {
    return request.getFields().stream()
        .filter(field -> field.isRepeated() && field.getType() == FieldDescriptor.Type.MESSAGE)
        .map(FieldDescriptor::getMessageType)
        .anyMatch(
            thing -> thing.findFieldByName("id") != null || thing.findFieldByName("name") != null);
  }

  private static List<String> paths(HttpRule http) {
    var paths = new ArrayList<String>();
    paths.add(
        switch (http.getPatternCase()) {
          case GET -> http.getGet();
          case POST -> http.getPost();
          case PUT -> http.getPut();
          case PATCH -> http.getPatch();
          case DELETE -> http.getDelete();
          case CUSTOM, PATTERN_NOT_SET -> "";
        });
    http.getAdditionalBindingsList().forEach(more -> paths.addAll(paths(more)));
    return paths;
  }

  // Whom the door lets in

  @TestFactory
  Stream<DynamicTest> letsInWhomItsRuleNamesAndNobodyElse() {
    return each(
        rpc -> {
          var anonymous = call(rpc, rpc.request(), null);
          if (rpc.isPublic()) {
            assertLetIn("nobody", anonymous);
          } else {
            assertRefused(
                "nobody",
                anonymous,
                Status.Code.UNAUTHENTICATED,
                ErrorReason.ERROR_REASON_TOKEN_MISSING);
          }
          for (var role : PRINCIPALS.keySet()) {
            var answer = call(rpc, rpc.request(), role);
            if (rpc.isPublic() || rpc.rule.getRolesList().contains(role)) {
              assertLetIn(role.name(), answer);
            } else {
              assertRefused(
                  role.name(),
                  answer,
                  Status.Code.PERMISSION_DENIED,
                  ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED);
            }
          }
        });
  }

  @Test
  void theWalkKnowsEveryRole() {
    assertThat(Role.values())
        .allMatch(
            role ->
                PRINCIPALS.containsKey(role)
                    || role == Role.ROLE_PUBLIC
                    || role == Role.ROLE_UNSPECIFIED
                    || role == Role.UNRECOGNIZED);
  }

  @TestFactory
  Stream<DynamicTest> aForeignCustomersThingsAreNotFound() {
    return RPCS.stream()
        .filter(rpc -> !rpc.rule.getCustomerField().isEmpty())
        .map(
            rpc ->
                dynamicTest(
                    rpc.name(),
                    () -> {
                      for (var role : List.of(Role.ROLE_GUEST, Role.ROLE_CUSTOMER)) {
                        if (!rpc.rule.getRolesList().contains(role)) {
                          continue;
                        }
                        for (var rest : List.of("", "/cart", "/conversation", "/x/y")) {
                          assertRefused(
                              role + rest,
                              call(rpc, naming(rpc, "customers/foreign" + rest), role),
                              Status.Code.NOT_FOUND,
                              ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND);
                          for (var own : List.of("customers/me", "customers/me1")) {
                            assertLetIn(role + rest, call(rpc, naming(rpc, own + rest), role));
                          }
                        }
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> aForeignStoreIsRefused() {
    return RPCS.stream()
        .filter(rpc -> !rpc.rule.getStoreField().isEmpty())
        .map(
            rpc ->
                dynamicTest(
                    rpc.name(),
                    () -> {
                      for (var role : List.of(Role.ROLE_STORE_STAFF, Role.ROLE_DEVICE)) {
                        if (!rpc.rule.getRolesList().contains(role)) {
                          continue;
                        }
                        for (var rest : List.of("", "/pickList")) {
                          var field = rpc.rule.getStoreField();
                          assertRefused(
                              role + rest,
                              call(rpc, with(rpc.request(), field, "stores/foreign" + rest), role),
                              Status.Code.PERMISSION_DENIED,
                              ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED);
                          assertLetIn(
                              role + rest,
                              call(rpc, with(rpc.request(), field, OWN_STORE + rest), role));
                        }
                      }
                    }));
  }

  private static Message naming(Rpc rpc, String customer) {
    return with(rpc.request(), rpc.rule.getCustomerField(), customer);
  }

  private static Message with(Message message, String path, String value) {
    int dot = path.indexOf('.');
    var builder = message.toBuilder();
    var field =
        message.getDescriptorForType().findFieldByName(dot < 0 ? path : path.substring(0, dot));
    return builder
        .setField(
            field,
            dot < 0
                ? value
                : with((Message) message.getField(field), path.substring(dot + 1), value))
        .build();
  }

  /** Null when it was answered. */
  private static @Nullable StatusRuntimeException call(
      Rpc rpc, Message request, @Nullable Role role) {
    var channel = CHANNELS.get(rpc.served.getServiceName());
    assertThat(channel).isNotNull();
    var options = CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(30));
    if (role != null) {
      var principal = PRINCIPALS.get(role);
      assertThat(principal).isNotNull();
      options =
          options.withCallCredentials(
              role == Role.ROLE_STORE_STAFF || role == Role.ROLE_DEVICE
                  ? TOKENS.bearer(role, principal, OWN_STORE)
                  : TOKENS.bearer(role, principal));
    }
    try {
      if (rpc.streams()) {
        var asOneRequest = rpc.served.toBuilder().setType(MethodType.SERVER_STREAMING).build();
        ClientCalls.blockingServerStreamingCall(channel, asOneRequest, options, request)
            .forEachRemaining(answer -> {});
      } else {
        ClientCalls.blockingUnaryCall(channel, rpc.served, options, request);
      }
      return null;
    } catch (StatusRuntimeException e) {
      return e;
    }
  }

  /** Answered, or told what is wrong with the request: that comes after the door. */
  private static void assertLetIn(String who, @Nullable StatusRuntimeException answer) {
    if (answer != null) {
      assertThat(answer.getStatus().getCode()).as(who).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(
              Statuses.isReason(answer, ErrorReason.ERROR_REASON_FIELDS_INVALID)
                  || Statuses.isReason(answer, ErrorReason.ERROR_REASON_REQUEST_ID_MISSING))
          .as(who)
          .isTrue();
    }
  }

  private static void assertRefused(
      String who, @Nullable StatusRuntimeException answer, Status.Code code, ErrorReason reason) {
    assertThat(answer).as("%s is let in", who).isNotNull();
    assertThat(answer.getStatus().getCode()).as(who).isEqualTo(code);
    assertThat(Statuses.isReason(answer, reason)).as(who).isTrue();
  }
}
