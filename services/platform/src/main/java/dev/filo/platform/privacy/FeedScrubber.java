package dev.filo.platform.privacy;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.FeedPage;
import dev.filo.platform.mongo.Mongo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes what is personal out of events that are in the service's feed already, each at its place:
 * positions, ids and types stay, so that followers go on as before.
 */
public final class FeedScrubber {
  private static final int SUBJECTS_AT_ONCE = 200;

  private final MongoCollection<Document> feed;

  /** Scrubs the feed in a service's own database. */
  public FeedScrubber(MongoDatabase database) {
    this.feed = database.getCollection("feed");
  }

  /** Makes the index; to be called when the service starts. */
  public void prepare() {
    Mongo.index(feed, Indexes.ascending(FeedPage.SUBJECT));
  }

  /** How many events about these subjects are not scrubbed yet. One value. */
  public Mono<Long> count(Collection<String> subjects) {
    var asked = Set.copyOf(subjects);
    return Flux.fromIterable(parts(subjects))
        .concatMap(
            some -> feed.find(in(FeedPage.SUBJECT, some)).projection(include(FeedPage.SUBJECT)))
        .distinct(FeedPage::first)
        .map(page -> FeedPage.subjects(page).stream().filter(asked::contains).count())
        .reduce(0L, Long::sum);
  }

  /** Scrubs all events about these subjects. Repeating is harmless. */
  public Mono<Void> scrub(Collection<String> subjects) {
    return Flux.fromIterable(parts(subjects))
        .concatMap(
            some ->
                Flux.from(feed.find(in(FeedPage.SUBJECT, some)))
                    .concatMap(page -> scrub(page, Set.copyOf(some))))
        .then();
  }

  /** Each event by itself: of two that scrub one page at once neither undoes the other's. */
  private Mono<UpdateResult> scrub(Document page, Set<String> subjects) {
    var changes = new ArrayList<Bson>();
    var events = FeedPage.events(page);
    var about = FeedPage.subjects(page);
    for (int i = 0; i < events.size(); i++) {
      if (subjects.contains(about.get(i))) {
        var redacted = Redaction.of(events.get(i).event());
        changes.add(
            set(FeedPage.path(page, FeedPage.EVENT, i), new Binary(redacted.toByteArray())));
        changes.add(set(FeedPage.path(page, FeedPage.SUBJECT, i), ""));
      }
    }
    return Mono.from(feed.updateOne(eq("_id", page.get("_id")), combine(changes)));
  }

  private static List<List<String>> parts(Collection<String> subjects) {
    var all = List.copyOf(subjects);
    var parts = new ArrayList<List<String>>();
    for (int from = 0; from < all.size(); from += SUBJECTS_AT_ONCE) {
      parts.add(all.subList(from, Math.min(all.size(), from + SUBJECTS_AT_ONCE)));
    }
    return parts;
  }
}
