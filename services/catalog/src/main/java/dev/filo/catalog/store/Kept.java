package dev.filo.catalog.store;

import com.google.protobuf.Message;

/**
 * A record as it is in the database.
 *
 * @param id the last part of its name
 * @param version 1 when it is new, one more with each change
 */
public record Kept<T extends Message>(String id, long version, T content) {}
