package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.backend.Cursor;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;

/**
 * The commands of a MongoDB server over one file. A changing command is answered once its change is
 * on disk, and so is a reading one once all it has seen is.
 */
final class StoreBackend extends AbstractMongoBackend {

  private static final Set<String> WRITING = Set.of("insert", "update", "delete", "findandmodify");

  /** These put maps in place and take them away under everything else. */
  private static final Set<String> RESHAPING =
      Set.of("create", "createindexes", "drop", "dropdatabase", "dropindexes", "renamecollection");

  /** What a server waits for a change when the watcher does not say. */
  private static final long AWAIT_MILLIS = 1_000;

  private final MVStore store;
  private final GroupCommit commits;
  private final ChangeLog changes;

  /** Held alone by who reshapes, together by all others. */
  private final ReadWriteLock shape = new ReentrantReadWriteLock();

  StoreBackend(MVStore store, GroupCommit commits) {
    super(Clock.systemUTC());
    this.store = store;
    this.commits = commits;
    this.changes = new ChangeLog(getClock(), getCursorRegistry(), commits);
    this.oplog = changes;
    store.getMapNames().stream()
        .filter(name -> name.startsWith(StoreDatabase.DATA))
        .map(name -> name.substring(StoreDatabase.DATA.length(), name.indexOf('.')))
        .distinct()
        .forEach(this::resolveDatabase);
  }

  @Override
  protected MongoDatabase openOrCreateDatabase(String name) {
    return new StoreDatabase(name, store, getCursorRegistry(), commits, changes);
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    if (command.equals("hello")) {
      Document answer = super.handleCommand(channel, database, "ismaster", query);
      return answer.append("isWritablePrimary", true);
    }
    if (changes(command, query)) {
      try {
        return commits.write(() -> answer(channel, database, command, query));
      } catch (MongoServerError e) {
        commits.awaitSeen(); // a refusal tells of what others wrote
        throw e;
      }
    }
    Document answer =
        command.equals("getMore") // may wait for long, and reads nothing of the store
            ? super.handleCommand(channel, database, command, query)
            : reading(() -> answer(channel, database, command, query));
    awaitSeen(database, command, query);
    return answer;
  }

  private Document answer(Channel channel, String database, String command, Document query) {
    Lock lock = reshapes(command) ? shape.writeLock() : shape.readLock();
    lock.lock();
    try {
      return super.handleCommand(channel, database, command, query);
    } finally {
      lock.unlock();
    }
  }

  /** While somebody reads, what commits replace stays in the file. */
  private <T> T reading(Supplier<T> read) {
    var version = store.registerVersionUsage();
    try {
      return read.get();
    } finally {
      store.deregisterVersionUsage(version);
    }
  }

  private static boolean reshapes(String command) {
    return RESHAPING.contains(command.toLowerCase(Locale.ROOT));
  }

  private static boolean changes(String command, Document query) {
    if (command.equals("aggregate")) {
      return query.get("pipeline") instanceof Collection<?> stages
          && stages.stream()
              .anyMatch(
                  stage ->
                      stage instanceof Document document
                          && (document.containsKey("$out") || document.containsKey("$merge")));
    }
    return WRITING.contains(command.toLowerCase(Locale.ROOT)) || reshapes(command);
  }

  private void awaitSeen(String database, String command, Document query) {
    switch (command) {
      case "find", "count", "distinct" -> {
        MongoCollection<?> collection =
            resolveDatabase(database).resolveCollection((String) query.get(command), false);
        if (collection instanceof StoreCollection read) {
          commits.awaitDurable(read.changedIn());
        }
      }
      case "aggregate" -> commits.awaitSeen();
      default -> {
        // tells nothing of the documents
      }
    }
  }

  /** As the library's, but a watcher waits for the next change here and is told how far it is. */
  @Override
  protected Document handleGetMore(String database, String command, Document query) {
    long id = query.get(command) instanceof Number given ? given.longValue() : 0;
    Cursor cursor = getCursorRegistry().getCursor(id);
    if (!(cursor instanceof ChangeLog.ChangeCursor watcher)) {
      return super.handleGetMore(database, command, query);
    }
    long timeout =
        query.get("maxTimeMS") instanceof Number given ? given.longValue() : AWAIT_MILLIS;
    long end = System.nanoTime() + timeout * 1_000_000L;
    while (true) {
      Document answer = super.handleGetMore(database, command, query);
      boolean found = false;
      if (answer.get("cursor") instanceof Document batch) {
        batch.append("postBatchResumeToken", watcher.resumeToken());
        found = batch.get("nextBatch") instanceof List<?> events && !events.isEmpty();
      }
      long left = (end - System.nanoTime()) / 1_000_000L;
      if (found || left <= 0 || changes.hasEnded()) {
        return answer;
      }
      changes.awaitAfter(watcher.position(), left);
    }
  }

  /** Lets no watcher wait any more. */
  void endWatching() {
    changes.end();
  }

  @Override
  public void close() {
    super.close();
    commits.close();
    store.close();
  }
}
