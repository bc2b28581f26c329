package dev.filo.gateway.stream;

import org.jspecify.annotations.Nullable;

/**
 * One server-sent event before it is written.
 *
 * @param topic the topic it belongs to, by its place in the request
 * @param kind what it is; absent when only the cursor moved
 * @param data the JSON of what changed
 * @param cursor where to resume from; empty: from the state as it is; absent: as before
 */
record Event(int topic, @Nullable String kind, String data, @Nullable String cursor) {
  /** Nothing to tell but that the answer begins. */
  static final Event HELLO = new Event(0, null, "", null);

  /** The kind of an event that tells the client to read everything anew. */
  static final String RESET = "reset";

  /** The kind of an event that tells that a topic will not go on. */
  static final String REFUSED = "refused";
}
