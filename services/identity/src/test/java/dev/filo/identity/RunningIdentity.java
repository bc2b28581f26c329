package dev.filo.identity;

import com.mongodb.reactivestreams.client.MongoDatabase;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.platform.code.Ids;
import dev.filo.proto.dev.v1.ListMailRequest;
import dev.filo.proto.dev.v1.MailboxServiceGrpc;
import dev.filo.proto.identity.v1.AuditEntry;
import dev.filo.proto.identity.v1.CreateSignInRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListAuditEntriesRequest;
import dev.filo.proto.identity.v1.SessionServiceGrpc;
import dev.filo.proto.identity.v1.SignIn;
import dev.filo.proto.identity.v1.StaffServiceGrpc;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.Channel;
import io.grpc.inprocess.InProcessChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Identity, running in its dev profile on one engine, on a clock that tests move on. */
final class RunningIdentity implements AutoCloseable {
  static final String SERVICE_SECRET = "a secret of services";

  private static final Map<TestMongo.Engine, RunningIdentity> RUNNING = new ConcurrentHashMap<>();
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  private final ConfigurableApplicationContext context;
  private final MutableClock clock;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Channel channel;

  private RunningIdentity(TestMongo.Engine engine, String prefix, String... more) {
    var name = "identity-" + Ids.random();
    clock = MutableClock.at(Instant.now());
    context =
        IdentityApplication.builder()
            .sources(OnTestClock.class)
            .profiles("dev")
            .initializers(made -> made.getBeanFactory().registerSingleton("testClock", clock))
            .run(
                Stream.concat(
                        Stream.of(
                            Stream.of(more).anyMatch(one -> one.startsWith("--server.port="))
                                ? "--spring.main.banner-mode=off"
                                : "--server.port=0",
                            "--spring.main.allow-bean-definition-overriding=true",
                            "--filo.mongodb.uri=" + engine.uri(),
                            "--filo.mongodb.prefix=" + prefix,
                            "--filo.grpc.listen=in-process:" + name,
                            "--filo.grpc.drain=100ms",
                            "--filo.targets.identity=in-process:" + name,
                            "--filo.client-secret=" + SERVICE_SECRET,
                            "--filo.identity.service-secret=" + SERVICE_SECRET,
                            "--logging.level.org.mongodb.driver=warn"),
                        Stream.of(more))
                    .toArray(String[]::new));
    channel = InProcessChannelBuilder.forName(name).build();
  }

  /** The one of an engine that all tests share. */
  static synchronized RunningIdentity on(TestMongo.Engine engine) {
    return RUNNING.computeIfAbsent(
        engine,
        each -> {
          var prefix = "test_" + Ids.random() + "_";
          var running = new RunningIdentity(each, prefix);
          Runtime.getRuntime().addShutdownHook(new Thread(() -> running.context.close()));
          return running;
        });
  }

  /** One more, on data of its own, with settings of its own. */
  static RunningIdentity with(TestMongo.Engine engine, String... settings) {
    return new RunningIdentity(engine, "test_" + Ids.random() + "_", settings);
  }

  /** One more, on the data of databases with this prefix. */
  static RunningIdentity another(TestMongo.Engine engine, String prefix) {
    return new RunningIdentity(engine, prefix);
  }

  @Override
  public void close() {
    context.close();
  }

  MutableClock clock() {
    return clock;
  }

  MongoDatabase database() {
    return context.getBean(MongoDatabase.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  IdentityServiceGrpc.IdentityServiceBlockingV2Stub calls() {
    return IdentityServiceGrpc.newBlockingV2Stub(channel);
  }

  IdentityServiceGrpc.IdentityServiceBlockingV2Stub calls(String token) {
    return calls().withCallCredentials(TestTokens.bearer(token));
  }

  SessionServiceGrpc.SessionServiceBlockingV2Stub sessions(String token) {
    return SessionServiceGrpc.newBlockingV2Stub(channel)
        .withCallCredentials(TestTokens.bearer(token));
  }

  StaffServiceGrpc.StaffServiceBlockingV2Stub staff(String token) {
    return StaffServiceGrpc.newBlockingV2Stub(channel)
        .withCallCredentials(TestTokens.bearer(token));
  }

  /** What the audit log says was done to somebody or something, oldest first. */
  List<AuditEntry> log(String subject) throws Exception {
    clock.advance(Duration.ofMinutes(1)); // codes to one address are limited
    var manager = staff(signIn("manager@filo.example", "").access());
    var all = new ArrayList<AuditEntry>();
    var token = "";
    do {
      var page =
          manager.listAuditEntries(
              ListAuditEntriesRequest.newBuilder().setPageToken(token).setPageSize(50).build());
      all.addAll(page.getAuditEntriesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all.stream().filter(entry -> entry.getSubject().equals(subject)).toList();
  }

  Channel channel() {
    return channel;
  }

  URI uri(String path) {
    var port = ((ServletWebServerApplicationContext) context).getWebServer();
    if (port == null) {
      throw new IllegalStateException("no web server");
    }
    return URI.create("http://127.0.0.1:" + port.getPort() + path);
  }

  /** An answer of an OAuth endpoint. */
  record Answer(int status, Map<String, Object> body) {
    String text(String name) {
      var value = body.get(name);
      return value == null ? "" : value.toString();
    }

    String access() {
      return text("access_token");
    }

    String refresh() {
      return text("refresh_token");
    }

    JWTClaimsSet claims() {
      try {
        return SignedJWT.parse(access()).getJWTClaimsSet();
      } catch (ParseException e) {
        throw new AssertionError("no token: " + body.keySet(), e);
      }
    }

    String subject() {
      return claims().getSubject();
    }

    /** {@code 400 invalid_grant CODE_WRONG}. */
    String refusal() {
      return (status + " " + text("error") + " " + text("error_description")).trim();
    }
  }

  Answer token(String... fields) {
    return post("/oauth2/token", "", fields);
  }

  Answer machineToken(String client, String secret) {
    return post("/oauth2/token", basic(client, secret), "grant_type", "client_credentials");
  }

  static String basic(String client, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(
                (encode(client) + ":" + encode(secret)).getBytes(StandardCharsets.UTF_8));
  }

  Answer post(String path, String authorization, String... fields) {
    var request =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form(fields)));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return json(send(request.build()));
  }

  Answer get(String path) {
    return json(send(HttpRequest.newBuilder(uri(path)).build()));
  }

  private static Answer json(HttpResponse<String> response) {
    try {
      return new Answer(
          response.statusCode(),
          response.body().isEmpty() ? Map.of() : JSONObjectUtils.parse(response.body()));
    } catch (ParseException e) {
      throw new AssertionError(response.statusCode() + " without JSON", e);
    }
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static String form(String... fields) {
    var form = new LinkedHashMap<String, String>();
    for (int i = 0; i < fields.length; i += 2) {
      form.put(fields[i], fields[i + 1]);
    }
    return form.entrySet().stream()
        .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  Answer guest() {
    return token("grant_type", "urn:filo:oauth:guest", "client_id", "shop-web", "device", "PC");
  }

  SignIn startSignIn(String email, String token) throws Exception {
    var stub = token.isEmpty() ? calls() : calls(token);
    return stub.createSignIn(CreateSignInRequest.newBuilder().setEmail(email).build());
  }

  Answer redeem(SignIn signIn, String code) {
    return redeem(signIn, code, "shop-web");
  }

  Answer redeem(SignIn signIn, String code, String client) {
    return token(
        "grant_type",
        "urn:filo:oauth:code",
        "client_id",
        client,
        "sign_in",
        signIn.getName(),
        "code",
        code);
  }

  /** Signs in by mail, with a guest's token or none. */
  Answer signIn(String email, String token) throws Exception {
    return redeem(startSignIn(email, token), code(email));
  }

  List<String> letters(String to) throws Exception {
    return MailboxServiceGrpc.newBlockingV2Stub(channel)
        .listMail(ListMailRequest.newBuilder().setTo(to).build())
        .getMessagesList()
        .stream()
        .map(mail -> mail.getSubject() + "\n" + mail.getText())
        .toList();
  }

  /** The code in the newest letter to an address. */
  String code(String to) throws Exception {
    var matcher = CODE.matcher(letters(to).getFirst());
    if (!matcher.find()) {
      throw new AssertionError("no code in the letter");
    }
    return matcher.group();
  }

  static String wrong(String code) {
    return code.equals("000000") ? "000001" : "000000";
  }

  static String newEmail() {
    return "julia-" + Ids.random() + "@example.com";
  }

  @Configuration(proxyBeanMethods = false)
  static class OnTestClock {
    @Bean
    MutableClock clock(MutableClock testClock) {
      return testClock;
    }
  }
}
