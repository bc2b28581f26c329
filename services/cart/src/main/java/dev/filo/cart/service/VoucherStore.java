package dev.filo.cart.service;

import dev.filo.cart.domain.Voucher;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where vouchers are kept. */
public interface VoucherStore {
  /** Keeps a new one. One value: false when there is one of this code already. */
  Mono<Boolean> create(Voucher voucher);

  /** Those of the codes that exist. */
  Flux<Voucher> find(Set<String> codes);

  /** Vouchers by code, after one; empty for the first. */
  Flux<Voucher> list(String after, int limit);

  /** Ends one. One value, as it is then; empty when there is none. */
  Mono<Voucher> withdraw(String code);
}
