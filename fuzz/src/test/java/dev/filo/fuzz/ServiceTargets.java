package dev.filo.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.calendar.CalendarInvalidException;
import dev.filo.calendar.StoreCalendars;
import dev.filo.cart.order.payment.HttpPayments;
import dev.filo.cart.order.payment.PaymentSettings;
import dev.filo.cart.order.service.OrderRefusedException;
import dev.filo.catalog.domain.Gtin;
import dev.filo.catalog.media.MediaType;
import dev.filo.catalog.search.Order;
import dev.filo.catalog.search.ProductIndex;
import dev.filo.catalog.search.SearchPage;
import dev.filo.catalog.store.Kept;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import dev.filo.identity.webauthn.RelyingParty;
import dev.filo.identity.webauthn.WebAuthnCeremonies;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.CheckoutCartRequest;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.testkit.TestTokens;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the services read beyond the fields of their requests. */
final class ServiceTargets {
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final String SECRET = "a-secret-of-the-payment-provider";
  private static final String SHOP = "https://shop.example";
  private static final Metadata.Key<String> ACCEPT_LANGUAGE =
      Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER);

  private static final TestTokens TOKENS = new TestTokens(CLOCK);
  private static final TokenVerifier VERIFIER = TOKENS.verifier();
  private static final HttpPayments PAYMENTS =
      new HttpPayments(
          new PaymentSettings(
              "one",
              Map.of(
                  "one",
                  new PaymentSettings.Account(
                      URI.create("http://localhost:1"), "key", null, List.of(SECRET), List.of())),
              Duration.ofMinutes(5),
              Duration.ofSeconds(1)),
          SHOP,
          CLOCK);
  private static final WebAuthnCeremonies PASSKEYS =
      new WebAuthnCeremonies(RelyingParty.of(SHOP, "", "Shop", Set.of()));
  private static final PasskeyChallenge CHALLENGE =
      new PasskeyChallenge(
          "id", base64("a challenge of 32 random bytes.."), "s", "c", "dXNlcg", NOW);
  private static final ProductIndex INDEX = index();
  private static final FieldRules RULES = new FieldRules();

  private ServiceTargets() {}

  static List<Target> all() {
    return List.of(
        Target.ofText(
            "page-token",
            ServiceTargets::pageToken,
            PageTokens.token("12"),
            PageTokens.token("a/b")),
        Target.ofText(
            "identifier",
            ServiceTargets::identifier,
            "0Julia.Rossi+filo@Exämple.com",
            "1+39 02 1234 5678",
            "1(0039) 347-1234567",
            "2393471234567",
            "2US.ENT.abc123",
            "3123/456",
            "4123456",
            "5AB 12-34",
            "6tok_123456789",
            "1+55 11 8123-4567"),
        Target.ofText("gtin", ServiceTargets::gtin, "4006381333931", "04006381333931", "96385074"),
        Target.ofText(
            "search",
            ServiceTargets::search,
            "divano in velluto verde",
            "DIV-LUC-BLU",
            "4006381333931",
            "green sofa’s",
            "é ü ß"),
        Target.ofBytes("picture-svg", MediaType.SVG::accepts, SVG.getBytes(StandardCharsets.UTF_8)),
        Target.ofText(
            "access-token", ServiceTargets::token, TOKENS.token(Role.ROLE_CUSTOMER, "customers/c")),
        Target.ofBytes(
            "payment-webhook", ServiceTargets::webhook, WEBHOOK.getBytes(StandardCharsets.UTF_8)),
        Target.ofText(
            "payment-signature",
            ServiceTargets::signature,
            "t=" + NOW.getEpochSecond() + ",v1=" + "ab".repeat(32),
            "t=1,v1=00,v1=11"),
        Target.ofText(
            "passkey-registration",
            ServiceTargets::registration,
            REGISTRATION.formatted("o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVg")),
        Target.ofText("passkey-sign-in", ServiceTargets::signIn, SIGN_IN),
        Target.ofBytes("passkey-cbor", ServiceTargets::cbor, attestation()),
        Target.ofText(
            "accept-language",
            ServiceTargets::language,
            "it-IT,it;q=0.9,en-US;q=0.8,*;q=0.1",
            "de",
            "*"),
        Target.ofText("return-path", ServiceTargets::returnPath, "/", "/order", "/a/b/c", ""),
        Target.ofBytes(
            "opening-calendar",
            ServiceTargets::calendar,
            Samples.of(Store.getDefaultInstance()).toByteArray(),
            store()));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void requireCode(StatusRuntimeException refused, Status.Code code) {
    if (refused.getStatus().getCode() != code) {
      throw refused;
    }
  }

  private static void pageToken(String text) {
    try {
      var position = PageTokens.position(text);
      if (!PageTokens.position(PageTokens.token(position)).equals(position)) {
        throw new IllegalStateException("written and read again it is another");
      }
    } catch (StatusRuntimeException refused) {
      requireCode(refused, Status.Code.INVALID_ARGUMENT);
    }
    try {
      PageTokens.number(text);
    } catch (StatusRuntimeException refused) {
      requireCode(refused, Status.Code.INVALID_ARGUMENT);
    }
  }

  /** What is normal stays as it is: one thing has one key. */
  private static void identifier(String text) {
    if (text.isEmpty()) {
      return;
    }
    var types = IdentifierKey.Type.values();
    var type = types[text.charAt(0) % types.length];
    var read = IdentifierKey.read(type, text.substring(1));
    if (read.isPresent()) {
      var key = read.get();
      if (!IdentifierKey.read(type, key.value()).equals(read)
          || !IdentifierKey.ofKey(key.key()).equals(key)) {
        throw new IllegalStateException(
            "read again it is another: "
                + IdentifierKey.read(type, key.value()).map(IdentifierKey::key));
      }
    }
  }

  private static void gtin(String text) {
    if (Gtin.isValid(text) && !Gtin.isValid(Gtin.normal(text))) {
      throw new IllegalStateException("its normal form is none");
    }
  }

  private static ProductIndex index() {
    var index = ProductIndex.inMemory();
    try {
      var sample =
          ProductRecord.newBuilder()
              .mergeFrom(Samples.of(ProductRecord.getDefaultInstance()).toByteArray())
              .build();
      index.apply(List.of(new Kept<>("divano", 1, sample)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
    return index;
  }

  private static void search(String text) {
    INDEX.search(new SearchPage(text, Map.of(), Order.MATCH, null, 10));
    INDEX.suggest(text);
  }

  private static void token(String text) {
    try {
      var caller = VERIFIER.verify(text).block(Duration.ofSeconds(20));
      if (caller == null || !caller.principal().equals("customers/c")) {
        throw new IllegalStateException("accepted as " + caller);
      }
    } catch (StatusRuntimeException refused) {
      requireCode(refused, Status.Code.UNAUTHENTICATED);
    }
  }

  private static final String WEBHOOK =
      "{\"id\":\"evt_1\",\"type\":\"session.paid\",\"data\":{\"session\":\"ses_1\",\"reference\":\"o1\","
          + "\"payment\":\"pay_1\",\"amount\":12900,\"currency\":\"EUR\"}}";

  /** Signed as it should be: what the provider itself could send. */
  private static void webhook(byte[] body) throws GeneralSecurityException {
    var seconds = Long.toString(NOW.getEpochSecond());
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
    var signature = "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    try {
      PAYMENTS.read("one", signature, body);
    } catch (StatusRuntimeException refused) {
      requireCode(refused, Status.Code.INVALID_ARGUMENT);
    }
  }

  private static void signature(String header) {
    try {
      PAYMENTS.read("one", header, WEBHOOK.getBytes(StandardCharsets.UTF_8));
      throw new IllegalStateException("a made-up signature counts");
    } catch (OrderRefusedException refused) {
      // As it should be.
    }
  }

  private static final String REGISTRATION =
      "{\"id\":\"YWJj\",\"rawId\":\"YWJj\",\"type\":\"public-key\",\"clientExtensionResults\":{},"
          + "\"response\":{\"clientDataJSON\":\""
          + base64(
              "{\"type\":\"webauthn.create\",\"challenge\":\""
                  + base64("a challenge of 32 random bytes..")
                  + "\",\"origin\":\"https://shop.example\"}")
          + "\",\"attestationObject\":\"%s\",\"transports\":[\"internal\"]}}";

  private static final String SIGN_IN =
      "{\"id\":\"YWJj\",\"rawId\":\"YWJj\",\"type\":\"public-key\",\"clientExtensionResults\":{},"
          + "\"response\":{\"clientDataJSON\":\""
          + base64(
              "{\"type\":\"webauthn.get\",\"challenge\":\""
                  + base64("a challenge of 32 random bytes..")
                  + "\",\"origin\":\"https://shop.example\"}")
          + "\",\"authenticatorData\":\"SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ\","
          + "\"signature\":\"MEUCIQ\",\"userHandle\":\"dXNlcg\"}}";

  private static void registration(String json) {
    if (PASSKEYS.register(json, CHALLENGE).isPresent()) {
      throw new IllegalStateException("a made-up registration counts");
    }
  }

  private static void signIn(String json) {
    PASSKEYS.read(json);
    var passkey =
        new Passkey(
            "p", "c", "t", "YWJj", "dXNlcg", "AAAA", 1, false, false, List.of(), "", NOW, null);
    if (PASSKEYS.check(json, CHALLENGE, passkey)
        instanceof dev.filo.identity.service.Ceremonies.Checked.Passed) {
      throw new IllegalStateException("a made-up answer counts");
    }
  }

  /** An attestation object: a map of CBOR, with authenticator data of the right party in it. */
  private static byte[] attestation() {
    return HexFormat.of()
        .parseHex(
            "a363666d74646e6f6e656761747453746d74a068617574684461746158a4"
                + "49960de5880e8c687434170f6476605b8fe4aeb9a28632c7995cf3ba831d9763"
                + "4500000001"
                + "00000000000000000000000000000000"
                + "0003616263"
                + "a5010203262001215820"
                + "11".repeat(32)
                + "225820"
                + "22".repeat(32));
  }

  private static void cbor(byte[] attestation) {
    PASSKEYS.register(
        REGISTRATION.formatted(Base64.getUrlEncoder().withoutPadding().encodeToString(attestation)),
        CHALLENGE);
  }

  private static void language(String text) throws ReflectiveOperationException {
    var printable = text.replaceAll("[^\\x20-\\x7e]", "");
    var headers = new Metadata();
    headers.put(ACCEPT_LANGUAGE, printable);
    var method = AccessInterceptor.class.getDeclaredMethod("language", Metadata.class);
    method.setAccessible(true);
    var language = (String) method.invoke(null, headers);
    if (!language.equals("it") && !language.equals("en")) {
      throw new IllegalStateException(language);
    }
  }

  /** Whoever went to pay comes back to the shop, and to nobody else. */
  private static void returnPath(String path) {
    var request =
        CheckoutCartRequest.newBuilder()
            .mergeFrom(Samples.of(CheckoutCartRequest.getDefaultInstance()))
            .setReturnPath(path)
            .build();
    try {
      RULES.check(request);
    } catch (StatusRuntimeException refused) {
      requireCode(refused, Status.Code.INVALID_ARGUMENT);
      var about = io.grpc.protobuf.StatusProto.fromThrowable(refused);
      if (about == null || String.valueOf(about).contains("return_path")) {
        return;
      }
    }
    var uri = URI.create(SHOP + path + "?order=o1").normalize();
    if (!"shop.example".equals(uri.getHost()) || uri.getUserInfo() != null || uri.getPort() != -1) {
      throw new IllegalStateException("it leads to " + uri);
    }
  }

  private static byte[] store() {
    return Store.newBuilder()
        .setName("stores/milano")
        .setTimeZone("Europe/Rome")
        .build()
        .toByteArray();
  }

  private static void calendar(byte[] bytes) {
    try {
      var calendar = StoreCalendars.of(Store.parseFrom(bytes));
      calendar.nthClosing(NOW, 3);
      calendar.nextOpen(NOW);
      calendar.afterOpenTime(NOW, Duration.ofHours(5));
      calendar.lastClosing(calendar.dateAt(NOW));
    } catch (InvalidProtocolBufferException | CalendarInvalidException e) {
      // It is no store, or says no hours.
    }
  }

  private static final String SVG =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><style>.a{fill:url(#g)}</style>"
          + "<defs><linearGradient id=\"g\"><stop offset=\"0\"/></linearGradient></defs>"
          + "<g class=\"a\"><path d=\"M0 0L10 10\"/><use href=\"#g\"/><text>a &amp; b</text></g></svg>";
}
