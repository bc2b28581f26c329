package dev.filo.cart.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CartTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Origin PC = new Origin("web", "PC", "customer", NOW);
  private static final Origin DESK = new Origin("desk", "", "Anna", NOW);

  private final Cart empty = Cart.empty("customers/julia");

  static Goods goods(String sku) {
    return new Goods(
        sku, "products/" + sku, "Title " + sku, "", new Money("EUR", 10, 500_000_000), false);
  }

  private static Circumstances by(Origin origin, boolean agent) {
    Map<String, Goods> goods = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      goods.put("S" + i, goods("S" + i));
    }
    goods.put("OLD", new Goods("OLD", "products/old", "Old", "", new Money("EUR", 1, 0), true));
    return new Circumstances(origin, agent, goods, Map.of(), id -> "line-of-" + id);
  }

  private static Decision decide(Cart cart, Operation... operations) {
    return cart.apply(List.of(operations), by(PC, false));
  }

  private static Cart changed(Cart cart, Operation... operations) {
    return ((Decision.Changed) decide(cart, operations)).next();
  }

  private static Refusal refused(Cart cart, Operation... operations) {
    return ((Decision.Refused) decide(cart, operations)).why();
  }

  private static Operation add(String id, String sku, int quantity) {
    return new Operation.Add(id, sku, quantity);
  }

  @Test
  void add_newSku_isALineWithItsOrigin() {
    var cart = changed(empty, add("1", "S1", 2));
    assertThat(cart.lines()).containsExactly(new Line("line-of-1", 2, goods("S1"), PC));
    assertThat(cart.version()).isEqualTo(1);
    assertThat(cart.itemCount()).isEqualTo(2);
  }

  @Test
  void add_skuThatIsThere_addsUpInTheSameLine() {
    var cart = changed(empty, add("1", "S1", 2), add("2", "S1", 3));
    assertThat(cart.lines()).hasSize(1);
    assertThat(cart.lines().getFirst().id()).isEqualTo("line-of-1");
    assertThat(cart.lines().getFirst().quantity()).isEqualTo(5);
  }

  @Test
  void apply_again_changesNothing() {
    var cart = changed(empty, add("1", "S1", 2));
    assertThat(decide(cart, add("1", "S1", 2))).isEqualTo(new Decision.Unchanged(cart));
  }

  @Test
  void apply_sameIdOtherContent_isRefused() {
    var cart = changed(empty, add("1", "S1", 2));
    assertThat(refused(cart, add("1", "S1", 3))).isEqualTo(new Refusal.OperationDiffers("1"));
  }

  @Test
  void apply_archivedOperation_isSkipped() {
    var known = Map.of(add("1", "S1", 2).key(), add("1", "S1", 2).content());
    var circumstances = new Circumstances(PC, false, Map.of("S1", goods("S1")), known, id -> id);
    assertThat(empty.apply(List.of(add("1", "S1", 2)), circumstances))
        .isEqualTo(new Decision.Unchanged(empty));
  }

  @Test
  void apply_allOrNone() {
    assertThat(refused(empty, add("1", "S1", 1), add("2", "NONE", 1)))
        .isEqualTo(new Refusal.SkuNotFound("2", "NONE"));
  }

  @Test
  void add_withdrawn_isRefused() {
    assertThat(refused(empty, add("1", "OLD", 1)))
        .isEqualTo(new Refusal.ProductWithdrawn("1", "OLD"));
  }

  @Test
  void add_999_fits_1000_doesNot() {
    var cart = changed(empty, add("1", "S1", 998), add("2", "S1", 1));
    assertThat(cart.itemCount()).isEqualTo(999);
    assertThat(refused(cart, add("3", "S1", 1)))
        .isEqualTo(new Refusal.QuantityLimit("3", "S1", 999));
  }

  @Test
  void add_200Lines_fit_201_doNot() {
    var cart = full(empty, 0);
    assertThat(cart.lines()).hasSize(200);
    assertThat(refused(cart, add("x", "S200", 1))).isEqualTo(new Refusal.CartFull("x", 200));
    assertThat(changed(cart, add("x", "S3", 1)).itemCount()).isEqualTo(201);
  }

  private static Cart full(Cart cart, int from) {
    var operations = new ArrayList<Operation>();
    for (int i = from; i < from + 200; i++) {
      operations.add(add(cart.customer() + i, "S" + i, 1));
    }
    return changed(cart, operations.toArray(Operation[]::new));
  }

  @Test
  void setQuantity_0_takesOut_andALateChangeFindsNothing() {
    var cart = changed(empty, add("1", "S1", 2), new Operation.SetQuantity("2", "line-of-1", 0));
    assertThat(cart.lines()).isEmpty();
    assertThat(refused(cart, new Operation.SetQuantity("3", "line-of-1", 4)))
        .isEqualTo(new Refusal.LineNotFound("3", "line-of-1"));
  }

  @Test
  void remove_ofWhatIsGone_isDone_ofWhatNeverWas_isRefused() {
    var cart = changed(empty, add("1", "S1", 2), new Operation.Remove("2", "line-of-1"));
    assertThat(changed(cart, new Operation.Remove("3", "line-of-1")).lines()).isEmpty();
    assertThat(refused(cart, new Operation.Remove("4", "other")))
        .isEqualTo(new Refusal.LineNotFound("4", "other"));
  }

  @Test
  void add_afterRemove_isANewLine() {
    var cart =
        changed(
            empty, add("1", "S1", 2), new Operation.Remove("2", "line-of-1"), add("3", "S1", 1));
    assertThat(cart.lines().getFirst().id()).isEqualTo("line-of-3");
  }

  @Test
  void save_andBack() {
    var saved = changed(empty, add("1", "S1", 2), new Operation.SaveForLater("2", "line-of-1"));
    assertThat(saved.lines()).isEmpty();
    assertThat(saved.savedLines()).extracting(Line::id).containsExactly("line-of-1");
    var more = changed(saved, add("3", "S1", 1), new Operation.MoveToCart("4", "line-of-1"));
    assertThat(more.savedLines()).isEmpty();
    assertThat(more.lines())
        .extracting(Line::id, Line::quantity)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("line-of-3", 3));
  }

  @Test
  void agent_mayPropose_customerMayAnswer() {
    var propose = new Operation.Propose("1", "S1", 2, "matches the sofa");
    assertThat(refused(empty, propose)).isEqualTo(new Refusal.OperationNotAllowed("1"));
    assertThat(empty.apply(List.of(add("2", "S1", 1)), by(DESK, true)))
        .isEqualTo(new Decision.Refused(new Refusal.OperationNotAllowed("2")));
    var proposed = ((Decision.Changed) empty.apply(List.of(propose), by(DESK, true))).next();
    assertThat(proposed.proposals()).hasSize(1);
    assertThat(proposed.lines()).isEmpty();
    var accepted = changed(proposed, new Operation.Accept("3", "line-of-1"));
    assertThat(accepted.proposals()).isEmpty();
    assertThat(accepted.lines().getFirst().origin()).isEqualTo(DESK);
    assertThat(refused(accepted, new Operation.Decline("4", "line-of-1")))
        .isEqualTo(new Refusal.ProposalNotFound("4", "line-of-1"));
    var declined = changed(proposed, new Operation.Decline("5", "line-of-1"));
    assertThat(declined.proposals()).isEmpty();
    assertThat(declined.lines()).isEmpty();
  }

  @Test
  void merge_sameSku_addsUp_otherSkus_comeAlong() {
    var mine = changed(empty, add("1", "S1", 2));
    var guest = changed(Cart.empty("customers/guest"), add("2", "S1", 3), add("3", "S2", 1));
    var merged = mine.merge(guest, NOW);
    assertThat(merged.lines())
        .extracting(Line::sku, Line::quantity)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("S1", 5),
            org.assertj.core.groups.Tuple.tuple("S2", 1));
    assertThat(merged.notices()).containsExactly(new Notice.LinesMerged(2, "PC", NOW));
    assertThat(merged.history().merges()).containsExactly("customers/guest");
    assertThat(decide(merged, add("3", "S2", 1))).isEqualTo(new Decision.Unchanged(merged));
  }

  @Test
  void merge_beyond999_isCappedAndSaid() {
    var mine = changed(empty, add("1", "S1", 999));
    var guest = changed(Cart.empty("customers/guest"), add("2", "S1", 3));
    var merged = mine.merge(guest, NOW);
    assertThat(merged.lines().getFirst().quantity()).isEqualTo(999);
    assertThat(merged.notices()).contains(new Notice.QuantityCapped("line-of-1", 1002, NOW));
    var set = changed(merged, new Operation.SetQuantity("3", "line-of-1", 4));
    assertThat(set.notices()).noneMatch(notice -> notice instanceof Notice.QuantityCapped);
  }

  @Test
  void merge_beyond200Lines_losesNone() {
    var merged = full(empty, 0).merge(full(Cart.empty("customers/guest"), 100), NOW);
    assertThat(merged.lines()).hasSize(200);
    assertThat(merged.savedLines()).hasSize(100);
    var again = merged.merge(full(Cart.empty("customers/other"), 0), NOW);
    assertThat(again.lines()).hasSize(200);
  }

  @Test
  void money_neverRounds() {
    var price = new Money("EUR", 19, 990_000_000);
    assertThat(price.times(3)).isEqualTo(new Money("EUR", 59, 970_000_000));
    assertThat(price.plus(new Money("EUR", 0, 10_000_000))).isEqualTo(new Money("EUR", 20, 0));
  }
}
