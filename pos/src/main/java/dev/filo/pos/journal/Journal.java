package dev.filo.pos.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * What the till has said, on its own disk: a file that is only appended to, each line with its sum
 * and on the disk before its writer goes on. One process has it open. Safe for several threads.
 *
 * <p>When it has grown it goes on in a new file, which begins with what is still open; the old one
 * is kept beside it.
 */
public final class Journal implements AutoCloseable {
  /** The most entries that may wait: a month of a busy till. */
  public static final int WAITING_MAX = 50_000;

  /** The file. */
  public static final String FILE = "journal.log";

  /** Where lines are that could not be read; somebody has to look at them. */
  public static final String DAMAGED_FILE = "journal-damaged.txt";

  static final int SIZE_MAX = 4 * 1024 * 1024; // read in a blink, ten thousand sales
  private static final int OLD_FILES_MAX = 50;
  private static final int COLLECTIONS_KEPT = 500; // as many a store hands over in weeks
  private static final String LOCK_FILE = "journal.lock";
  private static final Duration LOCK_POLL = Duration.ofMillis(20);
  private static final String NEW_FILE = "journal.new";
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
  static final Set<PosixFilePermission> OWN_FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWN_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /** The folders whose journals this process has open. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final InstantSource clock;
  private final int sizeMax;
  private final FileChannel lockChannel;
  private final List<String> notices = new ArrayList<>();
  private final Map<Integer, Item> items = new TreeMap<>();
  private RandomAccessFile file;
  private int next;
  private long end;
  private long turnAt;
  private boolean failed;

  /**
   * Opens the journal of a folder, which is made when it is not there.
   *
   * @param patience how long to wait for another process to let go of it
   * @throws JournalException when it cannot be used
   */
  public static Journal open(Path folder, InstantSource clock, Duration patience) {
    return open(folder, clock, patience, SIZE_MAX);
  }

  static Journal open(Path folder, InstantSource clock, Duration patience, int sizeMax) {
    try {
      makeFolder(folder);
      var real = folder.toRealPath();
      // Closing a second channel on the lock's file would let go of the first one's lock.
      if (!HELD.add(real)) {
        throw inUse(folder, "");
      }
      try {
        return new Journal(real, clock, sizeMax, lock(real, patience));
      } catch (IOException | RuntimeException e) {
        HELD.remove(real);
        throw e;
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * What waits in a journal, read without opening it: another process may be writing.
   *
   * @throws JournalException when it cannot be read
   */
  public static List<Item> peek(Path folder) {
    try {
      return openItems(Reading.of(folder.resolve(FILE)).items());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private Journal(Path folder, InstantSource clock, int sizeMax, FileChannel lockChannel)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.sizeMax = sizeMax;
    this.lockChannel = lockChannel;
    try {
      Files.deleteIfExists(folder.resolve(NEW_FILE));
      var path = folder.resolve(FILE);
      if (!Files.exists(path)) {
        createOwn(path);
        syncFolder();
      }
      var reading = Reading.of(path);
      file = new RandomAccessFile(path.toFile(), "rw");
      read(reading);
    } catch (IOException | RuntimeException e) {
      lockChannel.close();
      throw e;
    }
  }

  private void read(Reading reading) throws IOException {
    try {
      items.putAll(reading.items());
      next = reading.next();
      end = reading.end();
      turnAt = sizeMax;
      if (reading.size() > reading.end()) {
        setTornAside(reading.size() - reading.end());
      }
      if (!reading.damaged().isEmpty()) {
        setDamagedAside(reading.damaged());
      }
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** What somebody should know about how the journal was found; each is one sentence. */
  public synchronized List<String> notices() {
    return List.copyOf(notices);
  }

  /**
   * Records an entry. When this returns it is on the disk.
   *
   * @throws JournalException when it could not be recorded; nothing was then
   */
  public synchronized Item record(Entry entry) {
    if (items.values().stream().filter(Item::isOpen).count() >= WAITING_MAX) {
      throw new JournalException(
          JournalException.Cause.TOO_MANY,
          "NOT recorded: %d entries wait to be sent, more is not kept".formatted(WAITING_MAX));
    }
    int number = next;
    append(new Fact.Recorded(number, entry));
    return get(number);
  }

  /** Says what happened to an entry. When this returns it is on the disk. */
  public synchronized void append(Fact fact) {
    write(Lines.line(fact));
    next = Math.max(next, Reading.apply(items, fact));
    if (end > turnAt) {
      turn();
    }
  }

  /** The open entry of a number, or a hand-over that was answered. */
  public synchronized Optional<Item> find(int number) {
    return Optional.ofNullable(items.get(number));
  }

  /** What is open, oldest first. */
  public synchronized List<Item> openItems() {
    return openItems(items);
  }

  /** What is to be sent, oldest first. */
  public synchronized List<Item> toSend() {
    return items.values().stream().filter(Item::isToSend).toList();
  }

  /** The hand-overs that were asked for by a pickup code, oldest first. */
  public synchronized List<Item> collections(String code) {
    var plain = Entry.Collection.plain(code);
    return items.values().stream()
        .filter(
            item ->
                item.entry() instanceof Entry.Collection collection
                    && Entry.Collection.plain(collection.code()).equals(plain))
        .toList();
  }

  /** Lines that could not be read and that nobody has looked at; absent when there are none. */
  public static Optional<Path> damagedFile(Path folder) {
    return Optional.of(folder.resolve(DAMAGED_FILE)).filter(Files::exists);
  }

  private static List<Item> openItems(Map<Integer, Item> items) {
    return items.values().stream().filter(Item::isOpen).toList();
  }

  private Item get(int number) {
    var item = items.get(number);
    if (item == null) {
      throw new IllegalStateException("entry " + number + " is not there");
    }
    return item;
  }

  private void write(byte[] line) {
    if (failed) {
      throw new JournalException(
          JournalException.Cause.DISK_FAILED,
          "NOT recorded: the disk failed before; start filo-pos anew once it is well");
    }
    try {
      if (file.length() != end) {
        file.setLength(end);
      }
      file.seek(end);
      file.write(line);
      file.getFD().sync();
    } catch (IOException e) {
      takeBack();
      throw failure(e);
    }
    end += line.length;
  }

  /** What was not acknowledged must not be found after a new start. */
  private void takeBack() {
    try {
      file.setLength(end);
      file.getFD().sync();
    } catch (IOException e) {
      failed = true;
    }
  }

  private void turn() {
    try {
      goOnInNewFile();
    } catch (IOException e) {
      turnAt = end + sizeMax; // The old file is good; later is early enough.
    }
  }

  private void goOnInNewFile() throws IOException {
    forgetOldCollections();
    var path = folder.resolve(FILE);
    var fresh = folder.resolve(NEW_FILE);
    Files.deleteIfExists(fresh);
    createOwn(fresh);
    try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      writeAll(channel, Lines.line(new Fact.Counted(next)));
      for (var item : items.values()) {
        for (var fact : facts(item)) {
          writeAll(channel, Lines.line(fact));
        }
      }
      channel.force(true);
    }
    keepOld(path);
    var reopened = new RandomAccessFile(fresh.toFile(), "rw");
    try {
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder();
    } catch (AtomicMoveNotSupportedException e) {
      reopened.close();
      throw e;
    }
    file.close();
    file = reopened;
    end = reopened.length();
    turnAt = Math.max(sizeMax, 2 * end);
    removeOldest();
  }

  private void forgetOldCollections() {
    var answered =
        items.values().stream().filter(item -> !item.isOpen()).map(Item::number).toList();
    answered.stream().limit(Math.max(0, answered.size() - COLLECTIONS_KEPT)).forEach(items::remove);
  }

  private static List<Fact> facts(Item item) {
    var facts = new ArrayList<Fact>();
    facts.add(new Fact.Recorded(item.number(), item.entry()));
    if (!item.skus().isEmpty()) {
      facts.add(new Fact.Resolved(item.number(), item.skus()));
    }
    var time = item.settleTime();
    var settled = time == null ? item.entry().time() : time;
    switch (item.state()) {
      case WAITING -> {}
      case REFUSED -> facts.add(new Fact.Refused(item.number(), settled, item.refusals()));
      case DONE -> facts.add(new Fact.Done(item.number(), settled, item.answer()));
      case DROPPED -> facts.add(new Fact.Dropped(item.number(), settled));
    }
    return facts;
  }

  private void keepOld(Path path) throws IOException {
    var old = folder.resolve("journal-" + stamp() + ".log");
    try {
      Files.createLink(old, path);
    } catch (UnsupportedOperationException | IOException e) {
      Files.copy(path, old, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void removeOldest() throws IOException {
    try (var files = Files.list(folder)) {
      var old =
          files
              .filter(path -> path.getFileName().toString().matches("journal-[0-9-]+\\.log"))
              .sorted(Comparator.comparing(Path::toString).reversed())
              .skip(OLD_FILES_MAX)
              .toList();
      for (var path : old) {
        Files.deleteIfExists(path);
      }
    }
  }

  private void setTornAside(int length) throws IOException {
    byte[] torn = new byte[length];
    file.seek(end);
    file.readFully(torn);
    var aside = folder.resolve("journal-torn-" + stamp() + ".txt");
    createOwn(aside);
    try (var channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
      writeAll(channel, torn);
      channel.force(true);
    }
    file.setLength(end);
    file.getFD().sync();
    notices.add(
        ("the last line of the journal was torn: filo-pos was stopped while writing it, before it"
                + " said «recorded». It was set aside in %s")
            .formatted(aside));
  }

  private void setDamagedAside(List<String> damaged) throws IOException {
    var aside = folder.resolve(DAMAGED_FILE);
    if (!Files.exists(aside)) {
      createOwn(aside);
    }
    try (var channel =
        FileChannel.open(aside, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      for (var line : damaged) {
        writeAll(channel, (line + "\n").getBytes(StandardCharsets.UTF_8));
      }
      channel.force(true);
    }
    goOnInNewFile();
    notices.add(
        "%d lines of the journal are damaged, the disk may be failing: read them in %s, enter again what is missing, then delete that file"
            .formatted(damaged.size(), aside));
  }

  private String stamp() {
    return STAMP.format(clock.instant());
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private void syncFolder() throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, attributes(folder, OWN_FOLDER));
    }
  }

  private static void createOwn(Path path) throws IOException {
    Files.createFile(path, attributes(path, OWN_FILE));
  }

  static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private static FileChannel lock(Path folder, Duration patience) throws IOException {
    var path = folder.resolve(LOCK_FILE);
    if (!Files.exists(path)) {
      try {
        createOwn(path);
      } catch (java.nio.file.FileAlreadyExistsException e) {
        // Another process was quicker.
      }
    }
    var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (locked(channel) || waitForLock(channel, patience)) {
        channel.truncate(0);
        writeAll(
            channel,
            Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
        return channel;
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw inUse(folder, Files.readString(path).trim());
  }

  private static JournalException inUse(Path folder, String holder) {
    return new JournalException(
        JournalException.Cause.IN_USE,
        "another filo-pos%s has this till's journal open (%s); use that one, or end it"
            .formatted(holder.isEmpty() ? "" : " (process " + holder + ")", folder));
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** The system has no lock with a time limit, so it is asked again and again. */
  private static boolean waitForLock(FileChannel channel, Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(LOCK_POLL.toNanos());
      if (locked(channel)) {
        return true;
      }
    }
    return false;
  }

  private static JournalException failure(IOException e) {
    var text = String.valueOf(e.getMessage());
    boolean full =
        text.contains("No space left")
            || text.contains("quota")
            || text.contains("File too large")
            || text.contains("not enough space");
    return full
        ? new JournalException(
            JournalException.Cause.DISK_FULL,
            "NOT recorded: the disk is full. Make room, then enter it again.",
            e)
        : new JournalException(
            JournalException.Cause.DISK_FAILED,
            "NOT recorded: the journal cannot be written or read: " + text,
            e);
  }

  /** Now, as far as a ledger is exact. */
  public Instant now() {
    return clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
  }

  @Override
  public synchronized void close() {
    try {
      file.close();
      lockChannel.close();
    } catch (IOException e) {
      // Everything was on the disk before; there is nothing to lose.
    } finally {
      HELD.remove(folder);
    }
  }
}
