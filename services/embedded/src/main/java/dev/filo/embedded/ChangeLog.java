package dev.filo.embedded;

import de.bwaldvogel.mongo.backend.AbstractCursor;
import de.bwaldvogel.mongo.backend.Cursor;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.aggregation.Aggregation;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The newest changes, for change streams. They are kept in memory only and from the first watcher
 * on; a token from before a restart, or older than what is kept, is refused with error 286
 * (ChangeStreamHistoryLost) as a MongoDB server does, and the watcher must read its state anew.
 */
final class ChangeLog implements Oplog {

  /** How many changes a watcher may be behind. */
  static final int CHANGES_MAX = 10_000;

  private static final int HISTORY_LOST = 286;

  private record Change(
      long number, String namespace, Document event, @Nullable Document fullDocument) {}

  private final Clock clock;
  private final CursorRegistry cursors;
  private final GroupCommit commits;
  private final long epoch = System.nanoTime() ^ System.currentTimeMillis() << 20;

  private final Object monitor = new Object();
  private final ArrayDeque<Change> changes = new ArrayDeque<>();
  private long newest;
  private boolean watched;
  private boolean ended;

  ChangeLog(Clock clock, CursorRegistry cursors, GroupCommit commits) {
    this.clock = clock;
    this.cursors = cursors;
    this.commits = commits;
  }

  void inserted(String namespace, Document document) {
    append(namespace, "insert", document, document, null);
  }

  void updated(String namespace, Document before, Document after, boolean replaced) {
    if (!replaced) {
      var set = new Document();
      after.forEach(
          (name, value) -> {
            if (!before.containsKey(name) || !Objects.equals(before.get(name), value)) {
              set.put(name, value);
            }
          });
      List<String> removed =
          before.keySet().stream().filter(name -> !after.containsKey(name)).toList();
      var description = new Document("updatedFields", set).append("removedFields", removed);
      append(namespace, "update", after, after, description);
    } else {
      append(namespace, "replace", after, after, null);
    }
  }

  void deleted(String namespace, Document document) {
    append(namespace, "delete", document, null, null);
  }

  private void append(
      String namespace,
      String type,
      @Nullable Document keyed,
      @Nullable Document fullDocument,
      @Nullable Document description) {
    synchronized (monitor) {
      if (!watched) {
        return;
      }
      long number = ++newest;
      Instant now = clock.instant();
      int dot = namespace.indexOf('.');
      var event =
          new Document(StoreCollection.ID, token(number))
              .append("operationType", type)
              .append("clusterTime", new BsonTimestamp(now, 1))
              .append("wallTime", now)
              .append(
                  "ns",
                  new Document("db", namespace.substring(0, dot))
                      .append("coll", namespace.substring(dot + 1)));
      if (keyed != null) {
        event.append(
            "documentKey", new Document(StoreCollection.ID, keyed.get(StoreCollection.ID)));
      }
      if (description != null) {
        event.append("updateDescription", description);
      }
      changes.addLast(new Change(number, namespace, event, fullDocument));
      if (changes.size() > CHANGES_MAX) {
        changes.removeFirst();
      }
      monitor.notifyAll();
    }
  }

  private Document token(long number) {
    HexFormat hex = HexFormat.of();
    return new Document("_data", hex.toHexDigits(epoch) + hex.toHexDigits(number));
  }

  private long number(Document token) {
    if (token.get("_data") instanceof String data && data.length() == 32) {
      try {
        if (HexFormat.fromHexDigitsToLong(data, 0, 16) == epoch) {
          return HexFormat.fromHexDigitsToLong(data, 16, 32);
        }
      } catch (IllegalArgumentException e) {
        throw new MongoServerError(50_795, "FailedToParse", "not a resume token");
      }
    }
    throw historyLost();
  }

  private static MongoServerError historyLost() {
    return new MongoServerError(
        HISTORY_LOST,
        "ChangeStreamHistoryLost",
        "the embedded store no longer has the changes after this resume token");
  }

  /** Waits for a change after {@code seen}, at most so long. */
  void awaitAfter(long seen, long timeoutMillis) {
    long end = System.nanoTime() + timeoutMillis * 1_000_000L;
    synchronized (monitor) {
      while (newest <= seen && !ended) {
        long left = (end - System.nanoTime()) / 1_000_000L;
        if (left <= 0) {
          return;
        }
        try {
          monitor.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  /** Sends waiting watchers home. */
  void end() {
    synchronized (monitor) {
      ended = true;
      monitor.notifyAll();
    }
  }

  boolean hasEnded() {
    synchronized (monitor) {
      return ended;
    }
  }

  @Override
  public Cursor createCursor(Document options, String namespace, Aggregation aggregation) {
    Object token = options.getOrDefault("startAfter", options.get("resumeAfter"));
    long position;
    synchronized (monitor) {
      watched = true;
      position = token instanceof Document document ? number(document) : newest;
    }
    boolean wantsFullDocument =
        options.get("fullDocument") instanceof String wish && !wish.equals("default");
    var cursor =
        new ChangeCursor(
            cursors.generateCursorId(), namespace, aggregation, wantsFullDocument, position);
    cursors.add(cursor);
    return cursor;
  }

  /** A watcher's place in the log. */
  final class ChangeCursor extends AbstractCursor {

    private final String namespace;
    private final Aggregation pipeline;
    private final boolean wantsFullDocument;
    private long position;

    private ChangeCursor(
        long id, String namespace, Aggregation pipeline, boolean wantsFullDocument, long position) {
      super(id);
      this.namespace = namespace;
      this.pipeline = pipeline;
      this.wantsFullDocument = wantsFullDocument;
      this.position = position;
    }

    /** The last change looked at, whether it was for this watcher or not. */
    synchronized long position() {
      return position;
    }

    /** From where the watcher can go on. */
    Document resumeToken() {
      return token(position());
    }

    @Override
    public boolean isEmpty() {
      return false; // it never ends
    }

    @Override
    public synchronized List<Document> takeDocuments(int limit) {
      var next = new ArrayList<Change>();
      synchronized (monitor) {
        Change oldest = changes.peekFirst();
        long reachable = oldest == null ? newest : oldest.number() - 1;
        if (position < reachable) {
          throw historyLost();
        }
        for (Change change : changes) {
          if (change.number() > position) {
            next.add(change);
            if (limit > 0 && next.size() == limit) {
              break;
            }
          }
        }
        if (!next.isEmpty()) {
          position = next.getLast().number();
        }
      }
      commits.awaitSeen();
      Stream<Document> events = next.stream().filter(this::concerns).map(this::event);
      return pipeline.runStages(events);
    }

    private boolean concerns(Change change) {
      return namespace.endsWith(".1") // how a whole database is watched
          ? change.namespace().startsWith(namespace.substring(0, namespace.length() - 1))
          : change.namespace().equals(namespace);
    }

    private Document event(Change change) {
      Document event = change.event().cloneDeeply();
      Document full = change.fullDocument();
      boolean always = !"update".equals(event.get("operationType"));
      if (full != null && (always || wantsFullDocument)) {
        event.append("fullDocument", full.cloneDeeply());
      }
      return event;
    }
  }

  @Override
  public void handleInsert(String namespace, List<Document> documents) {
    // StoreCollection tells the log itself: the library forgets findAndModify
  }

  @Override
  public void handleUpdate(
      String namespace, Document selector, Document query, List<Object> modifiedIds) {
    // see handleInsert
  }

  @Override
  public void handleDelete(String namespace, Document query, List<Object> deletedIds) {
    // see handleInsert
  }

  @Override
  public void handleDropCollection(String namespace) {
    append(namespace, "drop", null, null, null);
  }
}
