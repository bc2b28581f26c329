package dev.filo.cart.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a customer means to buy. Immutable: a change gives the next cart or a {@link Refusal}.
 *
 * @param customer whose: {@code customers/x}
 * @param version rises by one with every change; 0 before the first
 * @param lines the oldest first
 * @param voucher the code of the voucher on it; empty when there is none
 * @param grant whether agents may change it
 * @param notices what she should know, the oldest first
 * @param departures what is on its way back to carts that came in
 * @param movedTo the customer whose cart this one joined; empty while it is in use. While it is set
 *     the cart never changes.
 * @param handedOver true once the cart it joined has what was in this one
 * @param updateTime null when it never changed
 */
public record Cart(
    String customer,
    long version,
    List<Line> lines,
    List<Line> savedLines,
    List<Proposal> proposals,
    String voucher,
    Grant grant,
    History history,
    List<Notice> notices,
    List<Departure> departures,
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
    departures = List.copyOf(departures);
  }

  /** The cart of somebody who never put anything in. */
  public static Cart empty(String customer) {
    return new Cart(
        customer,
        0,
        List.of(),
        List.of(),
        List.of(),
        "",
        Grant.NONE,
        History.NONE,
        List.of(),
        List.of(),
        "",
        false,
        null);
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
        && voucher.isEmpty()
        && departures.isEmpty()
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
    return decide(operations, circumstances, true);
  }

  /**
   * Does what can be done of the operations, in order, and says of each what became of it. Never
   * refused as a whole.
   */
  public Decision replay(List<Operation> operations, Circumstances circumstances) {
    return decide(operations, circumstances, false);
  }

  private Decision decide(
      List<Operation> operations, Circumstances circumstances, boolean together) {
    var draft = new Draft(this, circumstances);
    var applied = new ArrayList<Operation>();
    var outcomes = new ArrayList<Outcome>();
    for (Operation operation : operations) {
      var outcome = draft.outcome(operation);
      if (together && outcome instanceof Outcome.Refused(var id, var why)) {
        return new Decision.Refused(why);
      }
      if (outcome instanceof Outcome.Applied) {
        applied.add(operation);
      }
      outcomes.add(outcome);
    }
    return applied.isEmpty()
        ? new Decision.Unchanged(this, outcomes)
        : new Decision.Changed(draft.cart(), applied, draft.about(), outcomes);
  }

  /** The same with its history as given: what was remembered here is remembered elsewhere now. */
  public Cart withHistory(History remembered) {
    return new Cart(
        customer,
        version,
        lines,
        savedLines,
        proposals,
        voucher,
        grant,
        remembered,
        notices,
        departures,
        movedTo,
        handedOver,
        updateTime);
  }

  /**
   * This cart with everything of another one, which has been moved here. Pieces of one SKU come
   * together in one line, no more than it may have; of a copy of this very cart, which a link
   * brought there, only what is more than is here; lines for which there is no room are saved for
   * later, even beyond what may otherwise be saved: nothing is lost. Which pieces came from where
   * stays known. Whether agents may edit stays as it is here; a voucher comes along only where
   * there is none.
   */
  public Cart merge(Cart other, Instant now) {
    var joined = new ArrayList<>(lines);
    var saved = new ArrayList<>(savedLines);
    var said = new ArrayList<>(notices);
    said.addAll(other.notices);
    var gone = new ArrayList<String>();
    var owners = Merge.with(customer, history.merges());
    for (Line line : other.lines) {
      var coming = line.from(other.customer);
      if (!join(joined, coming, owners, said, gone, now)) {
        if (joined.size() < LINES_MAX) {
          joined.add(coming);
        } else if (!join(saved, coming, owners, said, gone, now)) {
          saved.add(coming);
        }
      }
    }
    for (Line line : other.savedLines) {
      var coming = line.from(other.customer);
      if (!join(saved, coming, owners, said, gone, now)) {
        saved.add(coming);
      }
    }
    var proposed = new ArrayList<>(proposals);
    other.proposals.forEach(proposal -> proposed.add(proposal.from(other.customer)));
    joined.sort((a, b) -> a.origin().time().compareTo(b.origin().time()));
    var came = new ArrayList<>(history.merges());
    came.addAll(other.history.merges());
    came.add(Merge.of(other.customer, customer, now, other.device(), other.lineCount()));
    var leaving = new ArrayList<>(departures);
    leaving.addAll(other.departures);
    return new Cart(
        customer,
        version + 1,
        joined,
        saved,
        proposed,
        voucher.isEmpty() ? other.voucher : voucher,
        grant,
        history.with(other.history).with(came).parting(other.history.parted()).removing(gone),
        said,
        leaving,
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
      List<Line> into,
      Line line,
      Set<String> owners,
      List<Notice> said,
      List<String> gone,
      Instant now) {
    for (int i = 0; i < into.size(); i++) {
      var there = into.get(i);
      if (there.sku().equals(line.sku())) {
        boolean isCopy = owners.contains(line.origin().copyOf());
        int sum =
            isCopy
                ? Math.max(there.quantity(), line.quantity())
                : there.quantity() + line.quantity();
        into.set(i, there.plus(line, Math.min(sum, QUANTITY_MAX)));
        gone.add(line.id());
        if (sum > QUANTITY_MAX) {
          said.add(new Notice.QuantityCapped(there.id(), sum, now));
        }
        return true;
      }
    }
    return false;
  }

  /** What is on its way back to {@code alias}; null when nothing is. */
  public @Nullable Departure departure(String alias) {
    return departures.stream().filter(one -> one.alias().equals(alias)).findFirst().orElse(null);
  }

  /**
   * This cart without what came with {@code alias}, who is a customer of her own again: the pieces
   * that are still there of those that came, and those that were taken out by undoing a merge. They
   * are on their way back: {@link #departure}. What was put in since stays here.
   *
   * @param names the names that are hers now, as identity knows them
   */
  public Cart part(String alias, Set<String> names, Instant now) {
    var leaving = new HashSet<>(Merge.with(alias, history.merges()));
    names.forEach(name -> leaving.addAll(Merge.with(name, history.merges())));
    leaving.remove(customer);
    var kept = new ArrayList<Line>();
    var keptSaved = new ArrayList<Line>();
    var gone = new ArrayList<String>();
    var back = take(lines, leaving, kept, gone);
    var backSaved = take(savedLines, leaving, keptSaved, gone);
    var came = new ArrayList<Merge>();
    var hers = new ArrayList<Merge>();
    for (Merge merge : history.merges()) {
      undone(merge.undone(), leaving, back);
      undone(merge.undoneSaved(), leaving, backSaved);
      if (merge.alias().equals(alias)) {
        continue;
      }
      (leaving.contains(merge.alias()) ? hers : came).add(merge.without(leaving));
    }
    int count = back.size() + backSaved.size();
    var said = new ArrayList<>(notices);
    if (count > 0) {
      said.add(new Notice.LinesReturned(count, now));
    }
    var on = new ArrayList<>(departures);
    on.add(
        new Departure(
            Operation.digest(alias + " " + customer + " " + version).substring(0, 20),
            alias,
            back,
            backSaved,
            proposals.stream().filter(one -> leaving.contains(one.customer())).toList(),
            hers));
    return new Cart(
        customer,
        version + 1,
        kept,
        keptSaved,
        proposals.stream().filter(one -> !leaving.contains(one.customer())).toList(),
        voucher,
        grant,
        history.with(came).parting(leaving).removing(gone),
        said,
        on,
        movedTo,
        handedOver,
        now);
  }

  /** Takes what came from some customers out of lines; answers it, as it was before any limit. */
  static List<Part> take(
      List<Line> from, Set<String> customers, List<Line> kept, List<String> gone) {
    var out = new ArrayList<Part>();
    for (Line line : from) {
      line.partsOf(customers).forEach(part -> out.add(part.uncapped()));
      var rest = line.without(customers);
      if (rest == null) {
        gone.add(line.id());
      } else {
        kept.add(rest);
      }
    }
    return out;
  }

  private static void undone(List<Part> parts, Set<String> customers, List<Part> back) {
    parts.stream().filter(part -> customers.contains(part.customer())).forEach(back::add);
  }

  /**
   * This cart, which had joined another one, in use again with what was given back to it. Its lines
   * have new ids: those they had may have been taken out there.
   */
  public Cart arrive(Departure departure, History there, Instant now) {
    var back = new ArrayList<Line>();
    var backSaved = new ArrayList<Line>();
    departure.lines().forEach(part -> give(part, departure.id(), back));
    departure.savedLines().forEach(part -> give(part, departure.id(), backSaved));
    var gone = new ArrayList<String>();
    lines.forEach(line -> gone.add(line.id()));
    savedLines.forEach(line -> gone.add(line.id()));
    back.sort((a, b) -> a.origin().time().compareTo(b.origin().time()));
    return new Cart(
        customer,
        version + 1,
        back,
        backSaved,
        departure.proposals().stream().map(proposal -> proposal.backTo(customer)).toList(),
        voucher,
        Grant.NONE,
        history.with(there).removing(gone).with(departure.merges()).arriving(departure.id()),
        notices,
        List.of(),
        "",
        false,
        now);
  }

  private void give(Part part, String departure, List<Line> to) {
    var line = part.line(customer, Operation.digest(departure + part.id()).substring(0, 32));
    for (int i = 0; i < to.size(); i++) {
      var there = to.get(i);
      if (there.sku().equals(line.sku())) {
        // Her own line is the one that stays; the pieces of others are parts of it.
        to.set(i, there.own() > 0 || line.own() == 0 ? there.plus(line) : line.plus(there));
        return;
      }
    }
    to.add(line);
  }

  /** This cart once what was on its way back has arrived. */
  public Cart departed(String departure, Instant now) {
    return new Cart(
        customer,
        version + 1,
        lines,
        savedLines,
        proposals,
        voucher,
        grant,
        history,
        notices,
        departures.stream().filter(one -> !one.id().equals(departure)).toList(),
        movedTo,
        handedOver,
        now);
  }
}
