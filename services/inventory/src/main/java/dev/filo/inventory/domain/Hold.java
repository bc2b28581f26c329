package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one hold over one or more SKUs at one location. Immutable. The journal decides
 * what becomes of the hold; each level decides whether its pieces are kept. A step is decided here
 * first and then done on the levels, so that whoever finds it half done can finish it.
 *
 * @param id the caller's
 * @param lines the pieces held, each SKU once; of kits their components
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
 * @param more what a hold has only once it is of kits, changed, moved or sold in part
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
    boolean wasActive,
    More more) {

  /** How many requests a hold remembers. */
  public static final int EXTENSIONS_MAX = 20;

  /** How often the levels of a hold that is over are cleaned: at once, and for late comers. */
  public static final int CLEANINGS = 2;

  /** Pieces of one SKU. */
  public record Line(String sku, int quantity) {}

  /** A request that moved the end. */
  public record Extension(String requestId, Instant expireTime) {}

  /**
   * A request that changed, moved or sold in part, and how it ended.
   *
   * @param content tells what was asked from anything else asked under the same id
   * @param isRefused true when nothing was done
   * @param shortages when nothing was done, the pieces that were available by short SKU
   * @param missing when nothing was sold, the serial numbers that are not there, one by SKU
   */
  public record Answer(
      String requestId,
      String content,
      boolean isRefused,
      Map<String, Integer> shortages,
      Map<String, String> missing,
      String location,
      List<Line> lines,
      List<Kit> kits,
      Instant expireTime,
      State state) {
    /** Copies what can change. */
    public Answer {
      shortages = Map.copyOf(shortages);
      missing = Map.copyOf(missing);
      lines = List.copyOf(lines);
      kits = List.copyOf(kits);
    }
  }

  /**
   * What not every hold has.
   *
   * @param kits the kits whose components are among the lines
   * @param placed what was held at first, for a repeated request; null while it is so still
   * @param plan what is being done; null when nothing is
   * @param answers the newest requests that are done
   * @param sales how often a part of it was sold
   * @param channel where it was promised, for the safety rules
   */
  public record More(
      List<Kit> kits,
      @Nullable Answer placed,
      @Nullable Plan plan,
      List<Answer> answers,
      int sales,
      String channel) {
    /** Nothing of it. */
    public static final More NONE = new More(List.of(), null, null, List.of(), 0, "");

    /** Copies what can change. */
    public More {
      kits = List.copyOf(kits);
      answers = List.copyOf(answers);
    }

    private More with(@Nullable Plan next) {
      return new More(kits, placed, next, answers, sales, channel);
    }
  }

  /** Where a hold stands. */
  public enum State {
    /** Its levels are being asked. */
    PLACING,
    /** All its levels keep their pieces. */
    ACTIVE,
    /** It never held anything: pieces were short. */
    REFUSED,
    /** Its levels are being asked for other quantities. */
    CHANGING,
    /** The levels of another location are being asked. */
    MOVING,
    /** Changed or moved, or not: its levels free what is not held any more. */
    TRIMMING,
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
      List<Kit> kits,
      Instant expireTime,
      String owner,
      Author author,
      String channel,
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
        false,
        new More(kits, null, null, List.of(), 0, channel));
  }

  /** What is held as it was asked for: kits as kits. */
  public List<Line> asked() {
    return Kit.together(lines, more.kits);
  }

  /** Placed: it is looked at again when it ends. */
  public Hold active() {
    return with(State.ACTIVE, expireTime, shortages, seller, sellTime, extensions, expireTime, 0);
  }

  /** Not placed. */
  public Hold refused(Map<String, Integer> available, Instant cleaning) {
    return with(State.REFUSED, expireTime, available, null, null, extensions, cleaning, CLEANINGS);
  }

  /** Not placed, and no level was asked to keep anything by then: there is nothing to clean. */
  public Hold refusedAtOnce(Map<String, Integer> available) {
    return with(State.REFUSED, expireTime, available, null, null, extensions, null, 0);
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
    var longer = new ArrayList<>(extensions);
    longer.add(new Extension(requestId, end));
    var kept = longer.subList(Math.max(0, longer.size() - EXTENSIONS_MAX), longer.size());
    return with(State.ACTIVE, end, shortages, seller, sellTime, kept, end, 0);
  }

  /** As it was when it was placed, for a repeated request. */
  public Hold asPlaced(Instant end) {
    var active = with(State.ACTIVE, end, shortages, seller, sellTime, extensions, due, cleanings);
    var first = more.placed;
    return first == null ? active : active.at(first.location, first.lines, first.kits);
  }

  /** As it was when its end was moved, for a repeated request. */
  public Hold asExtended(Instant end) {
    return with(State.ACTIVE, end, shortages, seller, sellTime, extensions, due, cleanings);
  }

  /** To be changed or moved, or sold in part. */
  public Hold planning(State how, Plan plan, Instant lookAgain) {
    return with(how, expireTime, shortages, seller, sellTime, extensions, lookAgain, 0)
        .with(more.with(plan));
  }

  /**
   * Changed or moved, as planned: what is held elsewhere or is too much is freed next.
   *
   * @param lookAgain when somebody must, if it is not finished
   */
  public Hold planned(Instant lookAgain) {
    var plan = plan();
    var wanted = pieces(plan.lines());
    var trims = new ArrayList<Plan.Trim>();
    boolean moves = !plan.location().equals(location);
    for (Line line : lines) {
      int left = moves ? 0 : wanted.getOrDefault(line.sku, 0);
      if (left < line.quantity) {
        trims.add(new Plan.Trim(location, line.sku, left));
      }
    }
    return trimming(plan, trims, Map.of(), lookAgain)
        .at(plan.location(), plan.lines(), plan.kits())
        .answering(false, Map.of());
  }

  /** Neither changed nor moved, for these are short: what was kept for it is freed next. */
  public Hold unplanned(Map<String, Integer> available, Instant lookAgain) {
    var plan = plan();
    var before = pieces(lines);
    var trims = new ArrayList<Plan.Trim>();
    boolean moves = !plan.location().equals(location);
    for (Line line : plan.lines()) {
      int left = moves ? 0 : before.getOrDefault(line.sku, 0);
      if (left < line.quantity) {
        trims.add(new Plan.Trim(plan.location(), line.sku, left));
      }
    }
    return trimming(plan, trims, available, lookAgain).answering(true, Map.of());
  }

  private Hold trimming(
      Plan plan, List<Plan.Trim> trims, Map<String, Integer> available, Instant lookAgain) {
    return with(State.TRIMMING, expireTime, available, seller, sellTime, extensions, lookAgain, 0)
        .with(more.with(plan.trimming(trims)));
  }

  /** Nothing is being done any more: it is looked at again when it ends. */
  public Hold settled() {
    return with(State.ACTIVE, expireTime, Map.of(), null, null, extensions, expireTime, 0)
        .with(more.with(null));
  }

  /**
   * After the lines of its plan were sold: the rest is still held.
   *
   * @param cleaning when its levels are cleaned, should nothing be left
   */
  public Hold soldInPart(Instant cleaning) {
    var plan = plan();
    var sold = pieces(plan.lines());
    var rest = new ArrayList<Line>();
    for (Line line : lines) {
      int left = line.quantity - sold.getOrDefault(line.sku, 0);
      if (left > 0) {
        rest.add(new Line(line.sku, left));
      }
    }
    var kits = new ArrayList<Kit>();
    for (Kit kit : more.kits) {
      int left =
          kit.quantity()
              - plan.kits().stream()
                  .filter(one -> one.sku().equals(kit.sku()))
                  .mapToInt(Kit::quantity)
                  .sum();
      if (left > 0) {
        kits.add(kit.times(left));
      }
    }
    var next =
        rest.isEmpty()
            ? over(State.SOLD, cleaning)
            : with(State.ACTIVE, expireTime, Map.of(), null, null, extensions, expireTime, 0)
                .at(location, rest, kits);
    var done = next.answering(false, Map.of()).more;
    return next.with(
        new More(
            done.kits,
            done.placed == null ? first() : done.placed,
            null,
            done.answers,
            done.sales + 1,
            done.channel));
  }

  /**
   * Not sold, for these serial numbers are not there, one by SKU: it is held as before, once its
   * levels have been told so.
   */
  public Hold unsold(Map<String, String> missing, Instant lookAgain) {
    var plan = plan();
    var held = pieces(lines);
    var trims =
        plan.lines().stream()
            .map(line -> new Plan.Trim(location, line.sku, held.getOrDefault(line.sku, 0)))
            .toList();
    return with(State.TRIMMING, expireTime, Map.of(), null, null, extensions, lookAgain, 0)
        .with(more.with(plan.trimming(trims)))
        .answering(true, missing);
  }

  /** The request of this id, if it is remembered. */
  public Optional<Answer> answer(String requestId) {
    return more.answers.stream().filter(one -> one.requestId.equals(requestId)).findFirst();
  }

  /** As it was when a request was done, for a repetition. */
  public Hold as(Answer answer) {
    return with(
            answer.state,
            answer.expireTime,
            answer.shortages,
            seller,
            sellTime,
            extensions,
            due,
            cleanings)
        .at(answer.location, answer.lines, answer.kits);
  }

  /** What is being done. */
  public Plan plan() {
    var plan = more.plan;
    if (plan == null) {
      throw new IllegalStateException("nothing is being done: " + id + " " + state);
    }
    return plan;
  }

  /** The pieces that are being sold. */
  public List<Line> sold() {
    var plan = more.plan;
    return plan == null ? lines : plan.lines();
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

  /** Lines as pieces by SKU. */
  public static Map<String, Integer> pieces(List<Line> lines) {
    var pieces = new LinkedHashMap<String, Integer>();
    lines.forEach(line -> pieces.merge(line.sku, line.quantity, Integer::sum));
    return pieces;
  }

  private Answer first() {
    return new Answer(
        "", "", false, Map.of(), Map.of(), location, lines, more.kits, expireTime, State.ACTIVE);
  }

  /** Remembering how the request of the plan ended: as it is now. */
  private Hold answering(boolean isRefused, Map<String, String> missing) {
    var plan = plan();
    var answers = new ArrayList<>(more.answers);
    answers.add(
        new Answer(
            plan.requestId(),
            plan.content(),
            isRefused,
            shortages,
            missing,
            isRefused ? plan.location() : location,
            lines,
            more.kits,
            expireTime,
            state == State.TRIMMING ? State.ACTIVE : state));
    var kept = answers.subList(Math.max(0, answers.size() - EXTENSIONS_MAX), answers.size());
    return with(new More(more.kits, more.placed, plan, kept, more.sales, more.channel));
  }

  private Hold at(String nextLocation, List<Line> nextLines, List<Kit> nextKits) {
    return new Hold(
        id,
        nextLocation,
        nextLines,
        expireTime,
        owner,
        author,
        content,
        state,
        version,
        shortages,
        seller,
        sellTime,
        extensions,
        due,
        cleanings,
        wasActive,
        new More(
            nextKits,
            more.placed == null ? first() : more.placed,
            more.plan,
            more.answers,
            more.sales,
            more.channel));
  }

  private Hold with(More next) {
    return new Hold(
        id,
        location,
        lines,
        expireTime,
        owner,
        author,
        content,
        state,
        version,
        shortages,
        seller,
        sellTime,
        extensions,
        due,
        cleanings,
        wasActive,
        next);
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
        wasActive || nextState == State.ACTIVE,
        more);
  }
}
