package dev.filo.reservation.waitlist.service;

import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.reservation.waitlist.domain.Author;
import dev.filo.reservation.waitlist.domain.Entry;
import dev.filo.reservation.waitlist.domain.Entry.State;
import java.time.Instant;

/** Entries as messages. */
public final class WaitlistProtos {
  /** What an entry's name begins with. */
  public static final String PREFIX = "waitlistEntries/";

  private WaitlistProtos() {}

  /**
   * An entry as it stands at an instant.
   *
   * @param position 0 unless she waits
   */
  static WaitlistEntry message(Entry entry, String sku, String store, int position, Instant now) {
    var state = entry.stateAt(now);
    var about = entry.about();
    var message =
        WaitlistEntry.newBuilder()
            .setName(PREFIX + entry.id())
            .setCustomer(entry.customer())
            .setStore(store)
            .setSku(sku)
            .setQuantity(entry.quantity())
            .setState(state(state))
            .setPosition(position)
            .setTitle(about.title())
            .setMediaUri(about.mediaUri())
            .setStoreTitle(about.storeTitle())
            .setCustomerDisplayName(about.customerDisplayName())
            .setCreatedBy(actor(about.createdBy()))
            .setCreateTime(Times.timestamp(entry.joinTime()))
            .setUpdateTime(Times.timestamp(entry.stateTime()));
    switch (state) {
      case State.Offered(var offer) -> offered(message, offer);
      case State.Accepting(var offer, var until, var by) -> offered(message, offer);
      case State.Taken(var reservation, var quantity) ->
          message.setReservation("reservations/" + reservation).setOfferedQuantity(quantity);
      case State.Joining j -> {}
      case State.Waiting w -> {}
      case State.Offering o -> {}
      case State.Lapsed l -> {}
      case State.Left l -> {}
    }
    return message.build();
  }

  private static void offered(WaitlistEntry.Builder message, Entry.Offer offer) {
    message
        .setOfferedQuantity(offer.quantity())
        .setOfferExpireTime(Times.timestamp(offer.expireTime()));
  }

  /** A state as clients know it; unspecified when they do not know of it yet. */
  static WaitlistEntry.State state(State state) {
    return state.label().isEmpty()
        ? WaitlistEntry.State.STATE_UNSPECIFIED
        : WaitlistEntry.State.valueOf(state.label());
  }

  /** An author as events name him. */
  static Actor actor(Author author) {
    return Actor.newBuilder()
        .setPrincipal(author.principal())
        .setRole(author.role())
        .setChannel(author.channel())
        .setDevice(author.device())
        .setDisplayName(author.displayName())
        .build();
  }

  /** An actor as an entry keeps it. */
  static Author author(Actor actor) {
    return new Author(
        actor.getPrincipal(),
        actor.getRole(),
        actor.getChannel(),
        actor.getDevice(),
        actor.getDisplayName());
  }
}
