package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/**
 * The privacy page in a real browser, on a phone in Italian and on a PC in English: consents, a
 * copy of everything, and being forgotten. {@code -Dfilo.target=http://localhost:8080} plays it
 * against a suite that runs already; {@code -Dfilo.shots=DIR} keeps pictures.
 */
class PrivacyPageTest extends BrowserSuite {
  PrivacyPageTest() {
    super(Map.of("FILO_IDENTITY_PRIVACY_SETTLE", "2s"));
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
}
