package dev.filo.cart.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.domain.Refusal;
import dev.filo.cart.domain.Voucher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import reactor.core.publisher.Mono;

/** The retailer's vouchers. Thread-safe. */
public final class Vouchers {
  // How long a withdrawn voucher may still count on a replica that did not withdraw it.
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final VoucherStore store;
  private final Cache<String, Optional<Voucher>> seen =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(FRESH).build();

  /** Vouchers kept in {@code store}. */
  public Vouchers(VoucherStore store) {
    this.store = store;
  }

  /**
   * Makes one. One value; {@link RefusedException} when there is another of this code. Making the
   * same again is harmless.
   */
  public Mono<Voucher> create(Voucher voucher) {
    return store
        .create(voucher)
        .flatMap(
            made ->
                made
                    ? Mono.just(voucher)
                    : store
                        .find(Set.of(voucher.code()))
                        .next()
                        .filter(voucher::equals)
                        .switchIfEmpty(
                            Mono.error(
                                () ->
                                    new RefusedException(
                                        new Refusal.VoucherExists(voucher.code())))))
        .doOnNext(kept -> seen.invalidate(kept.code()));
  }

  /** Vouchers by code. One value. */
  public Mono<List<Voucher>> list(String after, int limit) {
    return store.list(after, limit).collectList();
  }

  /** Ends one. One value; {@link RefusedException} when there is none. */
  public Mono<Voucher> withdraw(String code) {
    return store
        .withdraw(code)
        .switchIfEmpty(
            Mono.error(() -> new RefusedException(new Refusal.VoucherNotFound("", code))))
        .doOnNext(kept -> seen.invalidate(code));
  }

  /** Those of the codes that exist, as they are now. One value. */
  Mono<Map<String, Voucher>> named(Set<String> codes) {
    return codes.isEmpty()
        ? Mono.just(Map.of())
        : store.find(codes).collectMap(Voucher::code).doOnNext(this::remember);
  }

  private void remember(Map<String, Voucher> found) {
    found.forEach((code, voucher) -> seen.put(code, Optional.of(voucher)));
  }

  /** One to look at, as it was at most ten seconds ago. One value. */
  Mono<Optional<Voucher>> shown(String code) {
    if (code.isEmpty()) {
      return Mono.just(Optional.empty());
    }
    var known = seen.getIfPresent(code);
    return known != null
        ? Mono.just(known)
        : store
            .find(Set.of(code))
            .next()
            .map(Optional::of)
            .defaultIfEmpty(Optional.empty())
            .doOnNext(found -> seen.put(code, found));
  }
}
