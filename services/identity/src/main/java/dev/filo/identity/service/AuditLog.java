package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.AuditEntry;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The log of administrative acts. Each entry has its place, the hash of the one before and its own,
 * keyed with identity's secret: whoever can write to the database but does not know the secret
 * cannot alter, remove, move or add an entry without it showing. That the newest entries were cut
 * off shows when an earlier check's last place and hash were kept elsewhere.
 */
public final class AuditLog {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final int FAULTS_MAX = 100;
  // Of many at once one always gets its place: this many would have to be quicker than us.
  private static final int RACES_MAX = 500;

  private final AuditStore store;
  private final Secrets secrets;

  /** A log in a store. */
  public AuditLog(AuditStore store, Secrets secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /** Puts an act into the log, once, however often and by whomever it is repeated. */
  public Mono<Void> append(AuditAct act) {
    return store
        .has(act.id())
        .flatMap(there -> there ? Mono.just(true) : next(act).flatMap(store::add))
        .filter(Boolean::booleanValue)
        .switchIfEmpty(Mono.error(() -> new StaleVersionException("audit log", 0)))
        .retryWhen(StaleRetry.atOnce(RACES_MAX))
        .then();
  }

  /** Puts an act into the log that a store keeps until then; nothing when there was none. */
  Mono<Void> settle(ActStore store, @Nullable AuditAct act) {
    return act == null ? Mono.empty() : append(act).then(Mono.defer(() -> store.settle(act)));
  }

  /** Puts acts into the log that were done before a moment, by processes that died since. */
  public Mono<Void> settleLeft(ActStore store, Instant before) {
    return store
        .unsettled()
        .filter(act -> act.time().isBefore(before))
        .concatMap(
            act -> {
              log.info("an act that was left half done comes into the audit log");
              return settle(store, act);
            })
        .then();
  }

  private Mono<AuditEntry> next(AuditAct act) {
    return store
        .last()
        .map(last -> sealed(new AuditEntry(last.sequence() + 1, act, last.hash(), "")))
        .switchIfEmpty(Mono.fromSupplier(() -> sealed(new AuditEntry(1, act, "", ""))));
  }

  private AuditEntry sealed(AuditEntry entry) {
    return new AuditEntry(entry.sequence(), entry.act(), entry.previousHash(), hash(entry));
  }

  private String hash(AuditEntry entry) {
    return secrets.hash("audit", entry.content());
  }

  /** Entries after a place, oldest first. */
  public Flux<AuditEntry> after(long sequence, int max) {
    return store.after(sequence, max);
  }

  /** Entries before a place, newest first. */
  public Flux<AuditEntry> before(long sequence, int max) {
    return store.before(sequence, max);
  }

  /** Something wrong. */
  public record Fault(long sequence, Kind kind) {}

  /** The kinds of fault. */
  public enum Kind {
    /** The content is not what the hash says. */
    ALTERED,
    /** There is none at this place. */
    MISSING,
    /** It does not go on from the one before. */
    UNCHAINED
  }

  /** What a check found. */
  public record Verdict(long count, long lastSequence, String lastHash, List<Fault> faults) {
    /** Copies what can change. */
    public Verdict {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads all entries and compares. One value.
   *
   * @param knownSequence an entry that must still be there; 0: none
   * @param knownHash and its hash
   */
  public Mono<Verdict> verify(long knownSequence, String knownHash) {
    return store
        .all()
        .reduceWith(() -> new Check(knownSequence, knownHash), Check::read)
        .map(Check::verdict);
  }

  /** A check under way. */
  private final class Check {
    private final long knownSequence;
    private final String knownHash;
    private final List<Fault> faults = new ArrayList<>();
    private long count;
    private long last;
    private String lastHash = "";

    Check(long knownSequence, String knownHash) {
      this.knownSequence = knownSequence;
      this.knownHash = knownHash;
    }

    Check read(AuditEntry entry) {
      count++;
      long at = entry.sequence();
      boolean genuine = Secrets.same(hash(entry), entry.hash());
      if (!genuine || at <= last) {
        fault(at, Kind.ALTERED);
      }
      if (at > last + 1) {
        fault(last + 1, Kind.MISSING);
      } else if (genuine && at == last + 1 && !entry.previousHash().equals(lastHash)) {
        fault(at, Kind.UNCHAINED);
      }
      if (at == knownSequence && genuine && !entry.hash().equals(knownHash)) {
        fault(at, Kind.ALTERED);
      }
      if (at > last) {
        last = at;
        lastHash = entry.hash();
      }
      return this;
    }

    Verdict verdict() {
      if (last < knownSequence) {
        fault(last + 1, Kind.MISSING);
      }
      return new Verdict(count, last, lastHash, faults);
    }

    private void fault(long sequence, Kind kind) {
      if (faults.size() < FAULTS_MAX) {
        faults.add(new Fault(sequence, kind));
      }
    }
  }
}
