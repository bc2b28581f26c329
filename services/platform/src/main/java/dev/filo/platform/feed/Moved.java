package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.elemMatch;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.pull;

import java.util.Set;
import org.bson.conversions.Bson;

/** What was moved out of one document: how to tell that it is all there is, and to take it out. */
sealed interface Moved permits Moved.InArray, Left {
  /** That the outbox has nothing else. */
  Bson hasOnly();

  /** Takes out what lies beside the outbox. */
  Bson others();

  /** Takes out all of it, whatever else there is. */
  Bson removal();

  /**
   * Events in an array.
   *
   * @param events their ids
   */
  record InArray(Set<String> events) implements Moved {
    @Override
    public Bson hasOnly() {
      return not(elemMatch(Outbox.FIELD, nin("id", events)));
    }

    @Override
    public Bson others() {
      return combine();
    }

    @Override
    public Bson removal() {
      return pull(Outbox.FIELD, in("id", events));
    }
  }
}
