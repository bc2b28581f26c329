package dev.filo.catalog.store;

import com.google.protobuf.Message;
import dev.filo.catalog.domain.Refusal;
import java.util.List;
import java.util.Map;

/**
 * What became of an import.
 *
 * @param changed the records that were added or changed, as they are now
 * @param refusals why rows were not taken, by their place in the request
 */
public record Imported<T extends Message>(List<Kept<T>> changed, Map<Integer, Refusal> refusals) {}
