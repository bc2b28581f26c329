package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Two accounts that share a phone number, as an agent finds them at the desk: what a merge would
 * move, the merge, and its end, by which each has her own again; or that they are two.
 */
class DeskCasesTest extends BrowserSuite {
  private static final String SOFA = "DIV-LUC-VEL-VRD";
  private static final String LAMP = "LST-NOT-OTN-NER";

  DeskCasesTest() {
    super(Map.of());
  }

  /** A customer at her device. */
  private record Customer(Page page, String address) {
    List<String> cart() {
      return get(page, "/v1/customers/me/cart")
          .path("lines")
          .valueStream()
          .map(line -> line.path("sku").asString(""))
          .sorted()
          .toList();
    }
  }

  @Test
  void merged_thingsComeTogether_unmerged_eachHasHerOwnAgain() {
    var one = customer(SOFA);
    var other = customer(LAMP);
    var desk = agent(device(1280, 900, false, "it-IT"));
    shareAPhone(desk, one, other);
    desk.navigate(target + "/desk/cases");
    desk.locator("desk-cases .inbox-row").click();
    var sides = desk.locator(".case-side");
    assertThat(sides).hasCount(2);
    assertThat(sides.first()).containsText(one.address);
    assertThat(sides.last()).containsText(other.address);
    assertThat(sides.first()).containsText("un articolo nel carrello");
    assertThat(sides.last()).containsText("un articolo nel carrello");
    assertThat(sides.last()).containsText("un messaggio");
    accessible(desk, "a merge case, 1280 px");
    shot(desk, "case-1280");
    button(desk, "Sono la stessa persona").click();
    dialog(desk, "Sono la stessa persona").click();
    assertThat(desk.getByText("Clienti uniti.").first()).isVisible();
    one.page.waitForCondition(() -> one.cart().equals(List.of(SOFA, LAMP)));
    other.page.waitForCondition(() -> other.cart().equals(List.of(SOFA, LAMP)));

    // From the customer's panel, where an agent finds out that it was wrong.
    var name = get(one.page, "/v1/customers/me").path("name").asString("");
    desk.navigate(target + "/desk/c/" + name.substring(name.indexOf('/') + 1));
    desk.locator("details.over summary").click();
    desk.getByRole(
            AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("^Separa ")))
        .click();
    accessible(desk, "ending a merge, 1280 px");
    shot(desk, "unmerge-1280");
    dialog(desk, "Separa").click();
    assertThat(desk.getByText("Profilo separato.").first()).isVisible();
    one.page.waitForCondition(() -> one.cart().equals(List.of(SOFA)));
    other.page.waitForCondition(() -> other.cart().equals(List.of(LAMP)));
    assertThat(get(other.page, "/v1/customers/me").toString())
        .contains(other.address)
        .doesNotContain(one.address);
  }

  @Test
  void keptApart_onAPhone_saysWhoDecided_andMovesNothing() {
    var one = customer(SOFA);
    var other = customer(LAMP);
    var desk = agent(device(390, 844, true, "it-IT"));
    shareAPhone(desk, one, other);
    desk.navigate(target + "/desk/cases");
    desk.locator("desk-cases .inbox-row").click();
    assertThat(desk.locator(".case-side")).hasCount(2);
    accessible(desk, "a merge case, 390 px");
    shot(desk, "case-390");
    button(desk, "Sono due persone").click();
    dialog(desk, "Sono due persone").click();
    assertThat(desk.getByText("Restano due persone.").first()).isVisible();
    desk.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Separati")).click();
    assertThat(desk.locator("desk-cases .inbox-row")).containsText("agent@filo.example");
    assertThat(one.cart()).isEqualTo(List.of(SOFA));
    assertThat(other.cart()).isEqualTo(List.of(LAMP));
  }

  /** Signed in, with something in her cart and a word to the shop. */
  private Customer customer(String sku) {
    var page = device(1280, 900, false, "it-IT");
    var address = "vera." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    signIn(page, address, "Mandami il codice", "Codice di sei cifre");
    page.evaluate(
        """
        async (sku) => {
          const {api} = await import('/assets/shop/state.js');
          await api.post('/v1/customers/me/cart:apply', {operations: [{id: crypto.randomUUID(), add: {sku, quantity: 1}}]});
          await api.post('/v1/customers/me/conversation/messages', {text: 'Buongiorno'});
        }
        """,
        sku);
    return new Customer(page, address);
  }

  /** The agent writes down the same number for both, who have accounts: people must decide. */
  private static void shareAPhone(Page desk, Customer one, Customer other) {
    var phone = "+39347" + ThreadLocalRandom.current().nextInt(1_000_000, 9_999_999);
    for (var each : List.of(one, other)) {
      desk.evaluate(
          """
          async ([email, phone]) => {
            const {api} = await import('/assets/desk/state.js');
            await api.post('/v1/customers:resolve', {identifiers: [
              {type: 'EMAIL', value: email, verified: true},
              {type: 'PHONE', value: phone, verified: true}]});
          }
          """,
          List.of(each.address, phone));
    }
  }

  private Page agent(Page desk) {
    signInStaff(desk, "/desk", "agent@filo.example");
    assertThat(desk.locator(".desk-top")).isVisible();
    return desk;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator dialog(Page page, String name) {
    return page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true));
  }
}
