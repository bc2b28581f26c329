package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The privacy page in a real browser, on a phone in Italian and on a PC in English: consents, a
 * copy of everything, and being forgotten. {@code -Dfilo.target=http://localhost:8080} plays it
 * against a suite that runs already; {@code -Dfilo.shots=DIR} keeps pictures.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrivacyPageTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double PATIENCE = 60_000;

  private final List<BrowserContext> contexts = new ArrayList<>();
  private @Nullable SuiteProcess suite;
  private @Nullable Playwright playwright;
  private Browser browser;
  private String target = "";

  @BeforeAll
  void open(@TempDir Path data) {
    var chromium = Chromium.find();
    if (chromium.isEmpty()) {
      var reason = "no Chromium on this machine: set FILO_CHROMIUM to look at the privacy page";
      System.out.println("PrivacyPageTest is skipped: " + reason);
      Assumptions.abort(reason);
    }
    target = System.getProperty("filo.target", "");
    if (target.isEmpty()) {
      suite = SuiteProcess.start(data, Map.of("FILO_IDENTITY_PRIVACY_SETTLE", "2s"));
      target = suite.target();
    }
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.orElseThrow())
                    .setArgs(Chromium.ARGS));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
  }

  @AfterEach
  void leave() {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
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

  private Page device(int width, int height, boolean phone, String locale) {
    var options =
        new Browser.NewContextOptions()
            .setLocale(locale)
            .setTimezoneId("Europe/Rome")
            .setViewportSize(width, height);
    if (phone) {
      options
          .setIsMobile(true)
          .setHasTouch(true)
          .setUserAgent(
              "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko)"
                  + " Chrome/150.0.0.0 Mobile Safari/537.36");
    }
    var context = browser.newContext(options);
    context.setDefaultTimeout(PATIENCE);
    contexts.add(context);
    return context.newPage();
  }

  @Test
  void phone_inItalian_choosesReadsACopyAndIsForgotten() throws IOException {
    var page = device(390, 844, true, "it-IT");
    var address = address();
    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    page.getByLabel("Nome", new Page.GetByLabelOptions().setExact(true)).fill("Giulia");
    page.getByText("Salva il nome").click();
    page.getByText("Privacy: consensi, copia e cancellazione dei tuoi dati").click();
    assertThat(page.getByRole(AriaRole.HEADING, named("Privacy"))).isVisible();

    var offers = page.getByRole(AriaRole.GROUP, group("Offerte e novità"));
    offers.getByLabel("E-mail").check();
    page.waitForCondition(
        () -> get(page, "/v1/customers/me/consents").path("consents").size() == 1);
    page.reload();
    assertThat(offers.getByLabel("E-mail")).isChecked();
    assertThat(offers.getByLabel("SMS")).not().isChecked();
    accessible(page, "privacy, 390 px");
    shot(page, "privacy-390");

    page.getByText("Scarica i miei dati").click();
    var field = page.getByLabel("Codice di sei cifre");
    assertThat(field).isVisible();
    field.fill("000000");
    page.getByRole(AriaRole.BUTTON, button("Scarica")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).isVisible();
    field.fill(code(page, address));
    var download =
        page.waitForDownload(() -> page.getByRole(AriaRole.BUTTON, button("Scarica")).click());
    assertThat(download.suggestedFilename()).isEqualTo("i-miei-dati.zip");
    try (var zip = new ZipFile(download.path().toFile())) {
      var index = zip.getEntry("index.html");
      assertThat(index).isNotNull();
      assertThat(new String(zip.getInputStream(index).readAllBytes(), StandardCharsets.UTF_8))
          .contains("I tuoi dati", "Giulia", address);
    }

    page.getByText("Mostra che cosa succede").click();
    assertThat(page.getByText("Un profilo")).isVisible();
    assertThat(page.getByText("Un consenso")).isVisible();
    accessible(page, "what erasing would do, 390 px");
    shot(page, "privacy-summary-390");
    page.getByText("Cancella i miei dati").click();
    assertThat(page.getByText("Cancellare tutti i tuoi dati?")).isVisible();
    shot(page, "privacy-sure-390");
    page.getByText("Sì, vai avanti").click();
    assertThat(field).isVisible();
    field.fill(code(page, address));
    page.getByText("Cancella adesso").click();
    assertThat(page.getByRole(AriaRole.HEADING, named("I tuoi dati sono cancellati"))).isVisible();
    accessible(page, "the receipt, 390 px");
    shot(page, "privacy-receipt-390");

    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    assertThat(get(page, "/v1/customers/me").path("givenName").asString("")).isEmpty();
    assertThat(get(page, "/v1/customers/me/consents").path("consents")).isEmpty();
  }

  @Test
  void pc_inEnglish_byKeyboardAlone() {
    var page = device(1280, 900, false, "en-GB");
    page.navigate(target + "/privacy");
    assertThat(page.getByText("On this device we do not know anything about you yet.")).isVisible();
    var address = address();
    signIn(page, address, "Send me the code", "Six-digit code");
    page.navigate(target + "/privacy");
    assertThat(page.getByRole(AriaRole.BUTTON, button("Show what happens"))).isVisible();
    accessible(page, "privacy, 1280 px");
    shot(page, "privacy-1280");
    press(page, "Show what happens");
    assertThat(page.getByText("One profile")).isVisible();
    press(page, "Erase my data");
    assertThat(page.getByText("Erase all your data?")).isVisible();
    accessible(page, "are you sure, 1280 px");
    press(page, "Yes, go on");
    assertThat(page.getByLabel("Six-digit code")).isFocused();
    page.keyboard().type(code(page, address));
    page.keyboard().press("Enter");
    assertThat(page.getByRole(AriaRole.HEADING, named("Your data are erased"))).isVisible();
    shot(page, "privacy-receipt-1280");
  }

  private static void press(Page page, String name) {
    page.getByRole(AriaRole.BUTTON, button(name)).focus();
    page.keyboard().press("Enter");
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.GetByRoleOptions button(String name) {
    return named(name);
  }

  private static Page.GetByRoleOptions group(String name) {
    return named(name);
  }

  private static String address() {
    return "julia." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
  }

  private static void shot(Page page, String name) {
    var folder = System.getProperty("filo.shots", "");
    if (!folder.isEmpty()) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of(folder).resolve(name + ".png")));
    }
  }

  private void signIn(Page page, String address, String send, String label) {
    page.navigate(target + "/account");
    page.getByLabel("E-mail").fill(address);
    page.getByText(send).click();
    var field = page.getByLabel(label);
    assertThat(field).isVisible();
    field.fill(code(page, address));
    assertThat(page.locator(".identifier")).containsText(address);
  }

  private String code(Page page, String address) {
    var box =
        page.request()
            .get(target + "/dev/mailbox?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
    var mails = new ArrayList<String>();
    for (var mail : JSON.readTree(box.text()).path("messages")) {
      mails.add(mail.path("createTime").asString("") + " " + mail.path("text").asString(""));
    }
    var newest = mails.stream().max(Comparator.naturalOrder()).orElseThrow();
    var matcher = Pattern.compile("\\b\\d{6}\\b").matcher(newest);
    assertThat(matcher.find()).as("a code for " + address).isTrue();
    return matcher.group();
  }

  private static JsonNode get(Page page, String path) {
    var text =
        page.evaluate(
            """
            async (path) => {
              const key = Object.keys(localStorage).find((each) => each.includes('session'));
              const {accessToken} = JSON.parse(localStorage.getItem(key));
              const answer = await fetch(path, {headers: {authorization: `Bearer ${accessToken}`}});
              return answer.text();
            }
            """,
            path);
    return JSON.readTree(String.valueOf(text));
  }

  private static void accessible(Page page, String what) {
    org.assertj.core.api.Assertions.assertThat(Axe.complaints(page, what)).isEmpty();
  }
}
