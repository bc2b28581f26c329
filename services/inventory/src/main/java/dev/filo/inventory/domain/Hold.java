package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one hold over one or more SKUs at one location. Immutable. The journal decides
 * what becomes of the hold; each level decides whether its pieces are kept. A step is decided here
 * first and then done on the levels, so that whoever finds it half done can finish it.
 *
 * @param id the caller's
 * @param lines each SKU once
 * @param expireTime from this instant on it holds nothing
 * @param owner what it is for
 * @param author who placed it
 * @param content tells what was asked from anything else asked under the same id
 * @param shortages of a refused hold, the pieces that were available by short SKU; empty when a
 *     level carried too many holds
 * @param seller who sells it; null unless it is being sold
 * @param sellTime when it is sold; null unless it is being sold
 * @param extensions the newest requests that moved its end
 * @param due when somebody must look at it again; null for never
 * @param cleanings how many more times its levels are to be cleaned once it is over
 * @param wasActive true once all its levels have kept their pieces
 */
public record Hold(
    String id,
    String location,
    List<Line> lines,
    Instant expireTime,
    String owner,
    Author author,
    String content,
    State state,
    long version,
    Map<String, Integer> shortages,
    @Nullable Author seller,
    @Nullable Instant sellTime,
    List<Extension> extensions,
    @Nullable Instant due,
    int cleanings,
    boolean wasActive) {

  /** How many requests a hold remembers. */
  public static final int EXTENSIONS_MAX = 20;

  /** How often the levels of a hold that is over are cleaned: at once, and for late comers. */
  public static final int CLEANINGS = 2;

  /** Pieces of one SKU. */
  public record Line(String sku, int quantity) {}

  /** A request that moved the end. */
  public record Extension(String requestId, Instant expireTime) {}

  /** Where a hold stands. */
  public enum State {
    /** Its levels are being asked. */
    PLACING,
    /** All its levels keep their pieces. */
    ACTIVE,
    /** It never held anything: pieces were short. */
    REFUSED,
    /** It is to be sold; its levels are being asked whether they still keep the pieces. */
    SELLING,
    /** All levels keep the pieces until they are sold; nothing can stop it. */
    SETTLING,
    /** Sold. */
    SOLD,
    /** Freed. */
    RELEASED,
    /** Freed by time. */
    EXPIRED
  }

  /** Copies what can change. */
  public Hold {
    lines = List.copyOf(lines);
    shortages = Map.copyOf(shortages);
    extensions = List.copyOf(extensions);
  }

  /** A hold that is about to be placed. */
  public static Hold placing(
      String id,
      String location,
      List<Line> lines,
      Instant expireTime,
      String owner,
      Author author,
      String content,
      Instant due) {
    return new Hold(
        id,
        location,
        lines,
        expireTime,
        owner,
        author,
        content,
        State.PLACING,
        1,
        Map.of(),
        null,
        null,
        List.of(),
        due,
        0,
        false);
  }

  /** Placed: it is looked at again when it ends. */
  public Hold active() {
    return with(State.ACTIVE, expireTime, shortages, seller, sellTime, extensions, expireTime, 0);
  }

  /** Not placed. */
  public Hold refused(Map<String, Integer> available, Instant cleaning) {
    return with(State.REFUSED, expireTime, available, null, null, extensions, cleaning, CLEANINGS);
  }

  /** To be sold. */
  public Hold selling(Author by, Instant at, Instant lookAgain) {
    return with(State.SELLING, expireTime, shortages, by, at, extensions, lookAgain, 0);
  }

  /** Certain to be sold. */
  public Hold settling() {
    return with(State.SETTLING, expireTime, shortages, seller, sellTime, extensions, due, 0);
  }

  /** Over: sold, released or expired. */
  public Hold over(State how, Instant cleaning) {
    return with(how, expireTime, shortages, seller, sellTime, extensions, cleaning, CLEANINGS);
  }

  /** With another end. */
  public Hold extended(String requestId, Instant end) {
    var more = new ArrayList<>(extensions);
    more.add(new Extension(requestId, end));
    var kept = more.subList(Math.max(0, more.size() - EXTENSIONS_MAX), more.size());
    return with(State.ACTIVE, end, shortages, seller, sellTime, kept, end, 0);
  }

  /** As it was when it was placed, for a repeated request. */
  public Hold asPlaced(Instant end) {
    return with(State.ACTIVE, end, shortages, seller, sellTime, extensions, due, cleanings);
  }

  /** Cleaned once more. */
  public Hold cleaned(Instant again) {
    int left = cleanings - 1;
    return with(
        state,
        expireTime,
        shortages,
        seller,
        sellTime,
        extensions,
        left > 0 ? again : null,
        Math.max(0, left));
  }

  private Hold with(
      State nextState,
      Instant nextExpireTime,
      Map<String, Integer> nextShortages,
      @Nullable Author nextSeller,
      @Nullable Instant nextSellTime,
      List<Extension> nextExtensions,
      @Nullable Instant nextDue,
      int nextCleanings) {
    return new Hold(
        id,
        location,
        lines,
        nextExpireTime,
        owner,
        author,
        content,
        nextState,
        version + 1,
        nextShortages,
        nextSeller,
        nextSellTime,
        nextExtensions,
        nextDue,
        nextCleanings,
        wasActive || nextState == State.ACTIVE);
  }
}
