package dev.filo.platform.fresh;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.filo.platform.mongo.Questions;
import dev.filo.platform.mongo.Questions.Asked;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What others have said, for as long as it may be believed. What is used when it has half that age
 * is asked anew, together with all else that is, and until then the earlier answer is given: so
 * whoever comes again and again waits once, and asking for her costs next to nothing. Thread-safe.
 */
public final class KeptFresh<K, V> {
  private static final Duration MOMENT = Duration.ofMillis(200); // for others to come along
  private static final int LANES = 2;

  private final LoadingCache<K, V> known;

  /**
   * Nothing is known yet.
   *
   * @param most how many answers are kept
   * @param age how old one may be
   * @param together how many are asked for at once at most
   * @param ask the answers about some, one value; whom it leaves out is forgotten. When it fails,
   *     or takes a quarter of the age, which would be old already, the earlier answer stays for its
   *     time, and the next use asks again
   */
  public KeptFresh(
      int most, Duration age, int together, Function<Collection<K>, Mono<Map<K, V>>> ask) {
    this(most, age, together, ask, Ticker.systemTicker());
  }

  KeptFresh(
      int most,
      Duration age,
      int together,
      Function<Collection<K>, Mono<Map<K, V>>> ask,
      Ticker ticker) {
    var late = age.dividedBy(4);
    var anew =
        new Questions<K, V>(
            LANES,
            together,
            group -> later(group, together, keys -> ask.apply(keys).timeout(late)));
    this.known =
        Caffeine.newBuilder()
            .maximumSize(most)
            .expireAfterWrite(age)
            .refreshAfterWrite(age.dividedBy(2))
            .ticker(ticker)
            .build(new Anew<>(anew));
  }

  /** Whoever is asked about in this moment goes along; a full group need not wait for anybody. */
  private static <K, V> Mono<Runnable> later(
      List<Asked<K, V>> group, int together, Function<Collection<K>, Mono<Map<K, V>>> ask) {
    var keys = group.stream().map(Asked::question).toList();
    var answers = Mono.defer(() -> ask.apply(keys));
    return (group.size() == together ? answers : Mono.delay(MOMENT).then(answers))
        .map(found -> () -> group.forEach(one -> answer(one, found.get(one.question()))));
  }

  private static <K, V> void answer(Asked<K, V> one, @Nullable V found) {
    if (found == null) {
      one.done();
    } else {
      one.answer(found);
    }
  }

  /** What was said, no longer ago than it may be; null when it is to be asked. */
  public @Nullable V get(K key) {
    return known.getIfPresent(key);
  }

  /** This is the answer, as of now. */
  public void put(K key, V value) {
    known.put(key, value);
  }

  /** This is to be asked. */
  public void forget(K key) {
    known.invalidate(key);
  }

  /** All is to be asked. */
  public void forgetAll() {
    known.invalidateAll();
  }

  /** Asks anew what is there; what is not there is asked by whoever needs it. */
  private record Anew<K, V>(Questions<K, V> questions) implements CacheLoader<K, V> {
    @Override
    public V load(K key) {
      throw new UnsupportedOperationException("only what is there is asked anew");
    }

    @Override
    public CompletableFuture<? extends V> asyncReload(K key, V earlier, Executor executor) {
      return questions
          .ask(key)
          // The one error that is not logged: who needs it will ask, and tell if that fails.
          .onErrorMap(error -> new CancellationException(error.getMessage()))
          .toFuture();
    }
  }
}
