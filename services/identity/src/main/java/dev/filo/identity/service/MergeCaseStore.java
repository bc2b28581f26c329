package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.MergeCase;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps cases. */
public interface MergeCaseStore {
  /** Acts on their way to the audit log, each kept beside what it did. */
  ActStore acts();

  /** A case. Empty when there is none. */
  Mono<MergeCase> find(String id);

  /** Adds a case; one that is there already is left as it is. True when it was added. */
  Mono<Boolean> add(MergeCase opened);

  /**
   * Puts a case in place of the one seen. One value: false when that has changed meanwhile.
   *
   * @param act what is to come into the audit log; null: nothing
   */
  Mono<Boolean> replace(
      MergeCase seen, MergeCase next, @Nullable Remembered remembered, @Nullable AuditAct act);

  /** A request and its answer. */
  record Remembered(String requestId, Message request, Message answer) {}

  /** Notes that what was decided is done. */
  Mono<Void> done(String id, long version);

  /** Cases in a state, or all; the newest first, from after an id on. One value. */
  Mono<List<MergeCase>> list(MergeCase.@Nullable State state, String after, int limit);

  /** Decided before a moment, and not done. */
  Flux<MergeCase> pending(Instant before);

  /** The answer the case remembers for a request. Empty when it knows it not. */
  <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, Parser<T> parser);
}
