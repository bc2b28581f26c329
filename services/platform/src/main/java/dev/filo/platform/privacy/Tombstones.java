package dev.filo.platform.privacy;

import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.RecordedNames;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The customers who were erased: nothing about them is let in again, by whatever late token, event
 * or replay. Kept for ever in the service's own database, a random name each; all replicas have
 * them in memory and read what is new once a second. Thread-safe.
 */
public final class Tombstones {
  private final RecordedNames erased;
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  /** The tombstones kept in a service's own database. */
  public Tombstones(MongoDatabase database, InstantSource clock) {
    this.erased = new RecordedNames(database, "erased", "time", clock);
  }

  /** Makes the index and reads all there are; to be called when the service starts. */
  public void prepare() {
    erased.prepare();
    refresh().block(Duration.ofMinutes(1));
  }

  /** True when a customer was erased. */
  public boolean has(String customer) {
    return names.contains(customer);
  }

  /** Records that customers are erased under an erasure. Repeating is harmless. */
  public Mono<Void> record(Collection<String> customers, String erasure) {
    return Flux.fromIterable(customers)
        .concatMap(name -> erased.record(name, setOnInsert("erasure", erasure)))
        .then(Mono.fromRunnable(() -> names.addAll(customers)));
  }

  /**
   * Erases once more everybody who was ever erased: data that were restored may have brought them
   * back. A value for each erasure that found something.
   */
  public Flux<String> again(Erasures erasures) {
    return erased
        .all("erasure")
        .concatMap(
            one -> {
              var names = Set.copyOf(one.getValue());
              return erasures
                  .preview(names)
                  .filter(found -> found.stream().anyMatch(Tombstones::isLeft))
                  .flatMap(found -> erasures.erase(names, one.getKey(), 1))
                  .map(receipt -> "erased again");
            });
  }

  private static boolean isLeft(PersonalData.Treatment treatment) {
    return treatment.kind() != PersonalData.Kind.KEPT && treatment.count() > 0;
  }

  /** Reads what other replicas have recorded since the last reading; to be called regularly. */
  public Mono<Void> refresh() {
    return erased.refresh(Instant.EPOCH, names::add);
  }
}
