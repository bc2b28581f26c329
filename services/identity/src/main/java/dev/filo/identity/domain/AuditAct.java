package dev.filo.identity.domain;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An administrative act, on its way into the log.
 *
 * @param id tells it from others, so that it is in the log once
 * @param actor who did it
 * @param action what was done: {@code staff.create}
 * @param subject to whom or what
 * @param changes by the field's name, the value it has since
 * @param signOut whether the subject's sessions end by it
 */
public record AuditAct(
    String id,
    Instant time,
    String actor,
    String action,
    String subject,
    SortedMap<String, String> changes,
    boolean signOut) {
  /** Copies what can change. */
  public AuditAct {
    changes = new TreeMap<>(changes);
  }
}
