package dev.filo.embedded;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets many writers share one commit of the file.
 *
 * <p>A command changes the maps under the read lock and is answered only when a commit that started
 * afterwards is on disk. A commit takes the write lock for as long as it collects the changed
 * pages, so a command's changes (document and index entries) are in the file together or not at
 * all. The slow part, waiting for the disk, happens outside the lock: the next group gathers
 * meanwhile.
 *
 * <p>Changes belong to numbered generations. Whoever has seen a generation that is not on disk yet
 * waits for it as well ({@link #awaitDurable(long)}): an answered read is never undone by a crash.
 */
final class GroupCommit implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

  /** Chunks whose pages are live by less than this are rewritten, in percent. */
  private static final int FILL_RATE_MIN_PERCENT = 50;

  /** How much one clean-up may write: it holds all commands up. */
  private static final int COMPACTION_BYTES_MAX = 2 << 20;

  private static final long COMPACTION_PAUSE_NANOS = 1_000_000_000L;

  private final MVStore store;
  private final boolean sync;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Thread committer;

  private volatile long current = 1; // changed under the write lock only
  private volatile long changedIn;
  private volatile long durable;

  private final Object monitor = new Object();
  private long wanted;
  private boolean closed;
  private @Nullable RuntimeException broken;
  private long lastCompactionNanos = System.nanoTime();

  /**
   * @param sync whether a commit also waits until the disk says it has it: then an answered write
   *     survives the machine's crash, else the process's only
   */
  GroupCommit(MVStore store, boolean sync) {
    this.store = store;
    this.sync = sync;
    this.committer = Thread.ofPlatform().daemon().name("filo-store-commit").unstarted(this::run);
    if (isPersistent()) {
      committer.start();
    }
  }

  private boolean isPersistent() {
    return store.getFileStore() != null;
  }

  /** Runs a change; returns once it is durable. A change that throws is not waited for. */
  <T> T write(Supplier<T> change) {
    T result;
    long generation;
    lock.readLock().lock();
    try {
      generation = current;
      changedIn = generation;
      result = change.get();
    } finally {
      lock.readLock().unlock();
    }
    awaitDurable(generation);
    return result;
  }

  /** The generation changes belong to now; stable within {@link #write}. */
  long generation() {
    return current;
  }

  /** Returns once the generation is on disk. */
  void awaitDurable(long generation) {
    if (durable >= generation || !isPersistent()) {
      return;
    }
    boolean interrupted = false;
    synchronized (monitor) {
      if (wanted < generation) {
        wanted = generation;
        monitor.notifyAll();
      }
      while (durable < generation) {
        if (broken != null || closed) {
          throw new IllegalStateException("the store cannot write any more", broken);
        }
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns once everything that can have been seen until now is on disk. */
  void awaitSeen() {
    awaitDurable(changedIn);
  }

  private void run() {
    try {
      while (awaitWanted()) {
        commit();
        compact();
      }
    } catch (RuntimeException e) {
      log.error("the embedded store cannot write to its file; every further write is refused", e);
      synchronized (monitor) {
        broken = e;
        monitor.notifyAll();
      }
    }
  }

  private boolean awaitWanted() {
    synchronized (monitor) {
      while (wanted <= durable && !closed) {
        try {
          monitor.wait();
        } catch (InterruptedException e) {
          return false; // nobody interrupts this thread
        }
      }
      return !closed;
    }
  }

  private void commit() {
    long generation;
    lock.writeLock().lock();
    try {
      generation = current;
      store.commit();
      current = generation + 1;
    } finally {
      lock.writeLock().unlock();
    }
    if (sync) {
      store.sync();
    }
    synchronized (monitor) {
      durable = generation;
      monitor.notifyAll();
    }
  }

  private void compact() {
    long now = System.nanoTime();
    if (now - lastCompactionNanos < COMPACTION_PAUSE_NANOS) {
      return;
    }
    lastCompactionNanos = now;
    lock.writeLock().lock();
    try {
      store.compact(FILL_RATE_MIN_PERCENT, COMPACTION_BYTES_MAX);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Commits what there is and ends; whoever still waits is refused. */
  @Override
  public void close() {
    synchronized (monitor) {
      closed = true;
      monitor.notifyAll();
    }
    try {
      committer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
