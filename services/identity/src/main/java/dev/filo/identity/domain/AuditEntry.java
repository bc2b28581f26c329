package dev.filo.identity.domain;

/**
 * An act in the log.
 *
 * @param sequence its place: 1, 2, 3 ...
 * @param previousHash the hash of the entry before; empty in the first
 * @param hash of all the rest, keyed with identity's secret
 */
public record AuditEntry(long sequence, AuditAct act, String previousHash, String hash) {
  /** All that the hash is of, so that no two different entries give the same text. */
  public String content() {
    var text = new StringBuilder();
    part(text, Long.toString(sequence));
    part(text, act.id());
    part(text, Long.toString(act.time().toEpochMilli()));
    part(text, act.actor());
    part(text, act.action());
    part(text, act.subject());
    part(text, Integer.toString(act.changes().size()));
    act.changes()
        .forEach(
            (name, value) -> {
              part(text, name);
              part(text, value);
            });
    part(text, previousHash);
    return text.toString();
  }

  private static void part(StringBuilder text, String value) {
    text.append(value.length()).append(':').append(value);
  }
}
