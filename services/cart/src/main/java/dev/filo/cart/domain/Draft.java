package dev.filo.cart.domain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A cart while operations are done to it, one after the other. */
final class Draft {
  /** Whether the cart knows an operation. */
  enum Recall {
    NEW,
    SAME,
    OTHER
  }

  private final Cart from;
  private final Circumstances circumstances;
  private final List<Line> lines;
  private final List<Line> saved;
  private final List<Proposal> proposals;
  private final List<Notice> notices;
  private final LinkedHashMap<String, Long> known;
  private final List<String> removed;
  private final List<About> about = new ArrayList<>();

  Draft(Cart from, Circumstances circumstances) {
    this.from = from;
    this.circumstances = circumstances;
    this.lines = new ArrayList<>(from.lines());
    this.saved = new ArrayList<>(from.savedLines());
    this.proposals = new ArrayList<>(from.proposals());
    this.notices = new ArrayList<>(from.notices());
    this.known = new LinkedHashMap<>(from.history().operations());
    this.removed = new ArrayList<>(from.history().removed());
  }

  Recall recall(Operation operation) {
    var content = known.get(operation.key());
    if (content == null) {
      content = circumstances.archived().get(operation.key());
    }
    if (content == null) {
      return Recall.NEW;
    }
    return content == operation.content() ? Recall.SAME : Recall.OTHER;
  }

  /** Does one operation that is new; null when it is done. */
  @Nullable Refusal apply(Operation operation) {
    boolean proposes = operation instanceof Operation.Propose;
    if (proposes != circumstances.agent()) {
      return new Refusal.OperationNotAllowed(operation.id());
    }
    var refusal =
        switch (operation) {
          case Operation.Add add -> add(add);
          case Operation.SetQuantity set -> set(set);
          case Operation.Remove remove -> remove(remove.id(), remove.line());
          case Operation.SaveForLater save -> move(save.id(), save.line(), lines, saved);
          case Operation.MoveToCart back -> move(back.id(), back.line(), saved, lines);
          case Operation.Propose propose -> propose(propose);
          case Operation.Accept accept -> accept(accept);
          case Operation.Decline decline -> decline(decline);
        };
    if (refusal == null) {
      known.put(operation.key(), operation.content());
    }
    return refusal;
  }

  private @Nullable Refusal add(Operation.Add add) {
    var goods = circumstances.goods().get(add.sku());
    if (goods == null) {
      return new Refusal.SkuNotFound(add.id(), add.sku());
    }
    if (goods.withdrawn()) {
      return new Refusal.ProductWithdrawn(add.id(), add.sku());
    }
    return put(add.id(), goods, add.quantity(), circumstances.origin());
  }

  private @Nullable Refusal put(String operation, Goods goods, int quantity, Origin origin) {
    about(operation, goods);
    int at = withSku(lines, goods.sku());
    int sum = quantity + (at < 0 ? 0 : lines.get(at).quantity());
    if (sum > Cart.QUANTITY_MAX) {
      return new Refusal.QuantityLimit(operation, goods.sku(), Cart.QUANTITY_MAX);
    }
    if (at >= 0) {
      lines.set(at, lines.get(at).withQuantity(sum));
      return null;
    }
    if (lines.size() >= Cart.LINES_MAX) {
      return new Refusal.CartFull(operation, Cart.LINES_MAX);
    }
    lines.add(new Line(circumstances.lineIds().apply(operation), sum, goods, origin));
    return null;
  }

  private @Nullable Refusal set(Operation.SetQuantity set) {
    if (set.quantity() == 0) {
      return remove(set.id(), set.line());
    }
    var list = withId(lines, set.line()) >= 0 ? lines : saved;
    int at = withId(list, set.line());
    if (at < 0) {
      return new Refusal.LineNotFound(set.id(), set.line());
    }
    var line = list.get(at);
    about(set.id(), line.goods());
    list.set(at, line.withQuantity(set.quantity()));
    forgetCap(line.id());
    return null;
  }

  /** Taking out what was taken out already is what was wanted. */
  private @Nullable Refusal remove(String operation, String id) {
    var list = withId(lines, id) >= 0 ? lines : saved;
    int at = withId(list, id);
    if (at < 0) {
      return removed.contains(id) ? null : new Refusal.LineNotFound(operation, id);
    }
    var line = list.remove(at);
    about(operation, line.goods());
    removed.add(line.id());
    forgetCap(line.id());
    return null;
  }

  private @Nullable Refusal move(String operation, String id, List<Line> out, List<Line> in) {
    int at = withId(out, id);
    if (at < 0) {
      return withId(in, id) >= 0 ? null : new Refusal.LineNotFound(operation, id);
    }
    var line = out.get(at);
    about(operation, line.goods());
    int same = withSku(in, line.sku());
    if (same < 0) {
      if (in.size() >= Cart.LINES_MAX) {
        return new Refusal.CartFull(operation, Cart.LINES_MAX);
      }
      in.add(line);
    } else {
      int sum = in.get(same).quantity() + line.quantity();
      if (sum > Cart.QUANTITY_MAX) {
        return new Refusal.QuantityLimit(operation, line.sku(), Cart.QUANTITY_MAX);
      }
      in.set(same, in.get(same).withQuantity(sum));
      removed.add(line.id());
      forgetCap(line.id());
    }
    out.remove(at);
    return null;
  }

  private @Nullable Refusal propose(Operation.Propose propose) {
    var goods = circumstances.goods().get(propose.sku());
    if (goods == null) {
      return new Refusal.SkuNotFound(propose.id(), propose.sku());
    }
    if (goods.withdrawn()) {
      return new Refusal.ProductWithdrawn(propose.id(), propose.sku());
    }
    if (proposals.size() >= Cart.PROPOSALS_MAX) {
      return new Refusal.CartFull(propose.id(), Cart.PROPOSALS_MAX);
    }
    about(propose.id(), goods);
    proposals.add(
        new Proposal(
            circumstances.lineIds().apply(propose.id()),
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
    var goods = circumstances.goods().get(proposal.sku());
    if (goods == null) {
      return new Refusal.SkuNotFound(accept.id(), proposal.sku());
    }
    if (goods.withdrawn()) {
      return new Refusal.ProductWithdrawn(accept.id(), proposal.sku());
    }
    var refusal = put(accept.id(), goods, proposal.quantity(), proposal.origin());
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
    var proposal = proposals.remove(at);
    about(decline.id(), proposal.goods());
    return null;
  }

  private void forgetCap(String line) {
    notices.removeIf(
        notice -> notice instanceof Notice.QuantityCapped capped && capped.line().equals(line));
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

  private void about(String operation, Goods goods) {
    about.add(new About(operation, goods.sku(), goods.product(), goods.title()));
  }

  Cart cart() {
    return new Cart(
        from.customer(),
        from.version() + 1,
        lines,
        saved,
        proposals,
        new History(known, removed, from.history().archives(), from.history().merges()),
        notices,
        from.movedTo(),
        from.handedOver(),
        circumstances.origin().time());
  }
}
