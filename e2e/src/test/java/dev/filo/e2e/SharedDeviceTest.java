package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * One device, several people: who comes after finds nothing of who was there before, also when an
 * answer was still on its way as she left.
 */
class SharedDeviceTest extends BrowserSuite {
  private static final String SOFA = "DIV-LUC-VEL-VRD";
  private static final Pattern SIGN_OUT = Pattern.compile("^\\s*Esci\\s*$");

  SharedDeviceTest() {
    super(Map.of());
  }

  @Test
  void signedOut_nothingOfHersStays_lateAnswersIncluded() {
    var page = device(390, 844, true, "it-IT");
    var address = address();
    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    add(page);
    keepsAReservation(page);
    page.navigate(target + "/chat");
    page.locator("shop-chat textarea, textarea").first().fill("Il mio numero di casa è 12");
    page.navigate(target + "/account");
    assertThat(page.locator(".identifier")).containsText(address);
    page.waitForCondition(() -> kept(page).contains(SOFA));
    assertThat(kept(page)).contains("numero di casa", "K7PICKUP");

    // Her cart and her name were answered before she left, and come when she has gone.
    var held = hold(page, "**/v1/customers/me", "**/v1/customers/me/cart");
    page.evaluate(
        """
        async () => {
          const {cart, me} = await import('/assets/shop/state.js');
          globalThis.reading = Promise.all([cart.read(), me.read()]);
        }
        """);
    page.waitForCondition(() -> held.size() == 2);
    signOut(page);
    held.forEach(Runnable::run);
    page.unrouteAll();
    var shown =
        page.evaluate(
            """
            async () => {
              await globalThis.reading;
              const {cart, me} = await import('/assets/shop/state.js');
              return JSON.stringify([cart.server, me.customer]);
            }
            """);
    assertThat(String.valueOf(shown)).doesNotContain(SOFA, address);
    assertThat(kept(page)).doesNotContain(SOFA, "numero di casa", "K7PICKUP", address);
    page.navigate(target + "/cart");
    assertThat(page.getByText("Il carrello è vuoto")).isVisible();
    page.navigate(target + "/chat");
    assertThat(page.locator("textarea").first()).hasValue("");
    page.navigate(target + "/account");
    assertThat(page.getByLabel("E-mail")).isVisible();

    // The next person starts with nothing.
    signIn(page, address(), "Mandami il codice", "Codice di sei cifre");
    assertThat(get(page, "/v1/customers/me/cart").path("lines").size()).isZero();
    assertThat(get(page, "/v1/customers/me").toString()).doesNotContain(address);
  }

  @Test
  void whatWasOnItsWayAsSheLeft_isDoneAsNobodyElse() {
    var page = device(1280, 900, false, "it-IT");
    signIn(page, address(), "Mandami il codice", "Codice di sei cifre");
    var held = hold(page, "**/cart:replay");
    page.evaluate(
        """
        async (sku) => {
          const {cart} = await import('/assets/shop/state.js');
          cart.add(sku, 1, {title: 'Divano'});
        }
        """,
        SOFA);
    page.waitForCondition(() -> held.size() == 1);
    signOut(page);
    held.forEach(Runnable::run);
    page.unrouteAll();
    page.navigate(target + "/cart");
    assertThat(page.getByText("Il carrello è vuoto")).isVisible();
    signIn(page, address(), "Mandami il codice", "Codice di sei cifre");
    assertThat(get(page, "/v1/customers/me/cart").path("lines").size()).isZero();
    assertThat(kept(page)).doesNotContain(SOFA);
  }

  /** Her token was being renewed as she left: the new one must not sign her in again. */
  @Test
  void aTokenThatComesAfterSheLeft_isNobodys() {
    var page = device(390, 844, true, "it-IT");
    var address = address();
    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    var held = hold(page, "**/oauth2/token");
    page.evaluate(
        """
        async () => {
          const key = Object.keys(localStorage).find((each) => each.includes('session'));
          const saved = JSON.parse(localStorage.getItem(key));
          localStorage.setItem(key, JSON.stringify({...saved, expireAt: 0}));
          const {session} = await import('/assets/shop/state.js');
          session.token();
        }
        """);
    page.waitForCondition(() -> held.size() == 1);
    signOut(page);
    page.waitForResponse("**/oauth2/revoke", () -> held.getFirst().run());
    page.unrouteAll();
    page.navigate(target + "/account");
    assertThat(page.getByLabel("E-mail")).isVisible();
    assertThat(page.locator("body")).not().containsText(address);
  }

  /** Signed out everywhere by her phone, her PC forgets her by itself, as it stands there. */
  @Test
  void signedOutEverywhere_herOtherDeviceForgetsHer() {
    var pc = device(1280, 900, false, "it-IT");
    var phone = device(390, 844, true, "it-IT");
    var address = address();
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    add(pc);
    pc.navigate(target + "/cart");
    assertThat(pc.locator(".cart-line[data-sku='" + SOFA + "']").first()).isVisible();
    assertThat(pc.locator(".foot .live.on")).isAttached();
    signIn(phone, address, "Mandami il codice", "Codice di sei cifre");
    assertThat(phone.locator("shop-session-list li.session")).hasCount(2);
    shot(phone, "sessions-390");
    phone.getByText("Esci ovunque").tap();
    phone
        .locator("dialog[open]")
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Esci ovunque"))
        .tap();
    assertThat(phone).hasURL(target + "/");
    assertThat(phone.locator(".toast:has-text('Tutti gli accessi sono chiusi')")).isVisible();

    assertThat(pc.getByText("Il carrello è vuoto")).isVisible();
    assertThat(pc.getByText("Divano")).hasCount(0); // in no message either
    assertThat(kept(pc)).doesNotContain(SOFA);
    shot(pc, "signed-out-elsewhere-1280");
    for (var page : List.of(pc, phone)) {
      page.navigate(target + "/account");
      assertThat(page.getByLabel("E-mail")).isVisible();
      assertThat(page.locator("body")).not().containsText(address);
    }
    // Nothing of hers was lost: she comes back to it.
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    assertThat(get(pc, "/v1/customers/me/cart").path("lines").size()).isEqualTo(1);
  }

  private void add(Page page) {
    page.navigate(target + "/go/" + SOFA);
    page.locator(".add").click();
    assertThat(page.locator(".in-cart")).containsText("1");
  }

  /** As the page of a reservation keeps it, for showing its code without a network. */
  private static void keepsAReservation(Page page) {
    page.evaluate(
        """
        async () => {
          const {keepReservation} = await import('/assets/shop/reservation-cache.js');
          keepReservation({name: 'reservations/k7', pickupCode: 'K7PICKUP'});
        }
        """);
  }

  private void signOut(Page page) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(SIGN_OUT)).click();
    assertThat(page).hasURL(target + "/");
  }

  /**
   * Answers to these addresses that wait, as the server gave them at once, until they are let go.
   */
  private static List<Runnable> hold(Page page, String... addresses) {
    var held = new ArrayList<Runnable>();
    for (var each : addresses) {
      page.route(
          each,
          route -> {
            var answer = route.fetch();
            held.add(() -> route.fulfill(new Route.FulfillOptions().setResponse(answer)));
          });
    }
    return held;
  }

  /** Everything the shop keeps in this browser, but the session's tokens. */
  private static String kept(Page page) {
    return String.valueOf(
        page.evaluate(
            """
            async () => {
              const {openDB} = await import('idb');
              const database = await openDB('filo-shop');
              const stores = [...database.objectStoreNames];
              const rows = await Promise.all(stores.map((store) => database.getAll(store)));
              database.close();
              const plain = (storage) => Object.entries(storage).filter(([key]) => !key.includes('session'));
              return JSON.stringify([rows, plain(localStorage), plain(sessionStorage)]);
            }
            """));
  }

  private static String address() {
    return "paola." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
  }
}
