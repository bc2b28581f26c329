package dev.filo.journey.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.journey.service.Timelines;
import dev.filo.proto.feed.v1.Event;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Puts other services' events on time lines; the same event again changes nothing. */
public final class TouchpointKeeper {
  private static final Logger log = LoggerFactory.getLogger(TouchpointKeeper.class);

  private final Timelines timelines;
  private final Predicate<String> erased;

  /**
   * Puts them on these.
   *
   * @param erased whether a customer was erased: nothing of hers is kept any more
   */
  public TouchpointKeeper(Timelines timelines, Predicate<String> erased) {
    this.timelines = timelines;
    this.erased = erased;
  }

  /** Deals with one event. Empty. */
  public Mono<Void> keep(Event event) {
    List<Touchpoint> touchpoints;
    try {
      touchpoints = EventTouchpoints.of(event);
    } catch (InvalidProtocolBufferException e) {
      // It will never be readable; what comes behind it must not wait for that.
      log.error("{} {} cannot be read and is left out", event.getType(), event.getId());
      return Mono.empty();
    }
    return timelines
        .keep(
            touchpoints.stream()
                .filter(one -> !one.customer().isEmpty() && !erased.test(one.customer()))
                .toList())
        .then();
  }
}
