package dev.filo.cart.grpc;

import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Grant;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Merge;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Outcome;
import dev.filo.cart.domain.Proposal;
import dev.filo.cart.service.CartLinks;
import dev.filo.cart.service.CartView;
import dev.filo.cart.service.Carts;
import dev.filo.cart.service.Link;
import dev.filo.cart.service.Stock;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartLink;
import dev.filo.proto.cart.v1.CartMerge;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartOperationResult;
import dev.filo.proto.cart.v1.CartProposal;
import dev.filo.proto.cart.v1.CartVoucher;
import dev.filo.proto.cart.v1.CartWarning;
import dev.filo.proto.cart.v1.EditGrant;
import dev.filo.proto.cart.v1.LineAvailability;
import dev.filo.proto.cart.v1.LinkedLine;
import dev.filo.proto.cart.v1.Origin;
import dev.filo.proto.cart.v1.StoreAvailability;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Carts as messages, and operations from them. */
final class CartProtos {
  // What a merge did is news for a day.
  private static final Duration NEWS = Duration.ofDays(1);
  // How long an agent may edit when she does not say.
  private static final Duration EDITING = Duration.ofHours(1);
  private static final String PATH = "/cart";
  private static final String LINKS = "cartLinks/";

  private CartProtos() {}

  /** {@code customers/x} of {@code customers/x/cart}. */
  static String customer(String name) {
    return name.substring(0, name.length() - PATH.length());
  }

  static List<Operation> operations(List<CartOperation> operations) {
    return operations.stream().map(CartProtos::operation).toList();
  }

  private static Operation operation(CartOperation proto) {
    var id = proto.getId();
    return switch (proto.getOperationCase()) {
      case ADD ->
          new Operation.Add(
              id,
              proto.getAdd().getSku(),
              proto.getAdd().getQuantity(),
              proto.getAdd().getCampaign());
      case SET_QUANTITY ->
          new Operation.SetQuantity(
              id,
              proto.getSetQuantity().getLine(),
              proto.getSetQuantity().getQuantity(),
              proto.getSetQuantity().getSeenQuantity());
      case REMOVE -> new Operation.Remove(id, proto.getRemove().getLine());
      case SAVE_FOR_LATER -> new Operation.SaveForLater(id, proto.getSaveForLater().getLine());
      case MOVE_TO_CART -> new Operation.MoveToCart(id, proto.getMoveToCart().getLine());
      case PROPOSE ->
          new Operation.Propose(
              id,
              proto.getPropose().getSku(),
              proto.getPropose().getQuantity(),
              proto.getPropose().getNote());
      case ACCEPT -> new Operation.Accept(id, proto.getAccept().getProposal());
      case DECLINE -> new Operation.Decline(id, proto.getDecline().getProposal());
      case NOTE -> new Operation.Note(id, proto.getNote().getLine(), proto.getNote().getNote());
      case CHOOSE_FULFILMENT ->
          new Operation.ChooseFulfilment(
              id,
              proto.getChooseFulfilment().getLine(),
              fulfilment(proto.getChooseFulfilment().getFulfilment()));
      case APPLY_VOUCHER ->
          new Operation.ApplyVoucher(id, VoucherProtos.code(proto.getApplyVoucher().getCode()));
      case REMOVE_VOUCHER ->
          new Operation.RemoveVoucher(id, VoucherProtos.code(proto.getRemoveVoucher().getCode()));
      case UNDO_MERGE -> new Operation.UndoMerge(id, proto.getUndoMerge().getMerge());
      case ASK_TO_EDIT -> new Operation.AskToEdit(id);
      case ALLOW_EDITING ->
          new Operation.AllowEditing(
              id,
              proto.getAllowEditing().hasDuration()
                  ? Duration.ofSeconds(proto.getAllowEditing().getDuration().getSeconds())
                  : EDITING);
      case END_EDITING -> new Operation.EndEditing(id);
      case TAKE_ORDERED ->
          throw Statuses.field("operations", "takeOrdered is the service's own: check out instead");
      case OPERATION_NOT_SET -> throw new IllegalStateException("the rule asks for an operation");
    };
  }

  private static Fulfilment fulfilment(dev.filo.proto.cart.v1.Fulfilment proto) {
    return switch (proto.getKind()) {
      case SHIP -> new Fulfilment(Fulfilment.Kind.SHIP, "");
      case PICKUP -> new Fulfilment(Fulfilment.Kind.PICKUP, proto.getStore());
      case KIND_UNSPECIFIED, UNRECOGNIZED -> Fulfilment.OPEN;
    };
  }

  private static dev.filo.proto.cart.v1.Fulfilment fulfilment(Fulfilment way) {
    var proto = dev.filo.proto.cart.v1.Fulfilment.newBuilder().setStore(way.store());
    return switch (way.kind()) {
      case OPEN -> proto.build();
      case SHIP -> proto.setKind(dev.filo.proto.cart.v1.Fulfilment.Kind.SHIP).build();
      case PICKUP -> proto.setKind(dev.filo.proto.cart.v1.Fulfilment.Kind.PICKUP).build();
    };
  }

  static List<CartOperationResult> results(List<Outcome> outcomes) {
    return outcomes.stream().map(CartProtos::result).toList();
  }

  private static CartOperationResult result(Outcome outcome) {
    var proto = CartOperationResult.newBuilder().setId(outcome.operation());
    return switch (outcome) {
      case Outcome.Applied(var id, var line, var overwrote) ->
          proto
              .setOutcome(CartOperationResult.Outcome.APPLIED)
              .setLine(line)
              .setOverwroteQuantity(overwrote)
              .build();
      case Outcome.Repeated(var id) ->
          proto.setOutcome(CartOperationResult.Outcome.REPEATED).build();
      case Outcome.Refused(var id, var why) -> {
        var status = Refusals.toStatus(why);
        var info = Statuses.errorInfo(status);
        var detail = status.getStatus().getDescription();
        yield proto
            .setOutcome(CartOperationResult.Outcome.REFUSED)
            .setReason(info == null ? "" : info.getReason())
            .setDetail(detail == null ? "" : detail)
            .build();
      }
    };
  }

  static CartLink link(CartLinks.Shown shown) {
    var link = shown.link();
    var proto =
        CartLink.newBuilder()
            .setName(LINKS + link.id())
            .setKind(link.abandoned() ? CartLink.Kind.ABANDONED : CartLink.Kind.SHARED)
            .setPath("/l/" + link.id())
            .setCreateTime(Times.timestamp(link.createTime()))
            .setExpireTime(Times.timestamp(link.expireTime()));
    for (Link.Item item : link.items()) {
      var goods = now(item.goods(), shown.goods());
      proto.addLines(
          LinkedLine.newBuilder()
              .setSku(goods.sku())
              .setTitle(goods.title())
              .setQuantity(item.quantity())
              .setUnitPrice(money(goods.price()))
              .setProduct(goods.product())
              .setMediaUri(goods.mediaUri())
              .setWithdrawn(goods.withdrawn()));
    }
    return proto.build();
  }

  static String linkId(String name) {
    return name.substring(LINKS.length());
  }

  static Cart cart(CartView view, String language, Instant now) {
    var cart = view.cart();
    var proto =
        Cart.newBuilder()
            .setName(Carts.name(cart.customer()))
            .setEtag(Carts.etag(cart))
            .setItemCount(cart.itemCount());
    cart.lines().forEach(line -> proto.addLines(line(line, view)));
    cart.savedLines().forEach(line -> proto.addSavedLines(line(line, view)));
    cart.proposals().forEach(proposal -> proto.addProposals(proposal(proposal, view)));
    pay(proto, view, language, now);
    var news = cart.history().merges().stream().filter(merge -> isNews(merge, now)).toList();
    for (Merge merge : news.reversed()) {
      proto.addMerges(
          CartMerge.newBuilder()
              .setId(merge.id())
              .setDevice(merge.device())
              .setLineCount(merge.lineCount())
              .setTime(Times.timestamp(merge.time())));
    }
    var grant = grant(cart.grant(), now);
    if (grant != null) {
      proto.setEditGrant(grant);
    }
    warn(proto, cart.notices(), language, now);
    var time = cart.updateTime();
    if (time != null) {
      proto.setUpdateTime(Times.timestamp(time));
    }
    return proto.build();
  }

  private static boolean isNews(Merge merge, Instant now) {
    return merge.lineCount() > 0 && !merge.isUndone() && merge.time().plus(NEWS).isAfter(now);
  }

  private static @Nullable EditGrant grant(Grant grant, Instant now) {
    var proto = EditGrant.newBuilder();
    var until = grant.until();
    if (until != null && grant.isOpen(now)) {
      proto.setExpireTime(Times.timestamp(until));
    }
    var asked = grant.askTime();
    if (asked != null && asked.plus(NEWS).isAfter(now)) {
      proto.setAskedBy(grant.askedBy()).setAskTime(Times.timestamp(asked));
    }
    return proto.hasExpireTime() || proto.hasAskTime() ? proto.build() : null;
  }

  /** What it costs, with the voucher on it. */
  private static void pay(Cart.Builder cart, CartView view, String language, Instant now) {
    var subtotal = total(view.cart().lines(), view);
    if (subtotal != null) {
      cart.setSubtotal(money(subtotal)).setTotal(money(subtotal));
    }
    var code = view.cart().voucher();
    if (code.isEmpty()) {
      return;
    }
    var proto = CartVoucher.newBuilder().setCode(code);
    if (view.voucher().isEmpty()) {
      cart.setVoucher(proto.setProblem(CartVoucher.Problem.EXPIRED));
      return;
    }
    var voucher = view.voucher().get();
    proto.setTitle(
        language.equals("en") && !voucher.titleEn().isEmpty()
            ? voucher.titleEn()
            : voucher.title());
    var minimum = voucher.minimum();
    if (minimum != null) {
      proto.setMinimum(money(minimum));
    }
    if (subtotal != null) {
      var worth = voucher.worth(subtotal, now);
      var discount = worth.discount();
      var problem = worth.problem();
      if (discount != null) {
        proto.setDiscount(money(discount));
        cart.setTotal(money(subtotal.minus(discount)));
      }
      if (problem != null) {
        proto.setProblem(VoucherProtos.problem(problem));
      }
    }
    cart.setVoucher(proto);
  }

  private static CartLine line(Line line, CartView view) {
    var goods = now(line.goods(), view.goods());
    var proto =
        CartLine.newBuilder()
            .setId(line.id())
            .setSku(line.sku())
            .setTitle(goods.title())
            .setQuantity(line.quantity())
            .setUnitPrice(money(goods.price()))
            .setOrigin(origin(line.origin()))
            .setAvailability(availability(line, view))
            .setProduct(goods.product())
            .setMediaUri(goods.mediaUri())
            .setWithdrawn(goods.withdrawn())
            .setNote(line.shownNote());
    var way = line.shownFulfilment();
    if (way.kind() != Fulfilment.Kind.OPEN) {
      proto.setFulfilment(fulfilment(way));
    }
    var edited = line.edited();
    if (edited != null) {
      proto.setEdited(origin(edited));
    }
    if (!goods.price().equals(line.goods().price())) {
      proto.setAddedUnitPrice(money(line.goods().price()));
    }
    return proto.build();
  }

  private static CartProposal proposal(Proposal proposal, CartView view) {
    var goods = now(proposal.goods(), view.goods());
    return CartProposal.newBuilder()
        .setId(proposal.id())
        .setSku(proposal.sku())
        .setTitle(goods.title())
        .setQuantity(proposal.quantity())
        .setUnitPrice(money(goods.price()))
        .setNote(proposal.note())
        .setOrigin(origin(proposal.origin()))
        .setMediaUri(goods.mediaUri())
        .build();
  }

  /**
   * The goods as the catalog knows them now; as they were, when it cannot be asked; and as they
   * were but withdrawn, when it does not know them any more.
   */
  private static Goods now(Goods then, Optional<Map<String, Goods>> goods) {
    if (goods.isEmpty()) {
      return then;
    }
    var known = goods.get().get(then.sku());
    return known != null
        ? known
        : new Goods(then.sku(), then.product(), then.title(), then.mediaUri(), then.price(), true);
  }

  private static LineAvailability availability(Line line, CartView view) {
    var proto = LineAvailability.newBuilder();
    if (view.stock().isEmpty()) {
      return proto.setState(LineAvailability.State.UNKNOWN).build();
    }
    var stock = view.stock().get();
    Stock.Level level = stock.bySku().get(line.sku());
    if (level == null) {
      return proto.setState(LineAvailability.State.UNKNOWN).build();
    }
    int chosen = level.chosen().stream().mapToInt(Stock.At::available).max().orElse(0);
    boolean enough =
        Math.max(Math.max(level.deliverable(), level.most()), chosen) >= line.quantity();
    boolean some = level.deliverable() > 0 || level.stores() > 0;
    var nearest = level.nearest();
    if (nearest != null) {
      proto
          .setNearestStore(nearest.store())
          .setNearestStoreTitle(nearest.title())
          .setNearestDistanceMeters(nearest.distanceMeters())
          .setNearestAvailable(nearest.available());
    }
    for (Stock.At at : level.chosen()) {
      proto.addStores(
          StoreAvailability.newBuilder()
              .setStore(at.store())
              .setTitle(at.title())
              .setAvailable(at.available()));
    }
    return proto
        .setState(
            enough
                ? LineAvailability.State.AVAILABLE
                : some ? LineAvailability.State.LOW : LineAvailability.State.UNAVAILABLE)
        .setDeliverable(level.deliverable())
        .setStoreCount(level.stores())
        .setAsOfTime(Times.timestamp(stock.asOf()))
        .build();
  }

  /** Null when there is nothing to add up, or prices of several currencies. */
  private static @Nullable Money total(List<Line> lines, CartView view) {
    Money total = null;
    for (Line line : lines) {
      var goods = now(line.goods(), view.goods());
      if (goods.withdrawn()) {
        continue;
      }
      var price = goods.price().times(line.quantity());
      if (total != null && !total.currency().equals(price.currency())) {
        return null;
      }
      total = total == null ? price : total.plus(price);
    }
    return total;
  }

  private static void warn(Cart.Builder cart, List<Notice> notices, String language, Instant now) {
    boolean en = language.equals("en");
    for (CartLine line : cart.getLinesList()) {
      if (line.getWithdrawn()) {
        cart.addWarnings(
            warning(
                "PRODUCT_WITHDRAWN",
                line.getTitle() + (en ? " is no longer sold" : " non è più in vendita"),
                line.getId()));
      }
    }
    var news = notices.stream().filter(notice -> notice.time().plus(NEWS).isAfter(now)).toList();
    for (Notice notice : news.reversed()) {
      if (notice instanceof Notice.QuantityCapped(var line, var asked, var time)) {
        cart.addWarnings(warning("QUANTITY_CAPPED", capped(asked, en), line));
      }
    }
    for (CartMerge merge : cart.getMergesList()) {
      cart.addWarnings(
          warning("LINES_MERGED", merged(merge.getLineCount(), merge.getDevice(), en), ""));
    }
    for (Notice notice : news.reversed()) {
      if (notice instanceof Notice.AgentRemoved(var title, var by, var time)) {
        cart.addWarnings(
            warning("AGENT_REMOVED", by + (en ? " took out " : " ha tolto ") + title, ""));
      }
      if (notice instanceof Notice.LinesReturned(var count, var time)) {
        cart.addWarnings(warning("LINES_RETURNED", returned(count, en), ""));
      }
    }
  }

  private static String returned(int count, boolean en) {
    return en
        ? count
            + (count == 1 ? " line went back" : " lines went back")
            + " to another person's cart"
        : count
            + (count == 1 ? " riga è tornata" : " righe sono tornate")
            + " nel carrello di un'altra persona";
  }

  private static String capped(int asked, boolean en) {
    int max = dev.filo.cart.domain.Cart.QUANTITY_MAX;
    return en
        ? "Together there would have been " + asked + " pieces; a line has at most " + max
        : "Insieme sarebbero stati " + asked + " pezzi; una riga ne ha al massimo " + max;
  }

  private static String merged(int count, String device, boolean en) {
    if (en) {
      return count
          + (count == 1 ? " line comes from " : " lines come from ")
          + (device.isEmpty() ? "another device" : device);
    }
    return count
        + (count == 1 ? " riga viene da " : " righe vengono da ")
        + (device.isEmpty() ? "un altro dispositivo" : device);
  }

  private static CartWarning warning(String code, String text, String line) {
    return CartWarning.newBuilder().setCode(code).setText(text).setLine(line).build();
  }

  private static Origin origin(dev.filo.cart.domain.Origin origin) {
    return Origin.newBuilder()
        .setChannel(origin.channel())
        .setDevice(origin.device())
        .setBy(origin.by())
        .setTime(Times.timestamp(origin.time()))
        .setCampaign(origin.campaign())
        .setWay(
            switch (origin.way()) {
              case ADDED -> Origin.Way.WAY_UNSPECIFIED;
              case PROPOSED -> Origin.Way.PROPOSED;
              case BY_AGENT -> Origin.Way.BY_AGENT;
              case LINK -> Origin.Way.LINK;
            })
        .build();
  }

  static com.google.type.Money money(Money money) {
    return com.google.type.Money.newBuilder()
        .setCurrencyCode(money.currency())
        .setUnits(money.units())
        .setNanos(money.nanos())
        .build();
  }
}
