package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The holds on one level. Immutable; tens of thousands cost a command no more than a few: adding
 * and removing copy one bucket and one path, and what has expired at an instant is summed along one
 * path.
 *
 * <p>By id they lie in buckets, as they do in the level's document, so that two states that follow
 * one another share all buckets but those that changed. By end they lie in a treap (a search tree
 * that is a heap by a hash of the key; Seidel and Aragon, 1996) whose nodes know the sum below
 * them. A pinned hold is in no tree: it does not end.
 *
 * <p>Read as {@link #totals} it knows how many pieces end when and not which holds they are for: it
 * answers what is held, and cannot be changed.
 */
public final class HeldPieces {
  /** How many buckets there are. A document keeps each hold in the bucket of its id. */
  public static final int BUCKETS = 128;

  private static final Held[] NO_HOLDS = {};
  private static final Held[][] NO_BUCKETS = new Held[BUCKETS][];

  static {
    Arrays.fill(NO_BUCKETS, NO_HOLDS);
  }

  /** No holds. */
  public static final HeldPieces NONE = new HeldPieces(NO_BUCKETS, null, 0, 0);

  private static final Comparator<Held> BY_END =
      Comparator.comparing(Held::expireTime).thenComparing(Held::hold);

  private final Held @Nullable [][] buckets; // null: totals only
  private final @Nullable Node ends;
  private final int size;
  private final long pieces;

  /** Pieces whose holds end at one instant. */
  public record End(Instant time, int pieces) {}

  private record Node(
      Held held, int priority, @Nullable Node left, @Nullable Node right, long sum) {
    static Node of(Held held, int priority, @Nullable Node left, @Nullable Node right) {
      return new Node(held, priority, left, right, held.quantity() + total(left) + total(right));
    }

    Node with(@Nullable Node newLeft, @Nullable Node newRight) {
      return of(held, priority, newLeft, newRight);
    }
  }

  private HeldPieces(Held @Nullable [][] buckets, @Nullable Node ends, int size, long pieces) {
    this.buckets = buckets;
    this.ends = ends;
    this.size = size;
    this.pieces = pieces;
  }

  /** These holds, each id once. */
  public static HeldPieces of(Collection<Held> holds) {
    if (holds.isEmpty()) {
      return NONE;
    }
    var lists = new HashMap<Integer, List<Held>>();
    var ending = new ArrayList<Held>();
    long pieces = 0;
    for (Held held : holds) {
      lists.computeIfAbsent(bucket(held.hold()), key -> new ArrayList<>()).add(held);
      pieces += held.quantity();
      if (!held.pinned()) {
        ending.add(held);
      }
    }
    var buckets = NO_BUCKETS.clone();
    lists.forEach((bucket, list) -> buckets[bucket] = list.toArray(NO_HOLDS));
    return new HeldPieces(buckets, tree(ending), holds.size(), pieces);
  }

  /**
   * What is held without the holds.
   *
   * @param size how many holds there are
   * @param pieces in all of them
   * @param ends how many of these pieces end when; some of the ends may be left out, then what ends
   *     at those is taken for held
   */
  public static HeldPieces totals(int size, long pieces, List<End> ends) {
    var ending = new ArrayList<Held>(ends.size());
    for (End end : ends) {
      ending.add(new Held("", end.pieces(), end.time(), false));
    }
    return new HeldPieces(null, tree(ending), size, pieces);
  }

  /** The bucket of a hold's id, 0 to {@link #BUCKETS} - 1; the same for ever. */
  public static int bucket(String hold) {
    int hash = hold.hashCode(); // specified by the language, the same in every JVM
    return (hash ^ (hash >>> 16) ^ (hash >>> 7)) & (BUCKETS - 1);
  }

  /** How many holds there are, expired ones included. */
  public int size() {
    return size;
  }

  /** Pieces in all holds, expired ones included. */
  public long pieces() {
    return pieces;
  }

  /** The serial numbers of the pieces that other holds than this one are being sold with. */
  Set<String> named(String except) {
    var named = new HashSet<String>();
    for (Held[] bucket : buckets()) {
      for (Held held : bucket) {
        if (held.pinned() && !held.hold().equals(except)) {
          named.addAll(held.serials());
        }
      }
    }
    return named;
  }

  /** Pieces in holds that count at this instant. */
  public int held(Instant now) {
    return (int) Math.min(Integer.MAX_VALUE, pieces - expiredPieces(now));
  }

  private long expiredPieces(Instant now) {
    long sum = 0;
    var node = ends;
    while (node != null) {
      if (node.held.expireTime().isAfter(now)) {
        node = node.left;
      } else {
        sum += node.held.quantity() + total(node.left);
        node = node.right;
      }
    }
    return sum;
  }

  /** When the newest hold that is still here expired; empty when none has. */
  public Optional<Instant> lastExpiry(Instant now) {
    Instant last = null;
    var node = ends;
    while (node != null) {
      if (node.held.expireTime().isAfter(now)) {
        node = node.left;
      } else {
        last = node.held.expireTime();
        node = node.right;
      }
    }
    return Optional.ofNullable(last);
  }

  /** When the next hold expires, or the first that is still here has; empty when none will. */
  public Optional<Instant> nextExpiry() {
    var node = ends;
    while (node != null && node.left != null) {
      node = node.left;
    }
    return node == null ? Optional.empty() : Optional.of(node.held.expireTime());
  }

  /** The first instants at which holds end, at most {@code limit}, soonest first. */
  public List<End> ends(int limit) {
    var all = new ArrayList<End>();
    long before = 0;
    var next = nextExpiry();
    while (next.isPresent() && all.size() < limit) {
      var time = next.get();
      long until = expiredPieces(time);
      all.add(new End(time, (int) Math.min(Integer.MAX_VALUE, until - before)));
      before = until;
      next = nextExpiry(time);
    }
    return all;
  }

  /** When the first hold that still counts at this instant expires; empty when none will. */
  public Optional<Instant> nextExpiry(Instant time) {
    Instant next = null;
    var node = ends;
    while (node != null) {
      if (node.held.expireTime().isAfter(time)) {
        next = node.held.expireTime();
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return Optional.ofNullable(next);
  }

  /** The holds that have expired, at most {@code limit}, the oldest first. */
  public List<Held> expired(Instant now, int limit) {
    var found = new ArrayList<Held>();
    collect(ends, now, limit, found);
    return found;
  }

  private static void collect(@Nullable Node node, Instant now, int limit, List<Held> found) {
    if (node == null || found.size() >= limit) {
      return;
    }
    collect(node.left, now, limit, found);
    if (found.size() < limit && !node.held.expireTime().isAfter(now)) {
      found.add(node.held);
      collect(node.right, now, limit, found);
    }
  }

  /** The hold of this id. */
  public Optional<Held> get(String hold) {
    var bucket = buckets()[bucket(hold)];
    int at = find(bucket, hold);
    return at < 0 ? Optional.empty() : Optional.of(bucket[at]);
  }

  /** With a hold; in the place of the one of its id, if there is one. */
  public HeldPieces with(Held held) {
    int index = bucket(held.hold());
    var bucket = buckets()[index];
    int at = find(bucket, held.hold());
    if (at < 0) {
      var longer = Arrays.copyOf(bucket, bucket.length + 1);
      longer[longer.length - 1] = held;
      return new HeldPieces(
          replace(index, longer), added(ends, held), size + 1, pieces + held.quantity());
    }
    var before = bucket[at];
    var changed = bucket.clone();
    changed[at] = held;
    return new HeldPieces(
        replace(index, changed),
        added(removed(ends, before), held),
        size,
        pieces - before.quantity() + held.quantity());
  }

  /** Without the hold of this id, if there is one. */
  public HeldPieces without(String hold) {
    int index = bucket(hold);
    var bucket = buckets()[index];
    int at = find(bucket, hold);
    if (at < 0) {
      return this;
    }
    var gone = bucket[at];
    var shorter = Arrays.copyOf(bucket, bucket.length - 1);
    if (at < shorter.length) {
      shorter[at] = bucket[bucket.length - 1];
    }
    return new HeldPieces(
        replace(index, shorter), removed(ends, gone), size - 1, pieces - gone.quantity());
  }

  /** Each hold, in no order. */
  public void forEach(Consumer<Held> action) {
    for (Held[] bucket : buckets()) {
      for (Held held : bucket) {
        action.accept(held);
      }
    }
  }

  /** All holds, in no order. */
  public List<Held> all() {
    var all = new ArrayList<Held>(size);
    forEach(all::add);
    return Collections.unmodifiableList(all);
  }

  /**
   * What must be done to an earlier state to get this one: each hold that is new or other, and
   * empty for each that is gone, by id. Costs what changed when one came from the other.
   */
  @SuppressWarnings("ReferenceEquality") // a bucket that is the same array has not changed
  public Map<String, Optional<Held>> since(HeldPieces before) {
    var changes = new HashMap<String, Optional<Held>>();
    var mine = buckets();
    var theirs = before.buckets();
    for (int i = 0; i < BUCKETS; i++) {
      if (mine[i] == theirs[i]) {
        continue;
      }
      int same = 0; // most often one was added at the end
      while (same < Math.min(mine[i].length, theirs[i].length)
          && mine[i][same] == theirs[i][same]) {
        same++;
      }
      var was = new HashMap<String, Held>();
      for (int j = same; j < theirs[i].length; j++) {
        was.put(theirs[i][j].hold(), theirs[i][j]);
      }
      for (int j = same; j < mine[i].length; j++) {
        var held = mine[i][j];
        if (!held.equals(was.remove(held.hold()))) {
          changes.put(held.hold(), Optional.of(held));
        }
      }
      was.keySet().forEach(gone -> changes.put(gone, Optional.empty()));
    }
    return changes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HeldPieces that
        && size == that.size
        && pieces == that.pieces
        && (buckets == null) == (that.buckets == null)
        && (buckets == null
            ? ends(Integer.MAX_VALUE).equals(that.ends(Integer.MAX_VALUE))
            : since(that).isEmpty());
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, pieces);
  }

  @Override
  public String toString() {
    return buckets == null ? pieces + " pieces in " + size + " holds" : all().toString();
  }

  private Held[][] buckets() {
    if (buckets == null) {
      throw new IllegalStateException("read without its holds");
    }
    return buckets;
  }

  private Held[][] replace(int index, Held[] bucket) {
    var changed = buckets().clone();
    changed[index] = bucket;
    return changed;
  }

  private static int find(Held[] bucket, String hold) {
    for (int i = 0; i < bucket.length; i++) {
      if (bucket[i].hold().equals(hold)) {
        return i;
      }
    }
    return -1;
  }

  // ---- the treap

  private static long total(@Nullable Node node) {
    return node == null ? 0 : node.sum;
  }

  private static int priority(Held held) {
    int hash = 31 * held.hold().hashCode() + held.expireTime().hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b; // MurmurHash3's last steps
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static @Nullable Node tree(List<Held> holds) {
    holds.sort(BY_END);
    return tree(holds, 0, holds.size());
  }

  private static @Nullable Node tree(List<Held> sorted, int from, int to) {
    if (from >= to) {
      return null;
    }
    int top = from;
    int highest = priority(sorted.get(from));
    for (int i = from + 1; i < to; i++) {
      int priority = priority(sorted.get(i));
      if (priority > highest) {
        top = i;
        highest = priority;
      }
    }
    return Node.of(sorted.get(top), highest, tree(sorted, from, top), tree(sorted, top + 1, to));
  }

  private static @Nullable Node added(@Nullable Node node, Held held) {
    return held.pinned() ? node : insert(node, held, priority(held));
  }

  private static Node insert(@Nullable Node node, Held held, int priority) {
    if (node == null) {
      return Node.of(held, priority, null, null);
    }
    if (BY_END.compare(held, node.held) < 0) {
      var left = insert(node.left, held, priority);
      return left.priority > node.priority
          ? left.with(left.left, node.with(left.right, node.right))
          : node.with(left, node.right);
    }
    var right = insert(node.right, held, priority);
    return right.priority > node.priority
        ? right.with(node.with(node.left, right.left), right.right)
        : node.with(node.left, right);
  }

  private static @Nullable Node removed(@Nullable Node node, Held held) {
    return held.pinned() ? node : remove(node, held);
  }

  private static @Nullable Node remove(@Nullable Node node, Held held) {
    if (node == null) {
      throw new IllegalStateException("a hold is in its bucket and not among the ends");
    }
    int order = BY_END.compare(held, node.held);
    if (order == 0) {
      return joined(node.left, node.right);
    }
    return order < 0
        ? node.with(remove(node.left, held), node.right)
        : node.with(node.left, remove(node.right, held));
  }

  private static @Nullable Node joined(@Nullable Node left, @Nullable Node right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    return left.priority > right.priority
        ? left.with(left.left, joined(left.right, right))
        : right.with(joined(left, right.left), right.right);
  }
}
