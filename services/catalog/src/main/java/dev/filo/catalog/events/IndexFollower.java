package dev.filo.catalog.events;

import dev.filo.catalog.search.ProductIndex;
import dev.filo.catalog.search.StoreBook;
import dev.filo.catalog.store.MongoProducts;
import dev.filo.catalog.store.MongoStores;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keeps this replica's index and stores as the database is: all of it when the process starts,
 * before calls are taken, then what the service's own feed names. What it names is read anew, so
 * the newest state counts whatever the order.
 */
public final class IndexFollower implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(IndexFollower.class);
  private static final String PRODUCTS = "products/";
  private static final String STORES = "stores/";
  private static final int BATCH = 500;
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration KEEP = Duration.ofMinutes(1);
  // A million products take minutes; waiting longer than this is a fault.
  private static final Duration BUILD_MAX = Duration.ofMinutes(10);

  private final MongoProducts products;
  private final MongoStores stores;
  private final ProductIndex index;
  private final StoreBook book;
  private final FeedStore feed;
  private final Changes changes;
  private volatile long position;
  private @Nullable Disposable running;

  /** A follower of this service's feed. */
  public IndexFollower(
      MongoProducts products,
      MongoStores stores,
      ProductIndex index,
      StoreBook book,
      FeedStore feed,
      Changes changes) {
    this.products = products;
    this.stores = stores;
    this.index = index;
    this.book = book;
    this.feed = feed;
    this.changes = changes;
  }

  @Override
  public void start() {
    build().block(BUILD_MAX);
    running =
        Disposables.composite(
            Flux.merge(changes.of(FeedTail.ALL), Flux.interval(LOOK).onBackpressureDrop())
                .onBackpressureLatest()
                .concatMap(tick -> follow().onErrorResume(this::later), 1)
                .subscribe(),
            Flux.interval(KEEP)
                .onBackpressureDrop()
                .concatMap(tick -> written(index::keep).onErrorResume(this::later), 1)
                .subscribe());
  }

  /** Takes in everything there is. */
  Mono<Void> build() {
    return feed.last() // before reading: what happens meanwhile is read again
        .doOnNext(last -> position = last)
        .then(
            stores
                .all()
                .buffer(BATCH)
                .doOnNext(book::apply)
                .then(products.all().buffer(BATCH).doOnNext(index::apply).then())
                .then(written(index::settle)));
  }

  private static Mono<Void> written(Runnable work) {
    return Mono.<Void>fromRunnable(work).subscribeOn(Schedulers.boundedElastic());
  }

  private Mono<Void> later(Throwable error) {
    log.warn("the index is kept up later: {}", error.toString());
    return Mono.empty();
  }

  /** Takes in what has happened since. */
  Mono<Void> follow() {
    return feed.after(position, BATCH)
        .flatMap(
            events -> {
              if (events.isEmpty()) {
                return Mono.empty();
              }
              var subjects = events.stream().map(event -> event.event().getSubject()).toList();
              return read(subjects)
                  .doOnSuccess(done -> position = events.getLast().position())
                  .then(events.size() == BATCH ? Mono.defer(this::follow) : Mono.empty());
            });
  }

  private Mono<Void> read(List<String> subjects) {
    var changedStores = ids(subjects, STORES);
    var changedProducts = ids(subjects, PRODUCTS);
    return stores
        .byIds(changedStores)
        .collectList()
        .doOnNext(book::apply)
        .then(products.byIds(changedProducts).collectList())
        .doOnNext(index::apply)
        .then();
  }

  private static Set<String> ids(List<String> subjects, String collection) {
    var ids = new LinkedHashSet<String>();
    for (String subject : subjects) {
      if (subject.startsWith(collection)) {
        ids.add(subject.substring(collection.length()));
      }
    }
    return ids;
  }

  @Override
  public void stop() {
    var disposable = running;
    if (disposable != null) {
      disposable.dispose();
      running = null;
    }
  }

  /** Before the server, which takes calls last. */
  @Override
  public int getPhase() {
    return 1;
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }
}
