package dev.filo.identity.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.filo.identity.domain.KeptKey;
import dev.filo.identity.service.KeyStore;
import dev.filo.identity.service.Secrets;
import dev.filo.platform.code.Ids;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The keys tokens are signed with. A new one is published some time before it signs, so that
 * whoever checks tokens knows it by then; the one before is published until the last token it
 * signed has ended. They are kept encrypted in the database, so that a restart changes nothing.
 * Thread-safe.
 */
public final class SigningKeys {
  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
  private static final int BITS = 2048;

  private final KeyStore store;
  private final Secrets secrets;
  private final Times times;
  private final InstantSource clock;
  private final ConcurrentHashMap<String, RSAKey> opened = new ConcurrentHashMap<>();
  private final AtomicReference<List<KeptKey>> known = new AtomicReference<>(List.of());

  /**
   * The times of a key.
   *
   * @param age how long it signs before another one is made
   * @param lead how long a new one is published before it signs
   * @param tail how long one is published after it signed last; longer than any token lives
   */
  public record Times(Duration age, Duration lead, Duration tail) {}

  /** Keys in a store. */
  public SigningKeys(KeyStore store, Secrets secrets, Times times, InstantSource clock) {
    this.store = store;
    this.secrets = secrets;
    this.times = times;
    this.clock = clock;
  }

  /**
   * Reads the keys again, makes the first one if there is none and the next one when it is time,
   * and forgets those that are over. To be called at start and then regularly.
   */
  public Mono<Void> refresh() {
    return store
        .keys()
        .collectList()
        .flatMap(
            keys -> {
              var now = now();
              if (keys.isEmpty()) {
                return make(1, now).then(reread());
              }
              var newest = keys.getLast();
              if (newest.activeTime().plus(times.age()).isBefore(now)) {
                return make(newest.number() + 1, now.plus(times.lead())).then(reread());
              }
              known.set(List.copyOf(keys));
              return forget(keys);
            });
  }

  /** Makes the next key now, whatever the present one's age. */
  public Mono<Void> rotate() {
    return store
        .keys()
        .collectList()
        .flatMap(
            keys ->
                make(
                    keys.isEmpty() ? 1 : keys.getLast().number() + 1,
                    keys.isEmpty() ? now() : now().plus(times.lead())))
        .then(reread());
  }

  private Mono<Void> reread() {
    return store.keys().collectList().doOnNext(keys -> known.set(List.copyOf(keys))).then();
  }

  private Mono<Void> make(long number, Instant activeTime) {
    return Mono.fromCallable(() -> generate(number, activeTime))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(store::add)
        .doOnNext(
            added -> {
              if (added) {
                log.info("signing key {} was made", number);
              }
            })
        .then();
  }

  private KeptKey generate(long number, Instant activeTime) throws JOSEException {
    var id = Ids.random();
    var key =
        new RSAKeyGenerator(BITS)
            .keyID(id)
            .keyUse(KeyUse.SIGNATURE)
            .algorithm(JWSAlgorithm.RS256)
            .generate();
    return new KeptKey(
        id,
        number,
        key.toPublicJWK().toJSONString(),
        secrets.seal("key " + id, key.toJSONString()),
        activeTime);
  }

  private Mono<Void> forget(List<KeptKey> keys) {
    var published = published(keys, now());
    return reactor.core.publisher.Flux.fromIterable(keys)
        .filter(key -> !published.contains(key))
        .concatMap(key -> store.remove(key.id()))
        .then();
  }

  private List<KeptKey> published(List<KeptKey> keys, Instant now) {
    var published = new ArrayList<KeptKey>();
    for (int i = 0; i < keys.size(); i++) {
      boolean over =
          i + 1 < keys.size() && keys.get(i + 1).activeTime().plus(times.tail()).isBefore(now);
      if (!over) {
        published.add(keys.get(i));
      }
    }
    return published;
  }

  /** The public keys: the one in use, those before it that still count, the next one. */
  public JWKSet publicKeys() {
    return new JWKSet(
        published(known.get(), now()).stream()
            .map(
                key -> {
                  try {
                    return JWK.parse(key.publicJwk());
                  } catch (ParseException e) {
                    throw new IllegalStateException("a key that is kept cannot be read", e);
                  }
                })
            .toList());
  }

  /** The key that signs now, both halves. */
  public RSAKey current() {
    var now = now();
    var keys = known.get();
    for (var key : keys.reversed()) {
      if (!key.activeTime().isAfter(now)) {
        return opened.computeIfAbsent(key.id(), id -> open(key));
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalStateException("there is no signing key");
    }
    // Only when this machine's clock is behind the one that made the first key.
    return opened.computeIfAbsent(keys.getFirst().id(), id -> open(keys.getFirst()));
  }

  /** Since when the key that signs now has done so; absent while there is none. */
  public Optional<Instant> activeSince() {
    var now = now();
    return known.get().reversed().stream()
        .map(KeptKey::activeTime)
        .filter(time -> !time.isAfter(now))
        .findFirst();
  }

  private RSAKey open(KeptKey key) {
    try {
      return RSAKey.parse(secrets.open("key " + key.id(), key.sealedJwk()));
    } catch (ParseException e) {
      throw new IllegalStateException("a key that is kept cannot be read", e);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
