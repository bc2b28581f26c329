package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Reservations that nobody at their store has seen, as an agent finds them: marked at the top of
 * the desk, late ones first, until the store has seen them.
 */
class UnseenPageTest extends BrowserSuite {
  private static final String STORE = "stores/milano-buenos-aires";
  // After so long the desk asks again.
  private static final long FRESH_MILLIS = 30_000;
  private static final String AGENT = "agent@filo.example";

  UnseenPageTest() {
    super(Map.of());
  }

  @Test
  void whatTheStoreHasNotSeen_isMarked_lateFirst_untilItIsSeen() {
    var desk = device(1280, 900, false, "it-IT");
    desk.clock().install();
    signInStaff(desk, "/desk", AGENT);
    var mark = desk.locator(".unseen-open");
    assertThat(mark).hasCount(0);

    var inTime = reserve(desk, "1200s");
    desk.clock().fastForward(FRESH_MILLIS);
    assertThat(mark).hasAccessibleName("Una prenotazione non ancora vista dal negozio");
    mark.click();
    assertThat(row(desk, inTime)).containsText("da vedere entro");

    var late = reserve(desk, "60s"); // should have been seen by half of that
    desk.waitForCondition(() -> has(desk, late, "escalateTime"));
    desk.clock().fastForward(FRESH_MILLIS);
    assertThat(row(desk, late)).containsText("in ritardo dalle");
    assertThat(desk.locator(".unseen-row").first()).hasAttribute("data-name", late);
    assertThat(mark).hasAccessibleName("Una prenotazione che il negozio non ha visto in tempo");
    accessible(desk, "what no store has seen, 1280 px");
    shot(desk, "unseen-1280");

    var phone = device(390, 844, true, "en-GB");
    signInStaff(phone, "/desk", AGENT, "Work e-mail", "Send me the code", "Six-digit code");
    phone.navigate(target + "/desk/unseen");
    assertThat(row(phone, inTime)).containsText("to be seen by");
    accessible(phone, "what no store has seen, 390 px");
    shot(phone, "unseen-390");
    row(phone, inTime).locator(".unseen-link").click();
    assertThat(phone).hasURL(Pattern.compile(".*/desk/c/.*"));

    var store = device(390, 844, true, "it-IT");
    signInStaff(store, "/store", "milano@filo.example");
    store
        .locator("[data-name='" + inTime + "']")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Visto"))
        .click();
    desk.waitForCondition(() -> has(desk, inTime, "acknowledgeTime"));
    desk.clock().fastForward(FRESH_MILLIS);
    assertThat(row(desk, inTime)).hasCount(0);
    assertThat(desk.getByText("I negozi hanno visto tutto")).isVisible();
    shot(desk, "unseen-none-1280");
  }

  private boolean has(Page page, String reservation, String field) {
    return get(page, "/v1/" + reservation).has(field);
  }

  private static Locator row(Page page, String reservation) {
    return page.locator(".unseen-row[data-name='" + reservation + "']");
  }

  /** Somebody without a name has a piece kept for so long; its name. */
  private String reserve(Page page, String duration) {
    var sku = Goods.next();
    var till =
        token(
            page,
            FormData.create()
                .set("grant_type", "client_credentials")
                .set("client_id", "till-milano-1")
                .set("client_secret", "till-secret"));
    var received = Goods.movement("RECEIPT", sku, STORE, 1);
    post(page, "/v1/stockMovements:batchCreate", till, Map.of("movements", List.of(received)));
    var guest =
        token(
            page,
            FormData.create()
                .set("grant_type", "urn:filo:oauth:guest")
                .set("client_id", "shop-web")
                .set("device", "PC"));
    return post(page, "/v1/reservations", guest, Goods.reservation(sku, STORE, duration))
        .path("name")
        .asString("");
  }

  private String token(Page page, FormData form) {
    return JSON.readTree(tokens(page, form).text()).path("access_token").asString("");
  }

  private JsonNode post(Page page, String path, String token, Map<String, ?> body) {
    var answer =
        page.request()
            .post(
                target + path,
                RequestOptions.create()
                    .setHeader("Authorization", "Bearer " + token)
                    .setHeader("Idempotency-Key", UUID.randomUUID().toString())
                    .setHeader("Content-Type", "application/json")
                    .setData(JSON.writeValueAsString(body)));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return JSON.readTree(answer.text());
  }
}
