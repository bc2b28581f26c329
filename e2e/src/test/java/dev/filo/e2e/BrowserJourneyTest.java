package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ScreenshotAnimations;
import com.microsoft.playwright.options.ViewportSize;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Julia's journey in a real browser: her PC, her phone, the desk and the store open at once. {@code
 * -Dfilo.target=http://localhost:8080} plays it against a suite that runs already.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserJourneyTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String SKU = "DIV-LUC-VEL-VRD";
  private static final String STORE = "Milano Buenos Aires";
  private static final String STORE_ID = "milano-buenos-aires";
  private static final Path SCREENS = Path.of("target", "screens");
  private static final ViewportSize WIDE = new ViewportSize(1280, 900);
  private static final ViewportSize NARROW = new ViewportSize(390, 844);
  private static final int PAGE = 24;
  private static final double PATIENCE = 60_000;
  private static final String ANDROID =
      "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko)"
          + " Chrome/150.0.0.0 Mobile Safari/537.36";

  /** Waits, though not for ever, for the pictures in sight. */
  private static final String PICTURES_LOADED =
      """
      () => Promise.race([
        new Promise((resolve) => setTimeout(resolve, 10000)),
        Promise.all([...document.images].filter((image) => {
          const {top, bottom} = image.getBoundingClientRect();
          return !image.complete && image.checkVisibility() && bottom > 0 && top < innerHeight;
        }).map((image) => new Promise((resolve) => {
          for (const end of ['load', 'error']) image.addEventListener(end, resolve, {once: true});
        }))).then(() => undefined)])
      """;

  /** What a page may be refused on this journey: the method and path, and the status. */
  private static final Map<Pattern, Integer> REFUSALS =
      Map.of(
          Pattern.compile("POST /v1/stores/[^/]+/pickups:collect"),
          400,
          // A device that waits for a yes asks again and again (authorization_pending).
          Pattern.compile("POST /oauth2/token"),
          400);

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Seat> seats = new ArrayList<>();
  private final Set<String> troubles = new LinkedHashSet<>();
  private final String run = UUID.randomUUID().toString().substring(0, 4);
  private @Nullable SuiteProcess suite;
  private @Nullable Playwright playwright;
  private Browser browser;
  private String target = "";

  @BeforeAll
  void open(@TempDir Path data) throws IOException {
    var chromium = Chromium.find();
    if (chromium.isEmpty()) {
      var reason = "no Chromium on this machine: set FILO_CHROMIUM to play the browser journey";
      System.out.println("BrowserJourneyTest is skipped: " + reason);
      Assumptions.abort(reason);
    }
    Files.createDirectories(SCREENS);
    try (var before = Files.newDirectoryStream(SCREENS, "failed-*.png")) {
      for (var each : before) {
        Files.delete(each);
      }
    }
    target = System.getProperty("filo.target", "");
    if (target.isEmpty()) {
      suite = SuiteProcess.start(data, Map.of());
      target = suite.target();
    }
    playwright = Chromium.playwright();
    browser = Chromium.launch(playwright, chromium.orElseThrow());
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
  }

  @AfterAll
  void close() {
    if (playwright != null) {
      playwright.close();
    }
    if (suite != null) {
      suite.close();
    }
  }

  @Test
  void journey_fourBrowsers_oneThread() throws Exception {
    standOneSofa();
    var pc = seat("pc", WIDE, false);
    var phone = seat("phone", NARROW, true);
    var desk = seat("desk", new ViewportSize(1280, 800), false);
    var store = seat("store", NARROW, false);
    var given = suite == null ? "Julia " + run : "Julia";
    try {
      step("the desk and the store sign in");
      staff(desk, "/desk", "agent@filo.example");
      assertThat(desk.role(AriaRole.TAB, "Aperte")).isVisible();
      desk.role(AriaRole.TAB, "Aperte").click();
      staff(store, "/store", "milano@filo.example");
      assertThat(store.page.locator(".band-name")).hasText(STORE);

      step("PC: she finds the sofa, sees where it is, puts it into the cart");
      find(pc);
      step("she goes on with the phone; what changes on one changes on the other");
      handOff(pc, phone);
      step("phone: she signs in by a code; the cart stays on both");
      signIn(pc, phone, given);
      step("phone: she writes; the desk sees her at once, with all there is to know");
      var message = "Buongiorno, il divano verde me lo tenete fino a sabato? Rif. " + run;
      write(phone, message);
      answer(desk, message, given);
      step("desk: one sofa is set aside until Saturday's closing; she is told");
      pc.page.navigate(target + "/products/divano-velluto-lucca");
      assertThat(row(pc)).containsText("Ultimo pezzo");
      reserve(desk);
      var code = kept(pc, phone);
      step("store: it is on the list at once, is prepared, and she is told");
      prepare(store, phone, given);
      step("store: handed over for the code, once");
      handOver(store, phone, code, given);
    } catch (RuntimeException | AssertionError failure) {
      for (var each : seats) {
        each.screen("failed-" + each.name);
      }
      throw new AssertionError(
          failure.getMessage() + "\n  troubles so far: " + String.join("\n  ", troubles), failure);
    } finally {
      leave();
    }
    assertThat(troubles).as("no errors, nothing from elsewhere, no barriers").isEmpty();
  }

  @Test
  void moreThatCannotBeHad_isSaid() {
    var shop = seat("more", WIDE, false);
    try {
      shop.page.navigate(target + "/search");
      var cards = shop.page.locator("article.product-card");
      assertThat(cards).hasCount(PAGE);
      shop.page.route(
          "**/v1/products:search?*pageToken=*",
          route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
      shop.button("Mostra altri prodotti").click();
      assertThat(shop.page.locator(".toast")).isVisible();
      assertThat(cards).hasCount(PAGE);
      shop.page.unrouteAll();
      shop.button("Mostra altri prodotti").click();
      assertThat(cards).hasCount(2 * PAGE);
    } finally {
      leave();
    }
  }

  @Test
  void stream_threeTabs_isOne() {
    var shop = seat("tabs", WIDE, false);
    var streams = new HashMap<Request, Page>();
    shop.context.onRequest(
        request -> {
          if (request.url().startsWith(target + "/v1/watch")) {
            streams.put(request, request.frame().page());
          }
        });
    shop.context.onRequestFinished(streams::remove);
    shop.context.onRequestFailed(streams::remove);
    try {
      shop.page.navigate(target + "/products/divano-velluto-lucca");
      shop.button("Aggiungi al carrello").click();
      assertThat(shop.page.locator(".in-cart")).containsText("1");
      var others = List.of(shop.context.newPage(), shop.context.newPage());
      for (var other : others) {
        other.setDefaultTimeout(PATIENCE);
        other.navigate(target + "/cart");
        assertThat(quantity(other)).hasText("1");
        assertThat(other.locator(".foot .live.on")).isVisible();
      }
      others.getFirst().waitForCondition(() -> streams.size() == 1, patient());
      others.getFirst().getByLabel("Uno di più").click();
      assertThat(quantity(others.getLast())).hasText("2");
      assertThat(shop.page.locator(".in-cart")).containsText("2");
      assertThat(streams).hasSize(1);

      var leader = streams.values().iterator().next();
      leader.close();
      streams.values().removeIf(Page::isClosed);
      var left = Stream.of(shop.page, others.getFirst(), others.getLast());
      var tabs = left.filter(page -> page != leader).toList();
      tabs.getFirst().waitForCondition(() -> streams.size() == 1, patient());
      var actor = tabs.contains(others.getLast()) ? others.getLast() : others.getFirst();
      actor.getByLabel("Uno di più").click();
      var watcher = tabs.stream().filter(page -> page != actor).findFirst().orElseThrow();
      assertThat(watcher.locator(watcher == shop.page ? ".in-cart" : ".cart-line .quantity"))
          .containsText("3");
      assertThat(streams).hasSize(1);
    } finally {
      leave();
    }
    assertThat(troubles).isEmpty();
  }

  private void find(Seat pc) {
    pc.page.navigate(target + "/");
    assertThat(pc.page.locator(".picks .product-card a").first()).isVisible();
    pc.bothWidths("shop-home");
    pc.accessible("shop home");
    var words = pc.page.locator("shop-search-box[big] input");
    words.fill("divano in velluto verde");
    words.press("Enter");
    var first = pc.page.locator("shop-search .product-card").first();
    assertThat(first)
        .containsText(
            Pattern.compile("divano.*velluto", Pattern.CASE_INSENSITIVE | Pattern.DOTALL));
    pc.bothWidths("shop-search");
    first.getByRole(AriaRole.LINK).click();
    assertThat(pc.page.locator("shop-product h1")).containsText("Divano in velluto");
    assertThat(pc.page.locator("shop-product")).containsText(SKU);
    assertThat(row(pc)).containsText("Ultimo pezzo");
    assertThat(pc.page.locator(".store-foot .as-of"))
        .hasText(Pattern.compile("alle \\d\\d:\\d\\d"));
    pc.bothWidths("shop-product");
    pc.accessible("product");
    pc.button("Aggiungi al carrello").click();
    assertThat(pc.page.locator(".top-nav .badge")).hasText("1");
    pc.page.locator(".top-nav a[href='/cart']").click();
    assertThat(quantity(pc.page)).hasText("1");
    assertThat(pc.page.locator(".cart-sum .total")).containsText("1.290");
    pc.bothWidths("shop-cart");
    pc.accessible("cart");
  }

  private void handOff(Seat pc, Seat phone) {
    pc.button("Continua sul telefono").click();
    assertThat(pc.page.locator("dialog .qr img")).isVisible();
    var code = pc.page.locator("dialog .big-code").innerText().replaceAll("\\s", "");
    pc.bothWidths("shop-handoff");
    phone.page.navigate(target + "/handoff/" + code);
    assertThat(pc.page.locator("#handoff-question")).isVisible();
    pc.bothWidths("shop-handoff-question");
    pc.button("Sì, sono io").click();
    assertThat(quantity(phone.page)).hasText("1");
    pc.page.locator("dialog header button").click();

    var loaded = phone.page.evaluate("() => performance.timeOrigin");
    assertThat(phone.page.locator(".foot .live.on")).isAttached();
    assertThat(pc.page.locator(".foot .live.on")).isAttached();
    pc.page.getByLabel("Uno di più").click();
    live("the phone shows the PC's change", () -> assertThat(quantity(phone.page)).hasText("2"));
    phone.screen("shop-cart-live-390");
    phone.page.getByLabel("Uno di meno").tap();
    live("the PC shows the phone's change", () -> assertThat(quantity(pc.page)).hasText("1"));
    assertThat(phone.page.evaluate("() => performance.timeOrigin"))
        .as("the phone has not been reloaded")
        .isEqualTo(loaded);
    phone.accessible("cart, phone");
  }

  private void signIn(Seat pc, Seat phone, String given) {
    var address = "julia." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    phone.tab("Profilo");
    phone.page.getByLabel("E-mail").fill(address);
    phone.screen("shop-sign-in-390");
    phone.button("Mandami il codice").tap();
    var field = phone.page.getByLabel("Codice di sei cifre");
    assertThat(field).isVisible();
    field.fill(code(phone.page, address, ""));
    assertThat(phone.page.locator(".identifier")).containsText(address);
    phone.page.getByLabel("Nome", new Page.GetByLabelOptions().setExact(true)).fill(given);
    phone.page.getByLabel("Cognome").fill("Rossi");
    phone.button("Salva il nome").tap();
    assertThat(phone.page.locator("h1")).hasText("Ciao " + given);
    phone.button("Cambia città").tap();
    phone
        .page
        .locator("dialog .town")
        .filter(new Locator.FilterOptions().setHasText("Milano"))
        .tap();
    assertThat(phone.page.locator("dialog")).hasCount(0);
    phone.screen("shop-account-390");
    phone.tab("Carrello");
    assertThat(quantity(phone.page)).hasText("1");
    assertThat(quantity(pc.page)).hasText("1");
    pc.page.reload();
    assertThat(quantity(pc.page)).hasText("1");
  }

  private void write(Seat phone, String message) {
    phone.tab("Chat");
    assertThat(phone.page.locator(".chat-empty")).isVisible();
    phone.page.getByLabel("Scrivi un messaggio").fill(message);
    phone.button("Invia").tap();
    assertThat(phone.page.locator(".message.mine")).containsText(message);
    assertThat(phone.page.locator(".message.pending")).hasCount(0);
    phone.screen("shop-chat-390");
    // Away from the field: the tabs, put aside while she types, are there again.
    phone.page.locator("shop-chat h1").tap();
  }

  private void answer(Seat desk, String message, String given) {
    var row =
        desk.page.locator(".inbox-row").filter(new Locator.FilterOptions().setHasText(message));
    live("the desk's inbox shows the thread", () -> assertThat(row).isVisible());
    row.click();
    var panel = desk.page.locator("desk-customer");
    assertThat(panel.locator(".who h2")).hasText(given + " Rossi");
    assertThat(panel.locator(".cart-line").first()).containsText("Divano in velluto");
    assertThat(near(desk)).containsText("Ultimo pezzo");
    assertThat(panel.locator(".timeline")).containsText("Ha guardato:");
    assertThat(panel.locator(".timeline")).containsText("Nel carrello:");
    assertThat(desk.page.locator("filo-thread")).containsText(message);
    desk.bothWidths("desk-thread");
    desk.accessible("desk thread");
    // What she did before she was anybody has come along, too.
    panel.locator(".timeline + button").click();
    assertThat(panel.locator(".timeline")).containsText("Ha cercato: divano in velluto verde");
    desk.page
        .getByPlaceholder("Scriva una risposta")
        .fill("Buongiorno Julia, certo: glielo tengo da parte.");
    desk.button("Invia").click();
    assertThat(desk.page.locator(".message.mine")).containsText("glielo tengo da parte");
  }

  private void reserve(Seat desk) {
    near(desk).getByRole(AriaRole.BUTTON).click();
    var dialog = desk.page.locator("dialog");
    var saturday =
        dialog
            .locator("label.choice")
            .filter(
                new Locator.FilterOptions()
                    .setHasText(Pattern.compile(saturday(), Pattern.CASE_INSENSITIVE)));
    assertThat(saturday).isVisible();
    saturday.click();
    desk.bothWidths("desk-reserve");
    desk.accessible("desk reserve");
    var submit = dialog.locator("button[type=submit]");
    submit.click();
    // On a busy machine the answer may come too late: the same act is sent again, and is done once.
    desk.page.waitForCondition(
        () -> {
          if (dialog.locator(".note.danger").count() > 0) {
            submit.click();
          }
          return dialog.count() == 0;
        },
        patient());
    assertThat(desk.page.locator(".toast").last()).containsText("lo tiene da parte fino a");
    assertThat(desk.page.locator("desk-customer .kept-row")).containsText("Da preparare");
    assertThat(near(desk)).containsText("Non disponibile");
    desk.bothWidths("desk-reserved");
  }

  /** The confirmation on her phone and the stock on her PC; the pickup code. */
  private String kept(Seat pc, Seat phone) {
    live(
        "the phone's chat shows the confirmation",
        () -> assertThat(phone.page.locator(".chat-card")).containsText("Da parte per te"));
    assertThat(phone.page.locator("filo-thread")).containsText("glielo tengo da parte");
    assertThat(phone.page.locator(".chat-card")).containsText(STORE);
    phone.screen("shop-chat-kept-390");
    phone.accessible("chat, phone");
    phone.tab("Prenotazioni");
    var row = phone.page.locator(".reservation-row");
    assertThat(row).containsText("Da parte per te");
    assertThat(row.locator(".reservation-code")).isVisible();
    phone.screen("shop-reservations-390");
    row.tap();
    assertThat(phone.page.locator(".ticket .qr img")).isVisible();
    var code = phone.page.locator(".ticket .big-code").innerText().replaceAll("\\s", "");
    assertThat(code).hasSize(8);
    phone.screen("shop-reservation-390");
    phone.accessible("reservation, phone");
    pc.button("Aggiorna").click();
    assertThat(row(pc)).containsText("Non disponibile");
    return code;
  }

  private void prepare(Seat store, Seat phone, String given) {
    var row =
        store
            .page
            .locator("#column-toPrepare .pick-row")
            .filter(new Locator.FilterOptions().setHasText(given + " R."));
    var fresh = store.page.locator("#column-toPrepare .fresh");
    assertThat(row.or(fresh).first()).isVisible();
    if (!row.isVisible()) {
      fresh.click();
    }
    assertThat(row).containsText("Divano in velluto");
    store.bothWidths("store-pick");
    store.accessible("store pick list");
    row.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("È pronto")).click();
    store.page.locator("#shelf").fill("scaffale B3");
    store.bothWidths("store-shelf");
    store.accessible("store shelf");
    store
        .page
        .locator("dialog")
        .getByText("È pronto", new Locator.GetByTextOptions().setExact(true))
        .click();
    live(
        "the phone is told",
        () -> assertThat(phone.page.locator(".ticket h1")).hasText("È pronto: passa quando vuoi"));
    phone.screen("shop-reservation-ready-390");
    store.role(AriaRole.TAB, "Pronte").click();
    var ready =
        store
            .page
            .locator("#column-prepared .pick-row")
            .filter(new Locator.FilterOptions().setHasText(given + " R."));
    assertThat(ready).containsText("scaffale B3");
    store.bothWidths("store-prepared");
    ready.getByRole(AriaRole.LINK).click();
  }

  private void handOver(Seat store, Seat phone, String code, String given) {
    var field = store.page.getByLabel("Codice di ritiro");
    assertThat(field).isVisible();
    store.bothWidths("store-handover");
    store.accessible("store hand-over");
    field.fill(code);
    var submit = store.page.locator("form button[type=submit]");
    submit.click();
    var dialog = store.page.locator("dialog");
    assertThat(dialog.locator("h2")).hasText("Può consegnare");
    assertThat(dialog).containsText(given + " R.");
    assertThat(dialog).containsText("Divano in velluto");
    store.bothWidths("store-handed-over");
    store.accessible("store success");
    live(
        "the phone says that it is hers",
        () -> assertThat(phone.page.locator(".ticket h1")).hasText("Ritirato"));
    dialog.locator(".outcome-next").click();
    assertThat(dialog).hasCount(0);

    // The same code within moments is taken for a scanner's echo and passed over: she tries again
    // until it is not.
    store.page.waitForCondition(
        () -> {
          if ("false".equals(submit.getAttribute("aria-busy")) && dialog.count() == 0) {
            field.fill(code);
            submit.click();
          }
          return dialog.count() > 0;
        },
        patient());
    assertThat(dialog.locator("h2")).hasText("Non consegnare");
    assertThat(dialog).containsText("Già ritirato");
    store.bothWidths("store-refused");
    store.accessible("store refusal");
  }

  private void staff(Seat seat, String path, String address) {
    var before = newest(seat.page, address);
    seat.page.navigate(target + path);
    seat.page.getByLabel("E-mail di lavoro").fill(address);
    seat.bothWidths(seat.name + "-sign-in");
    seat.button("Mandami il codice").click();
    var field = seat.page.getByLabel("Codice di sei cifre");
    assertThat(field).isVisible();
    field.fill(code(seat.page, address, before));
  }

  private Locator row(Seat pc) {
    return pc.page.locator(".store-row").filter(new Locator.FilterOptions().setHasText(STORE));
  }

  private Locator near(Seat desk) {
    return desk.page
        .locator("desk-customer .near-row")
        .filter(new Locator.FilterOptions().setHasText(STORE));
  }

  private static Locator quantity(Page page) {
    return page.locator("[data-sku='" + SKU + "'] .quantity");
  }

  /** Saturday as the pages say it; near ones have words of their own. */
  private static String saturday() {
    return switch (LocalDate.now(ZoneId.of("Europe/Rome")).getDayOfWeek()) {
      case FRIDAY -> "domani";
      case SATURDAY -> "oggi|sabato";
      default -> "sabato";
    };
  }

  private void step(String what) {
    System.out.println("browser: " + what);
  }

  private void live(String what, Runnable seen) {
    long began = System.nanoTime();
    seen.run();
    System.out.printf("browser:   %s, %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }

  private static Page.WaitForConditionOptions patient() {
    return new Page.WaitForConditionOptions().setTimeout(PATIENCE);
  }

  private void leave() {
    seats.forEach(each -> each.context.close());
    seats.clear();
  }

  // What is there before the journey begins, and what was sent by mail: asked of the API, not of a
  // page

  /** The till counts: one sofa can be promised in the store. */
  private void standOneSofa() throws IOException, InterruptedException {
    var token =
        json(HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id=till-milano-1&client_secret=till-secret")))
            .path("access_token")
            .asString("");
    var bearer = "Bearer " + token;
    var level =
        json(
            HttpRequest.newBuilder(URI.create(target + "/v1/stockLevels/" + SKU + "@" + STORE_ID))
                .header("Authorization", bearer));
    int missing = 1 - level.path("available").asInt(0);
    if (missing == 0) {
      return;
    }
    var key = "browser-" + UUID.randomUUID();
    var movement =
        Map.of(
            "id",
            key,
            "kind",
            "ADJUSTMENT",
            "sku",
            SKU,
            "location",
            "stores/" + STORE_ID,
            "quantity",
            missing);
    var answer =
        json(
            HttpRequest.newBuilder(URI.create(target + "/v1/stockMovements:batchCreate"))
                .header("Authorization", bearer)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        JSON.writeValueAsString(Map.of("movements", List.of(movement))))));
    assertThat(answer.path("results").path(0).path("level").path("available").asInt(0))
        .as(answer.toString())
        .isEqualTo(1);
  }

  private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** The code of the first mail to an address that is newer than {@code before}. */
  private String code(Page page, String address, String before) {
    page.waitForCondition(() -> newest(page, address).compareTo(before) > 0, patient());
    var matcher = Pattern.compile("\\b\\d{6}\\b").matcher(newest(page, address));
    assertThat(matcher.find()).isTrue();
    return matcher.group();
  }

  /** Time and text of the newest mail to an address; empty when there is none. */
  private String newest(Page page, String address) {
    var box =
        page.request()
            .get(target + "/dev/mailbox?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
    assertThat(box.status()).isEqualTo(200);
    var mails = new ArrayList<String>();
    for (var mail : JSON.readTree(box.text()).path("messages")) {
      mails.add(mail.path("createTime").asString("") + " " + mail.path("text").asString(""));
    }
    return mails.stream().max(Comparator.naturalOrder()).orElse("");
  }

  private Seat seat(String name, ViewportSize size, boolean phone) {
    var options =
        new Browser.NewContextOptions()
            .setLocale("it-IT")
            .setTimezoneId("Europe/Rome")
            .setViewportSize(size.width, size.height);
    if (phone) {
      options.setIsMobile(true).setHasTouch(true).setDeviceScaleFactor(2).setUserAgent(ANDROID);
    }
    var seat = new Seat(name, browser.newContext(options));
    seats.add(seat);
    return seat;
  }

  /** One person's browser, watched for all that must not happen. */
  private final class Seat {
    private final String name;
    private final BrowserContext context;
    private final Page page;

    private Seat(String name, BrowserContext context) {
      this.name = name;
      this.context = context;
      context.addInitScript(
          """
          document.addEventListener('securitypolicyviolation', (event) =>
            console.error(`securitypolicyviolation ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
          """);
      context.onRequest(this::asked);
      context.onResponse(this::answered);
      context.onConsoleMessage(this::said);
      context.onWebError(error -> trouble("page error: " + error.error()));
      page = context.newPage();
      page.setDefaultTimeout(PATIENCE);
      page.setDefaultNavigationTimeout(PATIENCE);
    }

    private void trouble(String what) {
      if (troubles.add(name + ": " + what)) {
        System.out.println("browser:   TROUBLE " + name + ": " + what);
      }
    }

    private void asked(Request request) {
      var url = request.url();
      if (!url.startsWith(target + "/") && !url.startsWith("data:") && !url.startsWith("blob:")) {
        trouble("request to " + url);
      }
    }

    private void answered(Response response) {
      if (response.status() < 400 || isRefusal(response)) {
        return;
      }
      var told =
          "%d to %s %s".formatted(response.status(), response.request().method(), response.url());
      if (response.status() == 503 || response.status() == 504) {
        // The machine is busy: the page has to cope, and the journey to go on.
        System.out.println("browser:   " + name + ": " + told);
      } else {
        trouble(told);
      }
    }

    private boolean isRefusal(Response response) {
      var what = response.request().method() + " " + URI.create(response.url()).getPath();
      return REFUSALS.entrySet().stream()
          .anyMatch(
              each ->
                  each.getValue() == response.status() && each.getKey().matcher(what).matches());
    }

    /**
     * Every refusal is also told by the browser in the console; the answer itself was judged above.
     */
    private void said(ConsoleMessage message) {
      var judged =
          message
              .text()
              .startsWith("Failed to load resource: the server responded with a status of ");
      if (message.type().equals("error") && !judged) {
        trouble("console: " + message.text() + " at " + message.location());
      }
    }

    private Locator role(AriaRole role, String text) {
      return page.getByRole(role, new Page.GetByRoleOptions().setName(text));
    }

    private Locator button(String text) {
      return page.getByRole(
          AriaRole.BUTTON, new Page.GetByRoleOptions().setName(text).setExact(true));
    }

    /** One of the tabs at the bottom of a phone's screen. */
    private void tab(String text) {
      page.locator(".tabs .nav-item").filter(new Locator.FilterOptions().setHasText(text)).tap();
    }

    private void screen(String file) {
      page.evaluate(PICTURES_LOADED);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(SCREENS.resolve(file + ".png"))
              .setAnimations(ScreenshotAnimations.DISABLED));
    }

    /** Pictures at both widths; the page is then as wide as before. */
    private void bothWidths(String file) {
      var size = page.viewportSize();
      for (var each : List.of(WIDE, NARROW)) {
        page.setViewportSize(each.width, each.height);
        screen(file + "-" + each.width);
      }
      page.setViewportSize(size.width, size.height);
    }

    /** Keeps what axe finds serious or critical. */
    private void accessible(String what) {
      Axe.complaints(page, what).forEach(this::trouble);
    }
  }
}
