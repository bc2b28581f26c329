package dev.filo.gateway.transcode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import dev.filo.gateway.problem.ProblemException;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartOperation;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
  /** Methods of one made-up service, each with one binding. */
  private static List<ApiMethod> methods(HttpRule... rules) throws Exception {
    ServiceDescriptorProto.Builder service = ServiceDescriptorProto.newBuilder().setName("Trial");
    for (int i = 0; i < rules.length; i++) {
      service.addMethod(
          MethodDescriptorProto.newBuilder()
              .setName("Method" + i)
              .setInputType(".filo.cart.v1.ApplyCartOperationsRequest")
              .setOutputType(".filo.cart.v1.Cart")
              .setOptions(
                  MethodOptions.newBuilder().setExtension(AnnotationsProto.http, rules[i])));
    }
    Descriptors.FileDescriptor file =
        Descriptors.FileDescriptor.buildFrom(
            FileDescriptorProto.newBuilder()
                .setName("trial.proto")
                .setPackage("trial")
                .addDependency(ApplyCartOperationsRequest.getDescriptor().getFile().getFullName())
                .addDependency(CartOperation.getDescriptor().getFile().getFullName())
                .addService(service)
                .build(),
            new Descriptors.FileDescriptor[] {
              ApplyCartOperationsRequest.getDescriptor().getFile(),
              CartOperation.getDescriptor().getFile()
            });
    List<ApiMethod> methods = new ArrayList<>();
    for (Descriptors.MethodDescriptor each : file.getServices().getFirst().getMethods()) {
      methods.add(
          new ApiMethod(
              MethodDescriptor.<Message, Message>newBuilder()
                  .setType(MethodDescriptor.MethodType.UNARY)
                  .setFullMethodName("trial.Trial/" + each.getName())
                  .setRequestMarshaller(
                      ProtoUtils.marshaller(
                          (Message) ApplyCartOperationsRequest.getDefaultInstance()))
                  .setResponseMarshaller(ProtoUtils.marshaller((Message) Cart.getDefaultInstance()))
                  .build(),
              each,
              MethodRule.newBuilder().addRoles(Role.ROLE_PUBLIC).build(),
              ApplyCartOperationsRequest.getDefaultInstance(),
              Cart.getDefaultInstance(),
              "cart"));
    }
    return methods;
  }

  private static HttpRule get(String path) {
    return HttpRule.newBuilder().setGet(path).build();
  }

  private static String found(RouteTable table, String verb, String path) {
    return table.find(verb, path).route().method().descriptor().getName();
  }

  @Test
  void aMethodOfManyRequests_cannotBeBound_andWithoutABindingIsLeftOut() throws Exception {
    ApiMethod unary = methods(get("/v1/carts")).getFirst();
    ApiMethod stream =
        new ApiMethod(
            unary.grpc().toBuilder().setType(MethodDescriptor.MethodType.BIDI_STREAMING).build(),
            unary.descriptor(),
            unary.rule(),
            unary.requestPrototype(),
            unary.responsePrototype(),
            unary.target());
    assertThatThrownBy(() -> RouteTable.of(List.of(stream)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stream of requests");
    List<ApiMethod> all = ApiMethods.load(true).all();
    assertThat(all)
        .filteredOn(method -> !method.grpc().getType().clientSendsOneMessage())
        .extracting(method -> method.descriptor().getName())
        .contains("RecordMovements", "ImportStockLevels");
    assertThat(RouteTable.of(all).routes())
        .extracting(route -> route.method().descriptor().getName())
        .contains("BatchCreateMovements")
        .doesNotContain("RecordMovements", "ImportStockLevels");
  }

  @Test
  void find_literalBeforeWildcard_andVerbs() throws Exception {
    RouteTable table =
        RouteTable.of(
            methods(
                get("/v1/{name=carts/*}"),
                get("/v1/carts/mine"),
                get("/v1/{name=carts/*}:watch"),
                get("/v1/files/{name=**}")));
    assertThat(found(table, "GET", "/v1/carts/x")).isEqualTo("Method0");
    assertThat(found(table, "GET", "/v1/carts/mine")).isEqualTo("Method1");
    assertThat(found(table, "GET", "/v1/carts/mine:watch")).isEqualTo("Method2");
    assertThat(found(table, "GET", "/v1/files/a/b/c")).isEqualTo("Method3");
    assertThat(table.find("GET", "/v1/files/a/b").variables()).containsEntry("name", "a/b");
    assertThat(table.find("GET", "/v1/carts/%C3%A8").variables()).containsEntry("name", "carts/è");
    for (String path :
        new String[] {"/v1/carts", "/v1/carts/", "/v1/carts/x:fly", "/v1/carts/x/y", "/"}) {
      assertThatThrownBy(() -> table.find("GET", path))
          .as(path)
          .isInstanceOf(ProblemException.class);
    }
    assertThat(table.allowed("/v1/carts/x")).containsExactly("GET", "HEAD");
  }

  @Test
  void of_sameShapeTwice_doesNotStart() throws Exception {
    List<ApiMethod> twice = methods(get("/v1/{name=carts/*}"), get("/v1/{etag=carts/*}"));
    assertThatThrownBy(() -> RouteTable.of(twice))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Two bindings take the same requests")
        .hasMessageContaining("Method0")
        .hasMessageContaining("Method1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/{nothing=carts/*}",
        "/v1/{operations}",
        "/v1/{name=*}/{name=*}",
        "/v1/{name",
        "v1"
      })
  void of_unbindable_doesNotStart(String path) throws Exception {
    List<ApiMethod> methods = methods(get(path));
    assertThatThrownBy(() -> RouteTable.of(methods))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("trial.Trial.Method0");
  }

  @Test
  void of_damagedBody_doesNotStart() throws Exception {
    List<ApiMethod> scalar =
        methods(HttpRule.newBuilder().setPost("/v1/a").setBody("name").build());
    assertThatThrownBy(() -> RouteTable.of(scalar)).hasMessageContaining("no message field");
    List<ApiMethod> onGet = methods(HttpRule.newBuilder().setGet("/v1/a").setBody("*").build());
    assertThatThrownBy(() -> RouteTable.of(onGet)).hasMessageContaining("carries none");
  }

  @Test
  void of_realServices_bindsEveryRule() {
    ApiMethods methods = ApiMethods.load(true);
    RouteTable table = RouteTable.of(methods.all());
    assertThat(table.routes()).hasSizeGreaterThan(40);
    assertThat(found(table, "GET", "/dev/mailbox")).isEqualTo("ListMail");
    assertThat(RouteTable.of(ApiMethods.load(false).all()).seek("GET", "/dev/mailbox")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/{name=customers/*/cart}:apply, /v1/customers/me/cart:apply, customers/me/cart",
    "/v1/{name}, /v1/x, x",
  })
  void match_takesVariables(String template, String path, String name) {
    Map<String, String> variables = new HashMap<>();
    int colon = path.indexOf(':');
    assertThat(
            PathTemplate.parse(template)
                .match(
                    List.of((colon < 0 ? path : path.substring(0, colon)).substring(1).split("/")),
                    colon < 0 ? null : path.substring(colon + 1),
                    variables))
        .isTrue();
    assertThat(variables).containsEntry("name", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/a:", "/v1//b", "/v1/a*", "/v1/**/b", "/v1/{=a}", "/v1/{a}b"})
  void parse_damaged_isRefused(String template) {
    assertThatIllegalArgumentException().isThrownBy(() -> PathTemplate.parse(template));
  }
}
