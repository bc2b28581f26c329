package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Passkeys in a real browser with an authenticator that it plays itself (WebAuthn's automation), on
 * a phone in Italian and on a PC in English by keyboard alone: registered on the account page,
 * signed in by, removed. {@code -Dfilo.target=http://localhost:8080} plays it against a suite that
 * runs already; {@code -Dfilo.shots=DIR} keeps pictures.
 */
class PasskeyPageTest extends BrowserSuite {
  PasskeyPageTest() {
    super(Map.of());
  }

  @Test
  void phone_inItalian_addsAPasskeyEntersByItAndRemovesIt() {
    var page = device(390, 844, true, "it-IT");
    authenticator(page);
    var address = address();
    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    assertThat(page.getByText("Non ne hai ancora.")).isVisible();
    assertThat(page.getByLabel("Come la chiami")).hasValue("Android");
    page.getByLabel("Come la chiami").fill("Il mio Pixel");
    page.getByRole(AriaRole.BUTTON, named("Aggiungi una passkey")).click();
    var row = page.locator(".passkey");
    assertThat(row).containsText("Il mio Pixel");
    assertThat(row).containsText("mai usata");
    accessible(page, "account with a passkey, 390 px");
    shot(page, "passkey-account-390");
    // The device has one of hers already, and says so.
    page.getByRole(AriaRole.BUTTON, named("Aggiungi una passkey")).click();
    assertThat(page.locator("#passkeys-problem"))
        .hasText("Questo dispositivo ha già una tua passkey.");

    page.getByRole(AriaRole.BUTTON, signOut("Esci")).click();
    assertThat(page).hasURL(target + "/");
    page.navigate(target + "/account");
    var enter = page.getByRole(AriaRole.BUTTON, named("Entra con una passkey"));
    assertThat(enter).isVisible();
    accessible(page, "sign-in with a passkey, 390 px");
    shot(page, "passkey-sign-in-390");
    enter.click();
    assertThat(page.locator(".identifier")).containsText(address);
    assertThat(row).containsText("ultimo uso");
    shot(page, "passkey-used-390");

    page.getByRole(AriaRole.BUTTON, named("Rimuovi la passkey Il mio Pixel")).click();
    assertThat(page.getByText("Rimuovere la passkey «Il mio Pixel»?")).isVisible();
    accessible(page, "removing a passkey, 390 px");
    shot(page, "passkey-remove-390");
    page.getByRole(AriaRole.DIALOG).getByText("Rimuovi", exactly()).click();
    assertThat(page.getByText("Non ne hai ancora.")).isVisible();
    page.getByRole(AriaRole.BUTTON, signOut("Esci")).click();
    assertThat(page).hasURL(target + "/");
    page.navigate(target + "/account");
    enter.click();
    assertThat(page.locator("#passkey-problem"))
        .hasText("Questa passkey qui non vale (più). Entra con un codice.");
    accessible(page, "a passkey that is refused, 390 px");
    shot(page, "passkey-refused-390");
  }

  @Test
  void pc_inEnglish_byKeyboardAlone_bringsTheGuestsCartAlong() {
    var page = device(1280, 900, false, "en-GB");
    authenticator(page);
    var address = address();
    signIn(page, address, "Send me the code", "Six-digit code");
    assertThat(page.getByText("You have none yet.")).isVisible();
    press(page, named("Add a passkey"));
    assertThat(page.locator(".passkey")).containsText("never used");
    accessible(page, "account with a passkey, 1280 px");
    shot(page, "passkey-account-1280");
    var me = get(page, "/v1/customers/me").path("name").asString("");

    press(page, signOut("Sign out"));
    assertThat(page).hasURL(target + "/");
    var sku = guestTakes(page);
    page.navigate(target + "/account");
    assertThat(page.getByRole(AriaRole.BUTTON, named("Sign in with a passkey"))).isVisible();
    accessible(page, "sign-in with a passkey, 1280 px");
    shot(page, "passkey-sign-in-1280");
    press(page, named("Sign in with a passkey"));
    assertThat(page.locator(".identifier")).containsText(address);
    assertThat(page.locator(".passkey")).containsText("last used");
    assertThat(page.getByRole(AriaRole.HEADING).first()).isFocused();
    shot(page, "passkey-used-1280");
    assertThat(get(page, "/v1/customers/me").path("name").asString("")).isEqualTo(me);
    page.waitForCondition(
        () -> get(page, "/v1/customers/me/cart").path("lines").toString().contains(sku));
  }

  /** A guest with something in her cart. */
  private static String guestTakes(Page page) {
    return String.valueOf(
        page.evaluate(
            """
            async () => {
              const {api} = await import('/assets/shop/state.js');
              const {results} = await api.get('/v1/products:search', {query: {query: 'a', pageSize: 1}});
              const {sku} = results[0].product.variants[0];
              await api.post('/v1/customers/me/cart:apply', {operations: [{id: crypto.randomUUID(), add: {sku, quantity: 1}}]});
              return sku;
            }
            """));
  }

  /** One built into the device, that knows its user. */
  private static void authenticator(Page page) {
    var automation = page.context().newCDPSession(page);
    automation.send("WebAuthn.enable");
    var options = new JsonObject();
    options.addProperty("protocol", "ctap2");
    options.addProperty("transport", "internal");
    options.addProperty("hasResidentKey", true);
    options.addProperty("hasUserVerification", true);
    options.addProperty("isUserVerified", true);
    options.addProperty("automaticPresenceSimulation", true);
    var request = new JsonObject();
    request.add("options", options);
    assertThat(automation.send("WebAuthn.addVirtualAuthenticator", request).has("authenticatorId"))
        .isTrue();
  }

  private static void press(Page page, Page.GetByRoleOptions button) {
    page.getByRole(AriaRole.BUTTON, button).focus();
    page.keyboard().press("Enter");
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  /** The one for this device; those of the sessions say which. */
  private static Page.GetByRoleOptions signOut(String name) {
    return new Page.GetByRoleOptions().setName(Pattern.compile("^\\s*" + name + "\\s*$"));
  }

  private static com.microsoft.playwright.Locator.GetByTextOptions exactly() {
    return new com.microsoft.playwright.Locator.GetByTextOptions().setExact(true);
  }

  private static String address() {
    return "julia." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
  }
}
