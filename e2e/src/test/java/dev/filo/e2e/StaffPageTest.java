package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FormData;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Who works here, the tills and the log, as a manager sees them at the desk: on a PC in Italian and
 * on a phone in English. What it changes counts where people sign in and tills ask for tokens.
 */
class StaffPageTest extends BrowserSuite {
  private static final String MANAGER = "manager@filo.example";

  StaffPageTest() {
    super(Map.of());
  }

  @Test
  void manager_letsPeopleInAndOut_andTheLogTells() {
    var page = device(1280, 900, false, "it-IT");
    signInStaff(page, "/desk", MANAGER);
    page.locator(".desk-top").getByText("Personale").click();
    assertThat(row(page, "staff/agent@filo.example")).containsText("Assistenza");
    accessible(page, "staff, 1280 px");
    shot(page, "staff-people-1280");

    var email = "lia." + unique() + "@filo.example";
    button(page, "Aggiungi una persona").click();
    var dialog = page.getByRole(AriaRole.DIALOG);
    dialog.getByLabel("E-mail").fill(email);
    dialog.getByLabel("Nome da mostrare (facoltativo)").fill("Lia");
    dialog.getByLabel("Ruolo").selectOption("STORE_STAFF");
    dialog.getByText("Salva").click();
    assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("almeno un negozio");
    dialog.locator("input[value='stores/milano-buenos-aires']").check();
    accessible(page, "adding a person, 1280 px");
    shot(page, "staff-add-1280");
    dialog.getByText("Salva").click();
    assertThat(row(page, "staff/" + email)).containsText("Negozio");
    assertThat(row(page, "staff/" + email)).containsText("Buenos Aires");

    // Twice the same e-mail is said, and the form stays.
    button(page, "Aggiungi una persona").click();
    dialog.getByLabel("E-mail").fill(email);
    dialog.getByText("Salva").click();
    assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("già di qualcuno");
    dialog.getByText("Annulla").click();

    // She comes in at her store, and no more once she is deactivated.
    var store = device(390, 844, true, "it-IT");
    signInStaff(store, "/store", email);
    assertThat(store.getByLabel("E-mail di lavoro")).hasCount(0);
    button(page, "Disattiva " + email).click();
    dialog.getByText("Disattiva", exactly()).click();
    assertThat(row(page, "staff/" + email)).containsText("disattivato");
    store.reload();
    assertThat(store.getByLabel("E-mail di lavoro")).isVisible();
    // A page that was asked for before comes too late, and takes nothing's place.
    store.evaluate(
        "async () => (await import('/assets/store/routes.js')).router.go('/store/stock')");
    assertThat(store.getByLabel("E-mail di lavoro")).isVisible();

    // Nobody would be left to manage.
    button(page, "Disattiva " + MANAGER).click();
    dialog.getByText("Disattiva", exactly()).click();
    assertThat(page.locator(".problem")).containsText("ultimo responsabile");

    page.getByText("Registro", new Page.GetByTextOptions().setExact(true)).click();
    var newest = page.locator("li[data-sequence]").first();
    assertThat(newest).containsText("Persona modificata");
    assertThat(newest).containsText(email);
    assertThat(newest).containsText("può entrare: no");
    button(page, "Verifica il registro").click();
    assertThat(page.getByRole(AriaRole.STATUS).filter(has("intatto"))).isVisible();
    accessible(page, "the log, 1280 px");
    shot(page, "staff-log-1280");
  }

  @Test
  void manager_onAPhoneInEnglish_registersATill_whoseSecretCountsAtOnce() {
    var page = device(390, 844, true, "en-GB");
    signInStaff(page, "/desk", MANAGER, "Work e-mail", "Send me the code", "Six-digit code");
    assertThat(page.locator(".desk-top")).isVisible();
    page.navigate(target + "/desk/staff/devices");
    assertThat(row(page, "devices/till-milano-1")).isVisible();
    accessible(page, "devices, 390 px");
    shot(page, "staff-devices-390");

    var till = "till-" + unique();
    button(page, "Register a device").click();
    var dialog = page.getByRole(AriaRole.DIALOG);
    dialog.getByLabel("Id", new Locator.GetByLabelOptions().setExact(true)).fill(till);
    dialog.getByLabel("Store").selectOption("stores/milano-buenos-aires");
    dialog.getByText("Save").click();
    var secret = dialog.getByLabel("Secret", new Locator.GetByLabelOptions().setExact(true));
    assertThat(secret).isVisible();
    accessible(page, "a till's secret, 390 px");
    shot(page, "staff-secret-390");
    var first = secret.inputValue();
    assertThat(token(page, till, first).status()).isEqualTo(200);
    dialog.getByText("It is in a safe place").click();

    // What she does next goes on from what an answer said: the list read anew comes late, or never.
    page.route(address -> address.contains("/v1/devices?"), route -> {});
    button(page, "New secret for " + till).click();
    dialog.getByText("New secret", exactly()).click();
    assertThat(secret).isVisible();
    var second = secret.inputValue();
    assertThat(second).isNotEqualTo(first);
    assertThat(token(page, till, first).status()).isEqualTo(401);
    assertThat(token(page, till, second).status()).isEqualTo(200);
    dialog.getByText("It is in a safe place").click();
    button(page, "Deactivate " + till).click();
    dialog.getByText("Deactivate", exactly()).click();
    assertThat(row(page, "devices/" + till)).containsText("deactivated");
    assertThat(token(page, till, second).status()).isEqualTo(401);
  }

  @Test
  void agent_findsNeitherTheWayNorTheList() {
    var page = device(1280, 900, false, "it-IT");
    signInStaff(page, "/desk", "agent@filo.example");
    page.locator(".desk-menu summary").click();
    assertThat(page.locator(".desk-menu-box").getByText("Buoni")).isVisible();
    assertThat(page.locator(".desk-menu-box").getByText("Personale")).hasCount(0);
    page.navigate(target + "/desk/staff");
    assertThat(page.getByText("Non hai il permesso per farlo.")).isVisible();
    assertThat(page.locator("desk-staff li")).hasCount(0);
  }

  private APIResponse token(Page page, String client, String secret) {
    return tokens(
        page,
        FormData.create()
            .set("grant_type", "client_credentials")
            .set("client_id", client)
            .set("client_secret", secret));
  }

  private static Locator row(Page page, String name) {
    return page.locator("li[data-name='" + name + "']");
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator.FilterOptions has(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  private static Locator.GetByTextOptions exactly() {
    return new Locator.GetByTextOptions().setExact(true);
  }

  private static String unique() {
    return UUID.randomUUID().toString().substring(0, 8);
  }
}
