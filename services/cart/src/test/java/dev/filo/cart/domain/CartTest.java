package dev.filo.cart.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CartTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Origin PC = new Origin("web", "PC", "customer", NOW);
  private static final Origin DESK = new Origin("desk", "", "Anna", NOW);

  private final Cart empty = Cart.empty("customers/julia");

  private static final Map<String, Voucher> VOUCHERS =
      Map.of(
          "TEN", voucher("TEN", NOW.plusSeconds(10)),
          "PAST", voucher("PAST", NOW));
  private static final Set<String> STORES = Set.of("stores/a");

  private static Voucher voucher(String code, Instant end) {
    return new Voucher(code, "Dieci", "", 10, null, null, null, end, false);
  }

  private static Decision unchanged(Cart cart, String operation) {
    return new Decision.Unchanged(cart, List.of(new Outcome.Repeated(operation)));
  }

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
    return new Circumstances(
        origin, agent, goods, VOUCHERS, STORES, Map.of(), (customer, id) -> "line-of-" + id);
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
    assertThat(decide(cart, add("1", "S1", 2))).isEqualTo(unchanged(cart, "1"));
  }

  @Test
  void apply_sameIdOtherContent_isRefused() {
    var cart = changed(empty, add("1", "S1", 2));
    assertThat(refused(cart, add("1", "S1", 3))).isEqualTo(new Refusal.OperationDiffers("1"));
  }

  @Test
  void apply_archivedOperation_isSkipped() {
    var known = Map.of(add("1", "S1", 2).key(), add("1", "S1", 2).content());
    var circumstances =
        new Circumstances(PC, false, Map.of("S1", goods("S1")), known, (customer, id) -> id);
    assertThat(empty.apply(List.of(add("1", "S1", 2)), circumstances))
        .isEqualTo(unchanged(empty, "1"));
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
    assertThat(accepted.lines().getFirst().origin()).isEqualTo(DESK.by(Origin.Way.PROPOSED));
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
    var merge = merged.history().merges().getFirst();
    assertThat(merge.alias()).isEqualTo("customers/guest");
    assertThat(merge.lineCount()).isEqualTo(2);
    assertThat(merge.device()).isEqualTo("PC");
    assertThat(decide(merged, add("3", "S2", 1))).isEqualTo(unchanged(merged, "3"));
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

  @Test
  void note_isOnTheLine_andGoesWhenEmpty() {
    var cart = changed(empty, add("1", "S1", 2), new Operation.Note("2", "line-of-1", "per zia"));
    assertThat(cart.lines().getFirst().shownNote()).isEqualTo("per zia");
    assertThat(changed(cart, new Operation.Note("3", "line-of-1", "")).lines().getFirst().note())
        .isEmpty();
    assertThat(refused(cart, new Operation.Note("4", "none", "x")))
        .isEqualTo(new Refusal.LineNotFound("4", "none"));
  }

  @Test
  void chooseFulfilment_pickup_needsAStoreThatIs() {
    var pickup = new Fulfilment(Fulfilment.Kind.PICKUP, "stores/a");
    var cart =
        changed(empty, add("1", "S1", 1), new Operation.ChooseFulfilment("2", "line-of-1", pickup));
    assertThat(cart.lines().getFirst().shownFulfilment()).isEqualTo(pickup);
    var nowhere = new Fulfilment(Fulfilment.Kind.PICKUP, "stores/none");
    assertThat(refused(cart, new Operation.ChooseFulfilment("3", "line-of-1", nowhere)))
        .isEqualTo(new Refusal.StoreNotFound("3", "stores/none"));
    var ship = new Fulfilment(Fulfilment.Kind.SHIP, "");
    assertThat(
            changed(cart, new Operation.ChooseFulfilment("4", "line-of-1", ship))
                .lines()
                .getFirst()
                .shownFulfilment())
        .isEqualTo(ship);
  }

  @Test
  void voucher_isOn_untilItIsTakenOff_orAnotherComes() {
    var cart = changed(empty, new Operation.ApplyVoucher("1", "TEN"));
    assertThat(cart.voucher()).isEqualTo("TEN");
    assertThat(changed(cart, new Operation.RemoveVoucher("2", "OTHER")).voucher()).isEqualTo("TEN");
    assertThat(changed(cart, new Operation.RemoveVoucher("3", "TEN")).voucher()).isEmpty();
    assertThat(refused(cart, new Operation.ApplyVoucher("4", "NONE")))
        .isEqualTo(new Refusal.VoucherNotFound("4", "NONE"));
    assertThat(refused(cart, new Operation.ApplyVoucher("5", "PAST")))
        .isEqualTo(new Refusal.VoucherNotValid("5", "PAST"));
  }

  @Test
  void voucher_isWorth() {
    var hundred = new Money("EUR", 99, 990_000_000);
    assertThat(voucher("TEN", NOW.plusSeconds(1)).worth(hundred, NOW).discount())
        .isEqualTo(new Money("EUR", 9, 990_000_000));
    assertThat(voucher("TEN", NOW).worth(hundred, NOW).problem())
        .isEqualTo(Voucher.Problem.EXPIRED);
    var much = new Money("EUR", 200, 0);
    var amount = new Voucher("A", "A", "", 0, much, hundred, NOW, null, false);
    assertThat(amount.worth(hundred, NOW).discount()).isEqualTo(hundred);
    assertThat(amount.worth(new Money("EUR", 99, 980_000_000), NOW).problem())
        .isEqualTo(Voucher.Problem.BELOW_MINIMUM);
    assertThat(amount.worth(new Money("CHF", 500, 0), NOW).problem())
        .isEqualTo(Voucher.Problem.OTHER_CURRENCY);
    assertThat(amount.worth(hundred, NOW.minusMillis(1)).problem())
        .isEqualTo(Voucher.Problem.EXPIRED);
    assertThat(new Money("EUR", 100, 0).minus(hundred)).isEqualTo(new Money("EUR", 0, 10_000_000));
  }

  @Test
  void replay_doesWhatItCan_andSaysOfEach() {
    var cart = changed(empty, add("1", "S1", 2));
    var decision =
        (Decision.Changed)
            cart.replay(
                List.of(
                    add("1", "S1", 2),
                    add("2", "NONE", 1),
                    add("3", "S2", 1),
                    new Operation.SetQuantity("4", "op:3", 5),
                    new Operation.SetQuantity("5", "op:1", 7, 3),
                    new Operation.Remove("6", "never")),
                by(PC, false));
    assertThat(decision.outcomes())
        .containsExactly(
            new Outcome.Repeated("1"),
            new Outcome.Refused("2", new Refusal.SkuNotFound("2", "NONE")),
            new Outcome.Applied("3", "line-of-3", 0),
            new Outcome.Applied("4", "line-of-3", 0),
            new Outcome.Applied("5", "line-of-1", 2),
            new Outcome.Refused("6", new Refusal.LineNotFound("6", "never")));
    assertThat(decision.next().lines()).extracting(Line::quantity).containsExactly(7, 5);
    assertThat(decision.applied()).extracting(Operation::id).containsExactly("3", "4", "5");
    assertThat(decision.about()).extracting(About::operation).containsExactly("3", "4", "5");
  }

  @Test
  void replay_ofNothingNew_changesNothing() {
    var cart = changed(empty, add("1", "S1", 2));
    assertThat(cart.replay(List.of(add("1", "S1", 2), add("2", "NONE", 1)), by(PC, false)))
        .isInstanceOf(Decision.Unchanged.class);
  }

  @Test
  void aLineNamedByTheOperationThatJoinedAnother_isTheOneItWentTo() {
    var cart =
        changed(
            empty, add("1", "S1", 2), add("2", "S1", 1), new Operation.Note("3", "op:2", "three"));
    assertThat(cart.lines().getFirst().note()).isEqualTo("three");
  }

  @Test
  void bring_seesToItThatThereAreAsMany_andNoMore() {
    var cart = changed(empty, add("1", "S1", 2), new Operation.Bring("2", "S1", 3));
    assertThat(cart.itemCount()).isEqualTo(3);
    assertThat(changed(cart, new Operation.Bring("3", "S1", 1)).itemCount()).isEqualTo(3);
  }

  @Test
  void agent_editsOnlyWhileSheLetsThem_andItShows() {
    var ask = new Operation.AskToEdit("1");
    var asked = ((Decision.Changed) empty.apply(List.of(ask), by(DESK, true))).next();
    assertThat(asked.grant().askedBy()).isEqualTo("Anna");
    assertThat(asked.apply(List.of(add("2", "S1", 1)), by(DESK, true)))
        .isEqualTo(new Decision.Refused(new Refusal.OperationNotAllowed("2")));
    assertThat(
            asked.apply(
                List.of(new Operation.AllowEditing("3", Duration.ofHours(1))), by(DESK, true)))
        .isEqualTo(new Decision.Refused(new Refusal.OperationNotAllowed("3")));
    var open =
        changed(asked, new Operation.AllowEditing("4", Duration.ofHours(1)), add("5", "S2", 1));
    var edited =
        ((Decision.Changed)
                open.apply(
                    List.of(add("6", "S1", 1), new Operation.SetQuantity("7", "line-of-5", 3)),
                    by(DESK, true)))
            .next();
    assertThat(edited.lines().get(1).origin().way()).isEqualTo(Origin.Way.BY_AGENT);
    assertThat(edited.lines().get(1).origin().by()).isEqualTo("Anna");
    assertThat(edited.lines().getFirst().edited()).isEqualTo(DESK.by(Origin.Way.BY_AGENT));
    var removed =
        ((Decision.Changed)
                edited.apply(List.of(new Operation.Remove("8", "line-of-6")), by(DESK, true)))
            .next();
    assertThat(removed.notices()).containsExactly(new Notice.AgentRemoved("Title S1", "Anna", NOW));
    // What she changes herself is hers again.
    assertThat(
            changed(removed, new Operation.SetQuantity("9", "line-of-5", 2))
                .lines()
                .getFirst()
                .edited())
        .isNull();
    var ended = changed(removed, new Operation.EndEditing("10"));
    assertThat(ended.apply(List.of(add("11", "S1", 1)), by(DESK, true)))
        .isInstanceOf(Decision.Refused.class);
    var hourLater = new Origin("desk", "", "Anna", NOW.plus(Duration.ofHours(1)));
    assertThat(open.apply(List.of(add("12", "S1", 1)), by(hourLater, true)))
        .isInstanceOf(Decision.Refused.class);
  }

  @Test
  void undoMerge_takesOutWhatCame_andLeavesTheRest() {
    var mine = changed(empty, add("1", "S1", 2));
    var guest =
        changed(
            Cart.empty("customers/guest"),
            add("2", "S1", 3),
            add("3", "S2", 1),
            add("4", "S3", 4),
            new Operation.SaveForLater("5", "line-of-4"));
    var merged = mine.merge(guest, NOW);
    var merge = merged.history().merges().getFirst().id();
    assertThat(refused(merged, new Operation.UndoMerge("6", "none")))
        .isEqualTo(new Refusal.MergeNotFound("6", "none"));
    var later = changed(merged, add("7", "S2", 5));
    var undone = changed(later, new Operation.UndoMerge("8", merge));
    assertThat(undone.lines())
        .extracting(Line::sku, Line::quantity)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("S1", 2),
            org.assertj.core.groups.Tuple.tuple("S2", 5));
    assertThat(undone.savedLines()).isEmpty();
    assertThat(undone.history().merges().getFirst().isUndone()).isTrue();
    assertThat(changed(undone, new Operation.UndoMerge("9", merge)).lines())
        .isEqualTo(undone.lines());
  }

  @Test
  void fewerPieces_areFewerOfThoseThatCame_first() {
    var mine = changed(empty, add("1", "S1", 2));
    var guest = changed(Cart.empty("customers/guest"), add("2", "S1", 3));
    var merged = changed(mine.merge(guest, NOW), new Operation.SetQuantity("3", "line-of-1", 3));
    var merge = merged.history().merges().getFirst().id();
    assertThat(changed(merged, new Operation.UndoMerge("4", merge)).itemCount()).isEqualTo(2);
  }

  @Test
  void part_givesBackWhatCame_asItWas_evenWhatDidNotFit_orWasUndone() {
    var mine = changed(empty, add("1", "S1", 999));
    var guest =
        changed(
            Cart.empty("customers/guest"),
            add("2", "S1", 3),
            add("3", "S2", 1),
            new Operation.Note("4", "line-of-3", "per zia"),
            add("5", "S3", 4),
            new Operation.SaveForLater("6", "line-of-5"));
    for (boolean undo : List.of(false, true)) {
      var merged = mine.merge(guest, NOW);
      if (undo) {
        merged =
            changed(
                merged, new Operation.UndoMerge("7", merged.history().merges().getFirst().id()));
      }
      var parted = merged.part("customers/guest", Set.of("customers/guest"), NOW);
      assertThat(parted.lines()).isEqualTo(mine.lines());
      assertThat(parted.savedLines()).isEmpty();
      assertThat(parted.history().merges()).isEmpty();
      var departure = java.util.Objects.requireNonNull(parted.departure("customers/guest"));
      var back = guest.arrive(departure, parted.history(), NOW);
      assertThat(anonymous(back.lines())).isEqualTo(anonymous(guest.lines()));
      assertThat(anonymous(back.savedLines())).isEqualTo(anonymous(guest.savedLines()));
      assertThat(back.isMoved()).isFalse();
      assertThat(parted.departed(departure.id(), NOW).departures()).isEmpty();
    }
  }

  /** Lines without their ids: those that come back have new ones. */
  private static List<Line> anonymous(List<Line> lines) {
    return lines.stream()
        .map(
            line ->
                new Line(
                    "",
                    line.quantity(),
                    line.goods(),
                    line.origin(),
                    line.note(),
                    line.fulfilment(),
                    line.edited(),
                    line.parts()))
        .toList();
  }

  @Test
  void part_ofAChain_takesWhatCameToItBefore() {
    var third = changed(Cart.empty("customers/third"), add("1", "S1", 1));
    var guest = changed(Cart.empty("customers/guest"), add("2", "S1", 2)).merge(third, NOW);
    var julia = changed(empty, add("3", "S1", 4)).merge(guest, NOW);
    var parted = julia.part("customers/guest", Set.of(), NOW);
    assertThat(parted.itemCount()).isEqualTo(4);
    var back =
        guest.arrive(
            java.util.Objects.requireNonNull(parted.departure("customers/guest")),
            parted.history(),
            NOW);
    assertThat(anonymous(back.lines())).isEqualTo(anonymous(guest.lines()));
    assertThat(back.history().has("customers/third")).isTrue();
    // Only the third, out of the middle of it.
    var without = julia.part("customers/third", Set.of(), NOW);
    assertThat(without.itemCount()).isEqualTo(6);
    assertThat(without.history().has("customers/guest")).isTrue();
  }
}
