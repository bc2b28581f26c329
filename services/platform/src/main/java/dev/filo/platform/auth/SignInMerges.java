package dev.filo.platform.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.function.BiFunction;
import reactor.core.publisher.Mono;

/**
 * Makes what a caller had before she signed in hers, so that she sees it in the first answer after
 * it and not only when identity's feed has told of it. Each pair once in this process. Thread-safe.
 */
public final class SignInMerges {
  private final BiFunction<String, String, Mono<Void>> merge;
  private final Cache<String, Boolean> done = Caffeine.newBuilder().maximumSize(10_000).build();

  /**
   * None yet.
   *
   * @param merge makes everything of an alias, the second, a customer's; repeating is harmless
   */
  public SignInMerges(BiFunction<String, String, Mono<Void>> merge) {
    this.merge = merge;
  }

  /** Empty once what the caller had before signing in is hers. */
  public Mono<Void> ensure(Caller caller) {
    var pair = caller.principal() + " " + caller.former();
    if (!caller.isShopper() || caller.former().isEmpty() || done.getIfPresent(pair) != null) {
      return Mono.empty();
    }
    return merge
        .apply(caller.principal(), caller.former())
        .then(Mono.fromRunnable(() -> done.put(pair, true)));
  }

  /** Does them again when asked: two who were one have parted. */
  public void forget() {
    done.invalidateAll();
  }
}
