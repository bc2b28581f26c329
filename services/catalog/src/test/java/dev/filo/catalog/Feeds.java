package dev.filo.catalog;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Feeds for tests that need one but read only the outboxes. */
public final class Feeds {
  private Feeds() {}

  /** A relay that is not started: outboxes keep what they have. */
  public static Relay standingRelay(MongoDatabase database, InstantSource clock) {
    var feed = new FeedStore(database);
    feed.prepare();
    return new Relay(
        feed, new FeedTail(feed, new Changes(), Duration.ofMillis(100), event -> List.of()), clock);
  }
}
