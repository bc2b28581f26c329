package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;

import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * What a document that is written all the time still has though it lies elsewhere by now: {@link
 * Outbox#keyed} events and what it carried beside them. Immutable.
 */
public final class Left {
  private static final BsonString NO_VALUE = new BsonString("");

  private final Document outbox;
  private final List<String> carried;
  private final boolean isOld;

  /**
   * What was just moved.
   *
   * @param carried paths of fields
   */
  Left(Document outbox, List<String> carried) {
    this(outbox, carried, false);
  }

  private Left(Document outbox, List<String> carried, boolean isOld) {
    this.outbox = outbox;
    this.carried = carried;
    this.isOld = isOld;
  }

  Left and(Left more) {
    var events = new Document(outbox);
    events.putAll(more.outbox);
    return new Left(events, Stream.concat(carried.stream(), more.carried.stream()).toList(), isOld);
  }

  /** Whether it has been seen waiting before. */
  boolean isOld() {
    return isOld;
  }

  Left aged() {
    return new Left(outbox, carried, true);
  }

  /** Whether there is nothing to take out. */
  boolean isNothing() {
    return outbox.isEmpty() && carried.isEmpty();
  }

  /** That the outbox has nothing else. */
  Bson hasOnly() {
    return eq(Outbox.FIELD, outbox);
  }

  /** Takes out what lies beside the outbox. */
  Bson others() {
    return taken(carried.stream());
  }

  /** The update's part that takes all of it out, whatever else there is. */
  public Bson removal() {
    var events = outbox.keySet().stream().map(name -> Outbox.FIELD + "." + name);
    return taken(Stream.concat(events, carried.stream()));
  }

  /** Made at once: there are dozens of them in every write of a level that many want. */
  private static Bson taken(Stream<String> paths) {
    var fields = new BsonDocument();
    paths.forEach(path -> fields.append(path, NO_VALUE));
    return fields.isEmpty() ? combine() : new BsonDocument("$unset", fields);
  }
}
