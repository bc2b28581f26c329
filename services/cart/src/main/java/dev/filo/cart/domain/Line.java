package dev.filo.cart.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of one SKU.
 *
 * @param id stays for the line's life; never used again after it
 * @param quantity 1..{@value Cart#QUANTITY_MAX}
 * @param goods as they were when the line came in
 * @param note her own words; empty when there are none
 * @param edited the agent's change, when an agent changed it last; null otherwise
 * @param parts the pieces that came from other carts, the oldest first; the rest were put in here
 */
public record Line(
    String id,
    int quantity,
    Goods goods,
    Origin origin,
    String note,
    Fulfilment fulfilment,
    @Nullable Origin edited,
    List<Part> parts) {
  /** Copies what can change. */
  public Line {
    parts = List.copyOf(parts);
  }

  /** A line just put in. */
  public Line(String id, int quantity, Goods goods, Origin origin) {
    this(id, quantity, goods, origin, "", Fulfilment.OPEN, null, List.of());
  }

  /** What it is pieces of. */
  public String sku() {
    return goods.sku();
  }

  /** Pieces that were put in here. */
  public int own() {
    return quantity - parts.stream().mapToInt(Part::quantity).sum();
  }

  /** Her words on it; where she has none here, those it came with. */
  public String shownNote() {
    return note.isEmpty()
        ? parts.stream().map(Part::note).filter(text -> !text.isEmpty()).findFirst().orElse("")
        : note;
  }

  /** How she wants it; where she has not chosen here, what it came with. */
  public Fulfilment shownFulfilment() {
    return fulfilment.kind() == Fulfilment.Kind.OPEN
        ? parts.stream()
            .map(Part::fulfilment)
            .filter(way -> way.kind() != Fulfilment.Kind.OPEN)
            .findFirst()
            .orElse(Fulfilment.OPEN)
        : fulfilment;
  }

  /** With more pieces, which are put in here; or fewer, of which those that came last go first. */
  Line withQuantity(int pieces) {
    if (pieces >= quantity) {
      return copy(pieces, parts);
    }
    int go = quantity - pieces;
    var rest = new ArrayList<>(parts);
    for (int i = rest.size() - 1; i >= 0 && go > 0; i--) {
      var part = rest.get(i);
      int now = Math.min(go, part.quantity());
      rest.set(i, part.less(now));
      go -= now;
    }
    rest.removeIf(part -> part.quantity() == 0);
    return copy(pieces, rest);
  }

  Line withNote(String text) {
    var bare = parts.stream().map(part -> part.withNote("")).toList();
    return new Line(id, quantity, goods, origin, text, fulfilment, edited, bare);
  }

  Line with(Fulfilment way) {
    var bare = parts.stream().map(part -> part.with(Fulfilment.OPEN)).toList();
    return new Line(id, quantity, goods, origin, note, way, edited, bare);
  }

  Line editedBy(@Nullable Origin editor) {
    return new Line(id, quantity, goods, origin, note, fulfilment, editor, parts);
  }

  private Line copy(int pieces, List<Part> of) {
    return new Line(id, pieces, goods, origin, note, fulfilment, edited, of);
  }

  /** The line as it comes into another's cart: all its pieces are somebody else's there. */
  Line from(String customer) {
    var all = new ArrayList<>(parts);
    if (own() > 0) {
      all.add(new Part(customer, own(), 0, id, goods, origin, note, fulfilment));
    }
    return new Line(id, quantity, goods, origin, "", Fulfilment.OPEN, edited, all);
  }

  /** This line with the pieces of another of the same SKU, as many as a line may have. */
  Line plus(Line other) {
    return plus(other, Cart.QUANTITY_MAX);
  }

  /**
   * This line with the pieces of another of the same SKU. Beyond {@code most} those of the other do
   * not count, the last first.
   */
  Line plus(Line other, int most) {
    int over = Math.max(0, quantity + other.quantity - most);
    var coming = new ArrayList<>(other.parts);
    for (int i = coming.size() - 1; i >= 0 && over > 0; i--) {
      var part = coming.get(i);
      int now = Math.min(over, part.quantity());
      coming.set(i, part.capped(now));
      over -= now;
    }
    var all = new ArrayList<>(parts);
    all.addAll(coming);
    return copy(Math.min(quantity + other.quantity, most), all);
  }

  /** What came from those customers. */
  List<Part> partsOf(Set<String> customers) {
    return parts.stream().filter(part -> customers.contains(part.customer())).toList();
  }

  /** The rest, when what came from those customers is taken out; null when nothing is left. */
  @Nullable Line without(Set<String> customers) {
    int gone = partsOf(customers).stream().mapToInt(Part::quantity).sum();
    var rest = parts.stream().filter(part -> !customers.contains(part.customer())).toList();
    return gone == quantity ? null : copy(quantity - gone, rest);
  }
}
