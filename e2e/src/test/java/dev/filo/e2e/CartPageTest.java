package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The cart's pages in a real browser: two devices of one person, one of them without a network for
 * a while; an agent; a link. {@code -Dfilo.target=http://localhost:8080} plays it against a suite
 * that runs already.
 */
class CartPageTest extends BrowserSuite {
  private static final String SOFA = "DIV-LUC-VEL-VRD";
  private static final String LAMP = "LST-NOT-OTN-NER";
  private static final Pattern OVERWROTE = Pattern.compile("\"overwroteQuantity\":\\s*[1-9]");

  CartPageTest() {
    super(Map.of());
  }

  @Test
  void twoDevices_oneWithoutANetworkMeanwhile() {
    var pc = device(1280, 900, false, "it-IT");
    var phone = device(390, 844, true, "it-IT");
    var address = "julia." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";

    // An advertisement leads to the very variant; what is added remembers the campaign.
    pc.navigate(target + "/go/" + SOFA + "?campaign=primavera");
    pc.locator(".add").click();
    assertThat(pc.locator(".in-cart")).containsText("1");
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    cart(pc);
    assertThat(row(pc, SOFA)).isVisible();
    var kept = get(pc, "/v1/customers/me/cart").path("lines").get(0);
    assertThat(kept.path("origin").path("campaign").asString("")).isEqualTo("primavera");

    // The phone had something of its own before she signed in there; it is hers, and said so.
    phone.navigate(target + "/go/" + LAMP);
    phone.locator(".add").tap();
    assertThat(phone.locator(".in-cart")).containsText("1");
    signIn(phone, address, "Mandami il codice", "Codice di sei cifre");
    cart(phone);
    assertThat(phone.locator(".merged")).containsText("1 riga viene da");
    assertThat(row(phone, SOFA)).isVisible();
    assertThat(row(pc, LAMP)).isVisible();
    accessible(phone, "the cart after a merge, 390 px");

    // Without a network: she goes on, sees that she is, and closes the page once.
    assertThat(phone.locator(".foot .live.on")).isAttached();
    phone.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)");
    phone.waitForCondition(
        () -> Boolean.TRUE.equals(phone.evaluate("async () => (await caches.keys()).length > 0")));
    phone.context().setOffline(true);
    assertThat(phone.locator(".banner")).containsText("senza rete");
    row(phone, SOFA).getByLabel("Uno di più").tap();
    row(phone, SOFA).getByLabel("Uno di più").tap();
    row(phone, LAMP).getByLabel("Uno di più").tap();
    assertThat(phone.locator(".banner")).containsText("2 modifiche");
    phone.reload();
    assertThat(row(phone, SOFA).locator(".quantity")).hasText("3");
    assertThat(phone.locator(".banner")).containsText("2 modifiche");
    accessible(phone, "the cart without a network, 390 px");

    // Meanwhile at home: one more sofa, and no lamp.
    row(pc, SOFA).getByLabel("Uno di più").click();
    row(pc, LAMP)
        .getByRole(
            AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(Pattern.compile("^Togli ")))
        .last()
        .click();
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("lines").size() == 1);
    assertThat(get(pc, "/v1/customers/me/cart").path("lines").get(0).path("quantity").asInt())
        .isEqualTo(2);

    // Back: what was chosen last stands and says so, what was refused is told.
    phone.context().setOffline(false);
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("3");
    assertThat(row(phone, SOFA).locator(".quantity")).hasText("3");
    assertThat(phone.locator(".note.danger")).containsText("non è più nel carrello");
    assertThat(row(phone, LAMP)).hasCount(0);
    assertThat(phone.locator(".banner")).hasCount(0);
    assertThat(get(pc, "/v1/customers/me/cart").path("itemCount").asInt()).isEqualTo(3);
  }

  /**
   * Two tabs begin a guest's session at the same time. A tab may learn what the other one kept
   * later than that it is its turn: then too they are one guest, with one cart.
   */
  @Test
  void twoTabs_thatBeginAtTheSameTime_areOneGuest() {
    var first = device(1280, 900, false, "it-IT");
    var second = first.context().newPage();
    first.navigate(target + "/search");
    // Before the page hears of it.
    second.addInitScript(
        """
        const get = Storage.prototype.getItem;
        let late = true;
        addEventListener('storage', (event) => {
          if (!late || !event.key?.includes('session')) return;
          event.stopImmediatePropagation(); // it comes when its time has come
          const {key, oldValue, newValue, url} = event;
          setTimeout(() => {
            late = false;
            dispatchEvent(new StorageEvent('storage', {key, oldValue, newValue, url}));
          }, 200);
        }, {capture: true});
        Storage.prototype.getItem = function (key) {
          return late && String(key).includes('session') ? null : get.call(this, key);
        };
        """);
    second.navigate(target + "/search");
    var asked = new AtomicInteger();
    var held = new ArrayList<Route>();
    first
        .context()
        .route(
            "**/oauth2/token",
            route -> {
              if (asked.incrementAndGet() == 1) {
                held.add(route);
              } else {
                route.resume();
              }
            });
    var token =
        "() => { window.token = import('/assets/shop/state.js').then(({session}) => session.token()); }";
    first.evaluate(token);
    first.waitForCondition(() -> held.size() == 1);
    second.evaluate(token);
    second.waitForCondition(
        () ->
            Boolean.TRUE.equals(
                second.evaluate(
                    "async () => (await navigator.locks.query()).pending.some(({name}) => name.includes('session'))")));
    held.getFirst().resume();
    var tokens =
        List.of(first.evaluate("() => window.token"), second.evaluate("() => window.token"));
    assertThat(tokens.getLast()).isEqualTo(tokens.getFirst());
    assertThat(asked).hasValue(1);
  }

  /** Signed in, an advertisement leads to the very variant as well, and the cart stays. */
  @Test
  void advertisement_opensOnAPhoneThatIsSignedIn_theCartStays() {
    var pc = device(1280, 900, false, "it-IT");
    var phone = device(390, 844, true, "it-IT");
    var address = "nora." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    pc.navigate(target + "/go/" + LAMP);
    pc.locator(".add").click();
    assertThat(pc.locator(".in-cart")).containsText("1");
    cart(pc);
    signIn(phone, address, "Mandami il codice", "Codice di sei cifre");

    phone.navigate(target + "/go/" + SOFA + "?campaign=autunno");
    assertThat(phone).hasURL(Pattern.compile("/products/[^?]+\\?sku=" + SOFA + "$"));
    phone.locator(".add").tap();
    assertThat(phone.locator(".in-cart")).containsText("1");
    assertThat(row(pc, SOFA)).isVisible();
    assertThat(row(pc, LAMP)).isVisible();
    for (var line : get(phone, "/v1/customers/me/cart").path("lines")) {
      assertThat(line.path("origin").path("campaign").asString(""))
          .isEqualTo(line.path("sku").asString("").equals(SOFA) ? "autunno" : "");
    }

    phone.navigate(target + "/go/THERE-IS-NO-SUCH?campaign=autunno");
    assertThat(phone.getByText("Questo prodotto non c’è")).isVisible();
    cart(phone);
    assertThat(row(phone, SOFA).locator(".quantity")).hasText("1");
    assertThat(row(phone, LAMP).locator(".quantity")).hasText("1");
  }

  /** The page reads what is to be sent from its database, and she clicks before it has come. */
  @Test
  void clickWhileWhatWaitsIsRead_counts() {
    var pc = device(1280, 900, false, "it-IT");
    pc.addInitScript(
        """
        const getAll = IDBObjectStore.prototype.getAll;
        IDBObjectStore.prototype.getAll = function (...words) {
          const request = getAll.apply(this, words);
          if (this.name === 'ops') {
            request.addEventListener('success', () => {
              window.toClick?.click();
              window.toClick = null;
            });
          }
          return request;
        };
        """);
    watchedCart(pc, SOFA);
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("itemCount").asInt() == 1);
    var held = new ArrayList<Route>();
    pc.route("**/cart:replay", held::add);
    var more = row(pc, SOFA).getByLabel("Uno di più");
    more.click();
    pc.waitForCondition(() -> held.size() == 1);
    more.click(); // waits for the first one's answer
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("3");

    more.evaluate("button => { window.toClick = button; }");
    held.getFirst().resume();
    pc.waitForCondition(() -> held.size() == 2);
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("4");
    held.getLast().resume();
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("itemCount").asInt() == 4);
  }

  /** «Elsewhere there were …» is said of what another device chose, not of her own last click. */
  @Test
  void quickClicksOfHerOwn_areNotFromElsewhere_anothersChoiceIs() {
    var pc = device(1280, 900, false, "it-IT");
    watchedCart(pc, SOFA);
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("lines").size() == 1);
    var line = get(pc, "/v1/customers/me/cart").path("lines").get(0).path("id").asString("");
    // What comes later waits in the page for this one's answer.
    var held = holdFirst(pc, "**/cart:replay");
    var answers = new ArrayList<Response>();
    pc.onResponse(
        response -> {
          if (response.url().endsWith("cart:replay")) {
            answers.add(response);
          }
        });

    // Two clicks, the second before the first is answered.
    row(pc, SOFA).getByLabel("Uno di più").click();
    pc.waitForCondition(() -> held.size() == 1);
    row(pc, SOFA).getByLabel("Uno di più").click();
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("3");
    held.getFirst().resume();
    pc.waitForCondition(() -> answers.size() == 2);
    assertThat(answers.stream().map(Response::text))
        .noneMatch(answer -> OVERWROTE.matcher(answer).find());
    assertThat(get(pc, "/v1/customers/me/cart").path("itemCount").asInt()).isEqualTo(3);

    // One click, and another device's choice before it arrives.
    held.clear();
    row(pc, SOFA).getByLabel("Uno di più").click();
    pc.waitForCondition(() -> held.size() == 1);
    var other =
        "{\"operations\":[{\"id\":\"elsewhere\",\"setQuantity\":{\"line\":\"%s\",\"quantity\":9}}]}";
    assertThat(post(pc, "/v1/customers/me/cart:apply", other.formatted(line))).isEqualTo(200);
    held.getFirst().resume();
    assertThat(pc.locator(".toast:has-text('altrove erano 9, ora 4')")).isVisible();
    assertThat(get(pc, "/v1/customers/me/cart").path("itemCount").asInt()).isEqualTo(4);
  }

  @Test
  void mergeIsUndone_notesAndFulfilmentStay() {
    var pc = device(1280, 900, false, "it-IT");
    var phone = device(390, 844, true, "it-IT");
    var address = "marta." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    pc.navigate(target + "/go/" + SOFA);
    pc.locator(".add").click();
    assertThat(pc.locator(".in-cart")).containsText("1");
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    cart(pc);
    row(pc, SOFA).getByText("Aggiungi una nota").click();
    pc.getByLabel("La tua nota").fill("Per il soggiorno");
    pc.keyboard().press("Tab");
    pc.keyboard().press("Tab");
    pc.keyboard().press("Enter");
    assertThat(row(pc, SOFA).locator(".line-note")).containsText("Per il soggiorno");
    row(pc, SOFA).locator(".fulfilment .link").click();
    assertThat(pc.locator("dialog[open] .choices .choice").first()).isVisible();
    accessible(pc, "how it should come");
    pc.locator("dialog[open] .choices .choice").first().click();
    assertThat(row(pc, SOFA).locator(".fulfilment")).containsText("Ritiro:");

    phone.navigate(target + "/go/" + SOFA);
    phone.locator(".add").tap();
    assertThat(phone.locator(".in-cart")).containsText("1");
    signIn(phone, address, "Mandami il codice", "Codice di sei cifre");
    cart(phone);
    assertThat(row(phone, SOFA).locator(".quantity")).hasText("2");
    assertThat(row(phone, SOFA)).containsText("Per il soggiorno");
    phone.locator(".merged .button").tap();
    assertThat(phone.locator(".merged")).hasCount(0);
    assertThat(row(phone, SOFA).locator(".quantity")).hasText("1");
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("1");
    assertThat(row(pc, SOFA).locator(".line-note")).containsText("Per il soggiorno");
    accessible(pc, "the cart, 1280 px");
  }

  @Test
  void anAgentProposes_asksToEdit_andEditsInSight() {
    var pc = device(1280, 900, false, "it-IT");
    watchedCart(pc, SOFA);
    var customer = get(pc, "/v1/customers/me").path("name").asString("");
    var agent = agentToken(pc);
    apply(
        pc,
        agent,
        customer,
        "{\"propose\":{\"sku\":\""
            + LAMP
            + "\",\"quantity\":1,\"note\":\"Sta bene con il verde\"}}",
        200);
    assertThat(pc.locator(".proposal")).containsText("Sta bene con il verde");
    accessible(pc, "a proposal");
    pc.locator(".proposal .button").first().click();
    assertThat(row(pc, LAMP).locator(".origin")).containsText("Proposto da");
    apply(pc, agent, customer, "{\"add\":{\"sku\":\"" + LAMP + "\",\"quantity\":1}}", 403);
    apply(pc, agent, customer, "{\"askToEdit\":{}}", 200);
    assertThat(pc.locator(".grant")).containsText("vorrebbe sistemare");
    pc.locator(".grant .button.primary").click();
    assertThat(pc.locator(".grant")).containsText("può modificare");
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("editGrant").has("expireTime"));
    apply(pc, agent, customer, "{\"add\":{\"sku\":\"" + LAMP + "\",\"quantity\":1}}", 200);
    assertThat(row(pc, LAMP)).containsText("con il tuo permesso");
    pc.locator(".grant .button").click();
    assertThat(pc.locator(".grant")).hasCount(0);
    pc.waitForCondition(() -> !get(pc, "/v1/customers/me/cart").has("editGrant"));
    apply(pc, agent, customer, "{\"add\":{\"sku\":\"" + LAMP + "\",\"quantity\":1}}", 403);
  }

  @Test
  void anAgentChangesQuantitiesAtTheDesk_whileSheLetsHer() {
    var pc = device(1280, 900, false, "it-IT");
    watchedCart(pc, SOFA);
    var customer = get(pc, "/v1/customers/me").path("name").asString("");
    assertThat(post(pc, "/v1/customers/me/conversation/messages", "{\"text\":\"Buongiorno\"}"))
        .isEqualTo(200);
    var desk = device(1280, 900, false, "it-IT");
    staff(desk, "agent@filo.example");
    desk.navigate(target + "/desk/c/" + customer.substring(customer.indexOf('/') + 1));
    var line = desk.locator("desk-customer .cart-line").first();
    assertThat(line).isVisible();
    assertThat(line.locator(".cart-edit")).hasCount(0);
    desk.getByText("Chiedi di modificare il carrello").click();
    assertThat(pc.locator(".grant")).containsText("vorrebbe sistemare");
    pc.locator(".grant .button.primary").click();
    assertThat(line.locator(".cart-edit .quantity")).hasText("1");
    line.getByLabel("Uno di più").click();
    assertThat(line.locator(".cart-edit .quantity")).hasText("2");
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("2");
    assertThat(row(pc, SOFA)).containsText("Anna");
    accessible(desk, "the cart at the desk, 1280 px");
    shot(desk, "desk-cart-1280");
    desk.setViewportSize(390, 844);
    accessible(desk, "the cart at the desk, 390 px");
    shot(desk, "desk-cart-390");
    desk.setViewportSize(1280, 900);

    // Two clicks more, the second before the first is answered: none is lost.
    var held = holdFirst(desk, "**/cart:apply");
    line.getByLabel("Uno di più").click();
    desk.waitForCondition(() -> held.size() == 1);
    line.getByLabel("Uno di più").click();
    assertThat(line.locator(".cart-edit .quantity")).hasText("4");
    held.getFirst().resume();
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("4");

    // An answer that comes when another conversation is open is nothing of that one.
    var phone = device(390, 844, true, "it-IT");
    watchedCart(phone, LAMP);
    assertThat(post(phone, "/v1/customers/me/conversation/messages", "{\"text\":\"Salve\"}"))
        .isEqualTo(200);
    var other = get(phone, "/v1/customers/me").path("name").asString("");
    held.clear();
    line.getByLabel("Uno di più").click();
    desk.waitForCondition(() -> held.size() == 1);
    open(desk, other);
    assertThat(line).containsText("Lampada");
    desk.waitForResponse("**/cart:apply", () -> held.getFirst().resume());
    assertThat(row(pc, SOFA).locator(".quantity")).hasText("5");
    org.assertj.core.api.Assertions.assertThat(line.textContent()).contains("Lampada");
    open(desk, customer);
    assertThat(line.locator(".cart-edit .quantity")).hasText("5");

    line.getByLabel("Togli").click();
    desk.locator("dialog[open] .danger").click();
    assertThat(row(pc, SOFA)).hasCount(0);
    assertThat(desk.locator("desk-customer .cart-line")).hasCount(0);
    desk.navigate(target + "/desk/cases");
    assertThat(desk.locator(".cases-list h1")).isVisible();
    accessible(desk, "the cases, 1280 px");
    shot(desk, "desk-cases-1280");
  }

  @Test
  void managersMakeVouchersAndWithdrawThem() {
    var desk = device(1280, 900, false, "it-IT");
    staff(desk, "manager@filo.example");
    var code = "PROVA-" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(Locale.ROOT);
    desk.getByText("Nuovo buono").click();
    desk.getByLabel("Codice").fill(code);
    desk.getByLabel("Descrizione in italiano").fill("Dieci euro di benvenuto");
    desk.getByLabel("Quanto toglie").selectOption("amount");
    desk.getByLabel("Euro", new Page.GetByLabelOptions().setExact(true)).fill("dieci");
    desk.getByText("Crea il buono").click();
    assertThat(desk.locator("dialog[open] .problem")).containsText("12,50");
    desk.getByLabel("Euro", new Page.GetByLabelOptions().setExact(true)).fill("10,50");
    accessible(desk, "a new voucher");
    shot(desk, "desk-voucher-new-1280");
    desk.getByText("Crea il buono").click();
    var made = desk.locator(".voucher-row[data-code='" + code + "']");
    assertThat(made).containsText("10,50");
    assertThat(made).containsText("valido");
    accessible(desk, "vouchers, 1280 px");
    shot(desk, "desk-vouchers-1280");
    desk.setViewportSize(390, 844);
    accessible(desk, "vouchers, 390 px");
    shot(desk, "desk-vouchers-390");
    made.getByText("Ritira").click();
    desk.locator("dialog[open] .danger").click();
    assertThat(made).containsText("ritirato");
    assertThat(made.locator("button")).hasCount(0);
  }

  /** Signs one of the staff in at the desk. */
  private void staff(Page page, String address) {
    signInStaff(page, "/desk", address);
    assertThat(page.locator(".desk-top")).isVisible();
  }

  /** Writes as the page's own session; the status. */
  private static int post(Page page, String path, String body) {
    return ((Number)
            page.evaluate(
                """
                async ([path, body]) => {
                  const key = Object.keys(localStorage).find((each) => each.includes('session'));
                  const {accessToken} = JSON.parse(localStorage.getItem(key));
                  const headers = {authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID()};
                  return (await fetch(path, {method: 'POST', headers, body})).status;
                }
                """,
                List.of(path, body)))
        .intValue();
  }

  @Test
  void linkIsShared_taken_andRevoked_aForgedOneLeadsNowhere() {
    var pc = device(1280, 900, false, "it-IT");
    pc.navigate(target + "/go/" + SOFA);
    pc.locator(".add").click();
    assertThat(pc.locator(".in-cart")).containsText("1");
    cart(pc);
    pc.getByText("Condividi").click();
    pc.getByText("Crea un link").click();
    assertThat(pc.locator(".share-link")).hasCount(1);
    accessible(pc, "sharing");
    var url = pc.locator(".share-link input").inputValue();

    var other = device(390, 844, true, "it-IT");
    other.navigate(url);
    assertThat(other.locator(".link-lines .cart-line")).hasCount(1);
    accessible(other, "a cart received");
    other.getByText("Metti nel mio carrello").tap();
    assertThat(row(other, SOFA)).containsText("ricevuto con un link");
    // Again: no more than before.
    other.navigate(url);
    other.getByText("Metti nel mio carrello").tap();
    assertThat(row(other, SOFA).locator(".quantity")).hasText("1");

    pc.locator(".share-link .danger").click();
    assertThat(pc.locator(".share-link")).hasCount(0);
    other.navigate(url);
    assertThat(other.locator("#main")).containsText("non porta a niente");
    other.navigate(target + "/l/forged0000000000000");
    assertThat(other.locator("#main")).containsText("non porta a niente");
    assertThat(get(other, "/v1/customers/me/cart").path("itemCount").asInt()).isEqualTo(1);
  }

  /** Opens a conversation out of the list, as an agent does. */
  private static void open(Page desk, String customer) {
    desk.locator("a[href='/desk/c/" + customer.substring(customer.indexOf('/') + 1) + "']").click();
  }

  /** A cart with one piece, open and followed live. */
  private void watchedCart(Page page, String sku) {
    page.navigate(target + "/go/" + sku);
    page.locator(".add").click();
    assertThat(page.locator(".in-cart")).containsText("1");
    cart(page);
    assertThat(page.locator(".foot .live.on")).isAttached();
  }

  /** Keeps the next call back, while the list is empty; the others go on. */
  private static List<Route> holdFirst(Page page, String url) {
    var held = new ArrayList<Route>();
    page.route(
        url,
        route -> {
          if (held.isEmpty()) {
            held.add(route);
          } else {
            route.resume();
          }
        });
    return held;
  }

  private void cart(Page page) {
    page.navigate(target + "/cart");
    assertThat(page.locator(".cart-line").first()).isVisible();
  }

  private static Locator row(Page page, String sku) {
    return page.locator(".cart > .cart-lines > .cart-line[data-sku='" + sku + "']");
  }

  private String agentToken(Page page) {
    var address = "agent@filo.example";
    var started =
        page.request()
            .post(
                target + "/v1/signIns", RequestOptions.create().setData(Map.of("email", address)));
    var signIn = JSON.readTree(started.text()).path("name").asString("");
    var token =
        tokens(
            page,
            FormData.create()
                .set("grant_type", "urn:filo:oauth:code")
                .set("client_id", "desk-web")
                .set("sign_in", signIn)
                .set("code", code(page, address)));
    assertThat(token.status()).isEqualTo(200);
    return JSON.readTree(token.text()).path("access_token").asString("");
  }

  private void apply(Page page, String token, String customer, String operation, int status) {
    var id = UUID.randomUUID().toString();
    var body = "{\"operations\":[{\"id\":\"" + id + "\"," + operation.substring(1) + "]}";
    var answer =
        page.request()
            .post(
                target + "/v1/" + customer + "/cart:apply",
                RequestOptions.create()
                    .setHeader("Authorization", "Bearer " + token)
                    .setHeader("Content-Type", "application/json")
                    .setData(body));
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
  }
}
