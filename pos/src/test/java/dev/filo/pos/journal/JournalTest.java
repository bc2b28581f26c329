package dev.filo.pos.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.filo.testkit.Model;
import dev.filo.testkit.MutableClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final int SMALL = 2_000; // so that journals go on in new files often

  @TempDir Path folder;
  private final MutableClock clock = MutableClock.standing();

  private Journal open() {
    return Journal.open(folder, clock, Duration.ZERO);
  }

  private static Entry sale(int n) {
    return new Entry.Movements(
        "id-" + n,
        Entry.Kind.SALE,
        "stores/milano",
        MutableClock.standing().instant(),
        "receipt «" + n + "»\n",
        List.of(
            new Entry.Line("DIV-LUC", "DIV-LUC", n % 9 + 1), new Entry.Line("96385074", "", 1)));
  }

  private Path file() {
    return folder.resolve(Journal.FILE);
  }

  @Test
  void record_reopened_isThereWithItsIdAndTime() {
    try (var journal = open()) {
      assertThat(journal.record(sale(1)).number()).isEqualTo(1);
      assertThat(journal.record(sale(2)).number()).isEqualTo(2);
    }
    try (var journal = open()) {
      assertThat(journal.notices()).isEmpty();
      assertThat(journal.toSend()).extracting(Item::entry).containsExactly(sale(1), sale(2));
      assertThat(journal.record(sale(3)).number()).isEqualTo(3);
    }
  }

  @Test
  void facts_reopened_leaveWhatIsOpen() {
    try (var journal = open()) {
      for (int n = 1; n <= 5; n++) {
        journal.record(sale(n));
      }
      journal.append(new Fact.Done(1, journal.now(), ""));
      journal.append(
          new Fact.Refused(
              2, journal.now(), List.of(new Fact.Refusal("DIV-LUC", "SKU_NOT_FOUND", "No."))));
      journal.append(new Fact.Dropped(3, journal.now()));
      journal.append(new Fact.Resolved(4, Map.of("96385074", "POL-LUC")));
    }
    try (var journal = open()) {
      assertThat(journal.openItems()).extracting(Item::number).containsExactly(2, 4, 5);
      assertThat(journal.toSend()).extracting(Item::number).containsExactly(4, 5);
      assertThat(journal.find(2).orElseThrow().refusals().getFirst().reason())
          .isEqualTo("SKU_NOT_FOUND");
      assertThat(journal.find(4).orElseThrow().skus()).containsEntry("96385074", "POL-LUC");
      journal.append(new Fact.Retried(2, journal.now()));
      assertThat(journal.toSend()).extracting(Item::number).containsExactly(2, 4, 5);
    }
    assertThat(Journal.peek(folder)).extracting(Item::number).containsExactly(2, 4, 5);
  }

  @Test
  void tornAnywhere_keepsEveryWholeLineAndSaysSo() throws IOException {
    try (var journal = open()) {
      for (int n = 1; n <= 4; n++) {
        journal.record(sale(n));
      }
    }
    byte[] whole = Files.readAllBytes(file());
    var ends = new ArrayList<Integer>();
    for (int i = 0; i < whole.length; i++) {
      if (whole[i] == '\n') {
        ends.add(i + 1);
      }
    }
    for (int cut = 0; cut <= whole.length; cut++) {
      int length = cut;
      Files.write(file(), java.util.Arrays.copyOf(whole, cut));
      int kept = (int) ends.stream().filter(end -> end <= length).count();
      boolean torn = cut != 0 && !ends.contains(cut);
      clock.advance(Duration.ofMillis(1));
      try (var journal = open()) {
        assertThat(journal.toSend()).as("cut at %d", cut).hasSize(kept);
        assertThat(journal.notices()).as("cut at %d", cut).hasSize(torn ? 1 : 0);
        journal.record(sale(100));
      }
      try (var journal = open()) {
        assertThat(journal.notices()).as("after cut at %d", cut).isEmpty();
        assertThat(journal.toSend()).as("after cut at %d", cut).hasSize(kept + 1);
      }
    }
  }

  @Test
  void lastLineHalfZeros_isTorn() throws IOException {
    try (var journal = open()) {
      journal.record(sale(1));
      journal.record(sale(2));
    }
    try (var file = new RandomAccessFile(file().toFile(), "rw")) {
      file.seek(file.length() - 20);
      file.write(new byte[19]); // the line feed got to the disk, the block before it did not
    }
    try (var journal = open()) {
      assertThat(journal.toSend()).extracting(Item::number).containsExactly(1);
      assertThat(journal.notices()).hasSize(1);
    }
  }

  @Test
  void damagedInTheMiddle_isSetAsideForSomebodyToRead() throws IOException {
    try (var journal = open()) {
      for (int n = 1; n <= 3; n++) {
        journal.record(sale(n));
      }
    }
    var lines = Files.readAllLines(file());
    lines.set(1, lines.get(1).replace("id-2", "id-X"));
    Files.write(file(), lines);
    try (var journal = open()) {
      assertThat(journal.toSend()).extracting(Item::number).containsExactly(1, 3);
      assertThat(journal.notices()).singleElement().asString().contains(Journal.DAMAGED_FILE);
      assertThat(journal.record(sale(4)).number()).isEqualTo(4);
    }
    assertThat(Files.readString(Journal.damagedFile(folder).orElseThrow())).contains("id-X");
    try (var journal = open()) {
      assertThat(journal.notices()).isEmpty();
      assertThat(journal.toSend()).extracting(Item::number).containsExactly(1, 3, 4);
    }
  }

  @Test
  void newerFact_isRefusedWithoutTouchingTheFile() throws IOException {
    try (var journal = open()) {
      journal.record(sale(1));
    }
    var json = "{\"fact\":\"teleported\",\"number\":1}";
    var sum = new java.util.zip.CRC32C();
    sum.update(json.getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file(), "%08x %s%n".formatted(sum.getValue(), json), StandardOpenOption.APPEND);
    byte[] before = Files.readAllBytes(file());
    var refused = catchThrowableOfType(JournalException.class, this::open);
    assertThat(refused.why()).isEqualTo(JournalException.Cause.NEWER);
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
  }

  @Test
  void openTwice_isInUse() {
    try (var journal = open()) {
      journal.record(sale(1));
      var refused = catchThrowableOfType(JournalException.class, this::open);
      assertThat(refused.why()).isEqualTo(JournalException.Cause.IN_USE);
    }
    open().close();
  }

  @Test
  void files_areTheOwnersAlone() throws IOException {
    open().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void grown_goesOnInANewFileWithWhatIsOpen() throws IOException {
    try (var journal = Journal.open(folder, clock, Duration.ZERO, SMALL)) {
      for (int n = 1; n <= 100; n++) {
        clock.advance(Duration.ofSeconds(1));
        journal.record(sale(n));
        if (n % 10 != 0) {
          journal.append(new Fact.Done(n, journal.now(), ""));
        }
      }
      assertThat(Files.size(file())).isLessThan(20_000);
    }
    try (var journal = Journal.open(folder, clock, Duration.ZERO, SMALL)) {
      assertThat(journal.openItems())
          .extracting(Item::number)
          .containsExactly(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
      assertThat(journal.record(sale(101)).number()).isEqualTo(101);
    }
    try (var files = Files.list(folder)) {
      assertThat(files.filter(path -> path.toString().matches(".*journal-[0-9-]+\\.log")))
          .isNotEmpty();
    }
  }

  /** A journal, what it must say, and what is on the disk for sure. */
  private static final class Shop implements AutoCloseable {
    final Path folder = temporary();
    final MutableClock clock = MutableClock.standing();
    final Map<Integer, Item.State> states = new TreeMap<>();
    int next = 1;
    Journal journal = reopen();

    private static Path temporary() {
      try {
        return Files.createTempDirectory("filo-pos-journal");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    Journal reopen() {
      clock.advance(Duration.ofMillis(7));
      return Journal.open(folder, clock, Duration.ZERO, SMALL);
    }

    void check() {
      var open = new TreeMap<Integer, Item.State>();
      journal.openItems().forEach(item -> open.put(item.number(), item.state()));
      assertThat(open).isEqualTo(states);
    }

    @Override
    public void close() throws IOException {
      journal.close();
      try (var files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private record Recorded(int n) implements Model.Step<Shop> {
    @Override
    public void run(Shop shop) {
      int number = shop.journal.record(sale(n)).number();
      assertThat(number).isEqualTo(shop.next++);
      shop.states.put(number, Item.State.WAITING);
    }
  }

  private record Settled(int pick, int how) implements Model.Step<Shop> {
    @Override
    public void run(Shop shop) {
      if (shop.states.isEmpty()) {
        return;
      }
      var numbers = List.copyOf(shop.states.keySet());
      int number = numbers.get(pick % numbers.size());
      var now = shop.journal.now();
      switch (how) {
        case 0 -> {
          shop.journal.append(new Fact.Done(number, now, ""));
          shop.states.remove(number);
        }
        case 1 -> {
          shop.journal.append(new Fact.Refused(number, now, List.of()));
          shop.states.put(number, Item.State.REFUSED);
        }
        case 2 -> {
          shop.journal.append(new Fact.Retried(number, now));
          shop.states.put(number, Item.State.WAITING);
        }
        default -> {
          shop.journal.append(new Fact.Dropped(number, now));
          shop.states.remove(number);
        }
      }
    }
  }

  /** Power goes while a line is written: any part of it is there, and perhaps rubbish behind. */
  private record Crash(int n, double part, int rubbish) implements Model.Step<Shop> {
    @Override
    public void run(Shop shop) throws IOException {
      shop.journal.close();
      byte[] line = Lines.line(new Fact.Recorded(shop.next, sale(n)));
      byte[] torn = java.util.Arrays.copyOf(line, (int) (part * (line.length - 1)));
      byte[] more = new byte[rubbish];
      new Random(n).nextBytes(more);
      var file = shop.folder.resolve(Journal.FILE);
      Files.write(file, torn, StandardOpenOption.APPEND);
      Files.write(file, more, StandardOpenOption.APPEND);
      shop.journal = shop.reopen();
      assertThat(shop.journal.notices()).hasSize(torn.length + rubbish > 0 ? 1 : 0);
    }
  }

  @Test
  void randomCrashes_neverLoseNorInventAnything() {
    Model.<Shop>of(
            "a journal",
            Shop::new,
            random ->
                switch (random.nextInt(10)) {
                  case 0, 1, 2, 3 -> new Recorded(random.nextInt(1000));
                  case 4, 5, 6, 7 -> new Settled(random.nextInt(1000), random.nextInt(4));
                  default ->
                      new Crash(
                          random.nextInt(1000),
                          random.nextDouble(),
                          random.nextBoolean() ? 0 : random.nextInt(64));
                })
        .invariant(Shop::check)
        .runs(60)
        .run();
  }
}
