package dev.filo.platform.feed;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.mongodb.client.model.Updates;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;

/**
 * Events inside the document they happened to, written by the very update that made them happen.
 * {@link Relay} takes them out once they are in the service's feed.
 *
 * <p>Most documents have them in an array. One that is written all the time has them by name,
 * {@link #keyed}, so that its next write can put new ones in and take old ones out.
 */
public final class Outbox {
  /** The events not yet in the feed, an array or by name. */
  public static final String FIELD = "outbox";

  /**
   * When the oldest of them was written; absent when there are none. Indexed, so that leftovers are
   * found.
   */
  public static final String SINCE = "outboxSince";

  private Outbox() {}

  /**
   * An event.
   *
   * @param source the service: {@code filo/cart}
   * @param subject the resource it happened to
   */
  public static Event event(
      String source, String subject, Instant time, Actor actor, Message data) {
    return Event.newBuilder()
        .setId(Ids.random())
        .setSource(source)
        .setType(data.getDescriptorForType().getFullName())
        .setSubject(subject)
        .setTime(Times.timestamp(time))
        .setActor(actor)
        .setData(Any.pack(data))
        .build();
  }

  /** The update's part that records events, in this order. Not for an empty list. */
  public static Bson record(List<Event> events, Instant now) {
    return Updates.combine(
        Updates.pushEach(FIELD, events.stream().map(Outbox::toDocument).toList()),
        Updates.set(SINCE, Date.from(now)));
  }

  /** Puts events into a document that is being inserted. */
  public static Document with(Document document, List<Event> events, Instant now) {
    if (!events.isEmpty()) {
      document.append(FIELD, events.stream().map(Outbox::toDocument).toList());
      document.append(SINCE, Date.from(now));
    }
    return document;
  }

  /**
   * Events by names that sort as they were written.
   *
   * @param version the document's own, which every write raises
   */
  public static Document keyed(List<Event> events, long version) {
    var keyed = new Document();
    for (Event event : events) {
      keyed.append("v%019d-%04d".formatted(version, keyed.size()), toDocument(event));
    }
    return keyed;
  }

  /** The update's part that records events by name. Not for none. */
  public static Bson record(Document keyed, boolean isNew, Instant now) {
    var parts = new ArrayList<Bson>();
    if (isNew) {
      parts.add(Updates.set(FIELD, keyed));
    } else {
      keyed.forEach((name, event) -> parts.add(Updates.set(FIELD + "." + name, event)));
    }
    parts.add(Updates.set(SINCE, Date.from(now)));
    return Updates.combine(parts);
  }

  /** The events a document still has, oldest first. */
  public static List<Event> events(Document document) {
    var events = new ArrayList<Event>();
    for (Document kept : kept(document)) {
      try {
        events.add(Event.parseFrom(Docs.bytes(kept, "event")));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an event in an outbox cannot be read", e);
      }
    }
    return events;
  }

  private static List<Document> kept(Document document) {
    return document.get(FIELD) instanceof Document keyed
        ? new TreeMap<>(keyed).values().stream().map(Document.class::cast).toList()
        : Docs.list(document, FIELD);
  }

  private static Document toDocument(Event event) {
    return new Document("id", event.getId()).append("event", new Binary(event.toByteArray()));
  }
}
