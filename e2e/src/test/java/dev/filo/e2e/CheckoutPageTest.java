package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Checkout and orders in a real browser, on a PC and a phone, with the trial provider. {@code
 * -Dfilo.target=http://localhost:8080} plays it against a suite that runs already; {@code
 * -Dfilo.shots=DIR} keeps pictures of the pages.
 */
class CheckoutPageTest extends BrowserSuite {
  CheckoutPageTest() {
    super(Map.of());
  }

  /** Puts something into the cart that a store near Milan has, and goes to the checkout. */
  private void checkout(Page page) {
    for (int i = 0; i < 60; i++) {
      page.navigate(target + "/go/" + Goods.next());
      assertThat(page.locator(".add")).isVisible();
      if (page.locator(".stock.available").count() > 0) {
        break;
      }
    }
    page.locator(".add").click();
    assertThat(page.locator(".in-cart")).containsText("1");
    page.navigate(target + "/cart");
    page.locator(".checkout").click();
    assertThat(page.locator(".checkout-line")).hasCount(1);
  }

  /** The nearest store that has it. */
  private void fetch(Page page) {
    page.locator(".checkout-line .link").click();
    page.locator("dialog[open] .choices .choice:has(.stock.available)").first().click();
    assertThat(page.locator("dialog[open]")).hasCount(0);
  }

  @Test
  void pickup_paidInTheStore_onThePhone_andCancelled() {
    var phone = device(390, 844, true, "it-IT");
    checkout(phone);
    assertThat(phone.locator(".note.warn")).containsText("scegli se spedirlo o ritirarlo");
    assertThat(phone.locator(".cart-sum .primary")).isDisabled();
    shot(phone, "checkout-open-390");
    accessible(phone, "the checkout with something to choose, 390 px");
    fetch(phone);
    assertThat(phone.locator(".checkout-line")).containsText("Ritiro:");
    assertThat(phone.locator(".sums")).containsText("di cui IVA 22%");
    shot(phone, "checkout-390");
    accessible(phone, "the checkout, 390 px");
    noSideways(phone);
    phone.locator(".cart-sum .primary").tap();
    assertThat(phone.locator("h1")).hasText("Grazie, è ordinato");
    assertThat(phone.locator(".order")).containsText("mostra il codice in negozio");
    shot(phone, "order-390");
    accessible(phone, "an order, 390 px");
    noSideways(phone);
    phone.navigate(target + "/orders");
    assertThat(phone.locator(".reservation-row")).hasCount(1);
    shot(phone, "orders-390");
    accessible(phone, "the orders, 390 px");
    noSideways(phone);
    phone.locator(".reservation-row").tap();
    phone.getByText("Annulla l’ordine").first().tap();
    phone.locator("dialog[open] button:has-text('Annulla l’ordine')").tap();
    assertThat(phone.locator("h1")).hasText("Ordine annullato");
    phone.navigate(target + "/cart");
    assertThat(phone.locator(".cart-line")).hasCount(0);
  }

  @Test
  void paidAtTheProvider_onThePc_byKeyboard() {
    var pc = device(1280, 900, false, "en-GB");
    checkout(pc);
    // Sent to her: only online.
    pc.locator(".checkout-line .link").click();
    assertThat(pc.locator("dialog[open] .choice").first()).isVisible();
    pc.locator("dialog[open] .choice").first().click();
    assertThat(pc.locator(".checkout-line")).containsText("home");
    assertThat(pc.getByLabel("Full name")).isVisible();
    shot(pc, "checkout-address-1280");
    accessible(pc, "the checkout with an address");
    // She fetches it after all, and pays now.
    fetch(pc);
    assertThat(pc.getByLabel("Full name")).hasCount(0);
    pc.locator("input[value='PAY_IN_STORE']").focus();
    pc.keyboard().press("ArrowDown");
    assertThat(pc.locator("input[value='PROVIDER']")).isChecked();
    shot(pc, "checkout-1280");
    accessible(pc, "the checkout, 1280 px");
    pc.locator(".cart-sum .primary").focus();
    pc.keyboard().press("Enter");
    assertThat(pc.locator("h1")).hasText("Trial payment");
    accessible(pc, "the trial provider's page");
    pc.getByText("Pay", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(pc.locator("h1")).hasText("Thank you, it is ordered");
    assertThat(pc.locator(".cart-sum")).containsText("paid");
    shot(pc, "order-paid-1280");
    accessible(pc, "a paid order, 1280 px");
  }

  @Test
  void outOfStockMeanwhile_isSaid_andNothingIsOrdered() {
    var pc = device(1280, 900, false, "it-IT");
    checkout(pc);
    fetch(pc);
    assertThat(pc.locator(".checkout-line")).containsText("Ritiro:");
    // She wants more than anybody has.
    pc.navigate(target + "/cart");
    for (int i = 0; i < 25; i++) {
      pc.getByLabel("Uno di più").first().click();
    }
    assertThat(pc.locator(".cart-line .quantity").first()).hasText("26");
    pc.locator(".checkout").click();
    assertThat(pc.locator(".checkout-line")).containsText("26");
    pc.locator("input[value='PROVIDER']").check(); // of dear goods nobody is kept so many unpaid
    pc.locator(".cart-sum .primary").click();
    assertThat(pc.locator("#checkout-problem")).containsText("Nel frattempo qualcosa non basta");
    assertThat(pc.locator("#checkout-problem")).containsText("rest");
    assertThat(pc.locator("#checkout-problem")).isFocused();
    shot(pc, "checkout-short-1280");
    accessible(pc, "the checkout when something is short");
    pc.navigate(target + "/orders");
    assertThat(pc.locator(".block-title")).hasText("Ancora nessun ordine");
    shot(pc, "orders-empty-1280");
  }

  private static void noSideways(Page page) {
    assertThat(page.locator("html")).isVisible();
    org.assertj.core.api.Assertions.assertThat(
            page.evaluate(
                "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
        .isEqualTo(true);
  }
}
