package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The pages about who she is, in a real browser: signing in, her account with its devices, the
 * hand-off to another device, and identity's own pages; none has anything that axe finds serious.
 */
class AccountPageTest extends BrowserSuite {
  AccountPageTest() {
    super(Map.of());
  }

  @Test
  void accountDevicesAndHandOff_areForEverybody() {
    var pc = device(1280, 900, false, "it-IT");
    var address = "carla." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    pc.navigate(target + "/account");
    assertThat(pc.getByLabel("E-mail")).isVisible();
    accessible(pc, "signing in, 1280 px");
    pc.getByLabel("E-mail").fill(address);
    pc.getByText("Mandami il codice").click();
    var field = pc.getByLabel("Codice di sei cifre");
    assertThat(field).isVisible();
    accessible(pc, "the code, 1280 px");
    field.fill(code(pc, address));
    assertThat(pc.locator(".identifier")).containsText(address);
    assertThat(pc.locator("shop-session-list li.session").first()).isVisible();
    accessible(pc, "the account and its devices, 1280 px");
    pc.setViewportSize(390, 844);
    accessible(pc, "the account and its devices, 390 px");
    pc.setViewportSize(1280, 900);

    pc.getByText("Continua sul telefono").click();
    assertThat(pc.locator("dialog[open] svg, dialog[open] img").first()).isVisible();
    accessible(pc, "the hand-off's code, 1280 px");
    var phone = device(390, 844, true, "it-IT");
    phone.navigate(target + "/handoff/BCDFGHJK");
    assertThat(phone.locator("#main h1")).isVisible();
    accessible(phone, "who was handed off to, 390 px");
  }

  @Test
  void identitysOwnPages_areForEverybody() {
    for (var language : new String[] {"it-IT", "en-GB"}) {
      var page = device(390, 844, true, language);
      page.navigate(target + "/oauth2/device");
      assertThat(page.locator("h1")).isVisible();
      accessible(page, "identity's page, " + language);
    }
  }
}
