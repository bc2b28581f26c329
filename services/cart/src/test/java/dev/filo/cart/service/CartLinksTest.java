package dev.filo.cart.service;

import static dev.filo.cart.service.CartFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Refusal;
import dev.filo.cart.domain.Voucher;
import dev.filo.platform.code.Ids;
import dev.filo.proto.cart.v1.CartAbandoned;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

@StoreTest
class CartLinksTest {
  private static final String JULIA = "customers/julia";
  private static final String MARCO = "customers/marco";

  private final CartFixture fixture;

  CartLinksTest(MongoDatabase database) {
    fixture = new CartFixture(database, store -> store);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Link share(String customer, String request) {
    return Objects.requireNonNull(fixture.cartLinks.share(customer, request, "it").block(PATIENCE))
        .link();
  }

  private Answer take(String customer, String link) {
    return take(customer, link, "");
  }

  private Answer take(String customer, String link, String request) {
    return Objects.requireNonNull(
        fixture
            .cartLinks
            .take(customer, link, CartFixture.shopper(customer), request, "it")
            .block(PATIENCE));
  }

  private static void refused(Callable<?> call, Refusal why) {
    assertThatThrownBy(call::call)
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.refusal()).isEqualTo(why));
  }

  private void apply(String customer, Operation operation) {
    fixture
        .carts
        .apply(customer, List.of(operation), "", CartFixture.shopper(customer), "it")
        .block(PATIENCE);
  }

  @Test
  void share_isACopy_thatOthersTake_once() {
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    var link = share(JULIA, "request");
    assertThat(share(JULIA, "request").id()).isEqualTo(link.id());
    fixture.add(JULIA, "2", "LAMP", 1).block(PATIENCE);
    fixture.add(MARCO, "m", "SOFA", 1).block(PATIENCE);
    var taken = take(MARCO, link.id());
    assertThat(fixture.pieces(MARCO)).isEqualTo(Map.of("SOFA", 2));
    assertThat(taken.view().cart().lines().getFirst().origin().way()).isEqualTo(Origin.Way.ADDED);
    take(MARCO, link.id());
    assertThat(fixture.pieces(MARCO)).isEqualTo(Map.of("SOFA", 2));
    // Whom it is from takes it as well, and has no more than before.
    take(JULIA, link.id());
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 2, "LAMP", 1));
    var other = take("customers/new", link.id()).view().cart();
    assertThat(other.lines().getFirst().origin().way()).isEqualTo(Origin.Way.LINK);
  }

  @Test
  void taken_thenTakenOut_isThereAgainWhenSheTakesItAgain_notByARepeatedRequest() {
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    var link = share(JULIA, "request").id();
    var line = take(MARCO, link, "first").view().cart().lines().getFirst().id();
    apply(MARCO, new Operation.Remove("out", line));
    take(MARCO, link, "first");
    assertThat(fixture.pieces(MARCO)).isEmpty();
    take(MARCO, link, "second");
    assertThat(fixture.pieces(MARCO)).isEqualTo(Map.of("SOFA", 2));
  }

  @Test
  void link_forged_revoked_orOver_isRefused() {
    refused(() -> share(JULIA, "none"), new Refusal.CartEmpty());
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    var link = share(JULIA, "request");
    refused(() -> take(MARCO, Ids.random()), new Refusal.LinkNotFound());
    refused(
        () -> fixture.cartLinks.get(link.id() + "x", "it").block(PATIENCE),
        new Refusal.LinkNotFound());
    refused(
        () -> fixture.cartLinks.revoke(MARCO, link.id()).block(PATIENCE),
        new Refusal.LinkNotFound());
    fixture.now.updateAndGet(now -> now.plus(Duration.ofDays(30)).minusMillis(1));
    assertThat(fixture.cartLinks.get(link.id(), "it").block(PATIENCE)).isNotNull();
    fixture.now.updateAndGet(now -> now.plusMillis(1));
    refused(() -> take(MARCO, link.id()), new Refusal.LinkExpired(link.expireTime()));
    var second = share(JULIA, "second");
    fixture.cartLinks.revoke(JULIA, second.id()).block(PATIENCE);
    fixture.cartLinks.revoke(JULIA, second.id()).block(PATIENCE);
    refused(() -> take(MARCO, second.id()), new Refusal.LinkNotFound());
    assertThat(fixture.cartLinks.list(JULIA).block(PATIENCE)).isEmpty();
  }

  @Test
  void share_20Links_fit_21DoNot() {
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    for (int i = 0; i < 20; i++) {
      share(JULIA, "r" + i);
    }
    refused(() -> share(JULIA, "r20"), new Refusal.LinksLimit(20));
  }

  /** She opens the link on a device that does not know her, and signs in there. */
  @Test
  void takenByAGuestWhoTurnsOutToBeTheOwner_isHerCartStill_notTwice() {
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    fixture.add(JULIA, "2", "LAMP", 3).block(PATIENCE);
    var link = share(JULIA, "request").id();
    var guest = "customers/phone-guest";
    var copy = take(guest, link).view().cart();
    assertThat(copy.itemCount()).isEqualTo(5);
    // More of one is more; one that is of the device's own adds up as ever.
    apply(guest, new Operation.SetQuantity("more", copy.lines().getFirst().id(), 4));
    fixture.add(guest, "own", "VASE", 1).block(PATIENCE);
    fixture.carts.merge(JULIA, guest).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 4, "LAMP", 3, "VASE", 1));
    // When it was not she after all, the guest has all of her copy again.
    fixture.carts.unmerge(JULIA, guest, Set.of(guest)).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 2, "LAMP", 3));
    assertThat(fixture.pieces(guest)).isEqualTo(Map.of("SOFA", 4, "LAMP", 3, "VASE", 1));
  }

  @Test
  void takenFromAnother_addsUpWithHerOwnWhenTheyMerge() {
    fixture.add(MARCO, "1", "SOFA", 2).block(PATIENCE);
    fixture.add(JULIA, "2", "SOFA", 1).block(PATIENCE);
    var link = share(MARCO, "request").id();
    var guest = "customers/phone-guest";
    take(guest, link);
    fixture.carts.merge(JULIA, guest).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 3));
  }

  @Test
  void links_goAlongWithAMerge_andBack() {
    var guest = "customers/guest";
    fixture.add(guest, "1", "SOFA", 2).block(PATIENCE);
    var link = share(guest, "r");
    fixture.carts.merge(JULIA, guest).block(PATIENCE);
    assertThat(fixture.cartLinks.list(JULIA).block(PATIENCE))
        .extracting(Link::id)
        .containsExactly(link.id());
    fixture.carts.unmerge(JULIA, guest, Set.of(guest)).block(PATIENCE);
    assertThat(fixture.cartLinks.list(JULIA).block(PATIENCE)).isEmpty();
    assertThat(fixture.cartLinks.list(guest).block(PATIENCE))
        .extracting(Link::id)
        .containsExactly(link.id());
  }

  @Test
  void cartThatWasLeft_isTold_once_withALinkBack() {
    fixture.add(JULIA, "1", "SOFA", 2).block(PATIENCE);
    fixture.now.updateAndGet(now -> now.plus(Duration.ofHours(4)));
    fixture.cartLinks.sweep().block(PATIENCE);
    assertThat(fixture.events()).noneMatch(event -> event.getData().is(CartAbandoned.class));
    fixture.now.updateAndGet(now -> now.plusMillis(1));
    // Several replicas look at once.
    Flux.range(0, 4)
        .flatMap(i -> fixture.cartLinks.sweep().subscribeOn(Schedulers.parallel()))
        .blockLast(PATIENCE);
    fixture.cartLinks.sweep().block(PATIENCE);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events())
                    .filteredOn(event -> event.getData().is(CartAbandoned.class))
                    .hasSize(1));
    var told =
        fixture.events().stream()
            .filter(event -> event.getData().is(CartAbandoned.class))
            .map(
                event -> {
                  try {
                    return event.getData().unpack(CartAbandoned.class);
                  } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                  }
                })
            .findFirst()
            .orElseThrow();
    assertThat(told.getSkusList()).containsExactly("SOFA");
    // On any device, whoever holds it: also one that has not signed in.
    take("customers/phone-guest", told.getLink().substring("cartLinks/".length()));
    assertThat(fixture.pieces("customers/phone-guest")).isEqualTo(Map.of("SOFA", 2));
    // Touched and left again: told again.
    fixture.add(JULIA, "2", "LAMP", 1).block(PATIENCE);
    fixture.now.updateAndGet(now -> now.plus(Duration.ofHours(5)));
    fixture.cartLinks.sweep().block(PATIENCE);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events())
                    .filteredOn(event -> event.getData().is(CartAbandoned.class))
                    .filteredOn(event -> event.getSubject().equals(JULIA + "/cart"))
                    .hasSize(2));
    // It is not one she made: she sees no list of them.
    assertThat(fixture.cartLinks.list(JULIA).block(PATIENCE)).isEmpty();
  }

  @Test
  void voucher_isKept_listed_withdrawn_andOnACart() {
    var voucher =
        new Voucher(
            "TEN",
            "Dieci",
            "Ten",
            0,
            new Money("EUR", 10, 0),
            new Money("EUR", 50, 500_000_000),
            fixture.now.get(),
            fixture.now.get().plusSeconds(60),
            false);
    fixture.vouchers.create(voucher).block(PATIENCE);
    fixture.vouchers.create(voucher).block(PATIENCE);
    var other = new Voucher("TEN", "Dieci", "", 10, null, null, null, null, false);
    refused(() -> fixture.vouchers.create(other).block(PATIENCE), new Refusal.VoucherExists("TEN"));
    fixture
        .vouchers
        .create(new Voucher("FIVE", "Cinque", "", 5, null, null, null, null, false))
        .block(PATIENCE);
    assertThat(fixture.vouchers.list("", 10).block(PATIENCE))
        .extracting(Voucher::code)
        .containsExactly("FIVE", "TEN");
    assertThat(fixture.vouchers.list("FIVE", 10).block(PATIENCE)).containsExactly(voucher);
    var view =
        Objects.requireNonNull(
            fixture
                .carts
                .apply(
                    JULIA,
                    List.of(new Operation.ApplyVoucher("1", "TEN")),
                    "",
                    CartFixture.shopper(JULIA),
                    "it")
                .block(PATIENCE));
    assertThat(view.voucher()).contains(voucher);
    fixture.vouchers.withdraw("TEN").block(PATIENCE);
    fixture.vouchers.withdraw("TEN").block(PATIENCE);
    var after = Objects.requireNonNull(fixture.carts.get(JULIA, "it").block(PATIENCE));
    assertThat(after.voucher().orElseThrow().withdrawn()).isTrue();
    refused(
        () -> fixture.vouchers.withdraw("NONE").block(PATIENCE),
        new Refusal.VoucherNotFound("", "NONE"));
  }
}
