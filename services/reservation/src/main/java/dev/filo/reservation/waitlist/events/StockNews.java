package dev.filo.reservation.waitlist.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.StockLevelChanged;
import dev.filo.reservation.waitlist.service.Waitlists;
import reactor.core.publisher.Mono;

/** Hears of pieces that can be had again: a hold ended, goods came in or back. */
public final class StockNews {
  private static final String CHANGED = StockLevelChanged.getDescriptor().getFullName();
  private static final String PREFIX = "stockLevels/";

  private final Waitlists waitlists;

  /** Tells these lines. */
  public StockNews(Waitlists waitlists) {
    this.waitlists = waitlists;
  }

  /** Deals with one event; repeating is harmless. */
  public Mono<Void> deal(Event event) {
    if (!event.getType().equals(CHANGED)) {
      return Mono.empty();
    }
    try {
      var level = event.getData().unpack(StockLevelChanged.class).getLevel();
      return level.getAvailable() > 0
          ? waitlists.served(level.getName().substring(PREFIX.length()))
          : Mono.empty();
    } catch (InvalidProtocolBufferException e) {
      return Mono.error(e);
    }
  }
}
