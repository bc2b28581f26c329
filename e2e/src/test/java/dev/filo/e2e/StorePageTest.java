package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ScreenshotAnimations;
import com.microsoft.playwright.options.ViewportSize;
import io.nayuki.qrcodegen.QrCode;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The store's page in a real browser: an hour without Wi-Fi, a shift by keyboard alone, a code read
 * by a camera. {@code -Dfilo.target=http://localhost:8080} plays it against a suite that runs
 * already.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class StorePageTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STORE = "stores/milano-buenos-aires";
  private static final String CLERK = "milano@filo.example";
  private static final String MANAGER = "manager@filo.example";
  private static final Path SCREENS = Path.of("target", "screens");
  private static final ViewportSize WIDE = new ViewportSize(1280, 900);
  private static final ViewportSize NARROW = new ViewportSize(390, 844);
  private static final double PATIENCE = 60_000;

  /** Controls of the page that are in sight and smaller than a thumb, as text. */
  private static final String SMALL =
      """
      () => [...document.querySelectorAll('button, a[href], input:not([type=checkbox]):not([type=radio]), summary, [role=tab]')]
        .filter((each) => each.checkVisibility() && !each.closest('.visually-hidden, .skip, .toast') && !each.matches('.skip'))
        .filter((each) => { const box = each.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
        .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim()}`).join('; ')
      """;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<BrowserContext> contexts = new ArrayList<>();
  private final Set<String> troubles = new LinkedHashSet<>();
  private @Nullable SuiteProcess suite;
  private @Nullable Playwright playwright;
  private @Nullable Path chromium;
  private Path folder = Path.of("");
  private String direct = "";
  private Uplink uplink;

  @BeforeAll
  void open(@TempDir Path data) throws IOException {
    chromium = Chromium.find().orElse(null);
    if (chromium == null) {
      var reason = "no Chromium on this machine: set FILO_CHROMIUM to play the store's page";
      System.out.println("StorePageTest is skipped: " + reason);
      Assumptions.abort(reason);
    }
    Files.createDirectories(SCREENS);
    folder = data;
    direct = System.getProperty("filo.target", "");
    if (direct.isEmpty()) {
      suite = SuiteProcess.start(data.resolve("suite"), Map.of());
      direct = suite.target();
    }
    uplink = Uplink.to(URI.create(direct).getPort());
    playwright = Chromium.playwright();
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
  }

  /** The last thing each page showed is kept: of a failure it tells most. */
  @AfterEach
  void leave(TestInfo test) {
    var name = test.getTestMethod().map(Method::getName).orElse("test");
    for (var context : List.copyOf(contexts)) {
      for (int at = 0; at < context.pages().size(); at++) {
        context
            .pages()
            .get(at)
            .screenshot(
                new Page.ScreenshotOptions()
                    .setPath(SCREENS.resolve("last-" + name + at + ".png")));
      }
      context.close();
    }
    contexts.clear();
    uplink.mend();
    troubles.clear();
  }

  @AfterAll
  void close() {
    if (playwright != null) {
      playwright.close();
    }
    if (uplink != null) {
      uplink.close();
    }
    if (suite != null) {
      suite.close();
    }
  }

  @Test
  void wifiLost_actsAndBrowserClosed_eachSentOnceInOrder() throws Exception {
    var first = reserve(1);
    var second = reserve(1);
    var stranger = reserve(1);
    var sku = second.skus.getFirst();
    var profile = folder.resolve("profile-" + UUID.randomUUID());
    var page = browser(profile, NARROW, List.of());
    signIn(page);
    show(page, first);
    assertThat(row(page, second)).isVisible();
    page.waitForCondition(
        () ->
            Boolean.TRUE.equals(
                page.evaluate(
                    "async () => (await caches.keys()).some((each) =>"
                        + " each.startsWith('filo-store-'))")),
        patient());
    int before = uplink.acts().size();

    uplink.cut();
    button(row(page, first), "Visto").click();
    assertThat(page.locator(".banner")).containsText("Senza rete dalle");
    assertThat(row(page, first)).containsText("vista alle");
    button(row(page, first), "È pronto").click();
    page.locator("#shelf").fill("scaffale B3");
    page.keyboard().press("Enter");
    assertThat(row(page, first, "prepared")).containsText("da inviare");
    button(row(page, second), "Non posso").click();
    page.locator("dialog input[value=NOT_FOUND]").check();
    button(page.locator("dialog"), "Rifiuta la prenotazione").click();
    assertThat(row(page, second)).hasCount(0);
    screens(page, "store-offline");

    tab(page, "Conta");
    page.locator("filo-goods-search input").fill(sku);
    page.locator(".goods-row .button").first().click();
    page.locator("#found").fill("7");
    button(page.locator("form"), "Segna il conto").click();
    assertThat(page.locator(".counted-row").first()).containsText("da inviare");
    screens(page, "store-count-offline");

    tab(page, "Consegna");
    page.getByLabel("Codice di ritiro").fill(stranger.code);
    button(page.locator("form"), "Consegna").click();
    assertThat(page.locator("dialog h2")).hasText("Adesso non si può");
    screens(page, "store-handover-offline");
    page.locator(".outcome-next").click();
    assertThat(page.locator(".banner")).containsText("4 azioni in attesa");

    page.locator(".menu > summary").click();
    button(page.locator(".menu"), "Esci").click();
    assertThat(page.locator(".toast").last()).containsText("prima di uscire aspetti la rete");
    assertThat(uplink.acts()).hasSize(before);

    // The browser is closed and, still without a network, opened again: twice, so that two tabs
    // have one queue.
    page.context().close();
    var again = browser(profile, NARROW, List.of());
    again.navigate(uplink.target() + "/store");
    assertThat(again.locator(".banner")).containsText("4 azioni in attesa");
    var other = again.context().newPage();
    other.setDefaultTimeout(PATIENCE);
    other.navigate(uplink.target() + "/store");
    assertThat(other.locator(".banner")).containsText("4 azioni in attesa");
    button(again.locator(".banner"), "Mostra").click();
    assertThat(again.locator("dialog .queue > li")).hasCount(4);
    screens(again, "store-queue-offline");
    again.keyboard().press("Escape");

    uplink.loseNextAnswer();
    var mended = Instant.now();
    uplink.mend();
    assertThat(again.locator(".banner")).hasCount(0);
    assertThat(other.locator(".banner")).hasCount(0);

    var paths = new LinkedHashMap<String, String>();
    var seen = uplink.acts().subList(before, uplink.acts().size());
    seen.forEach(act -> paths.putIfAbsent(act.key(), act.path()));
    assertThat(paths.values())
        .containsExactly(
            "/v1/" + first.name + ":acknowledge",
            "/v1/" + first.name + ":prepare",
            "/v1/" + second.name + ":refuse",
            "/v1/stockMovements:batchCreate");
    var lost = seen.getFirst();
    assertThat(seen.stream().filter(lost::equals).count())
        .as("the act whose answer was lost was sent again under its key")
        .isGreaterThan(1);

    var clerk = token(CLERK);
    var prepared = get("/v1/" + first.name, clerk);
    assertThat(prepared.path("state").asString("")).isEqualTo("PREPARED");
    assertThat(prepared.path("shelf").asString("")).isEqualTo("scaffale B3");
    assertThat(get("/v1/" + second.name, clerk).path("state").asString("")).isEqualTo("REFUSED");
    var counts = new ArrayList<JsonNode>();
    for (var movement :
        get("/v1/stockLevels/" + sku + "@milano-buenos-aires/movements", clerk).path("movements")) {
      if (paths.containsKey(movement.path("id").asString(""))) {
        counts.add(movement);
      }
    }
    assertThat(counts).hasSize(1);
    assertThat(counts.getFirst().path("quantity").asInt(0)).isEqualTo(7);
    assertThat(Instant.parse(counts.getFirst().path("effectiveTime").asString("")))
        .as("the count tells when it was true, not when it was sent")
        .isBefore(mended);
    assertThat(troubles).isEmpty();
  }

  @Test
  void refusal_afterTheFact_staysUntilDealtWith() throws Exception {
    var reservation = reserve(1);
    var profile = folder.resolve("profile-" + UUID.randomUUID());
    var page = browser(profile, NARROW, List.of());
    signIn(page);
    show(page, reservation);
    uplink.cut();
    button(row(page, reservation), "È pronto").click();
    page.keyboard().press("Enter");
    assertThat(page.locator(".banner")).containsText("Senza rete dalle");
    assertThat(page.locator(".banner")).containsText("Un’azione in attesa");
    post("/v1/" + reservation.name + ":cancel", reservation.token, Map.of());
    uplink.mend();
    assertThat(page.locator(".banner.refused")).containsText("Un’azione non accettata");
    page.reload();
    button(page.locator(".banner.refused"), "Mostra").click();
    var refused = page.locator("dialog .queue-row.refused");
    assertThat(refused).containsText("Questa prenotazione è già finita");
    screens(page, "store-refused-later");
    accessible(page, "acts");
    button(refused, "Sistemato").click();
    assertThat(page.locator(".banner")).hasCount(0);
    assertThat(troubles).isEmpty();
  }

  @Test
  void shift_byKeyboardAlone_isWorked() throws Exception {
    var reservation = reserve(1);
    var page = browser(folder.resolve("profile-" + UUID.randomUUID()), WIDE, List.of());
    signIn(page);
    show(page, reservation);
    screens(page, "store-list");
    accessible(page, "pick list");
    var rows = page.locator("#column-toPrepare .pick-row");
    for (int moves = rows.count(); moves > 0 && !focused(row(page, reservation)); moves--) {
      press(page, "j");
    }
    assertThat(row(page, reservation)).isFocused();
    press(page, "v");
    assertThat(row(page, reservation)).containsText("vista alle");
    assertThat(row(page, reservation)).isFocused();
    press(page, "p");
    assertThat(page.locator("#shelf")).isFocused();
    screens(page, "store-place");
    accessible(page, "place");
    page.keyboard().type("banco 2");
    page.keyboard().press("Enter");
    var ready = row(page, reservation, "prepared");
    assertThat(ready).containsText("banco 2");
    assertThat(Boolean.TRUE.equals(page.evaluate("() => document.activeElement === document.body")))
        .as("the focus is somewhere after the row has gone")
        .isFalse();
    for (int moves = page.locator(".pick-row").count(); moves > 0 && !focused(ready); moves--) {
      press(page, "j");
    }
    assertThat(ready).isFocused();
    press(page, "c");
    assertThat(page.locator(".whose")).containsText("banco 2");
    screens(page, "store-whose");
    accessible(page, "hand-over");
    page.locator("h1").focus();
    page.keyboard().press("Tab");
    while (!focused(page.locator("#pickup-code"))) {
      page.keyboard().press("Tab");
    }
    page.keyboard().type(reservation.code);
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog h2")).hasText("Può consegnare");
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog")).hasCount(0);
    assertThat(page.locator("#pickup-code")).isFocused();

    page.locator("h1").focus();
    press(page, "4");
    assertThat(page.locator("store-count h1")).hasText("Conta");
    press(page, "/");
    page.keyboard().type(reservation.skus.getFirst());
    assertThat(page.locator(".goods-row").first()).isVisible();
    accessible(page, "count");
    page.keyboard().press("Tab");
    while (!focused(page.locator(".goods-row .button").first())) {
      page.keyboard().press("Tab");
    }
    page.keyboard().press("Enter");
    assertThat(page.locator("#found")).isFocused();
    page.keyboard().type("3");
    page.keyboard().press("Enter");
    assertThat(page.locator(".counted-row").first()).containsText("inviato");
    screens(page, "store-counted");

    // What was ready and is not wanted any more has to go back.
    var unwanted = reserve(1);
    post("/v1/" + unwanted.name + ":prepare", token(CLERK), Map.of("shelf", "scaffale A1"));
    post("/v1/" + unwanted.name + ":cancel", unwanted.token, Map.of());
    page.locator("h1").focus();
    press(page, "5");
    var back = page.locator(".put-back .pick-row[data-name='" + unwanted.name + "']");
    assertThat(back).containsText("scaffale A1");
    assertThat(back).containsText("annullata");
    screens(page, "store-putback");
    accessible(page, "put back");
    for (int moves = page.locator(".pick-row").count(); moves > 0 && !focused(back); moves--) {
      press(page, "j");
    }
    press(page, "p");
    assertThat(back).hasCount(0);
    assertThat(page.locator(".banner")).hasCount(0);
    assertThat(get("/v1/" + STORE + "/putBackList", token(CLERK)).path("entries").toString())
        .doesNotContain(unwanted.name);
    press(page, "?");
    assertThat(page.locator("dialog h2")).hasText("Tasti");
    screens(page, "store-keys");
    accessible(page, "keys");
    page.keyboard().press("Escape");
    // A scanner's keys are no shortcuts: they come at once, and end with Enter.
    page.evaluate(
        "() => { for (const key of [...'VPX123456', 'Enter']) document.body.dispatchEvent(new"
            + " KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); }");
    assertThat(page.locator("dialog h2")).hasText("Non consegnare");
    assertThat(page.locator("dialog")).containsText("Nessuna prenotazione ha il codice");
    page.keyboard().press("Escape");
    assertThat(page.locator("dialog")).hasCount(0);
    // Three pieces under the scanner, the last before the first one's name has come: each counts.
    page.locator("h1").focus();
    press(page, "4");
    assertThat(page.locator("store-count h1")).hasText("Conta");
    page.evaluate(
        "sku => { for (const key of [1, 2, 3].flatMap(() => [...sku, 'Enter']))"
            + " document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true,"
            + " cancelable: true})); }",
        "LST-NOT-OTN-NER");
    assertThat(page.locator("#found")).hasValue("3");
    assertThat(troubles).isEmpty();
  }

  @Test
  void camera_herQrCode_handsOverAPart() throws Exception {
    var reservation = reserve(2);
    var film = folder.resolve("code.y4m");
    film(film, reservation.code);
    var page =
        browser(
            folder.resolve("profile-" + UUID.randomUUID()),
            NARROW,
            List.of(
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--use-file-for-fake-video-capture=" + film));
    signIn(page);
    show(page, reservation);
    button(row(page, reservation), "È pronto").click();
    page.keyboard().press("Enter");
    page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Pronte")).click();
    row(page, reservation, "prepared").getByRole(AriaRole.LINK).click();
    page.locator(".whose .stepper").first().getByLabel("Uno di meno").click();
    screens(page, "store-part");
    button(page.locator("form"), "Usa la fotocamera").click();
    assertThat(page.locator("dialog.full h2")).hasText("Può consegnare");
    assertThat(page.locator("dialog")).containsText("Resta da ritirare");
    screens(page, "store-part-handed-over");
    accessible(page, "part handed over");
    var left = get("/v1/" + reservation.name, reservation.token);
    assertThat(left.path("state").asString("")).isEqualTo("PREPARED");
    page.locator(".outcome-next").click();
    button(page.locator("form"), "Usa la fotocamera").click();
    assertThat(page.locator("dialog.full h2")).hasText("Può consegnare");
    assertThat(get("/v1/" + reservation.name, reservation.token).path("state").asString(""))
        .isEqualTo("COLLECTED");
    assertThat(troubles).isEmpty();
  }

  @Test
  void serialNumbers_areAskedFor_andOneThatIsNotHereIsAskedForAgain() throws Exception {
    var reservation = reserve(1);
    var sku = reservation.skus.getFirst();
    json(
        HttpRequest.newBuilder(
                URI.create(direct + "/v1/stockItems/" + sku + "?updateMask=serialized"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token(MANAGER))
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"serialized\":true}")));
    var till =
        form("grant_type=client_credentials&client_id=till-milano-1&client_secret=till-secret");
    post(
        "/v1/stockMovements:batchCreate",
        till,
        Map.of(
            "movements",
            List.of(
                Map.of(
                    "id",
                    UUID.randomUUID().toString(),
                    "kind",
                    "COUNT",
                    "sku",
                    sku,
                    "location",
                    STORE,
                    "quantity",
                    2,
                    "serials",
                    List.of("S1", "S2")))));
    var page = browser(folder.resolve("profile-" + UUID.randomUUID()), NARROW, List.of());
    signIn(page);
    show(page, reservation);
    page.navigate(page.url().replaceAll("/store.*", "/store/handover"));
    page.locator("#pickup-code").fill(reservation.code);
    button(page.locator(".handover form"), "Consegna").click();
    assertThat(page.locator("dialog h2")).hasText("Quale pezzo è?");
    assertThat(page.locator("dialog datalist option")).hasCount(2);
    screens(page, "store-serials");
    accessible(page, "serial numbers");
    page.locator("#serial-0").fill("S9");
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog .problem"))
        .containsText("Nessun pezzo con il numero S9 è in questo negozio");
    page.locator("#serial-0").fill("S2");
    page.keyboard().press("Enter");
    assertThat(page.locator("dialog.full h2")).hasText("Può consegnare");
    var level = get("/v1/stockLevels/" + sku + "@" + STORE.substring("stores/".length()), till);
    assertThat(level.path("serials").path(0).asString("")).isEqualTo("S1");
    assertThat(level.path("serials").size()).isEqualTo(1);
    assertThat(troubles).isEmpty();
  }

  // The page

  private Page browser(Path profile, ViewportSize size, List<String> more) {
    if (playwright == null) {
      throw new IllegalStateException("not open");
    }
    var context =
        playwright
            .chromium()
            .launchPersistentContext(
                profile,
                new BrowserType.LaunchPersistentContextOptions()
                    .setExecutablePath(chromium)
                    .setArgs(Stream.concat(Chromium.ARGS.stream(), more.stream()).toList())
                    .setLocale("it-IT")
                    .setTimezoneId("Europe/Rome")
                    .setViewportSize(size.width, size.height));
    contexts.add(context);
    context.onClose(contexts::remove);
    context.addInitScript(
        "document.addEventListener('securitypolicyviolation', (event) =>"
            + " console.error(`securitypolicyviolation ${event.effectiveDirective}"
            + " ${event.blockedURI}`));");
    context.onConsoleMessage(
        message -> {
          if (message.type().equals("error")
              && !message.text().startsWith("Failed to load resource")) {
            trouble("console: " + message.text());
          }
        });
    context.onWebError(error -> trouble("page error: " + error.error()));
    context.onRequest(
        request -> {
          if (!request.url().startsWith(uplink.target())
              && !request.url().startsWith("data:")
              && !request.url().startsWith("blob:")) {
            trouble("request to " + request.url());
          }
        });
    var page = context.pages().getFirst();
    page.setDefaultTimeout(PATIENCE);
    page.setDefaultNavigationTimeout(PATIENCE);
    return page;
  }

  private void trouble(String what) {
    if (troubles.add(what)) {
      System.out.println("store page:   TROUBLE " + what);
    }
  }

  private void signIn(Page page) throws Exception {
    var before = newest(CLERK);
    page.navigate(uplink.target() + "/store");
    page.getByLabel("E-mail di lavoro").fill(CLERK);
    page.keyboard().press("Enter");
    var field = page.getByLabel("Codice di sei cifre");
    assertThat(field).isVisible();
    field.fill(code(CLERK, before));
    assertThat(page.locator(".band-name")).hasText("Milano Buenos Aires");
  }

  /** Waits for a reservation on the list; one that came after a touch waits behind a button. */
  private void show(Page page, Reserved reservation) {
    var row = row(page, reservation);
    var fresh = page.locator("#column-toPrepare .fresh");
    assertThat(row.or(fresh).first()).isVisible();
    if (!row.isVisible()) {
      fresh.click();
    }
    assertThat(row).isVisible();
  }

  private static Locator row(Page page, Reserved reservation) {
    return row(page, reservation, "toPrepare");
  }

  private static Locator row(Page page, Reserved reservation, String list) {
    return page.locator(
        "#column-" + list + " .pick-row:not(.gone)[data-name='" + reservation.name + "']");
  }

  private static Locator button(Locator where, String text) {
    return where.getByRole(
        AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(text).setExact(true));
  }

  private static void tab(Page page, String text) {
    page.locator(".nav .nav-item").filter(new Locator.FilterOptions().setHasText(text)).click();
  }

  private static boolean focused(Locator locator) {
    return Boolean.TRUE.equals(locator.evaluate("element => element === document.activeElement"));
  }

  /** A single key, and the moment in which it could still be the first of a scan. */
  private static void press(Page page, String key) {
    page.keyboard().press(key);
    page.evaluate("() => new Promise((resolve) => setTimeout(resolve, 120))");
  }

  private static void screens(Page page, String file) {
    var size = page.viewportSize();
    for (var each : List.of(WIDE, NARROW)) {
      page.setViewportSize(each.width, each.height);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(SCREENS.resolve(file + "-" + each.width + ".png"))
              .setAnimations(ScreenshotAnimations.DISABLED));
    }
    assertThat(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
        .as(file + " at 390 px: nothing is wider than the page")
        .isEqualTo(true);
    assertThat(page.evaluate(SMALL)).as(file + ": controls smaller than a thumb").isEqualTo("");
    page.setViewportSize(size.width, size.height);
  }

  private void accessible(Page page, String what) {
    Axe.complaints(page, what).forEach(this::trouble);
  }

  private static Page.WaitForConditionOptions patient() {
    return new Page.WaitForConditionOptions().setTimeout(PATIENCE);
  }

  /** A film of one QR code, as Chromium's fake camera plays it (YUV4MPEG2, 640 × 480). */
  private static void film(Path file, String code) throws IOException {
    int width = 640;
    int height = 480;
    var luma = new byte[width * height];
    Arrays.fill(luma, (byte) 235);
    var qr = QrCode.encodeText(code, QrCode.Ecc.MEDIUM);
    int scale = 10;
    int left = (width - qr.size * scale) / 2;
    int top = (height - qr.size * scale) / 2;
    for (int y = 0; y < qr.size * scale; y++) {
      for (int x = 0; x < qr.size * scale; x++) {
        if (qr.getModule(x / scale, y / scale)) {
          luma[(top + y) * width + left + x] = 16;
        }
      }
    }
    var chroma = new byte[width * height / 2];
    Arrays.fill(chroma, (byte) 128);
    try (var out = Files.newOutputStream(file)) {
      out.write("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n".getBytes(StandardCharsets.US_ASCII));
      for (int frame = 0; frame < 10; frame++) {
        out.write("FRAME\n".getBytes(StandardCharsets.US_ASCII));
        out.write(luma);
        out.write(chroma);
      }
    }
  }

  // The world around the page, asked of the API directly

  /** A customer's reservation: who may change it, and what she shows. */
  private record Reserved(String name, String code, String token, List<String> skus) {}

  /** Somebody reserves pieces of so many SKUs; the till has received them before. */
  private Reserved reserve(int count) throws Exception {
    var till =
        form("grant_type=client_credentials&client_id=till-milano-1&client_secret=till-secret");
    var guest = form("grant_type=urn:filo:oauth:guest&client_id=shop-web&device=PC");
    var skus = new ArrayList<String>();
    for (var found : get("/v1/products:search?query=sedia&pageSize=40", guest).path("results")) {
      var sku = found.path("product").path("variants").path(0).path("sku").asString("");
      if (skus.size() < count && used.add(sku)) {
        skus.add(sku);
      }
    }
    assertThat(skus).hasSize(count);
    var movements = skus.stream().map(sku -> Goods.movement("RECEIPT", sku, STORE, 3)).toList();
    post("/v1/stockMovements:batchCreate", till, Map.of("movements", movements));
    var made =
        post(
            "/v1/reservations",
            guest,
            Map.of(
                "store",
                STORE,
                "lines",
                skus.stream().map(sku -> Map.of("sku", sku, "quantity", 1)).toList()));
    return new Reserved(
        made.path("name").asString(""),
        made.path("pickupCode").asString(""),
        guest,
        List.copyOf(skus));
  }

  private final Set<String> used = new LinkedHashSet<>();

  private String token(String staff) throws Exception {
    var before = newest(staff);
    var signIn = post("/v1/signIns", "", Map.of("email", staff)).path("name").asString("");
    return form(
        "grant_type=urn:filo:oauth:code&client_id=store-web&sign_in="
            + signIn
            + "&code="
            + code(staff, before));
  }

  private String form(String fields) throws Exception {
    return json(HttpRequest.newBuilder(URI.create(direct + "/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(fields)))
        .path("access_token")
        .asString("");
  }

  private JsonNode get(String path, String token) throws Exception {
    return json(
        HttpRequest.newBuilder(URI.create(direct + path))
            .header("Authorization", "Bearer " + token));
  }

  private JsonNode post(String path, String token, Map<String, ?> body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(direct + path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    return json(token.isEmpty() ? request : request.header("Authorization", "Bearer " + token));
  }

  private JsonNode json(HttpRequest.Builder request) throws Exception {
    var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** The code of the first mail to an address that is newer than {@code before}. */
  private String code(String address, String before) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (var mail = newest(address); System.nanoTime() < end; mail = newest(address)) {
      var digits = Pattern.compile("\\b\\d{6}\\b").matcher(mail);
      if (mail.compareTo(before) > 0 && digits.find()) {
        return digits.group();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no code came by mail");
  }

  /** Time and text of the newest mail to an address; empty when there is none. */
  private String newest(String address) throws Exception {
    var mails = new ArrayList<String>();
    var box =
        http.send(
            HttpRequest.newBuilder(URI.create(direct + "/dev/mailbox?to=" + address)).build(),
            HttpResponse.BodyHandlers.ofString());
    for (var mail : JSON.readTree(box.body()).path("messages")) {
      mails.add(mail.path("createTime").asString("") + " " + mail.path("text").asString(""));
    }
    return mails.stream().max(Comparator.naturalOrder()).orElse("");
  }
}
