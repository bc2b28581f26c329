package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the ledger of one level and says where the level differs. The level is read first, then
 * the ledger: every movement the level has had is in its tail or in the ledger by then, and what is
 * newer than the level as it was read is left aside. So what it finds is true at the instant the
 * level was read, however much is written meanwhile. Mutable, for one thread.
 *
 * <p>Pieces with serial numbers are added up piece by piece: where every movement names its pieces,
 * as those of a serialized SKU do, a level lists as many as are on hand. Pieces from before the SKU
 * had serial numbers are on hand and not listed until they are counted.
 */
public final class Audit {
  // Enough to see what is wrong; a level that lost more has lost its ledger.
  private static final int MISSING_MAX = 10;
  private static final int SERIALS_MAX = 10;

  private final String level;
  private final int onHand;
  private final Goods goods;
  private final long sequence;
  private final Map<String, Applied> tail = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private final BitSet seen = new BitSet();
  private final List<Drift> drifts = new ArrayList<>();
  private final Map<SetAside, Long> aside = new EnumMap<>(SetAside.class);
  private final Map<String, Long> transit = new TreeMap<>();
  private final Map<String, Long> serials = new TreeMap<>();
  private final Map<String, Long> groupSerials = new TreeMap<>();
  private List<String> countSerials = List.of();
  private @Nullable Instant countTime;
  private String count = "";
  private @Nullable Integer counted;
  private long sum;
  private @Nullable Instant groupTime;
  private long groupSum;
  private long movements;

  /** The audit of a level as it was read. */
  public Audit(String level, int onHand, Goods goods, long sequence, List<Applied> tail) {
    this.level = level;
    this.onHand = onHand;
    this.goods = goods;
    this.sequence = sequence;
    for (Applied applied : tail) {
      this.tail.put(applied.movement(), applied);
      if (applied.counted()) {
        countedAt(applied);
      }
    }
  }

  /** How many movements it was told of. */
  public long movements() {
    return movements;
  }

  /**
   * A movement as the ledger has it. To be called from the latest effective time to the earliest,
   * those that are only claimed last.
   */
  public void add(Ledger.Entry entry) {
    movements++;
    var movement = entry.movement();
    boolean isCarried = tail.containsKey(movement.id());
    if (isCarried) {
      known.add(movement.id());
    }
    if (entry instanceof Ledger.Entry.Settled settled) {
      applied(settled.applied());
      if (settled.applied().sequence() <= sequence) {
        apart(movement);
      }
    } else if (isCarried) {
      apart(movement);
    }
    if (movement.id().equals(count)) {
      counted = movement.quantity();
    }
  }

  /** What is set aside or on its way no count sees: every movement adds to it. */
  private void apart(Movement movement) {
    var details = movement.details();
    var reason = details.reason();
    switch (movement.kind()) {
      case SET_ASIDE -> {
        if (reason != null) {
          aside.merge(reason, (long) movement.quantity(), Long::sum);
        }
      }
      case TRANSFER_ANNOUNCED ->
          transit.merge(details.transfer(), (long) movement.quantity(), Long::sum);
      case TRANSFER_IN -> transit.merge(details.transfer(), -(long) movement.quantity(), Long::sum);
      case RECEIPT, SALE, RETURN, ADJUSTMENT, COUNT, TRANSFER_OUT -> {}
    }
  }

  private void applied(Applied applied) {
    if (applied.sequence() > sequence) {
      // Recorded after the level was read, or never on this level; looking again tells.
      drifts.add(drift(applied.sequence(), applied.movement(), 1));
      return;
    }
    if (!mark(applied)) {
      return;
    }
    var time = applied.effectiveTime();
    if (!time.equals(groupTime)) {
      groupTime = time;
      groupSum = 0;
      groupSerials.clear();
    }
    if (applied.counted()) {
      countedAt(applied);
    } else if (isAfterCount(time)) {
      sum += applied.delta();
      groupSum += applied.delta();
      named(serials, applied);
      named(groupSerials, applied);
    }
  }

  /** Adds the pieces a movement names, or takes them away. */
  private static void named(Map<String, Long> pieces, Applied applied) {
    long delta = Integer.signum(applied.delta());
    if (delta != 0) {
      applied.serials().forEach(serial -> add(pieces, serial, delta));
    }
  }

  private static void add(Map<String, Long> pieces, String serial, long delta) {
    pieces.merge(serial, delta, Long::sum);
    pieces.remove(serial, 0L);
  }

  private boolean mark(Applied applied) {
    int number = (int) applied.sequence();
    if (number < 1 || seen.get(number)) {
      drifts.add(drift(applied.sequence(), applied.movement(), 2));
      return false;
    }
    seen.set(number);
    return true;
  }

  private void countedAt(Applied applied) {
    var time = applied.effectiveTime();
    var newest = countTime;
    int order = newest == null ? -1 : newest.compareTo(time);
    if (order < 0 || (order == 0 && count.compareTo(applied.movement()) < 0)) {
      countTime = time;
      count = applied.movement();
      counted = null;
      countSerials = applied.serials();
      if (time.equals(groupTime)) { // what was true at the very time of a count, it has seen
        sum -= groupSum;
        groupSum = 0;
        groupSerials.forEach((serial, pieces) -> add(serials, serial, -pieces));
        groupSerials.clear();
      }
    }
  }

  private boolean isAfterCount(Instant time) {
    return countTime == null || time.isAfter(countTime);
  }

  /** What differs. To be called once, after the last movement. */
  public List<Drift> drifts() {
    for (Applied applied : tail.values()) {
      int number = (int) applied.sequence();
      if (!known.contains(applied.movement())) {
        drifts.add(drift(applied.sequence(), applied.movement(), 0));
      }
      if (!seen.get(number)) { // else the ledger has it by now
        seen.set(number);
        if (!applied.counted() && isAfterCount(applied.effectiveTime())) {
          sum += applied.delta();
          named(serials, applied);
        }
      }
    }
    int missing = seen.nextClearBit(1);
    for (int n = 0; n < MISSING_MAX && missing <= sequence; n++) {
      drifts.add(drift(missing, "", 0));
      missing = seen.nextClearBit(missing + 1);
    }
    var quantity = counted;
    boolean isCounted = countTime != null;
    if (!isCounted || quantity != null) {
      long expected = sum + (quantity == null ? 0 : quantity);
      if (expected != onHand) {
        drifts.add(new Drift(Drift.Kind.ON_HAND, level, "", "", expected, onHand));
      }
    }
    // A count that names no pieces, but found some, leaves the list as it was.
    boolean isNamed = !isCounted || !countSerials.isEmpty() || (quantity != null && quantity == 0);
    if (isNamed) {
      serialDrifts();
    }
    apartDrifts();
    return drifts;
  }

  private void serialDrifts() {
    countSerials.forEach(serial -> add(serials, serial, 1));
    var listed = new TreeSet<>(goods.serials());
    var all = new TreeSet<>(serials.keySet());
    all.addAll(listed);
    int told = 0;
    for (String serial : all) {
      long expected = serials.getOrDefault(serial, 0L);
      long found = listed.contains(serial) ? 1 : 0;
      if (expected != found && told++ < SERIALS_MAX) {
        drifts.add(new Drift(Drift.Kind.SERIAL, level, "", "", serial, expected, found));
      }
    }
  }

  private void apartDrifts() {
    for (SetAside reason : SetAside.values()) {
      long expected = aside.getOrDefault(reason, 0L);
      long found = goods.aside().getOrDefault(reason, 0);
      if (expected != found) {
        drifts.add(new Drift(Drift.Kind.SET_ASIDE, level, "", "", reason.name(), expected, found));
      }
    }
    var there = new TreeMap<String, Integer>();
    goods.transit().forEach(one -> there.put(one.transfer(), one.pieces()));
    var transfers = new TreeSet<>(transit.keySet());
    transfers.addAll(there.keySet());
    for (String transfer : transfers) {
      long expected = transit.getOrDefault(transfer, 0L);
      long found = there.getOrDefault(transfer, 0);
      if (expected != found) {
        drifts.add(new Drift(Drift.Kind.IN_TRANSIT, level, "", "", transfer, expected, found));
      }
    }
  }

  private Drift drift(long number, String movement, long found) {
    return new Drift(Drift.Kind.SEQUENCE, level, movement, "", number, found);
  }
}
