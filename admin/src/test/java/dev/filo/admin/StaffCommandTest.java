package dev.filo.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.filo.proto.identity.v1.AuditFault;
import dev.filo.proto.identity.v1.CreateDeviceRequest;
import dev.filo.proto.identity.v1.CreateStaffMemberRequest;
import dev.filo.proto.identity.v1.DeviceSecret;
import dev.filo.proto.identity.v1.ListStaffMembersRequest;
import dev.filo.proto.identity.v1.ListStaffMembersResponse;
import dev.filo.proto.identity.v1.StaffMember;
import dev.filo.proto.identity.v1.StaffRole;
import dev.filo.proto.identity.v1.StaffServiceGrpc;
import dev.filo.proto.identity.v1.UpdateStaffMemberRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code ./filo staff} and {@code ./filo audit} against a Filo that answers as identity does. */
class StaffCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger tokens = new AtomicInteger();
  private final List<StaffMember> people = Collections.synchronizedList(new ArrayList<>());
  private final List<String> masks = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<VerifyAuditLogRequest> known =
      new AtomicReference<>(VerifyAuditLogRequest.getDefaultInstance());
  private final AtomicReference<List<AuditFault>> faults = new AtomicReference<>(List.of());
  private final AtomicInteger lives = new AtomicInteger(600);
  private final HttpServer http;
  private final Server grpc;

  @TempDir private Path folder = Path.of("");

  StaffCommandTest() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/oauth2/",
        exchange -> {
          var form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          var path = exchange.getRequestURI().getPath();
          asked.add(path + " " + form);
          int status = 200;
          String body;
          if (path.endsWith("/device_authorization")) {
            body =
                """
                {"device_code":"d","user_code":"BCDF-GHJK","verification_uri":"http://x/oauth2/device",\
                "verification_uri_complete":"http://x/oauth2/device?user_code=BCDF-GHJK","interval":1}""";
          } else if (form.contains("device_code=d") && tokens.getAndIncrement() == 0) {
            status = 400;
            body = "{\"error\":\"authorization_pending\"}";
          } else if (form.contains("refresh_token=gone")) {
            status = 400;
            body = "{\"error\":\"invalid_grant\"}";
          } else {
            body =
                "{\"access_token\":\"t0ken\",\"refresh_token\":\"r%d\",\"expires_in\":%d}"
                    .formatted(tokens.incrementAndGet(), lives.get());
          }
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    http.start();
    grpc =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Staff())
            .intercept(new Bearer())
            .build()
            .start();
  }

  @AfterEach
  void close() {
    http.stop(0);
    grpc.shutdownNow();
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    var all = new ArrayList<>(List.of(arguments));
    all.add("--target=http://127.0.0.1:" + http.getAddress().getPort());
    all.add("--grpc=127.0.0.1:" + grpc.getPort());
    all.add("--session-file=" + session());
    return new CommandLine(new AdminCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(String[]::new));
  }

  private Path session() {
    return folder.resolve("session.json");
  }

  @Test
  void login_showsTheCodeWaitsAndKeepsTheSessionForItsOwner() throws IOException {
    assertThat(run("staff", "list")).isEqualTo(3);
    assertThat(err.toString()).contains("./filo staff login");
    assertThat(run("staff", "login")).isZero();
    assertThat(out.toString())
        .contains("Open http://x/oauth2/device and enter BCDF-GHJK", "Signed in");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(session())))
        .isEqualTo("rw-------");
    assertThat(asked).filteredOn(one -> one.contains("device_code=d")).hasSize(2);
  }

  @Test
  void session_isRenewedWhenItIsOver_andOnlyThen() {
    run("staff", "login");
    asked.clear();
    assertThat(run("staff", "list")).isZero();
    assertThat(asked).isEmpty();
    lives.set(1);
    run("staff", "login");
    asked.clear();
    assertThat(run("staff", "list")).isZero();
    assertThat(asked).singleElement().asString().contains("grant_type=refresh_token");
  }

  @Test
  void session_thatHasEnded_saysSo() throws IOException {
    Files.writeString(
        session(),
        "{\"target\":\"http://127.0.0.1:%d\",\"refresh\":\"gone\",\"expires\":0}"
            .formatted(http.getAddress().getPort()));
    assertThat(run("staff", "list")).isEqualTo(3);
    assertThat(err.toString()).contains("./filo staff login");
  }

  @Test
  void logout_endsTheSessionThereAndHere() {
    run("staff", "login");
    assertThat(run("staff", "logout")).isZero();
    assertThat(asked.getLast()).startsWith("/oauth2/revoke").contains("token=r");
    assertThat(session()).doesNotExist();
  }

  @Test
  void people_areAddedChangedAndDeactivated() {
    run("staff", "login");
    assertThat(
            run("staff", "add", "Ada@filo.example", "--role", "store_staff", "--store", "milano"))
        .isZero();
    assertThat(out.toString()).contains("ada@filo.example", "store_staff", "stores/milano");
    assertThat(run("staff", "change", "ada@filo.example", "--role", "agent")).isZero();
    assertThat(masks.getLast()).isEqualTo("role,stores");
    assertThat(people.getLast().getStoresList()).isEmpty();
    assertThat(run("staff", "deactivate", "ada@filo.example")).isZero();
    assertThat(masks.getLast()).isEqualTo("active");
    assertThat(run("staff", "list")).isZero();
    assertThat(out.toString()).contains("ada@filo.example", "agent");
  }

  @Test
  void refusal_isSaidInWords() {
    run("staff", "login");
    assertThat(run("staff", "add", "nobody@filo.example", "--role", "agent")).isEqualTo(1);
    assertThat(err.toString().strip()).isEqualTo("Only managers may do this.");
    assertThat(run("staff", "add", "x@filo.example", "--role", "king")).isEqualTo(2);
  }

  @Test
  void tillsSecret_isShown() {
    run("staff", "login");
    assertThat(run("staff", "add-device", "till-9", "--store", "milano")).isZero();
    assertThat(out.toString()).contains("till-9", "stores/milano", "secret  s3cret");
  }

  @Test
  void audit_keepsTheEndOfAWholeLogAndSaysWhatIsWrong() throws IOException {
    run("staff", "login");
    var file = folder.resolve("known");
    assertThat(run("audit", "verify", "--known-file", file.toString())).isZero();
    assertThat(out.toString()).contains("7 entries, whole");
    assertThat(Files.readString(file)).isEqualTo("7 hash\n");
    faults.set(
        List.of(
            AuditFault.newBuilder().setSequence(3).setKind(AuditFault.Kind.ALTERED).build(),
            AuditFault.newBuilder().setSequence(5).setKind(AuditFault.Kind.MISSING).build()));
    assertThat(run("audit", "verify", "--known-file", file.toString())).isEqualTo(1);
    assertThat(known.get().getKnownSequence()).isEqualTo(7);
    assertThat(known.get().getKnownHash()).isEqualTo("hash");
    assertThat(out.toString())
        .contains("ALTERED    entry 3", "MISSING    there is no entry 5", "2 faults");
  }

  private static final class Bearer implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      var token = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      if (!"Bearer t0ken".equals(token)) {
        call.close(Status.UNAUTHENTICATED, new Metadata());
        return new ServerCall.Listener<>() {};
      }
      return next.startCall(call, headers);
    }
  }

  private final class Staff extends StaffServiceGrpc.StaffServiceImplBase {
    @Override
    public void listStaffMembers(
        ListStaffMembersRequest request, StreamObserver<ListStaffMembersResponse> observer) {
      observer.onNext(ListStaffMembersResponse.newBuilder().addAllStaffMembers(people).build());
      observer.onCompleted();
    }

    @Override
    public void createStaffMember(
        CreateStaffMemberRequest request, StreamObserver<StaffMember> observer) {
      if (request.getStaffMember().getName().contains("nobody")) {
        observer.onError(Status.PERMISSION_DENIED.asRuntimeException());
        return;
      }
      people.add(request.getStaffMember());
      observer.onNext(request.getStaffMember());
      observer.onCompleted();
    }

    @Override
    public void updateStaffMember(
        UpdateStaffMemberRequest request, StreamObserver<StaffMember> observer) {
      masks.add(String.join(",", request.getUpdateMask().getPathsList()));
      var person =
          request.getStaffMember().getRole() == StaffRole.STAFF_ROLE_UNSPECIFIED
              ? request.getStaffMember().toBuilder().setRole(StaffRole.STAFF_ROLE_AGENT).build()
              : request.getStaffMember();
      people.add(person);
      observer.onNext(person);
      observer.onCompleted();
    }

    @Override
    public void createDevice(CreateDeviceRequest request, StreamObserver<DeviceSecret> observer) {
      observer.onNext(
          DeviceSecret.newBuilder().setDevice(request.getDevice()).setSecret("s3cret").build());
      observer.onCompleted();
    }

    @Override
    public void verifyAuditLog(
        VerifyAuditLogRequest request, StreamObserver<VerifyAuditLogResponse> observer) {
      known.set(request);
      observer.onNext(
          VerifyAuditLogResponse.newBuilder()
              .setEntryCount(7)
              .setLastSequence(7)
              .setLastHash("hash")
              .addAllFaults(faults.get())
              .build());
      observer.onCompleted();
    }
  }
}
