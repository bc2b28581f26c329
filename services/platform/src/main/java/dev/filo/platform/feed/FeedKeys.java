package dev.filo.platform.feed;

import dev.filo.proto.feed.v1.Event;
import java.util.List;

/**
 * What to tell watchers of an event beside its subject: a service whose watchers watch something
 * wider, such as all things of one person, has one of these as a bean.
 */
@FunctionalInterface
public interface FeedKeys {
  /** More keys for {@link dev.filo.platform.watch.Changes}. */
  List<String> of(Event event);
}
