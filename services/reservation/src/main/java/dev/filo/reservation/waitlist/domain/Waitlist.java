package dev.filo.reservation.waitlist.domain;

import dev.filo.reservation.waitlist.domain.Entry.Offer;
import dev.filo.reservation.waitlist.domain.Entry.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The line for one SKU at one store. Immutable: a command gives the next one. Those in line stand
 * in the order the database took them in, and the first who waits is the next to be offered; pieces
 * are asked for one person at a time, so that nobody is overtaken while it is not known whether she
 * gets hers.
 *
 * @param store {@code stores/milano}
 * @param version rises with every change
 * @param line who has not ended, first come first
 * @param ended who has ended and is to be put away
 */
public record Waitlist(
    String sku, String store, long version, List<Entry> line, List<Entry> ended) {
  // Nobody is called so: between whom an entry is taken from and whom it is given to.
  private static final String PARTED = "";

  /** A step older than this was left by somebody who died: longer than any step takes. */
  public static final Duration ABANDONED = Duration.ofSeconds(8);

  /** How often a line is looked at though nothing was heard of its SKU. */
  public static final Duration LOOK = Duration.ofMinutes(1);

  /** Copies the lists. */
  public Waitlist {
    line = List.copyOf(line);
    ended = List.copyOf(ended);
  }

  /** One in line or just ended; empty when there is none of this id. */
  public Optional<Entry> find(String entry) {
    return java.util.stream.Stream.concat(line.stream(), ended.stream())
        .filter(one -> one.id().equals(entry))
        .findFirst();
  }

  /** Her place among those who wait, 1 is the next; 0 when she does not. */
  public int position(String entry) {
    int ahead = 0;
    for (Entry one : line) {
      boolean waits = one.state().label().equals("WAITING");
      if (one.id().equals(entry)) {
        return waits ? ahead + 1 : 0;
      }
      ahead += waits ? 1 : 0;
    }
    return 0;
  }

  /**
   * Who is to be offered next; empty when nobody waits, or when it is not known yet whether
   * somebody ahead is let in or gets her pieces.
   */
  public Optional<Entry> next() {
    for (Entry one : line) {
      switch (one.state()) {
        case State.Waiting w -> {
          return Optional.of(one);
        }
        case State.Joining j -> {
          return Optional.empty();
        }
        case State.Offering o -> {
          return Optional.empty();
        }
        case State.Offered o -> {}
        case State.Accepting a -> {}
        case State.Taken t -> {}
        case State.Lapsed l -> {}
        case State.Left l -> {}
      }
    }
    return Optional.empty();
  }

  /** The policy lets her wait. */
  public Waitlist joined(String entry, Instant now) {
    return change(
        entry,
        one -> one.state() instanceof State.Joining ? one.with(new State.Waiting(), now) : one);
  }

  /** The policy does not let her wait: nothing is left of her. */
  public Waitlist dropped(String entry) {
    return new Waitlist(
        sku,
        store,
        version + 1,
        line.stream()
            .filter(one -> !one.id().equals(entry) || !(one.state() instanceof State.Joining))
            .toList(),
        ended);
  }

  /** Pieces are to be asked for the one who is {@link #next}. */
  public Waitlist offering(String entry, Offer offer, Instant now) {
    return change(
        entry, one -> one.state() instanceof State.Waiting ? one.offering(offer, now) : one);
  }

  /** Inventory holds her pieces. */
  public Waitlist offered(String entry, Instant now) {
    return change(
        entry,
        one ->
            one.state() instanceof State.Offering(var offer)
                ? one.with(new State.Offered(offer), now)
                : one);
  }

  /** Inventory does not hold her pieces: she waits as before. */
  public Waitlist notOffered(String entry, Instant now) {
    return change(
        entry,
        one -> one.state() instanceof State.Offering ? one.with(new State.Waiting(), now) : one);
  }

  /** What was held for her is held no more: it is over for her. */
  public Waitlist lapsed(String entry, Instant now) {
    return change(
        entry,
        one -> {
          var offer = one.state().offer();
          return offer == null ? one : one.with(new State.Lapsed(offer.hold()), now);
        });
  }

  /** She takes what is offered; repeating it changes nothing. */
  public Decision accept(String entry, Instant until, Author by, Instant now) {
    return find(entry)
        .<Decision>map(
            one ->
                switch (one.stateAt(now)) {
                  case State.Offered(var offer) ->
                      new Decision.Changed(
                          change(entry, it -> it.with(new State.Accepting(offer, until, by), now)));
                  case State.Accepting a -> new Decision.Unchanged();
                  case State.Taken t -> new Decision.Unchanged();
                  case State.Waiting w -> notOffered(w);
                  case State.Offering o -> notOffered(o);
                  case State.Joining j -> unknown(entry);
                  case State.Lapsed l -> over(l);
                  case State.Left l -> over(l);
                })
        .orElseGet(() -> unknown(entry));
  }

  private static Decision notOffered(State state) {
    return new Decision.Refused(new Refusal.NotOffered(state.label()));
  }

  private static Decision over(State state) {
    return new Decision.Refused(new Refusal.Over(state.label()));
  }

  private static Decision unknown(String entry) {
    return new Decision.Refused(new Refusal.NotFound("waitlistEntries/" + entry));
  }

  /** The policy does not let her take it: the offer stands, until its end. */
  public Waitlist notAccepted(String entry, Instant now) {
    return change(
        entry,
        one -> {
          if (!(one.state() instanceof State.Accepting(var offer, var until, var by))) {
            return one;
          }
          var back = one.with(new State.Offered(offer), one.stateTime());
          return one.with(back.stateAt(now), now);
        });
  }

  /** She has a reservation. */
  public Waitlist taken(String entry, String reservation, Instant now) {
    return change(
        entry,
        one ->
            one.state() instanceof State.Accepting(var offer, var until, var by)
                ? one.with(new State.Taken(reservation, offer.quantity()), now)
                : one);
  }

  /**
   * She leaves; repeating it changes nothing. Not while inventory is being asked for her pieces or
   * she takes them: that is finished first.
   */
  public Decision leave(String entry, Instant now) {
    return find(entry)
        .<Decision>map(
            one ->
                switch (one.stateAt(now)) {
                  case State.Waiting w -> left(entry, "", now);
                  case State.Offered(var offer) -> left(entry, offer.hold(), now);
                  case State.Left l -> new Decision.Unchanged();
                  case State.Joining j -> unknown(entry);
                  case State.Offering o ->
                      throw new IllegalStateException("it is not known yet what is held");
                  case State.Accepting a ->
                      throw new IllegalStateException("it is not known yet what is taken");
                  case State.Taken t -> over(t);
                  case State.Lapsed l -> over(l);
                })
        .orElseGet(() -> unknown(entry));
  }

  private Decision left(String entry, String hold, Instant now) {
    return new Decision.Changed(change(entry, one -> one.with(new State.Left(hold), now)));
  }

  /** One that has ended was put away. */
  public Waitlist putAway(String entry) {
    return new Waitlist(
        sku,
        store,
        version + 1,
        line,
        ended.stream().filter(one -> !one.id().equals(entry)).toList());
  }

  /**
   * All of an alias is the customer's. Where both are in line, the one that has come less far ends;
   * of two that wait the one further back.
   */
  public Waitlist merged(String customer, String alias, Instant now) {
    var hers = line.stream().filter(one -> one.customer().equals(customer)).findFirst();
    var others = line.stream().filter(one -> one.customer().equals(alias)).findFirst();
    var next =
        new Waitlist(
            sku,
            store,
            version + 1,
            line.stream().map(one -> renamed(one, customer, alias)).toList(),
            ended.stream().map(one -> renamed(one, customer, alias)).toList());
    if (hers.isEmpty() || others.isEmpty()) {
      return next;
    }
    boolean ahead = line.indexOf(hers.get()) < line.indexOf(others.get());
    var first = ahead ? hers.get() : others.get();
    var second = ahead ? others.get() : hers.get();
    var gone = far(second) > far(first) ? first : second;
    var offer = gone.state().offer();
    return next.change(
        gone.id(), one -> one.with(new State.Left(offer == null ? "" : offer.hold()), now));
  }

  /**
   * Entries are the alias's again, who had them before she was taken for somebody else. Should she
   * be in line herself meanwhile, the one that has come less far ends.
   */
  public Waitlist givenBack(Set<String> entries, String alias, Instant now) {
    return new Waitlist(
            sku,
            store,
            version,
            line.stream().map(one -> entries.contains(one.id()) ? one.of(PARTED) : one).toList(),
            ended.stream().map(one -> entries.contains(one.id()) ? one.of(PARTED) : one).toList())
        .merged(alias, PARTED, now);
  }

  private static int far(Entry entry) {
    return switch (entry.state()) {
      case State.Joining j -> 0;
      case State.Waiting w -> 1;
      case State.Offering o -> 2;
      case State.Offered o -> 3;
      case State.Accepting a -> 4;
      case State.Taken t -> 5;
      case State.Lapsed l -> 0;
      case State.Left l -> 0;
    };
  }

  private static Entry renamed(Entry entry, String customer, String alias) {
    return entry.customer().equals(alias) ? entry.of(customer) : entry;
  }

  /**
   * When somebody must look at the line again; null for never.
   *
   * @param waiting how soon when somebody waits: {@link #LOOK} after a look that found nothing for
   *     her, {@link #ABANDONED} before
   */
  public @Nullable Instant due(Instant now, Duration waiting) {
    Instant due = ended.isEmpty() ? null : now.plus(ABANDONED);
    for (Entry one : line) {
      var at =
          switch (one.state()) {
            case State.Joining j -> one.stateTime().plus(ABANDONED);
            case State.Offering o -> one.stateTime().plus(ABANDONED);
            case State.Accepting a -> one.stateTime().plus(ABANDONED);
            case State.Offered(var offer) -> offer.expireTime();
            case State.Waiting w -> now.plus(waiting);
            case State.Taken t -> now;
            case State.Lapsed l -> now;
            case State.Left l -> now;
          };
      due = due == null || at.isBefore(due) ? at : due;
    }
    return due;
  }

  /** The line with one of it changed; who has ended leaves it. */
  private Waitlist change(String entry, UnaryOperator<Entry> how) {
    var inLine = new ArrayList<Entry>();
    var over = new ArrayList<>(ended);
    for (Entry one : line) {
      var next = one.id().equals(entry) ? how.apply(one) : one;
      if (next.state().isOver()) {
        over.add(next);
      } else {
        inLine.add(next);
      }
    }
    return new Waitlist(sku, store, version + 1, inLine, over);
  }

  /** The ids of the entries of which people see a difference between this and the next. */
  public List<String> changedTo(Waitlist next) {
    var changed = new ArrayList<String>();
    for (Entry one :
        java.util.stream.Stream.concat(next.line.stream(), next.ended.stream()).toList()) {
      var before = find(one.id()).map(it -> it.state().label()).orElse("");
      if (!Objects.equals(before, one.state().label())) {
        changed.add(one.id());
      }
    }
    return changed;
  }
}
