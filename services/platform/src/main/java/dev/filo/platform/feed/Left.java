package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.Updates;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * What a document that is written all the time still has though it lies elsewhere by now: {@link
 * Outbox#keyed} events and what it carried beside them. Immutable.
 */
public final class Left implements Moved {
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

  @Override
  public Bson hasOnly() {
    return eq(Outbox.FIELD, outbox);
  }

  @Override
  public Bson others() {
    return combine(carried.stream().map(Updates::unset).toList());
  }

  /** The update's part that takes all of it out. */
  @Override
  public Bson removal() {
    var events = outbox.keySet().stream().map(name -> unset(Outbox.FIELD + "." + name)).toList();
    return combine(combine(events), others());
  }

  @Override
  public Bson isEmpty() {
    return eq(Outbox.FIELD, new Document());
  }
}
