package dev.filo.cart.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.service.Carts;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.AddLine;
import dev.filo.proto.cart.v1.AllowEditing;
import dev.filo.proto.cart.v1.AnswerProposal;
import dev.filo.proto.cart.v1.AskToEdit;
import dev.filo.proto.cart.v1.CartAbandoned;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartsMerged;
import dev.filo.proto.cart.v1.CartsUnmerged;
import dev.filo.proto.cart.v1.ChangedItem;
import dev.filo.proto.cart.v1.ChooseFulfilment;
import dev.filo.proto.cart.v1.EndEditing;
import dev.filo.proto.cart.v1.Fulfilment;
import dev.filo.proto.cart.v1.MoveLine;
import dev.filo.proto.cart.v1.NoteLine;
import dev.filo.proto.cart.v1.ProposeLine;
import dev.filo.proto.cart.v1.RemoveLine;
import dev.filo.proto.cart.v1.SetQuantity;
import dev.filo.proto.cart.v1.TakeOrdered;
import dev.filo.proto.cart.v1.UndoMerge;
import dev.filo.proto.cart.v1.UseVoucher;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.List;

/** What happened to carts, as events. */
public final class CartEvents {
  private static final String SOURCE = "filo/cart";
  private static final Actor CART =
      Actor.newBuilder()
          .setPrincipal("services/cart")
          .setRole("service")
          .setChannel("system")
          .build();

  private CartEvents() {}

  /** The event that tells of a fact; by this service itself when nobody called. */
  public static Event event(CartFact fact, Caller by, Instant now) {
    var actor = by.principal().isEmpty() ? CART : by.actor();
    return switch (fact) {
      case CartFact.Changed changed ->
          Outbox.event(SOURCE, Carts.name(changed.customer()), now, actor, changed(changed));
      case CartFact.Merged(var customer, var alias, var lineCount) ->
          Outbox.event(
              SOURCE,
              Carts.name(customer),
              now,
              actor,
              CartsMerged.newBuilder()
                  .setCustomer(customer)
                  .setAlias(alias)
                  .setLineCount(lineCount)
                  .build());
      case CartFact.Unmerged(var customer, var alias, var lineCount) ->
          Outbox.event(
              SOURCE,
              Carts.name(customer),
              now,
              actor,
              CartsUnmerged.newBuilder()
                  .setCustomer(customer)
                  .setAlias(alias)
                  .setLineCount(lineCount)
                  .build());
      case CartFact.Abandoned abandoned ->
          Outbox.event(
              SOURCE,
              Carts.name(abandoned.customer()),
              now,
              actor,
              CartAbandoned.newBuilder()
                  .setCustomer(abandoned.customer())
                  .setVersion(abandoned.version())
                  .setLink("cartLinks/" + abandoned.link())
                  .setLinkExpireTime(Times.timestamp(abandoned.linkExpireTime()))
                  .setItemCount(abandoned.itemCount())
                  .addAllSkus(abandoned.skus())
                  .build());
    };
  }

  /** Who watches the cart that went into another one hears of it too. */
  public static List<String> keys(Event event) {
    try {
      if (event.getData().is(CartsMerged.class)) {
        return List.of(Carts.name(event.getData().unpack(CartsMerged.class).getAlias()));
      }
      return event.getData().is(CartsUnmerged.class)
          ? List.of(Carts.name(event.getData().unpack(CartsUnmerged.class).getAlias()))
          : List.of();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event of ours cannot be read", e);
    }
  }

  private static CartChanged changed(CartFact.Changed fact) {
    var changed = CartChanged.newBuilder().setCustomer(fact.customer()).setVersion(fact.version());
    fact.operations().forEach(operation -> changed.addOperations(operation(operation)));
    fact.about()
        .forEach(
            about -> {
              changed.putTitles(about.sku(), about.title());
              changed.addItems(
                  ChangedItem.newBuilder()
                      .setOperation(about.operation())
                      .setSku(about.sku())
                      .setProduct(about.product())
                      .setTitle(about.title()));
            });
    return changed.build();
  }

  private static CartOperation operation(Operation operation) {
    var proto = CartOperation.newBuilder().setId(operation.id());
    switch (operation) {
      case Operation.Add add ->
          proto.setAdd(
              AddLine.newBuilder()
                  .setSku(add.sku())
                  .setQuantity(add.quantity())
                  .setCampaign(add.campaign()));
      case Operation.Bring bring ->
          proto.setAdd(AddLine.newBuilder().setSku(bring.sku()).setQuantity(bring.quantity()));
      case Operation.SetQuantity set ->
          proto.setSetQuantity(
              SetQuantity.newBuilder().setLine(set.line()).setQuantity(set.quantity()));
      case Operation.Remove remove ->
          proto.setRemove(RemoveLine.newBuilder().setLine(remove.line()));
      case Operation.SaveForLater save ->
          proto.setSaveForLater(MoveLine.newBuilder().setLine(save.line()));
      case Operation.MoveToCart back ->
          proto.setMoveToCart(MoveLine.newBuilder().setLine(back.line()));
      case Operation.Propose propose ->
          proto.setPropose(
              ProposeLine.newBuilder()
                  .setSku(propose.sku())
                  .setQuantity(propose.quantity())
                  .setNote(propose.note()));
      case Operation.Accept accept ->
          proto.setAccept(AnswerProposal.newBuilder().setProposal(accept.proposal()));
      case Operation.Decline decline ->
          proto.setDecline(AnswerProposal.newBuilder().setProposal(decline.proposal()));
      // What she writes for herself is nobody else's business.
      case Operation.Note note -> proto.setNote(NoteLine.newBuilder().setLine(note.line()));
      case Operation.ChooseFulfilment choose ->
          proto.setChooseFulfilment(
              ChooseFulfilment.newBuilder()
                  .setLine(choose.line())
                  .setFulfilment(
                      Fulfilment.newBuilder()
                          .setStore(choose.fulfilment().store())
                          .setKind(
                              switch (choose.fulfilment().kind()) {
                                case OPEN -> Fulfilment.Kind.KIND_UNSPECIFIED;
                                case SHIP -> Fulfilment.Kind.SHIP;
                                case PICKUP -> Fulfilment.Kind.PICKUP;
                              })));
      case Operation.ApplyVoucher apply ->
          proto.setApplyVoucher(UseVoucher.newBuilder().setCode(apply.code()));
      case Operation.RemoveVoucher remove ->
          proto.setRemoveVoucher(UseVoucher.newBuilder().setCode(remove.code()));
      case Operation.UndoMerge undo ->
          proto.setUndoMerge(UndoMerge.newBuilder().setMerge(undo.merge()));
      case Operation.AskToEdit ask -> proto.setAskToEdit(AskToEdit.getDefaultInstance());
      case Operation.AllowEditing allow ->
          proto.setAllowEditing(
              AllowEditing.newBuilder()
                  .setDuration(
                      com.google.protobuf.Duration.newBuilder()
                          .setSeconds(allow.duration().toSeconds())));
      case Operation.EndEditing end -> proto.setEndEditing(EndEditing.getDefaultInstance());
      case Operation.TakeOrdered take ->
          proto.setTakeOrdered(TakeOrdered.newBuilder().setOrder(take.order()));
    }
    return proto.build();
  }
}
