package dev.filo.cart.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.testkit.Model;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * What carts have to do, beside something that does it: customers who add, set, take out and put
 * by, who turn out to be one and then again not, in any order. The table knows of every piece who
 * put it in; a cart must have exactly the pieces of those who are one customer now.
 */
public final class CartAlgebra implements AutoCloseable {
  /** What is bought. */
  public static final List<String> SKUS = List.of("A", "B", "C");

  private static final int CUSTOMERS = 4;

  /** What is looked at. */
  public interface Carts extends AutoCloseable {
    /** Does one operation for a customer. */
    Outcome apply(String customer, Operation operation);

    /** Moves the alias's cart to the customer. */
    void merge(String customer, String alias);

    /** Gives back what came with the alias. */
    void unmerge(String customer, String alias, Set<String> names);

    /** The cart of a customer who is no alias. */
    Cart cart(String customer);

    @Override
    void close();
  }

  /** Pieces that one customer put in, in the order they came. */
  private static final class Pile {
    private final List<String> who = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final List<Integer> overs = new ArrayList<>();

    void add(String customer, int count, int over) {
      who.add(customer);
      counts.add(count);
      overs.add(over);
    }

    void own(String customer, int more) {
      int at = who.indexOf(customer);
      if (at < 0) {
        who.addFirst(customer);
        counts.addFirst(more);
        overs.addFirst(0);
      } else {
        counts.set(at, counts.get(at) + more);
      }
    }

    int total() {
      return counts.stream().mapToInt(Integer::intValue).sum();
    }

    /** The last to come are the first to go; those put in here are the first. */
    void shrink(int by) {
      int go = by;
      for (int i = who.size() - 1; i >= 0 && go > 0; i--) {
        int now = Math.min(go, counts.get(i));
        if (now > 0 || counts.get(i) == 0) {
          counts.set(i, counts.get(i) - now);
          overs.set(i, 0);
        }
        go -= now;
      }
      for (int i = who.size() - 1; i >= 0; i--) {
        if (counts.get(i) == 0) {
          drop(i);
        }
      }
    }

    private void drop(int at) {
      who.remove(at);
      counts.remove(at);
      overs.remove(at);
    }

    /** With another pile on top; beyond 999 the last of the other do not count. */
    void put(Pile other) {
      int over = Math.max(0, total() + other.total() - Cart.QUANTITY_MAX);
      for (int i = other.who.size() - 1; i >= 0 && over > 0; i--) {
        int now = Math.min(over, other.counts.get(i));
        other.counts.set(i, other.counts.get(i) - now);
        other.overs.set(i, other.overs.get(i) + now);
        over -= now;
      }
      for (int i = 0; i < other.who.size(); i++) {
        add(other.who.get(i), other.counts.get(i), other.overs.get(i));
      }
    }

    /** Takes out what some customers put in, as it was before any limit. */
    Pile take(Set<String> customers) {
      var taken = new Pile();
      for (int i = 0; i < who.size(); ) {
        if (customers.contains(who.get(i))) {
          taken.add(who.get(i), Math.min(counts.get(i) + overs.get(i), Cart.QUANTITY_MAX), 0);
          drop(i);
        } else {
          i++;
        }
      }
      return taken;
    }

    /** As it comes to another customer: what was put in here comes last. */
    Pile coming(String from) {
      int at = who.indexOf(from);
      if (at >= 0) {
        int count = counts.get(at);
        drop(at);
        if (count > 0) {
          add(from, count, 0);
        }
      }
      return this;
    }

    /** Of whom how many count. */
    Map<String, Integer> shares() {
      var shares = new TreeMap<String, Integer>();
      for (int i = 0; i < who.size(); i++) {
        if (counts.get(i) > 0) {
          shares.merge(who.get(i), counts.get(i), Integer::sum);
        }
      }
      return shares;
    }
  }

  /** One customer's cart in the table. */
  private static final class Shelf {
    private final Map<String, Pile> lines = new HashMap<>();
    private final Map<String, Pile> saved = new HashMap<>();
    // What undoing took out: it belongs to those it came from, should they be somebody else again.
    private final List<Undone> undone = new ArrayList<>();
  }

  private record Undone(boolean isSaved, String sku, Pile pile) {}

  private record Did(String customer, Operation operation) {}

  private final Carts carts;
  private final String prefix;
  private final Map<String, Shelf> shelves = new HashMap<>();
  private final Map<String, String> into = new HashMap<>();
  private final List<Did> done = new ArrayList<>();
  private final Set<String> gone = new HashSet<>();
  private int ids;

  /** A table beside carts that are all empty, of customers whose names begin alike. */
  public CartAlgebra(Carts carts, String prefix) {
    this.carts = carts;
    this.prefix = prefix;
    for (int i = 0; i < CUSTOMERS; i++) {
      shelves.put(customer(i), new Shelf());
    }
  }

  private String customer(int i) {
    return "customers/" + prefix + i;
  }

  /** A step drawn at random. */
  public static Model.Step<CartAlgebra> step(Random random) {
    int who = random.nextInt(CUSTOMERS);
    var sku = Model.oneOf(random, SKUS);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> new Add(who, sku, 1 + random.nextInt(400));
      case 3 -> new SetTo(who, sku, random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(500));
      case 4 -> new Take(who, sku);
      case 5 -> new Save(who, sku);
      case 6 -> new Back(who, sku);
      case 7 -> new Repeat(random.nextInt(1000));
      case 8, 9 -> new Merge_(who, random.nextInt(CUSTOMERS));
      case 10 -> new Unmerge(who);
      default -> new Undo(who, random.nextInt(3));
    };
  }

  record Add(int who, String sku, int quantity) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var root = all.root(all.customer(who));
      var pile = all.shelf(root).lines.computeIfAbsent(sku, k -> new Pile());
      boolean fits = pile.total() + quantity <= Cart.QUANTITY_MAX;
      if (fits) {
        pile.own(root, quantity);
      }
      all.send(all.customer(who), new Operation.Add(all.id(), sku, quantity), fits);
    }
  }

  record SetTo(int who, String sku, int quantity) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var line = all.line(who, sku, false);
      if (line == null) {
        return;
      }
      var root = all.root(all.customer(who));
      var pile = java.util.Objects.requireNonNull(all.shelf(root).lines.get(sku));
      int change = quantity - pile.total();
      if (quantity == 0) {
        all.shelf(root).lines.remove(sku);
        all.gone.add(line);
      } else if (change > 0) {
        pile.own(root, change);
      } else if (change < 0) {
        pile.shrink(-change);
      }
      all.send(all.customer(who), new Operation.SetQuantity(all.id(), line, quantity), true);
    }
  }

  record Take(int who, String sku) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var line = all.line(who, sku, false);
      if (line != null) {
        all.shelf(all.root(all.customer(who))).lines.remove(sku);
        all.gone.add(line);
        all.send(all.customer(who), new Operation.Remove(all.id(), line), true);
      }
    }
  }

  record Save(int who, String sku) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var line = all.line(who, sku, false);
      if (line != null) {
        var shelf = all.shelf(all.root(all.customer(who)));
        boolean moved = move(all, shelf.lines, shelf.saved, all.root(all.customer(who)), sku);
        all.send(all.customer(who), new Operation.SaveForLater(all.id(), line), moved);
      }
    }
  }

  record Back(int who, String sku) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var line = all.line(who, sku, true);
      if (line != null) {
        var shelf = all.shelf(all.root(all.customer(who)));
        boolean moved = move(all, shelf.saved, shelf.lines, all.root(all.customer(who)), sku);
        all.send(all.customer(who), new Operation.MoveToCart(all.id(), line), moved);
      }
    }
  }

  private static boolean move(
      CartAlgebra all, Map<String, Pile> from, Map<String, Pile> to, String root, String sku) {
    var pile = java.util.Objects.requireNonNull(from.get(sku));
    var there = to.get(sku);
    if (there == null || there.total() == 0) {
      to.put(sku, pile);
    } else if (there.total() + pile.total() > Cart.QUANTITY_MAX) {
      return false;
    } else {
      int own = pile.who.indexOf(root);
      if (own >= 0) {
        there.own(root, pile.counts.get(own));
        pile.drop(own);
      }
      there.put(pile);
    }
    from.remove(sku);
    return true;
  }

  record Repeat(int which) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      if (!all.done.isEmpty()) {
        var did = all.done.get(which % all.done.size());
        assertThat(all.carts.apply(all.root(did.customer()), did.operation()))
            .as("again %s", did)
            .isInstanceOf(Outcome.Repeated.class);
      }
    }
  }

  record Merge_(int who, int with) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var customer = all.root(all.customer(who));
      var alias = all.root(all.customer(with));
      if (customer.equals(alias)) {
        return;
      }
      var mine = all.shelf(customer);
      var hers = all.shelf(alias);
      join(mine.lines, hers.lines, alias);
      join(mine.saved, hers.saved, alias);
      mine.undone.addAll(hers.undone);
      all.shelves.put(alias, new Shelf());
      all.into.put(alias, customer);
      all.carts.merge(customer, alias);
      all.carts.merge(customer, alias);
    }

    private static void join(Map<String, Pile> mine, Map<String, Pile> hers, String alias) {
      hers.forEach(
          (sku, pile) -> {
            if (pile.total() > 0) {
              mine.computeIfAbsent(sku, k -> new Pile()).put(pile.coming(alias));
            }
          });
    }
  }

  record Unmerge(int who) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var alias = all.customer(who);
      var customer = all.into.get(alias);
      if (customer == null) {
        return;
      }
      var shelf = all.shelf(all.root(alias));
      all.into.remove(alias);
      var names = all.names(alias);
      var hers = all.shelf(alias);
      give(shelf.lines, hers.lines, names, alias);
      give(shelf.saved, hers.saved, names, alias);
      for (Undone undone : List.copyOf(shelf.undone)) {
        back(
            (undone.isSaved() ? hers.saved : hers.lines),
            undone.sku(),
            undone.pile().take(names),
            alias);
      }
      all.carts.unmerge(customer, alias, names);
      all.carts.unmerge(customer, alias, names);
    }

    private static void give(
        Map<String, Pile> from, Map<String, Pile> to, Set<String> names, String alias) {
      from.forEach((sku, pile) -> back(to, sku, pile.take(names), alias));
    }

    /** Each by itself, in their order; hers first of all. */
    private static void back(Map<String, Pile> to, String sku, Pile taken, String alias) {
      for (int i = 0; i < taken.who.size(); i++) {
        var there = to.computeIfAbsent(sku, k -> new Pile());
        var one = new Pile();
        one.add(taken.who.get(i), taken.counts.get(i), 0);
        if (taken.who.get(i).equals(alias) && !there.who.contains(alias)) {
          one.put(there);
          to.put(sku, one);
        } else if (taken.who.get(i).equals(alias)) {
          int room = Cart.QUANTITY_MAX - there.total();
          there.own(alias, Math.min(room, taken.counts.get(i)));
        } else {
          there.put(one);
        }
      }
    }
  }

  record Undo(int who, int which) implements Model.Step<CartAlgebra> {
    @Override
    public void run(CartAlgebra all) {
      var root = all.root(all.customer(who));
      var merges = all.carts.cart(root).history().merges();
      if (merges.isEmpty()) {
        return;
      }
      var merge = merges.get(which % merges.size());
      var names = all.names(merge.alias());
      var shelf = all.shelf(root);
      undo(shelf, shelf.lines, false, names);
      undo(shelf, shelf.saved, true, names);
      all.send(all.customer(who), new Operation.UndoMerge(all.id(), merge.id()), true);
    }

    private static void undo(
        Shelf shelf, Map<String, Pile> piles, boolean isSaved, Set<String> names) {
      for (String sku : SKUS) {
        var pile = piles.get(sku);
        if (pile != null) {
          shelf.undone.add(new Undone(isSaved, sku, pile.take(names)));
        }
      }
    }
  }

  private String id() {
    return "op-" + ids++;
  }

  private String root(String customer) {
    var at = customer;
    while (into.containsKey(at)) {
      at = into.get(at);
    }
    return at;
  }

  private Shelf shelf(String root) {
    return java.util.Objects.requireNonNull(shelves.get(root));
  }

  /** A customer and all who are merged into her. */
  private Set<String> names(String customer) {
    var names = new HashSet<>(Set.of(customer));
    while (into.entrySet().stream()
        .anyMatch(one -> names.contains(one.getValue()) && names.add(one.getKey()))) {}
    return names;
  }

  private @org.jspecify.annotations.Nullable String line(int who, String sku, boolean isSaved) {
    var cart = carts.cart(root(customer(who)));
    return (isSaved ? cart.savedLines() : cart.lines())
        .stream().filter(line -> line.sku().equals(sku)).map(Line::id).findFirst().orElse(null);
  }

  private void send(String customer, Operation operation, boolean expected) {
    var outcome = carts.apply(root(customer), operation);
    assertThat(outcome instanceof Outcome.Applied)
        .as("%s: %s", operation, outcome)
        .isEqualTo(expected);
    if (expected) {
      done.add(new Did(customer, operation));
    }
  }

  /** Every cart has exactly the pieces it should have, each of whom it should be. */
  public void check() {
    for (String customer : shelves.keySet()) {
      if (into.containsKey(customer)) {
        continue;
      }
      var cart = carts.cart(customer);
      assertThat(shares(customer, cart.lines()))
          .as("lines of %s", customer)
          .isEqualTo(shares(shelf(customer).lines));
      assertThat(shares(customer, cart.savedLines()))
          .as("saved lines of %s", customer)
          .isEqualTo(shares(shelf(customer).saved));
      assertThat(cart.lines()).extracting(Line::sku).doesNotHaveDuplicates();
      assertThat(cart.lines()).noneMatch(line -> gone.contains(line.id()));
      // Nothing of anybody who is not she.
      var hers = names(customer);
      for (Line line : cart.lines()) {
        assertThat(line.parts()).allMatch(part -> hers.contains(part.customer()));
      }
      assertThat(cart.departures()).isEmpty();
    }
  }

  private static Map<String, Map<String, Integer>> shares(Map<String, Pile> piles) {
    var shares = new TreeMap<String, Map<String, Integer>>();
    piles.forEach(
        (sku, pile) -> {
          if (pile.total() > 0) {
            shares.put(sku, pile.shares());
          }
        });
    return shares;
  }

  private static Map<String, Map<String, Integer>> shares(String customer, List<Line> lines) {
    var shares = new TreeMap<String, Map<String, Integer>>();
    for (Line line : lines) {
      var of = new TreeMap<String, Integer>();
      if (line.own() > 0) {
        of.put(customer, line.own());
      }
      line.parts().stream()
          .filter(part -> part.quantity() > 0)
          .forEach(part -> of.merge(part.customer(), part.quantity(), Integer::sum));
      shares.put(line.sku(), of);
    }
    return shares;
  }

  @Override
  public void close() {
    carts.close();
  }
}
