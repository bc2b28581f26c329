package dev.filo.platform.feed;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.platform.feed.FeedStore.Positioned;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.bson.types.Binary;

/**
 * Events that were appended together, in one document of the feed: one write, one entry in the
 * database's log and one in its index instead of one an event (docs/decisions/0014). Its name is
 * the position of its first event, the others follow it. What is known of each event lies in lists
 * of equal length. A document from before there were pages has one value instead of each list: it
 * is read as a page of one.
 */
public final class FeedPage {
  /** The ids of its events; no two pages of a feed have one in common. */
  public static final String EVENT_ID = "eventId";

  /** What each event is about; empty for one that was scrubbed. */
  public static final String SUBJECT = "subject";

  /** The events, as they were appended but for what was scrubbed. */
  public static final String EVENT = "event";

  /** The position of its last event. */
  static final String LAST = "last";

  /** When it was appended, by the clock of the process that did. */
  static final String TIME = "time";

  /** A reader that stops in the midst of a page reads it twice, so pages are not large. */
  static final int EVENTS_MAX = 100;

  private static final int BYTES_MAX = 256 * 1024;

  private FeedPage() {}

  /**
   * The pages of events that are to lie one after the other from a position on: at most a hundred
   * events or 256 KiB each, though one event alone may be larger.
   */
  static List<Document> of(long first, List<Event> events, Instant now) {
    var pages = new ArrayList<Document>();
    for (int from = 0; from < events.size(); ) {
      var packed = new ArrayList<Binary>();
      int bytes = 0;
      while (from + packed.size() < events.size() && packed.size() < EVENTS_MAX) {
        var event = events.get(from + packed.size()).toByteArray();
        bytes += event.length;
        if (!packed.isEmpty() && bytes > BYTES_MAX) {
          break;
        }
        packed.add(new Binary(event));
      }
      var some = events.subList(from, from + packed.size());
      pages.add(
          new Document("_id", first + from)
              .append(LAST, first + from + some.size() - 1)
              .append(TIME, Date.from(now))
              .append(EVENT_ID, some.stream().map(Event::getId).toList())
              .append(SUBJECT, some.stream().map(Event::getSubject).toList())
              .append(EVENT, packed));
      from += packed.size();
    }
    return pages;
  }

  /** The position of a page's first event. */
  public static long first(Document page) {
    return Docs.number(page, "_id");
  }

  /** The position of a page's last event. */
  static long last(Document page) {
    return Docs.number(page, page.containsKey(LAST) ? LAST : "_id");
  }

  /** Whether a page was appended before a time. */
  static boolean isOlder(Document page, Instant time) {
    var appended = Docs.instant(page, TIME);
    return appended == null || appended.isBefore(time);
  }

  /** The ids of a page's events. */
  static List<String> ids(Document page) {
    return each(page, EVENT_ID, String.class);
  }

  /** What a page's events are about. */
  public static List<String> subjects(Document page) {
    return each(page, SUBJECT, String.class);
  }

  /** A page's events, each with its position. */
  public static List<Positioned> events(Document page) {
    var events = new ArrayList<Positioned>();
    for (Binary event : each(page, EVENT, Binary.class)) {
      try {
        events.add(new Positioned(first(page) + events.size(), Event.parseFrom(event.getData())));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("an event in the feed cannot be read", e);
      }
    }
    return events;
  }

  /** Where a page has one event's value of a field. */
  public static String path(Document page, String field, int index) {
    return page.get(field) instanceof List ? field + "." + index : field;
  }

  private static <T> List<T> each(Document page, String field, Class<T> type) {
    return page.get(field) instanceof List
        ? page.getList(field, type)
        : List.of(type.cast(Objects.requireNonNull(page.get(field))));
  }
}
