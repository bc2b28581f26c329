package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A suite with a browser before it, for a class of tests: its devices are closed after each test.
 * {@code -Dfilo.target} takes one that runs already, {@code -Dfilo.shots} keeps pictures.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserSuite {
  protected static final JsonMapper JSON = JsonMapper.builder().build();
  private static final double PATIENCE = 60_000;
  private static final int TEXT_SHOWN = 1_500;
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  /** The suite's own settings. */
  protected final Map<String, String> environment;

  private final List<BrowserContext> contexts = new ArrayList<>();
  private @Nullable SuiteProcess suite;
  private @Nullable Playwright playwright;
  private Browser browser;

  /** What the pages showed when a test failed is said in its output. */
  @RegisterExtension
  final AfterTestExecutionCallback witness =
      test -> test.getExecutionException().ifPresent(failure -> tellPages());

  /** Where the suite runs. */
  protected String target = "";

  /** A suite with these settings in its environment. */
  protected BrowserSuite(Map<String, String> environment) {
    this.environment = environment;
  }

  @BeforeAll
  void open(@TempDir Path data) {
    var chromium = Chromium.find();
    if (chromium.isEmpty()) {
      var reason = "no Chromium on this machine: set FILO_CHROMIUM to look at the pages";
      System.out.println(getClass().getSimpleName() + " is skipped: " + reason);
      Assumptions.abort(reason);
    }
    target = System.getProperty("filo.target", "");
    if (target.isEmpty()) {
      suite = SuiteProcess.start(data, environment);
      target = suite.target();
    }
    playwright = Chromium.playwright();
    browser = Chromium.launch(playwright, chromium.orElseThrow());
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

  private void tellPages() {
    for (var context : contexts) {
      for (var page : context.pages()) {
        String text;
        try {
          text = String.valueOf(page.evaluate("() => document.body.innerText"));
        } catch (PlaywrightException e) {
          text = "nothing: " + e.getMessage();
        }
        System.out.printf(
            "browser: when it failed, %s showed:%n%s%n",
            page.url(), text.substring(0, Math.min(TEXT_SHOWN, text.length())).indent(4));
      }
    }
  }

  /** A device of its own, with nothing in it. */
  protected Page device(int width, int height, boolean phone, String locale) {
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

  /**
   * Signs a customer in; what the button and the code's field are called in the page's language.
   */
  protected void signIn(Page page, String address, String send, String label) {
    page.navigate(target + "/account");
    page.getByLabel("E-mail").fill(address);
    page.getByText(send).click();
    var field = page.getByLabel(label);
    assertThat(field).isVisible();
    field.fill(code(page, address));
    assertThat(page.locator(".identifier")).containsText(address);
  }

  /** Signs staff in at the desk or the store's page, in Italian. */
  protected void signInStaff(Page page, String app, String address) {
    signInStaff(page, app, address, "E-mail di lavoro", "Mandami il codice", "Codice di sei cifre");
  }

  /** The same; what the fields and the button are called in the page's language. */
  protected void signInStaff(
      Page page, String app, String address, String email, String send, String label) {
    page.navigate(target + app);
    page.getByLabel(email).fill(address);
    page.getByText(send).click();
    var field = page.getByLabel(label);
    assertThat(field).isVisible();
    field.fill(code(page, address));
    assertThat(field).hasCount(0);
  }

  /** What the token endpoint answers to a form. */
  protected APIResponse tokens(Page page, FormData form) {
    return page.request().post(target + "/oauth2/token", RequestOptions.create().setForm(form));
  }

  /** The newest code that was mailed to an address. */
  protected String code(Page page, String address) {
    var box =
        page.request()
            .get(target + "/dev/mailbox?to=" + URLEncoder.encode(address, StandardCharsets.UTF_8));
    var mails = new ArrayList<String>();
    for (var mail : JSON.readTree(box.text()).path("messages")) {
      mails.add(mail.path("createTime").asString("") + " " + mail.path("text").asString(""));
    }
    var newest = mails.stream().max(Comparator.naturalOrder()).orElseThrow();
    var matcher = CODE.matcher(newest);
    org.assertj.core.api.Assertions.assertThat(matcher.find()).as("a code for " + address).isTrue();
    return matcher.group();
  }

  /** Reads as the page's own session. */
  protected static JsonNode get(Page page, String path) {
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

  /** Nothing that axe finds serious or critical. */
  protected static void accessible(Page page, String what) {
    org.assertj.core.api.Assertions.assertThat(Axe.complaints(page, what)).isEmpty();
  }

  /** Keeps a picture of the whole page, if somebody wants pictures. */
  protected static void shot(Page page, String name) {
    var folder = System.getProperty("filo.shots", "");
    if (!folder.isEmpty()) {
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png")).setFullPage(true));
    }
  }
}
