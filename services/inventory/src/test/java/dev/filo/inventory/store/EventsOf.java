package dev.filo.inventory.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.Outbox;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.inventory.v1.StockLevelChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/** What levels have told, read from their outboxes while no relay runs. */
final class EventsOf {
  private EventsOf() {}

  static List<StockLevelChanged> levels(MongoDatabase database) {
    var events = new ArrayList<StockLevelChanged>();
    var documents =
        Flux.from(database.getCollection("levels").find())
            .collectList()
            .block(Duration.ofSeconds(20));
    for (var document : documents == null ? List.<org.bson.Document>of() : documents) {
      for (Event event : Outbox.events(document)) {
        try {
          events.add(event.getData().unpack(StockLevelChanged.class));
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    return events;
  }
}
