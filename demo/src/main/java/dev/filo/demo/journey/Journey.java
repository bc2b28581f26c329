package dev.filo.demo.journey;

import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.RecordMovementsRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Julia's journey, from a search on her PC to the sofa in her car, played through HTTP, server-sent
 * events and gRPC. It stops with {@link Broken} at the first promise that is not kept. It can be
 * played again and again: it brings the piece it sells.
 */
public final class Journey {
  private static final String STORE = "stores/milano-buenos-aires";
  private static final String MILAN = "latitude=45.4642&longitude=9.19";
  private static final Duration LIVE = Duration.ofSeconds(5);
  private static final String LINE = "%-9s %6.0f ms  %s";
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String target;
  private final Channel door;
  private final Restart restart;
  private final Consumer<String> tell;
  private final Clock clock = Clock.systemUTC();
  private final String run = UUID.randomUUID().toString().substring(0, 8);

  private final Shopfront pc;
  private final Shopfront phone;
  private final Shopfront desk;
  private final Shopfront clerk;
  private String sku = "";
  private String product = "";
  private String julia = "";
  private String reservation = "";
  private String pickupCode = "";
  private String till = "";
  private long began;

  /**
   * Kills the suite with SIGKILL and waits until it answers again; nothing where that cannot be
   * done from here.
   */
  @FunctionalInterface
  public interface Restart {
    /** What was done, in words; empty when nothing can be done from here. */
    Optional<String> now();
  }

  /**
   * A journey.
   *
   * @param target the public HTTP address
   * @param door the public gRPC door
   * @param tell is told each step in one line
   */
  public Journey(String target, Channel door, Restart restart, Consumer<String> tell) {
    this.target = target;
    this.door = door;
    this.restart = restart;
    this.tell = tell;
    this.pc = new Shopfront(http, target, "shop-web");
    this.phone = new Shopfront(http, target, "shop-app");
    this.desk = new Shopfront(http, target, "desk-web");
    this.clerk = new Shopfront(http, target, "store-web");
  }

  /** Plays all of it. */
  public void play() {
    long whole = System.nanoTime();
    step("till", "the store's till signs in and one green sofa stands in the store", this::prepare);
    step(
        "1 PC",
        "searches «divano in velluto verde», sees it near Milan, puts it into the cart",
        this::findAndAdd);
    step("2 phone", "continues by hand-off code; changes show on both, live", this::handOff);
    step("3 phone", "signs in by e-mail code; no cart is lost, on three devices", this::signIn);
    step("4 chat", "writes; the agent sees name, cart, stock nearby and time line", this::chat);
    step(
        "5 desk",
        "the agent reserves one until Saturday's closing; nobody else can have it",
        this::reserve);
    step(
        "6 store",
        "sees it on the pick list within a second and prepares it; Julia is told",
        this::pick);
    step("7 till", "collects by the code; the sale is in the ledger, once", this::collect);
    step("8 journey", "one time line over web, app, chat, desk, store and till", this::timeline);
    crash();
    tell.accept("every promise kept in %.1f s".formatted((System.nanoTime() - whole) / 1e9));
  }

  private void step(String who, String what, Runnable body) {
    began = System.nanoTime();
    try {
      body.run();
    } catch (Broken broken) {
      throw new Broken("%s: %s".formatted(who, broken.getMessage()));
    }
    tell.accept(LINE.formatted(who, (System.nanoTime() - began) / 1e6, what));
  }

  private void prepare() {
    signInStaff(clerk, "milano@filo.example");
    signInStaff(desk, "agent@filo.example");
    pc.grant("urn:filo:oauth:guest", Map.of("device", "PC"));
    var found =
        pc.get(
            "/v1/products:search?query="
                + Shopfront.encode("divano in velluto verde")
                + "&"
                + MILAN);
    var first = found.path("results").path(0).path("product");
    product = first.path("name").asString("");
    sku = first.path("variants").path(0).path("sku").asString("");
    Check.that(!sku.isEmpty(), "the search has a first result with a variant");
    till = pc.clientCredentials("till-milano-1", "till-secret");
    Check.that(!till.isEmpty(), "the till gets a token");
    var level = clerk.get(levelPath());
    int available = level.path("available").asInt();
    if (available != 1) {
      move("demo-" + run + "-adjust", Movement.Kind.ADJUSTMENT, 1 - available);
    }
    Check.that(clerk.get(levelPath()).path("available").asInt() == 1, "one sofa is available");
  }

  private void findAndAdd() {
    var found =
        pc.get(
            "/v1/products:search?query="
                + Shopfront.encode("divano in velluto verde")
                + "&"
                + MILAN);
    var first = found.path("results").path(0);
    var title =
        first.path("product").path("title").asString("").toLowerCase(java.util.Locale.ITALIAN);
    Check.that(
        title.contains("divano") && title.contains("velluto"),
        "the green velvet sofa is the first result, not " + title);
    Check.that(
        first.path("nearest").path("available").asInt() > 0, "the search says where it is nearest");
    var page = pc.get("/v1/" + product);
    Check.that(page.path("variants").size() > 0, "its own page opens by its link");
    var nearby = pc.get("/v1/availability:nearby?sku=" + sku + "&" + MILAN + "&radiusMeters=30000");
    Check.that(!nearby.path("asOfTime").asString("").isEmpty(), "stock says as of when");
    Check.that(availableAt(nearby, STORE) == 1, "the store has one");
    pc.post(
        "/v1/touchpoints:batchCreate",
        Map.of(
            "touchpoints",
            List.of(
                Map.of(
                    "id",
                    "demo-" + run + "-search",
                    "type",
                    "search",
                    "subject",
                    "divano in velluto verde"),
                Map.of(
                    "id", "demo-" + run + "-view", "type", "product_view", "subject", product))));
    var cart = apply(pc, "add", Map.of("sku", sku, "quantity", 1), "demo-" + run + "-add");
    Check.that(quantity(cart, sku) == 1, "the sofa is in the cart");
    var again = apply(pc, "add", Map.of("sku", sku, "quantity", 1), "demo-" + run + "-add");
    Check.that(quantity(again, sku) == 1, "sending the same operation twice adds once");
    Check.that(
        cart.path("lines").path(0).path("origin").path("channel").asString("").equals("web"),
        "the line says that it came from the web");
  }

  private void handOff() {
    var handoff = pc.post("/v1/handoffs", Map.of());
    Check.that(handoff.path("qrSvg").asString("").startsWith("<svg"), "the hand-off has a QR code");
    var code = handoff.path("code").asString("");
    phone.grant("urn:filo:oauth:handoff", Map.of("code", code, "device", "iPhone"));
    Check.that(
        quantity(phone.get("/v1/customers/me/cart"), sku) == 1, "the phone has the same cart");
    try (var onPhone = new Live(phone, "/v1/customers/me/cart:watch");
        var onPc = new Live(pc, "/v1/watch?topic=customers/me/cart")) {
      onPhone.await(LIVE, "the phone's stream begins with the cart", e -> e.kind().equals("cart"));
      onPc.await(LIVE, "the PC's stream begins with the cart", e -> e.kind().equals("cart"));
      var line = line(pc.get("/v1/customers/me/cart"), sku).path("id").asString("");
      apply(pc, "setQuantity", Map.of("line", line, "quantity", 2), "demo-" + run + "-two");
      onPhone.await(LIVE, "the PC's change shows on the phone", e -> quantity(e.data(), sku) == 2);
      apply(phone, "setQuantity", Map.of("line", line, "quantity", 1), "demo-" + run + "-one");
      onPc.await(
          LIVE,
          "the phone's change shows on the PC",
          e -> quantity(e.data().path("cart"), sku) == 1);
    }
  }

  private void signIn() {
    var mail = "julia." + run + "@example.com";
    signInShopper(phone, mail);
    var me = phone.get("/v1/customers/me");
    julia = me.path("name").asString("");
    Check.that(!me.path("guest").asBoolean(true), "she is no guest any more");
    phone.patch(
        "/v1/customers/me",
        Map.of(
            "givenName",
            "Julia",
            "familyName",
            "Rossi",
            "place",
            Map.of("title", "Milano", "location", Map.of("latitude", 45.4642, "longitude", 9.19))));
    Check.that(quantity(phone.get("/v1/customers/me/cart"), sku) == 1, "the phone keeps the cart");
    Check.that(quantity(pc.get("/v1/customers/me/cart"), sku) == 1, "the PC keeps the cart");
    var tablet = new Shopfront(http, target, "shop-web");
    tablet.grant("urn:filo:oauth:guest", Map.of("device", "Tablet"));
    var other =
        pc.get("/v1/products:search?query=lampada")
            .path("results")
            .path(0)
            .path("product")
            .path("variants")
            .path(0)
            .path("sku")
            .asString("");
    apply(tablet, "add", Map.of("sku", other, "quantity", 3), "demo-" + run + "-lamp");
    signInShopper(tablet, mail);
    var merged = tablet.get("/v1/customers/me/cart");
    Check.that(
        quantity(merged, sku) == 1 && quantity(merged, other) == 3,
        "signing in on a third device keeps both carts' lines");
    Check.that(
        Check.within(
            LIVE,
            "the phone sees the tablet's line too",
            () ->
                Optional.of(quantity(phone.get("/v1/customers/me/cart"), other) == 3)
                    .filter(kept -> kept)),
        "the phone sees the tablet's line");
    phone.refused(
        "GET", "/v1/customers/somebodyelse00000000/cart", null, 404, "RESOURCE_NOT_FOUND");
  }

  private void chat() {
    var greeting = "Buongiorno, il divano verde c'è ancora a Milano? (" + run + ")";
    try (var inbox = new Live(desk, "/v1/watch?topic=conversations")) {
      phone.post("/v1/customers/me/conversation/messages", Map.of("text", greeting));
      inbox.await(
          LIVE,
          "the desk sees the thread live",
          e ->
              e.data()
                  .path("conversation")
                  .path("lastMessage")
                  .path("text")
                  .asString("")
                  .equals(greeting));
    }
    var conversation = phone.get("/v1/customers/me/conversation").path("name").asString("");
    Check.that(conversation.startsWith("conversations/"), "the thread has a name");
    var context = desk.get("/v1/" + conversation + "/context");
    Check.that(
        context.path("customer").path("givenName").asString("").equals("Julia"),
        "the agent sees her name");
    Check.that(quantity(context.path("cart"), sku) == 1, "the agent sees her cart");
    Check.that(
        StreamSupport.stream(context.path("stock").spliterator(), false)
            .anyMatch(
                stock ->
                    stock.path("sku").asString("").equals(sku) && availableAt(stock, STORE) == 1),
        "the agent sees the stock of the stores near her");
    Check.within(
        LIVE,
        "the agent sees her time line",
        () ->
            Optional.of(desk.get("/v1/" + conversation + "/context").path("timeline").size())
                .filter(size -> size >= 3));
    try (var onPhone = new Live(phone, "/v1/watch?topic=customers/me/conversation")) {
      var answer = "Buongiorno Julia, sì: glielo metto da parte? (" + run + ")";
      desk.post("/v1/" + conversation + "/messages", Map.of("text", answer));
      onPhone.await(
          LIVE,
          "the answer comes to her phone",
          e -> e.data().path("message").path("text").asString("").equals(answer));
    }
  }

  private void reserve() {
    var body =
        Map.of(
            "customer",
            julia,
            "store",
            STORE,
            "lines",
            List.of(Map.of("sku", sku, "quantity", 1)),
            "untilStoreClosing",
            saturday().toString());
    try (var onPhone = new Live(phone, "/v1/watch?topic=customers/me/conversation")) {
      var held = desk.post("/v1/reservations", body, "demo-" + run + "-reserve");
      reservation = held.path("name").asString("");
      Check.that(
          held.path("state").asString("").equals("HELD"), "it is held: " + held.path("state"));
      var again = desk.post("/v1/reservations", body, "demo-" + run + "-reserve");
      Check.that(again.path("name").asString("").equals(reservation), "asking twice holds once");
      onPhone.await(
          LIVE,
          "the confirmation comes into the same thread",
          e -> e.data().path("message").path("subject").asString("").equals(reservation));
    }
    var level = clerk.get(levelPath());
    Check.that(
        level.path("available").asInt() == 0 && level.path("held").asInt() >= 1,
        "available falls by one: " + level);
    var nearby = pc.get("/v1/availability:nearby?sku=" + sku + "&" + MILAN + "&radiusMeters=30000");
    Check.that(availableAt(nearby, STORE) == 0, "everybody sees that it is taken");
    var other = new Shopfront(http, target, "shop-web");
    other.grant("urn:filo:oauth:guest", Map.of());
    other.refused(
        "POST",
        "/v1/reservations",
        Map.of("store", STORE, "lines", List.of(Map.of("sku", sku, "quantity", 1))),
        400,
        "STOCK_INSUFFICIENT");
    other.refused("GET", "/v1/" + reservation, null, 404, "RESERVATION_NOT_FOUND");
    var hers = phone.get("/v1/" + reservation);
    pickupCode = hers.path("pickupCode").asString("");
    Check.that(!pickupCode.isEmpty(), "Julia has a pickup code");
    Check.that(hers.path("qrSvg").asString("").startsWith("<svg"), "and its QR code");
  }

  private void pick() {
    var list =
        Check.within(
            Duration.ofSeconds(1),
            "it is on the store's pick list",
            () ->
                Optional.of(clerk.get("/v1/" + STORE + "/pickList"))
                    .filter(
                        picks ->
                            StreamSupport.stream(picks.path("reservations").spliterator(), false)
                                .anyMatch(r -> r.path("name").asString("").equals(reservation))));
    Check.that(list.path("reservations").size() > 0, "the list is not empty");
    try (var onPhone = new Live(phone, "/v1/" + reservation + ":watch")) {
      clerk.post("/v1/" + reservation + ":prepare", Map.of());
      onPhone.await(
          LIVE,
          "Julia is told that it is ready",
          e -> e.data().path("state").asString("").equals("PREPARED"));
    }
  }

  private void collect() {
    var before = clerk.get(levelPath());
    var collected = collectByTill("demo-" + run + "-collect");
    Check.that(collected.getState() == Reservation.State.COLLECTED, "the till hands it over");
    var after = clerk.get(levelPath());
    Check.that(
        after.path("onHand").asInt() == before.path("onHand").asInt() - 1
            && after.path("held").asInt() == before.path("held").asInt() - 1,
        "on hand and held fall by one: %s, then %s".formatted(before, after));
    var replay = collectByTill("demo-" + run + "-collect");
    Check.that(
        replay.getName().equals(collected.getName())
            && clerk.get(levelPath()).path("onHand").asInt() == after.path("onHand").asInt(),
        "the till's message again changes nothing");
    try {
      collectByTill("demo-" + run + "-collect-again");
      throw new Broken("a second collection is refused");
    } catch (StatusRuntimeException refused) {
      var status = StatusProto.fromThrowable(refused);
      Check.that(
          status != null && status.toString().contains("ALREADY_COLLECTED"),
          "a second collection is refused with ALREADY_COLLECTED, not " + refused.getStatus());
    }
    var ledger = clerk.get(levelPath() + "/movements").path("movements");
    Check.that(
        StreamSupport.stream(ledger.spliterator(), false)
                .filter(
                    m ->
                        m.path("kind").asString("").equals("SALE")
                            && m.path("cause").asString("").equals(reservation))
                .count()
            == 1,
        "the ledger has the sale, once");
  }

  private void timeline() {
    Check.within(
        LIVE,
        "her time line shows web, app, chat, desk, store and till",
        () -> {
          var channels = new HashSet<String>();
          phone
              .get("/v1/customers/me/timeline?pageSize=200")
              .path("touchpoints")
              .forEach(t -> channels.add(t.path("channel").asString("")));
          return Optional.of(channels)
              .filter(
                  seen -> seen.containsAll(List.of("web", "app", "chat", "desk", "store", "till")));
        });
  }

  private void crash() {
    began = System.nanoTime();
    var cart = phone.get("/v1/customers/me/cart");
    var level = clerk.get(levelPath());
    var messages =
        phone.get("/v1/customers/me/conversation/messages?pageSize=200").path("messages").size();
    // A change that is acknowledged right before the end.
    var last = apply(phone, "add", Map.of("sku", sku, "quantity", 1), "demo-" + run + "-last");
    var done = restart.now();
    if (done.isEmpty()) {
      tell.accept("9 crash      skipped  nothing here may be killed; see --kill");
      return;
    }
    phone.refresh();
    signInStaff(clerk, "milano@filo.example");
    var again = phone.get("/v1/customers/me/cart");
    Check.that(
        again.path("lines").size() == Math.max(last.path("lines").size(), cart.path("lines").size())
            && quantity(again, sku) == quantity(last, sku),
        "the cart is as it was acknowledged");
    var repeated = apply(phone, "add", Map.of("sku", sku, "quantity", 1), "demo-" + run + "-last");
    Check.that(
        quantity(repeated, sku) == quantity(last, sku), "the last operation again adds nothing");
    var levelNow = clerk.get(levelPath());
    Check.that(
        levelNow.path("onHand").asInt() == level.path("onHand").asInt()
            && levelNow.path("held").asInt() == level.path("held").asInt(),
        "stock is as it was");
    Check.that(
        phone.get("/v1/customers/me/conversation/messages?pageSize=200").path("messages").size()
            == messages,
        "no message is lost or doubled");
    Check.that(
        phone.get("/v1/" + reservation).path("state").asString("").equals("COLLECTED"),
        "the reservation is collected");
    till = pc.clientCredentials("till-milano-1", "till-secret");
    collectByTill("demo-" + run + "-collect");
    Check.that(
        clerk.get(levelPath()).path("onHand").asInt() == level.path("onHand").asInt(),
        "the till's message again changes nothing");
    tell.accept(
        LINE.formatted(
            "9 crash",
            (System.nanoTime() - began) / 1e6,
            "killed and started again: everything acknowledged is there, once"));
  }

  private void signInStaff(Shopfront who, String email) {
    signInShopper(who, email);
  }

  private void signInShopper(Shopfront who, String email) {
    var signIn = who.post("/v1/signIns", Map.of("email", email));
    var sent = clock.instant();
    var code =
        Check.within(
            LIVE,
            "a code is sent to " + email,
            () -> {
              var box = pc.get("/dev/mailbox?to=" + Shopfront.encode(email)).path("messages");
              for (JsonNode mail : box) {
                var matcher = CODE.matcher(mail.path("text").asString(""));
                boolean fresh =
                    java.time.Instant.parse(
                            mail.path("createTime").asString("1970-01-01T00:00:00Z"))
                        .isAfter(sent.minusSeconds(30));
                if (fresh && matcher.find()) {
                  return Optional.of(matcher.group());
                }
              }
              return Optional.empty();
            });
    who.grant(
        "urn:filo:oauth:code", Map.of("sign_in", signIn.path("name").asString(""), "code", code));
  }

  private JsonNode apply(Shopfront who, String operation, Map<String, Object> content, String id) {
    return who.post(
        "/v1/customers/me/cart:apply",
        Map.of("operations", List.of(Map.of("id", id, operation, content))));
  }

  private static JsonNode line(JsonNode cart, String sku) {
    return StreamSupport.stream(cart.path("lines").spliterator(), false)
        .filter(line -> line.path("sku").asString("").equals(sku))
        .findFirst()
        .orElseThrow(() -> new Broken("the cart has a line of " + sku + ": " + cart));
  }

  private static int quantity(JsonNode cart, String sku) {
    return StreamSupport.stream(cart.path("lines").spliterator(), false)
        .filter(line -> line.path("sku").asString("").equals(sku))
        .mapToInt(line -> line.path("quantity").asInt())
        .sum();
  }

  private static int availableAt(JsonNode nearby, String store) {
    return StreamSupport.stream(nearby.path("locations").spliterator(), false)
        .filter(location -> location.path("store").asString("").equals(store))
        .mapToInt(location -> location.path("available").asInt())
        .findFirst()
        .orElse(-1);
  }

  private String levelPath() {
    return "/v1/stockLevels/" + sku + "@" + STORE.substring("stores/".length());
  }

  private LocalDate saturday() {
    // The next Saturday but today's, whose closing may have passed.
    return LocalDate.now(clock.withZone(ZoneId.of("Europe/Rome")))
        .with(TemporalAdjusters.next(DayOfWeek.SATURDAY));
  }

  /** A till that sends one request and ends: the stream is a unary call to it. */
  private void move(String id, Movement.Kind kind, int quantity) {
    var answer =
        ClientCalls.blockingUnaryCall(
            ClientInterceptors.intercept(door, MetadataUtils.newAttachHeadersInterceptor(bearer())),
            InventoryServiceGrpc.getRecordMovementsMethod().toBuilder()
                .setType(MethodType.UNARY)
                .build(),
            CallOptions.DEFAULT.withDeadlineAfter(15, TimeUnit.SECONDS),
            RecordMovementsRequest.newBuilder()
                .setRequestId(id)
                .addMovements(
                    Movement.newBuilder()
                        .setId(id)
                        .setKind(kind)
                        .setSku(sku)
                        .setLocation(STORE)
                        .setQuantity(quantity)
                        .setCause("demo"))
                .build());
    Check.that(answer.getResults(0).getReason().isEmpty(), "the till records: " + answer);
  }

  private Reservation collectByTill(String requestId) {
    return ReservationServiceGrpc.newBlockingStub(door)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(bearer()))
        .withDeadlineAfter(15, TimeUnit.SECONDS)
        .collectPickup(
            CollectPickupRequest.newBuilder()
                .setStore(STORE)
                .setPickupCode(pickupCode)
                .setRequestId(requestId)
                .build());
  }

  private Metadata bearer() {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + till);
    return headers;
  }
}
