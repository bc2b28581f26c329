package dev.filo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/**
 * A cart that was left: the link that whoever may tell her is given leads back to it on any device,
 * and on one that is not hers to a copy.
 */
class LeftCartTest extends BrowserSuite {
  private static final String SOFA = "DIV-LUC-VEL-VRD";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MongoCollection<Document> links =
      TestMongo.embedded()
          .client()
          .getDatabase(environment.get("FILO_MONGODB_PREFIX") + "cart")
          .getCollection("links");

  LeftCartTest() {
    super(
        Map.of(
            "FILO_MONGODB_URI",
            TestMongo.embedded().uri(),
            "FILO_MONGODB_PREFIX",
            "left_" + UUID.randomUUID().toString().substring(0, 8) + "_",
            "FILO_CART_ABANDONED_AFTER",
            "3s",
            "FILO_CART_SWEEP",
            "500ms"));
  }

  @Test
  void linkBack_restoresTheCartOnAnyDevice_untilItEnds() {
    var pc = device(1280, 900, false, "it-IT");
    var address = "livia." + UUID.randomUUID().toString().substring(0, 8) + "@example.com";
    signIn(pc, address, "Mandami il codice", "Codice di sei cifre");
    pc.navigate(target + "/go/" + SOFA);
    pc.locator(".add").click();
    assertThat(pc.locator(".in-cart")).containsText("1");
    pc.waitForCondition(() -> get(pc, "/v1/customers/me/cart").path("itemCount").asInt(0) == 1);
    var me = get(pc, "/v1/customers/me").path("name").asString("");
    assertThat(me).startsWith("customers/");
    var link = link(me);

    // Her phone, where she is nobody yet.
    var phone = device(390, 844, true, "it-IT");
    take(phone, link);
    assertThat(row(phone)).hasText("1");
    // She signs in there: it is the same sofa still, not two.
    signIn(phone, address, "Mandami il codice", "Codice di sei cifre");
    phone.navigate(target + "/cart");
    assertThat(row(phone)).hasText("1");

    // At home the cart was emptied meanwhile; the link brings back what was in it.
    pc.navigate(target + "/cart");
    pc.locator(".cart-line[data-sku='" + SOFA + "']").getByLabel("Togli").last().click();
    assertThat(pc.getByText("Il carrello è vuoto")).isVisible();
    take(pc, link);
    assertThat(row(pc)).hasText("1");

    // Somebody else's device gets a copy: what is done there does nothing to hers.
    var other = device(390, 844, true, "en-GB");
    other.navigate(target + "/l/" + link);
    assertThat(other.locator("h1")).isVisible();
    accessible(other, "a left cart, 390 px");
    shot(other, "left-cart-390");
    assertThat(other.locator("body")).not().containsText(address);

    ends(link);
    other.reload();
    assertThat(other.getByText("This link has expired")).isVisible();
    shot(other, "left-cart-over-390");
    assertThat(get(pc, "/v1/customers/me/cart").path("itemCount").asInt()).isEqualTo(1);
  }

  /** The id of the link that is made when the cart has not been touched for a while. */
  private String link(String customer) {
    return Objects.requireNonNull(
            await()
                .atMost(PATIENCE)
                .until(
                    () -> Mono.from(links.find(eq("maker", customer)).first()).block(PATIENCE),
                    Objects::nonNull))
        .getString("_id");
  }

  private void ends(String link) {
    Mono.from(
            links.updateOne(
                eq("_id", link), set("expireTime", Date.from(Instant.now().minusSeconds(1)))))
        .block(PATIENCE);
  }

  private void take(Page page, String link) {
    page.navigate(target + "/l/" + link);
    assertThat(page.getByText("Il tuo carrello ti aspetta")).isVisible();
    page.getByText("Metti nel mio carrello").click();
    assertThat(page).hasURL(target + "/cart");
  }

  private static Locator row(Page page) {
    return page.locator(".cart > .cart-lines > .cart-line[data-sku='" + SOFA + "'] .quantity");
  }
}
