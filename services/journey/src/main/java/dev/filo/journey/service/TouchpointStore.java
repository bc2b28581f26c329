package dev.filo.journey.service;

import dev.filo.journey.domain.Touchpoint;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where touchpoints are kept. */
public interface TouchpointStore {
  /** Keeps those that are not there yet. One value: how many those were. */
  Mono<Integer> insert(List<Touchpoint> touchpoints);

  /** A customer's touchpoints before a place, the newest first. One value. */
  Mono<List<Touchpoint>> before(String customer, @Nullable Place place, int limit);

  /** Whose time line this customer's has become. Empty when it is still hers. */
  Mono<String> heir(String customer);

  /** Remembers whose time line this customer's becomes; to be done before anything moves. Empty. */
  Mono<Void> recordHeir(String customer, String heir);

  /** Forgets whose time line this customer's had become: it is hers again. Empty. */
  Mono<Void> forgetHeir(String customer);

  /** Moves all there is of one customer to another; each remembers whose it was first. Empty. */
  Mono<Void> move(String customer, String heir);

  /** Moves to a customer all that was first one of these names', wherever it is. Empty. */
  Mono<Void> giveBack(String customer, Collection<String> names);

  /**
   * A place in a time line.
   *
   * @param key of the touchpoint there, which tells those of one instant apart
   */
  record Place(Instant time, String key) {}
}
