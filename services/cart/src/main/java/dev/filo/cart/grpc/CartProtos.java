package dev.filo.cart.grpc;

import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Proposal;
import dev.filo.cart.service.CartView;
import dev.filo.cart.service.Carts;
import dev.filo.cart.service.Stock;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartProposal;
import dev.filo.proto.cart.v1.CartWarning;
import dev.filo.proto.cart.v1.LineAvailability;
import dev.filo.proto.cart.v1.Origin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Carts as messages, and operations from them. */
final class CartProtos {
  // What a merge did is news for a day.
  private static final Duration NEWS = Duration.ofDays(1);
  private static final String PATH = "/cart";

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
      case ADD -> new Operation.Add(id, proto.getAdd().getSku(), proto.getAdd().getQuantity());
      case SET_QUANTITY ->
          new Operation.SetQuantity(
              id, proto.getSetQuantity().getLine(), proto.getSetQuantity().getQuantity());
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
      case OPERATION_NOT_SET -> throw new IllegalStateException("the rule asks for an operation");
    };
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
    var total = total(cart.lines(), view);
    if (total != null) {
      proto.setTotal(money(total));
    }
    warn(proto, cart.notices(), language, now);
    var time = cart.updateTime();
    if (time != null) {
      proto.setUpdateTime(Times.timestamp(time));
    }
    return proto.build();
  }

  private static CartLine line(Line line, CartView view) {
    var goods = now(line.goods(), view);
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
            .setWithdrawn(goods.withdrawn());
    if (!goods.price().equals(line.goods().price())) {
      proto.setAddedUnitPrice(money(line.goods().price()));
    }
    return proto.build();
  }

  private static CartProposal proposal(Proposal proposal, CartView view) {
    var goods = now(proposal.goods(), view);
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
  private static Goods now(Goods then, CartView view) {
    if (view.goods().isEmpty()) {
      return then;
    }
    var known = view.goods().get().get(then.sku());
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
    boolean enough = Math.max(level.deliverable(), level.most()) >= line.quantity();
    boolean some = level.deliverable() > 0 || level.stores() > 0;
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
      var price = now(line.goods(), view).price().times(line.quantity());
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
    for (Notice notice : news.reversed()) {
      if (notice instanceof Notice.LinesMerged(var count, var device, var time)) {
        cart.addWarnings(warning("LINES_MERGED", merged(count, device, en), ""));
      }
    }
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
        .build();
  }

  private static com.google.type.Money money(Money money) {
    return com.google.type.Money.newBuilder()
        .setCurrencyCode(money.currency())
        .setUnits(money.units())
        .setNanos(money.nanos())
        .build();
  }
}
