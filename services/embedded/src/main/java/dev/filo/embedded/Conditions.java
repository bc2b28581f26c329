package dev.filo.embedded;

import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a filter demands of single fields, as far as an index can answer it: every document the
 * filter matches has one of these values. The rest of the filter is checked on the documents.
 */
final class Conditions {

  private final Map<String, List<Object>> equal = new HashMap<>();
  private final Map<String, Object> least = new HashMap<>();
  private final Map<String, Object> most = new HashMap<>();

  private Conditions() {}

  static Conditions of(Document filter) {
    var conditions = new Conditions();
    conditions.add(filter);
    return conditions;
  }

  /** The values of which the field has one; null when the filter does not say. */
  @Nullable List<Object> equal(String field) {
    return equal.get(field);
  }

  /** A value the field is not below; null when the filter does not say. */
  @Nullable Object least(String field) {
    return least.get(field);
  }

  /** A value the field is not above; null when the filter does not say. */
  @Nullable Object most(String field) {
    return most.get(field);
  }

  private void add(Document filter) {
    filter.forEach(
        (name, demand) -> {
          if (name.equals("$and") && demand instanceof Collection<?> parts) {
            for (Object part : parts) {
              if (part instanceof Document document) {
                add(document);
              }
            }
          } else if (!name.startsWith("$")) {
            demand(name, demand);
          }
        });
  }

  private void demand(String field, @Nullable Object demand) {
    if (!(demand instanceof Document document)) {
      if (isIndexable(demand)) {
        equal.putIfAbsent(field, List.of(demand));
      }
      return;
    }
    if (document.keySet().stream().noneMatch(name -> name.startsWith("$"))) {
      if (field.equals(StoreCollection.ID)) {
        equal.putIfAbsent(field, List.of(document));
      }
      return;
    }
    document.forEach(
        (operator, value) -> {
          switch (operator) {
            case "$eq" -> {
              if (isIndexable(value)
                  || (field.equals(StoreCollection.ID) && value instanceof Document)) {
                equal.putIfAbsent(field, List.of(value));
              }
            }
            case "$in" -> {
              if (value instanceof Collection<?> values) {
                var found = new ArrayList<Object>();
                for (Object each : values) {
                  if (!isIndexable(each)) {
                    return;
                  }
                  found.add(each);
                }
                equal.putIfAbsent(field, found);
              }
            }
            case "$gt", "$gte" -> {
              if (isIndexable(value)) {
                least.putIfAbsent(field, value);
              }
            }
            case "$lt", "$lte" -> {
              if (isIndexable(value)) {
                most.putIfAbsent(field, value);
              }
            }
            default -> {
              // checked on the documents
            }
          }
        });
  }

  private static boolean isIndexable(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Missing missing -> false;
      case String string -> true;
      case Number number -> true;
      case Boolean flag -> true;
      case Instant instant -> true;
      case ObjectId id -> true;
      case UUID id -> true;
      case LegacyUUID id -> true;
      case BinData binary -> true;
      default -> false;
    };
  }
}
