package dev.filo.cart.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a customer means to buy. Immutable: a change gives the next cart or a {@link Refusal}.
 *
 * @param customer whose: {@code customers/x}
 * @param version rises by one with every change; 0 before the first
 * @param lines the oldest first
 * @param notices what merges did, the oldest first
 * @param movedTo the customer whose cart this one joined; empty while it is in use. From then on it
 *     never changes.
 * @param handedOver true once the cart it joined has what was in this one
 * @param updateTime null when it never changed
 */
public record Cart(
    String customer,
    long version,
    List<Line> lines,
    List<Line> savedLines,
    List<Proposal> proposals,
    History history,
    List<Notice> notices,
    String movedTo,
    boolean handedOver,
    @Nullable Instant updateTime) {
  /** Lines a cart may have, and as many saved ones. */
  public static final int LINES_MAX = 200;

  /** Proposals a cart may have. */
  public static final int PROPOSALS_MAX = 50;

  /** Pieces a line may have. */
  public static final int QUANTITY_MAX = 999;

  private static final int NOTICES_MAX = 20;

  /** Copies what can change. */
  public Cart {
    lines = List.copyOf(lines);
    savedLines = List.copyOf(savedLines);
    proposals = List.copyOf(proposals);
    notices =
        List.copyOf(notices.subList(Math.max(0, notices.size() - NOTICES_MAX), notices.size()));
  }

  /** The cart of somebody who never put anything in. */
  public static Cart empty(String customer) {
    return new Cart(
        customer, 0, List.of(), List.of(), List.of(), History.NONE, List.of(), "", false, null);
  }

  /** True when it joined another cart. */
  public boolean isMoved() {
    return !movedTo.isEmpty();
  }

  /** True when there is nothing in it to hand over. */
  public boolean isBlank() {
    return lines.isEmpty()
        && savedLines.isEmpty()
        && proposals.isEmpty()
        && history.operations().isEmpty()
        && history.archives().isEmpty()
        && history.merges().isEmpty();
  }

  /** Pieces in all lines. */
  public int itemCount() {
    return lines.stream().mapToInt(Line::quantity).sum();
  }

  /**
   * Does all operations, in order, or none. One whose id the cart knows is skipped, so repeating
   * them changes nothing.
   */
  public Decision apply(List<Operation> operations, Circumstances circumstances) {
    var draft = new Draft(this, circumstances);
    var applied = new ArrayList<Operation>();
    for (Operation operation : operations) {
      switch (draft.recall(operation)) {
        case SAME -> {}
        case OTHER -> {
          return new Decision.Refused(new Refusal.OperationDiffers(operation.id()));
        }
        case NEW -> {
          var refusal = draft.apply(operation);
          if (refusal != null) {
            return new Decision.Refused(refusal);
          }
          applied.add(operation);
        }
      }
    }
    return applied.isEmpty()
        ? new Decision.Unchanged(this)
        : new Decision.Changed(draft.cart(), applied, draft.about());
  }

  /** The same with its history as given: what was remembered here is remembered elsewhere now. */
  public Cart withHistory(History remembered) {
    return new Cart(
        customer,
        version,
        lines,
        savedLines,
        proposals,
        remembered,
        notices,
        movedTo,
        handedOver,
        updateTime);
  }

  /**
   * This cart with everything of another one, which has been moved here. Pieces of one SKU come
   * together in one line, no more than it may have; lines for which there is no room are saved for
   * later, even beyond what may otherwise be saved: nothing is lost.
   */
  public Cart merge(Cart other, Instant now) {
    var joined = new ArrayList<>(lines);
    var saved = new ArrayList<>(savedLines);
    var said = new ArrayList<>(notices);
    said.addAll(other.notices);
    var gone = new ArrayList<String>();
    for (Line line : other.lines) {
      if (!join(joined, line, said, gone, now)) {
        if (joined.size() < LINES_MAX) {
          joined.add(line);
        } else if (!join(saved, line, said, gone, now)) {
          saved.add(line);
        }
      }
    }
    for (Line line : other.savedLines) {
      if (!join(saved, line, said, gone, now)) {
        saved.add(line);
      }
    }
    var proposed = new ArrayList<>(proposals);
    proposed.addAll(other.proposals);
    joined.sort((a, b) -> a.origin().time().compareTo(b.origin().time()));
    int count = other.lineCount();
    if (count > 0) {
      said.add(new Notice.LinesMerged(count, other.device(), now));
    }
    var remembered = history.with(other.history, other.customer);
    var removed = new ArrayList<>(remembered.removed());
    removed.addAll(gone);
    return new Cart(
        customer,
        version + 1,
        joined,
        saved,
        proposed,
        new History(remembered.operations(), removed, remembered.archives(), remembered.merges()),
        said,
        "",
        false,
        now);
  }

  /** Lines and saved lines. */
  public int lineCount() {
    return lines.size() + savedLines.size();
  }

  private String device() {
    var devices = new HashSet<String>();
    lines.forEach(line -> devices.add(line.origin().device()));
    savedLines.forEach(line -> devices.add(line.origin().device()));
    return devices.size() == 1 ? devices.iterator().next() : "";
  }

  private static boolean join(
      List<Line> into, Line line, List<Notice> said, List<String> gone, Instant now) {
    for (int i = 0; i < into.size(); i++) {
      var there = into.get(i);
      if (there.sku().equals(line.sku())) {
        int sum = there.quantity() + line.quantity();
        into.set(i, there.withQuantity(Math.min(sum, QUANTITY_MAX)));
        gone.add(line.id());
        if (sum > QUANTITY_MAX) {
          said.add(new Notice.QuantityCapped(there.id(), sum, now));
        }
        return true;
      }
    }
    return false;
  }
}
