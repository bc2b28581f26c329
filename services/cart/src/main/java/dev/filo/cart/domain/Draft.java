package dev.filo.cart.domain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A cart while operations are done to it, one after the other. */
final class Draft {
  private final Cart from;
  private final Circumstances circumstances;
  private final List<Line> lines;
  private final List<Line> saved;
  private final List<Proposal> proposals;
  private final List<Notice> notices;
  private final List<Merge> merges;
  private final LinkedHashMap<String, Long> known;
  private final List<String> removed;
  private final List<About> about = new ArrayList<>();
  // The lines that operations of this batch went to, by operation.
  private final Map<String, String> made = new HashMap<>();
  private String voucher;
  private Grant grant;
  // What the operation under way is about.
  private String line = "";
  private int overwrote;

  Draft(Cart from, Circumstances circumstances) {
    this.from = from;
    this.circumstances = circumstances;
    this.lines = new ArrayList<>(from.lines());
    this.saved = new ArrayList<>(from.savedLines());
    this.proposals = new ArrayList<>(from.proposals());
    this.notices = new ArrayList<>(from.notices());
    this.merges = new ArrayList<>(from.history().merges());
    this.known = new LinkedHashMap<>(from.history().operations());
    this.removed = new ArrayList<>(from.history().removed());
    this.voucher = from.voucher();
    this.grant = from.grant();
  }

  /** Does one operation, unless it is known or refused; a refused one changes nothing. */
  Outcome outcome(Operation operation) {
    var content = known.get(operation.key());
    if (content == null) {
      content = circumstances.archived().get(operation.key());
    }
    if (content != null) {
      return content == operation.content()
          ? new Outcome.Repeated(operation.id())
          : new Outcome.Refused(operation.id(), new Refusal.OperationDiffers(operation.id()));
    }
    line = "";
    overwrote = 0;
    var refusal = apply(operation);
    if (refusal != null) {
      return new Outcome.Refused(operation.id(), refusal);
    }
    known.put(operation.key(), operation.content());
    return new Outcome.Applied(operation.id(), line, overwrote);
  }

  private @Nullable Refusal apply(Operation operation) {
    if (!isAllowed(operation)) {
      return new Refusal.OperationNotAllowed(operation.id());
    }
    return switch (operation) {
      case Operation.Add add -> add(add);
      case Operation.Bring bring -> bring(bring);
      case Operation.SetQuantity set -> set(set);
      case Operation.Remove remove -> remove(remove.id(), named(remove.line()));
      case Operation.SaveForLater save -> move(save.id(), named(save.line()), lines, saved);
      case Operation.MoveToCart back -> move(back.id(), named(back.line()), saved, lines);
      case Operation.Propose propose -> propose(propose);
      case Operation.Accept accept -> accept(accept);
      case Operation.Decline decline -> decline(decline);
      case Operation.Note note -> note(note);
      case Operation.ChooseFulfilment choose -> choose(choose);
      case Operation.ApplyVoucher apply -> voucher(apply);
      case Operation.RemoveVoucher remove -> {
        if (remove.code().equals(voucher)) {
          voucher = "";
        }
        yield null;
      }
      case Operation.UndoMerge undo -> undo(undo);
      case Operation.AskToEdit ask -> {
        var origin = circumstances.origin();
        grant = new Grant(grant.until(), origin.by(), origin.time());
        yield null;
      }
      case Operation.AllowEditing allow -> {
        grant = new Grant(now().plus(allow.duration()), grant.askedBy(), grant.askTime());
        yield null;
      }
      case Operation.EndEditing end -> {
        grant = Grant.NONE;
        yield null;
      }
      case Operation.TakeOrdered take -> take(take);
    };
  }

  private boolean isAllowed(Operation operation) {
    boolean agent = circumstances.agent();
    return switch (operation) {
      case Operation.Propose p -> agent;
      case Operation.AskToEdit a -> agent;
      case Operation.EndEditing e -> true;
      case Operation.TakeOrdered t -> agent; // nobody can send it but the service itself
      case Operation.Accept a -> !agent;
      case Operation.Decline d -> !agent;
      case Operation.UndoMerge u -> !agent;
      case Operation.AllowEditing a -> !agent;
      case Operation.Add a -> mayEdit();
      case Operation.Bring b -> mayEdit();
      case Operation.SetQuantity s -> mayEdit();
      case Operation.Remove r -> mayEdit();
      case Operation.SaveForLater s -> mayEdit();
      case Operation.MoveToCart m -> mayEdit();
      case Operation.Note n -> mayEdit();
      case Operation.ChooseFulfilment c -> mayEdit();
      case Operation.ApplyVoucher a -> mayEdit();
      case Operation.RemoveVoucher r -> mayEdit();
    };
  }

  private boolean mayEdit() {
    return !circumstances.agent() || grant.isOpen(now());
  }

  private java.time.Instant now() {
    return circumstances.origin().time();
  }

  /** Who puts a line in, and how. */
  private Origin origin() {
    return circumstances.agent()
        ? circumstances.origin().by(Origin.Way.BY_AGENT)
        : circumstances.origin();
  }

  /** A line as it is after whoever asks has changed it. */
  private Line touched(Line changed) {
    return changed.editedBy(circumstances.agent() ? origin() : null);
  }

  /** The id of a line that may be named by the operation that made it. */
  private String named(String name) {
    if (!name.startsWith(Operation.MADE_BY)) {
      return name;
    }
    var operation = name.substring(Operation.MADE_BY.length());
    var here = made.get(operation);
    if (here != null) {
      return here;
    }
    var id = circumstances.lineIds().of(from.customer(), operation);
    if (isKnown(id)) {
      return id;
    }
    // It may have been put in before this cart took that one in.
    for (Merge merge : merges) {
      var there = circumstances.lineIds().of(merge.alias(), operation);
      if (isKnown(there)) {
        return there;
      }
    }
    return id;
  }

  private boolean isKnown(String id) {
    return withId(lines, id) >= 0 || withId(saved, id) >= 0 || removed.contains(id);
  }

  private @Nullable Refusal sold(String operation, String sku) {
    var goods = circumstances.goods().get(sku);
    if (goods == null) {
      return new Refusal.SkuNotFound(operation, sku);
    }
    return goods.withdrawn() ? new Refusal.ProductWithdrawn(operation, sku) : null;
  }

  private Goods goods(String sku) {
    return java.util.Objects.requireNonNull(circumstances.goods().get(sku));
  }

  private @Nullable Refusal add(Operation.Add add) {
    var refusal = sold(add.id(), add.sku());
    return refusal != null
        ? refusal
        : put(add.id(), goods(add.sku()), add.quantity(), origin().of(add.campaign()));
  }

  private @Nullable Refusal bring(Operation.Bring bring) {
    int at = withSku(lines, bring.sku());
    int there = at < 0 ? 0 : lines.get(at).quantity();
    if (there >= bring.quantity()) {
      line = lines.get(at).id();
      return null;
    }
    var refusal = sold(bring.id(), bring.sku());
    return refusal != null
        ? refusal
        : put(bring.id(), goods(bring.sku()), bring.quantity() - there, origin());
  }

  private @Nullable Refusal put(String operation, Goods goods, int quantity, Origin origin) {
    int at = withSku(lines, goods.sku());
    int sum = quantity + (at < 0 ? 0 : lines.get(at).quantity());
    if (sum > Cart.QUANTITY_MAX) {
      return new Refusal.QuantityLimit(operation, goods.sku(), Cart.QUANTITY_MAX);
    }
    if (at < 0 && lines.size() >= Cart.LINES_MAX) {
      return new Refusal.CartFull(operation, Cart.LINES_MAX);
    }
    if (at >= 0) {
      lines.set(at, touched(lines.get(at).withQuantity(sum)));
      about(operation, lines.get(at));
    } else {
      var id = circumstances.lineIds().of(from.customer(), operation);
      lines.add(new Line(id, sum, goods, origin));
      about(operation, lines.getLast());
    }
    made.put(operation, line);
    return null;
  }

  private @Nullable Refusal set(Operation.SetQuantity set) {
    var id = named(set.line());
    if (set.quantity() == 0) {
      return remove(set.id(), id);
    }
    var list = withId(lines, id) >= 0 ? lines : saved;
    int at = withId(list, id);
    if (at < 0) {
      return new Refusal.LineNotFound(set.id(), set.line());
    }
    var there = list.get(at);
    about(set.id(), there);
    if (set.seen() > 0 && set.seen() != there.quantity() && set.quantity() != there.quantity()) {
      overwrote = there.quantity();
    }
    list.set(at, touched(there.withQuantity(set.quantity())));
    forgetCap(there.id());
    return null;
  }

  /** Taking out what was taken out already is what was wanted. */
  private @Nullable Refusal remove(String operation, String id) {
    var list = withId(lines, id) >= 0 ? lines : saved;
    int at = withId(list, id);
    if (at < 0) {
      return removed.contains(id) ? null : new Refusal.LineNotFound(operation, id);
    }
    var gone = list.remove(at);
    about(operation, gone);
    removed.add(gone.id());
    forgetCap(gone.id());
    if (circumstances.agent()) {
      notices.add(
          new Notice.AgentRemoved(gone.goods().title(), circumstances.origin().by(), now()));
    }
    return null;
  }

  private @Nullable Refusal move(String operation, String id, List<Line> out, List<Line> in) {
    int at = withId(out, id);
    if (at < 0) {
      return withId(in, id) >= 0 ? null : new Refusal.LineNotFound(operation, id);
    }
    var moving = out.get(at);
    int same = withSku(in, moving.sku());
    if (same < 0 && in.size() >= Cart.LINES_MAX) {
      return new Refusal.CartFull(operation, Cart.LINES_MAX);
    }
    if (same >= 0 && in.get(same).quantity() + moving.quantity() > Cart.QUANTITY_MAX) {
      return new Refusal.QuantityLimit(operation, moving.sku(), Cart.QUANTITY_MAX);
    }
    out.remove(at);
    if (same < 0) {
      in.add(touched(moving));
      about(operation, moving);
    } else {
      in.set(same, touched(in.get(same).plus(moving)));
      about(operation, in.get(same));
      removed.add(moving.id());
      forgetCap(moving.id());
    }
    return null;
  }

  /** What was taken out or given back meanwhile is not there to be taken. */
  private @Nullable Refusal take(Operation.TakeOrdered take) {
    for (Operation.Taken taken : take.pieces()) {
      var list = ordered(lines, taken) >= 0 ? lines : saved;
      int at = ordered(list, taken);
      if (at < 0) {
        continue;
      }
      var there = list.get(at);
      about(take.id(), there);
      int rest = there.quantity() - taken.quantity();
      if (rest > 0) {
        list.set(at, there.withQuantity(rest));
      } else {
        list.remove(at);
        removed.add(there.id());
      }
      forgetCap(there.id());
    }
    if (!take.voucher().isEmpty() && take.voucher().equals(voucher)) {
      voucher = "";
    }
    line = "";
    return null;
  }

  /** The line, or the one it has become a part of since. */
  private static int ordered(List<Line> list, Operation.Taken taken) {
    int at = withId(list, taken.line());
    for (int i = 0; at < 0 && i < list.size(); i++) {
      var there = list.get(i);
      boolean part =
          there.sku().equals(taken.sku())
              && there.parts().stream().anyMatch(one -> one.id().equals(taken.line()));
      at = part ? i : -1;
    }
    return at;
  }

  private @Nullable Refusal note(Operation.Note note) {
    return change(note.id(), note.line(), there -> there.withNote(note.text()));
  }

  private @Nullable Refusal choose(Operation.ChooseFulfilment choose) {
    var way = choose.fulfilment();
    if (way.kind() == Fulfilment.Kind.PICKUP && !circumstances.stores().contains(way.store())) {
      return new Refusal.StoreNotFound(choose.id(), way.store());
    }
    return change(choose.id(), choose.line(), there -> there.with(way));
  }

  private @Nullable Refusal change(
      String operation, String name, java.util.function.UnaryOperator<Line> change) {
    var id = named(name);
    var list = withId(lines, id) >= 0 ? lines : saved;
    int at = withId(list, id);
    if (at < 0) {
      return new Refusal.LineNotFound(operation, name);
    }
    about(operation, list.get(at));
    list.set(at, touched(change.apply(list.get(at))));
    return null;
  }

  /** Whether it counts depends on what is in the cart whenever somebody looks. */
  private @Nullable Refusal voucher(Operation.ApplyVoucher apply) {
    var found = circumstances.vouchers().get(apply.code());
    if (found == null || found.withdrawn()) {
      return new Refusal.VoucherNotFound(apply.id(), apply.code());
    }
    if (!found.isValid(now())) {
      return new Refusal.VoucherNotValid(apply.id(), apply.code());
    }
    voucher = apply.code();
    return null;
  }

  private @Nullable Refusal propose(Operation.Propose propose) {
    var refusal = sold(propose.id(), propose.sku());
    if (refusal != null) {
      return refusal;
    }
    if (proposals.size() >= Cart.PROPOSALS_MAX) {
      return new Refusal.CartFull(propose.id(), Cart.PROPOSALS_MAX);
    }
    var goods = goods(propose.sku());
    about.add(new About(propose.id(), goods.sku(), goods.product(), goods.title()));
    proposals.add(
        new Proposal(
            circumstances.lineIds().of(from.customer(), propose.id()),
            propose.quantity(),
            goods,
            propose.note(),
            circumstances.origin()));
    return null;
  }

  /** The line's origin is the agent's, so that both can see whose idea it was. */
  private @Nullable Refusal accept(Operation.Accept accept) {
    int at = withProposal(accept.proposal());
    if (at < 0) {
      return new Refusal.ProposalNotFound(accept.id(), accept.proposal());
    }
    var proposal = proposals.get(at);
    var refusal = sold(accept.id(), proposal.sku());
    if (refusal == null) {
      refusal =
          put(
              accept.id(),
              goods(proposal.sku()),
              proposal.quantity(),
              proposal.origin().by(Origin.Way.PROPOSED));
    }
    if (refusal == null) {
      proposals.remove(at);
    }
    return refusal;
  }

  private @Nullable Refusal decline(Operation.Decline decline) {
    int at = withProposal(decline.proposal());
    if (at < 0) {
      return new Refusal.ProposalNotFound(decline.id(), decline.proposal());
    }
    var goods = proposals.remove(at).goods();
    about.add(new About(decline.id(), goods.sku(), goods.product(), goods.title()));
    return null;
  }

  /** What came goes, the rest stays; it is kept, should the cart it came from be needed again. */
  private @Nullable Refusal undo(Operation.UndoMerge undo) {
    int at = -1;
    for (int i = 0; i < merges.size(); i++) {
      if (merges.get(i).id().equals(undo.merge())) {
        at = i;
      }
    }
    if (at < 0) {
      return new Refusal.MergeNotFound(undo.id(), undo.merge());
    }
    var leaving = Merge.with(merges.get(at).alias(), merges);
    lines.stream()
        .filter(one -> !one.partsOf(leaving).isEmpty())
        .forEach(one -> forgetCap(one.id()));
    var kept = new ArrayList<Line>();
    var keptSaved = new ArrayList<Line>();
    var out = Cart.take(lines, leaving, kept, removed);
    var outSaved = Cart.take(saved, leaving, keptSaved, removed);
    replace(lines, kept);
    replace(saved, keptSaved);
    merges.set(at, merges.get(at).undone(out, outSaved));
    out.forEach(part -> about.add(about(undo.id(), part.goods())));
    outSaved.forEach(part -> about.add(about(undo.id(), part.goods())));
    return null;
  }

  private static void replace(List<Line> list, List<Line> with) {
    list.clear();
    list.addAll(with);
  }

  private void forgetCap(String id) {
    notices.removeIf(
        notice -> notice instanceof Notice.QuantityCapped capped && capped.line().equals(id));
  }

  private int withProposal(String id) {
    for (int i = 0; i < proposals.size(); i++) {
      if (proposals.get(i).id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  private static int withId(List<Line> list, String id) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  private static int withSku(List<Line> list, String sku) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i).sku().equals(sku)) {
        return i;
      }
    }
    return -1;
  }

  List<About> about() {
    return about;
  }

  private void about(String operation, Line of) {
    line = of.id();
    about.add(about(operation, of.goods()));
  }

  private static About about(String operation, Goods goods) {
    return new About(operation, goods.sku(), goods.product(), goods.title());
  }

  Cart cart() {
    var history = from.history();
    return new Cart(
        from.customer(),
        from.version() + 1,
        lines,
        saved,
        proposals,
        voucher,
        grant,
        new History(
            known, removed, history.archives(), merges, history.parted(), history.arrivals()),
        notices,
        from.departures(),
        from.movedTo(),
        from.handedOver(),
        circumstances.origin().time());
  }
}
