package dev.filo.identity.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The erasure of a person in all services, on its way. Each service is asked in turn; when all have
 * answered, all are asked once more, for what was on its way meanwhile.
 *
 * @param customers by name: her, and all who are merged into her
 * @param actor who asked for it
 * @param reason why, by a manager; empty when she asked herself
 * @param requestHash tells one request from another with the same id
 * @param audited whether it is in the audit log
 * @param round 1, then {@value #ROUNDS}
 * @param next which service of the list is asked next
 * @param receipts by service, as the contract's message
 * @param endTime when all was done; null before
 */
public record Erasure(
    String id,
    List<String> customers,
    String actor,
    String reason,
    String requestHash,
    boolean audited,
    int round,
    int next,
    Map<String, byte[]> receipts,
    Instant createTime,
    @Nullable Instant endTime) {
  /** Rounds in all. */
  public static final int ROUNDS = 2;

  /** Copies what can change. */
  public Erasure {
    customers = List.copyOf(customers);
    receipts = Map.copyOf(receipts);
  }

  /** Its resource name. */
  public String name() {
    return "erasures/" + id;
  }

  /** Her name. */
  public String customer() {
    return customers.getFirst();
  }

  /** True when all is done. */
  public boolean isDone() {
    return endTime != null;
  }

  /** The id in a resource name. */
  public static String id(String name) {
    return name.substring("erasures/".length());
  }
}
