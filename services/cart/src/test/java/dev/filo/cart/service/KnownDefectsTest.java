package dev.filo.cart.service;

import static dev.filo.cart.service.CartFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Outcome;
import dev.filo.cart.domain.Refusal;
import dev.filo.platform.auth.Caller;
import dev.filo.proto.api.v1.Role;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What goes wrong with carts elsewhere, one test each. Of the ten defects that keep coming back in
 * shop systems those of carts, 5, 6 and 8, are here; inventory's {@code RecurringDefectsTest} has
 * 1, 2, 3, 4, 7 and 10, and {@code OrderSagaTest} has 9.
 */
@StoreTest
class KnownDefectsTest {
  private static final String JULIA = "customers/julia";
  private static final String GUEST = "customers/guest";

  private final CartFixture fixture;

  KnownDefectsTest(MongoDatabase database) {
    fixture = new CartFixture(database, store -> store);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static Caller signedIn(String customer, String former, String device) {
    return new Caller(
        customer,
        Set.of(Role.ROLE_CUSTOMER),
        List.of(),
        "shop-web",
        "web",
        device,
        "",
        former,
        "s",
        "t");
  }

  private static Caller agent() {
    return new Caller(
        "staff/anna",
        Set.of(Role.ROLE_AGENT),
        List.of(),
        "desk-web",
        "desk",
        "",
        "Anna B.",
        "",
        "s",
        "t");
  }

  private Cart cart(String customer) {
    return Objects.requireNonNull(fixture.carts.get(customer, "it").block(PATIENCE)).cart();
  }

  private Cart apply(String customer, Caller caller, Operation... operations) {
    return Objects.requireNonNull(
            fixture.carts.apply(customer, List.of(operations), "", caller, "it").block(PATIENCE))
        .cart();
  }

  private Cart apply(String customer, Operation... operations) {
    return apply(customer, CartFixture.shopper(customer), operations);
  }

  /** A login that merges empties, doubles or steals the cart. */
  @Test
  void defect5_loginMergeIsNotAtomic_emptiesDuplicatesOrSteals() {
    fixture.add(JULIA, "j1", "SOFA", 1).block(PATIENCE);
    fixture.add(GUEST, "g1", "LAMP", 2).block(PATIENCE);
    // Two sign-ins of the same session at once, each reading the cart at once.
    Flux.range(0, 8)
        .flatMap(
            i ->
                fixture
                    .carts
                    .ensureMerged(signedIn(JULIA, GUEST, "PC"))
                    .then(Mono.defer(() -> fixture.carts.get(JULIA, "it")))
                    .doOnNext(view -> assertThat(view.cart().itemCount()).isEqualTo(3))
                    .subscribeOn(Schedulers.parallel()),
            8)
        .blockLast(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 2));
    // Somebody else signs in on the same device with a new guest session: nothing of hers comes.
    fixture.add("customers/guest2", "x1", "RUG", 1).block(PATIENCE);
    fixture
        .carts
        .ensureMerged(signedIn("customers/marco", "customers/guest2", "PC"))
        .block(PATIENCE);
    assertThat(fixture.pieces("customers/marco")).isEqualTo(Map.of("RUG", 1));
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 2));
    // A guest session that Julia took cannot be taken by Marco as well.
    fixture.carts.ensureMerged(signedIn("customers/marco", GUEST, "PC")).block(PATIENCE);
    assertThat(fixture.pieces("customers/marco")).isEqualTo(Map.of("RUG", 1));
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 2));
  }

  /** A merge over a limit makes the login fail. */
  @Test
  void defect6_mergeOverALimit_makesLoginFail() {
    fill(JULIA, 0, 200, 1);
    apply(JULIA, new Operation.Add("many", "S0", 998));
    fill(GUEST, 0, 1, 999);
    fill(GUEST, 150, 100, 1);
    fixture.carts.ensureMerged(signedIn(JULIA, GUEST, "PC")).block(PATIENCE);
    var cart = cart(JULIA);
    assertThat(cart.lines()).hasSize(200);
    // There was no room for 50: they are put by, none is lost.
    assertThat(cart.savedLines()).hasSize(50);
    assertThat(cart.notices()).hasAtLeastOneElementOfType(Notice.QuantityCapped.class);
    assertThat(cart.lines().stream().filter(line -> line.sku().equals("S0")))
        .extracting(Line::quantity)
        .containsExactly(999);
  }

  private void fill(String customer, int from, int count, int quantity) {
    IntStream.range(0, (count + 99) / 100)
        .forEach(
            batch ->
                apply(
                    customer,
                    IntStream.range(batch * 100, Math.min(count, batch * 100 + 100))
                        .mapToObj(
                            i -> new Operation.Add("fill" + (from + i), "S" + (from + i), quantity))
                        .toArray(Operation[]::new)));
  }

  /** A cart that is written whole loses updates; emptying it wipes what was added meanwhile. */
  @Test
  void defect8_cartBlobLosesUpdates_emptyingWipesWhatWasAddedMeanwhile() {
    var before = apply(JULIA, new Operation.Add("1", "SOFA", 1), new Operation.Add("2", "LAMP", 1));
    // One channel takes out what it saw while another adds.
    var clearing =
        Flux.fromIterable(before.lines())
            .flatMap(
                line ->
                    fixture.carts.apply(
                        JULIA,
                        List.of(new Operation.Remove("r" + line.id(), line.id())),
                        "",
                        CartFixture.shopper(JULIA),
                        "it"))
            .subscribeOn(Schedulers.parallel());
    var adding =
        Flux.range(0, 30)
            .flatMap(
                i ->
                    fixture
                        .add(JULIA, "a" + i, i % 2 == 0 ? "RUG" : "VASE", 1)
                        .subscribeOn(Schedulers.parallel()),
                8);
    Flux.merge(clearing.then(), adding.then()).blockLast(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("RUG", 15, "VASE", 15));
  }

  /** Nobody knows where a line came from, and a merge cannot be undone. */
  @Test
  void lineProvenance_andUndoableMerge() {
    apply(JULIA, signedIn(JULIA, "", "iPhone"), new Operation.Add("1", "SOFA", 1, "spring"));
    apply(GUEST, signedIn(GUEST, "", "PC"), new Operation.Add("2", "SOFA", 2));
    apply(GUEST, signedIn(GUEST, "", "PC"), new Operation.Add("3", "LAMP", 1));
    fixture.carts.ensureMerged(signedIn(JULIA, GUEST, "PC")).block(PATIENCE);
    var cart = cart(JULIA);
    var sofa = cart.lines().getFirst();
    assertThat(sofa.origin().device()).isEqualTo("iPhone");
    assertThat(sofa.origin().campaign()).isEqualTo("spring");
    assertThat(sofa.parts().getFirst().origin().device()).isEqualTo("PC");
    var merge = cart.history().merges().getFirst();
    assertThat(merge.lineCount()).isEqualTo(2);
    assertThat(merge.device()).isEqualTo("PC");
    apply(JULIA, new Operation.UndoMerge("4", merge.id()));
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1));
    // Undone from two devices at once: the same.
    apply(JULIA, new Operation.UndoMerge("5", merge.id()));
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1));
  }

  /** What was taken out comes back with a late device, and a repeated addition counts twice. */
  @Test
  void operationsThatDoNotCommute_bringRemovedItemsBack() {
    var line = apply(JULIA, new Operation.Add("1", "SOFA", 1)).lines().getFirst().id();
    apply(JULIA, new Operation.Remove("2", line));
    var late =
        Objects.requireNonNull(
            fixture
                .carts
                .replay(
                    JULIA,
                    List.of(
                        new Operation.Add("1", "SOFA", 1),
                        new Operation.SetQuantity("3", line, 5, 1),
                        new Operation.Remove("4", line),
                        new Operation.Add("5", "LAMP", 1),
                        new Operation.SetQuantity("6", "op:5", 3)),
                    signedIn(JULIA, "", "tablet"),
                    "it")
                .block(PATIENCE));
    assertThat(late.outcomes().get(0)).isEqualTo(new Outcome.Repeated("1"));
    assertThat(late.outcomes().get(1))
        .isEqualTo(new Outcome.Refused("3", new Refusal.LineNotFound("3", line)));
    assertThat(late.outcomes().subList(2, 5))
        .allMatch(outcome -> outcome instanceof Outcome.Applied);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("LAMP", 3));
  }

  /** An agent changes a cart behind the customer's back, or cannot help at all. */
  @Test
  void agentCoEditing_withoutConsent() {
    apply(JULIA, agent(), new Operation.Propose("1", "LAMP", 1, "goes with the sofa"));
    assertThat(cart(JULIA).proposals().getFirst().note()).isEqualTo("goes with the sofa");
    assertThatThrownBy(() -> apply(JULIA, agent(), new Operation.Add("2", "SOFA", 1)))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused ->
                assertThat(refused.refusal()).isEqualTo(new Refusal.OperationNotAllowed("2")));
    apply(JULIA, new Operation.AllowEditing("3", Duration.ofHours(1)));
    var edited = apply(JULIA, agent(), new Operation.Add("4", "SOFA", 1));
    assertThat(edited.lines().getFirst().origin().way()).isEqualTo(Origin.Way.BY_AGENT);
    assertThat(edited.lines().getFirst().origin().by()).isEqualTo("Anna B.");
    apply(JULIA, new Operation.EndEditing("5"));
    assertThatThrownBy(() -> apply(JULIA, agent(), new Operation.Add("6", "SOFA", 1)))
        .isInstanceOf(RefusedException.class);
    // And it ends by itself.
    apply(JULIA, new Operation.AllowEditing("7", Duration.ofHours(1)));
    fixture.now.updateAndGet(now -> now.plus(Duration.ofHours(1)));
    assertThatThrownBy(() -> apply(JULIA, agent(), new Operation.Add("8", "SOFA", 1)))
        .isInstanceOf(RefusedException.class);
  }

  /** A merge into itself deletes everything; chains and circles lose it. */
  @Test
  void merge_destroysOrBreaks() {
    fixture.add(JULIA, "1", "SOFA", 1).block(PATIENCE);
    fixture.add(GUEST, "2", "LAMP", 1).block(PATIENCE);
    fixture.add("customers/third", "3", "RUG", 1).block(PATIENCE);
    fixture.carts.merge(JULIA, JULIA).block(PATIENCE);
    fixture.carts.merge(GUEST, "customers/third").block(PATIENCE);
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.carts.merge(GUEST, JULIA).block(PATIENCE);
    fixture.carts.merge("customers/third", JULIA).block(PATIENCE);
    var all = Map.of("SOFA", 1, "LAMP", 1, "RUG", 1);
    for (String name : List.of(JULIA, GUEST, "customers/third")) {
      assertThat(fixture.pieces(name)).as(name).isEqualTo(all);
    }
  }

  /** One tablet in a store, six customers one after the other: six carts, the device is nobody. */
  @Test
  void tabletInAStore_sixCustomers_areOne() {
    for (int i = 0; i < 6; i++) {
      var guest = "customers/tablet-guest" + i;
      var customer = "customers/tablet" + i;
      apply(guest, signedIn(guest, "", "tablet"), new Operation.Add("t" + i, "SKU" + i, i + 1));
      fixture.carts.ensureMerged(signedIn(customer, guest, "tablet")).block(PATIENCE);
    }
    for (int i = 0; i < 6; i++) {
      assertThat(fixture.pieces("customers/tablet" + i)).isEqualTo(Map.of("SKU" + i, i + 1));
    }
  }
}
