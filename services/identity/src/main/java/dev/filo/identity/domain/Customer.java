package dev.filo.identity.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A person who shops, as one document: the facts about her and what follows from them. Immutable.
 *
 * @param guest true until an address of hers was verified by code
 * @param links what she is known by, oldest first
 * @param verdicts what people decided about her and others
 * @param mergedInto the id of the customer she turned out to be; empty for all others
 * @param merges the journal of that, newest last
 * @param consents her own answers; those of who is merged into her are theirs
 * @param version rises with every change
 * @param unsettledSince since when what follows from new facts is to be worked out; null when it is
 */
public record Customer(
    String id,
    boolean guest,
    Profile profile,
    List<Link> links,
    List<Verdict> verdicts,
    String mergedInto,
    List<Merge> merges,
    List<Consent> consents,
    Instant createTime,
    long version,
    @Nullable Instant unsettledSince) {

  /** Links a customer has at most, withdrawn ones included: those give way first. */
  public static final int LINKS_MAX = 50;

  /** Entries of the journal that are kept. */
  public static final int MERGES_MAX = 50;

  /** Verdicts that are kept. */
  public static final int VERDICTS_MAX = 50;

  /** Older first; of two of the same moment the one whose id is less. */
  public static final Comparator<Customer> BY_AGE =
      Comparator.comparing(Customer::createTime).thenComparing(Customer::id);

  /**
   * What she tells about herself.
   *
   * @param language {@code it} or {@code en}; empty when not told
   */
  public record Profile(
      String givenName, String familyName, String language, @Nullable Place place) {
    /** Nothing told. */
    public static final Profile EMPTY = new Profile("", "", "", null);

    /** This, and where it says nothing what the other says. */
    public Profile or(Profile other) {
      boolean named = !givenName.isEmpty() || !familyName.isEmpty();
      return new Profile(
          named ? givenName : other.givenName,
          named ? familyName : other.familyName,
          language.isEmpty() ? other.language : language,
          place == null ? other.place : place);
    }

    /** The names are personal and stay out of logs. */
    @Override
    public String toString() {
      return "Profile";
    }
  }

  /** Copies what can change. */
  public Customer {
    links = List.copyOf(links);
    verdicts = List.copyOf(verdicts);
    merges = List.copyOf(merges);
    consents = List.copyOf(consents);
  }

  /** A customer of whom nothing is known. */
  public static Customer created(String id, boolean guest, Instant now) {
    return new Customer(
        id, guest, Profile.EMPTY, List.of(), List.of(), "", List.of(), List.of(), now, 1, null);
  }

  /** Her resource name. */
  public String name() {
    return name(id);
  }

  /** The resource name of the customer with an id. */
  public static String name(String id) {
    return "customers/" + id;
  }

  /** The id in a resource name. */
  public static String id(String name) {
    return name.substring("customers/".length());
  }

  /** True when she became an alias. */
  public boolean isAlias() {
    return !mergedInto.isEmpty();
  }

  /** True when she was an alias once and is none any more. */
  public boolean isParted() {
    return !isAlias() && !merges.isEmpty();
  }

  /** With what she tells about herself now. */
  public Customer telling(Profile told) {
    return new Customer(
        id,
        guest,
        told,
        links,
        verdicts,
        mergedInto,
        merges,
        consents,
        createTime,
        version + 1,
        unsettledSince);
  }

  /** With more facts. The same object when they say nothing new. */
  public Customer linked(List<Link> facts, Instant now) {
    var known = new LinkedHashMap<IdentifierKey, Link>();
    links.forEach(link -> known.put(link.identifier(), link));
    facts.forEach(fact -> known.merge(fact.identifier(), fact, Link::and));
    var next = new ArrayList<>(known.values());
    while (next.size() > LINKS_MAX) {
      next.remove(
          next.stream()
              .min(
                  Comparator.comparing((Link link) -> link.withdrawTime() == null)
                      .thenComparing(Link::evidence)
                      .thenComparing(Comparator.comparing(Link::firstTime).reversed()))
              .orElseThrow());
    }
    return next.equals(links) ? this : with(next, verdicts, now);
  }

  /** With one more verdict about her. */
  public Customer judged(Verdict verdict, Instant now) {
    var next = new ArrayList<>(verdicts);
    next.removeIf(old -> old.other().equals(verdict.other()));
    next.add(verdict);
    return with(links, next.subList(Math.max(0, next.size() - VERDICTS_MAX), next.size()), now);
  }

  private Customer with(List<Link> newLinks, List<Verdict> newVerdicts, Instant now) {
    return new Customer(
        id,
        guest,
        profile,
        newLinks,
        newVerdicts,
        mergedInto,
        merges,
        consents,
        createTime,
        version + 1,
        now);
  }

  /** With an account. */
  public Customer withAccount() {
    return guest
        ? new Customer(
            id,
            false,
            profile,
            links,
            verdicts,
            mergedInto,
            merges,
            consents,
            createTime,
            version + 1,
            unsettledSince)
        : this;
  }

  /** Somebody's alias. */
  public Customer mergedInto(Merge merge) {
    var journal = new ArrayList<>(merges);
    journal.add(merge);
    return new Customer(
        id,
        guest,
        profile,
        links,
        verdicts,
        merge.into(),
        journal.subList(Math.max(0, journal.size() - MERGES_MAX), journal.size()),
        consents,
        createTime,
        version + 1,
        unsettledSince);
  }

  /**
   * With what was refused while she stood under others, unless she has answered later herself: as
   * they were one, nobody knows which of them said no, so it holds for both.
   *
   * @param above whom she stands under, the nearest first
   */
  public Customer refusing(List<Customer> above) {
    var answers = answers();
    var since = mergeTime();
    for (var one : above) {
      for (var answer : one.answers().entrySet()) {
        if (!answer.getValue().granted() && answer.getValue().time().isAfter(since)) {
          answers.merge(answer.getKey(), answer.getValue(), Customer::later);
        }
      }
      since = one.mergeTime().isAfter(since) ? one.mergeTime() : since;
    }
    return new Customer(
        id,
        guest,
        profile,
        links,
        verdicts,
        mergedInto,
        merges,
        List.copyOf(answers.values()),
        createTime,
        version,
        unsettledSince);
  }

  /** Nobody's alias any more. */
  public Customer parted(Instant now, String by) {
    var journal = new ArrayList<>(merges);
    if (journal.isEmpty()) { // merged before there was a journal
      journal.add(new Merge(mergedInto, "", createTime, "", null, ""));
    }
    var last = journal.removeLast();
    journal.add(new Merge(last.into(), last.cause(), last.time(), last.by(), now, by));
    return new Customer(
        id,
        guest,
        profile,
        links,
        verdicts,
        "",
        journal,
        consents,
        createTime,
        version + 1,
        unsettledSince);
  }

  /**
   * Nobody's alias any more because a person said so: what she shares with the others is withdrawn,
   * and facts from before cannot join them again.
   *
   * @param shared what others had before her, by what it is compared by
   */
  public Customer unmerged(Set<String> shared, Instant now, String by) {
    var next =
        links.stream()
            .map(
                link ->
                    link.isProven() && shared.contains(link.identifier().joins())
                        ? link.withdrawn(now)
                        : link)
            .toList();
    var from = mergedInto;
    return parted(now, by).with(next, verdicts, now).judged(new Verdict(from, false, now, by), now);
  }

  /** With an answer about messages, in place of an earlier one about the same. */
  public Customer consenting(Consent consent) {
    var next = new ArrayList<>(consents);
    next.removeIf(old -> old.purpose() == consent.purpose() && old.channel() == consent.channel());
    next.add(consent);
    return new Customer(
        id,
        guest,
        profile,
        links,
        verdicts,
        mergedInto,
        merges,
        next,
        createTime,
        version + 1,
        unsettledSince);
  }

  /** When she became an alias last; the epoch when she is none. */
  private Instant mergeTime() {
    return isAlias() && !merges.isEmpty() ? merges.getLast().time() : Instant.EPOCH;
  }

  /**
   * What she answered about messages, together with those who are merged into her: the most
   * restrictive of the last answers about each. An answer from after a merge is about both.
   */
  public List<Consent> effectiveConsents(List<Customer> merged) {
    var all = new HashMap<String, Customer>();
    merged.forEach(one -> all.put(one.id(), one));
    var effective = answers();
    for (var one : merged) {
      lastAnswers(one, all).forEach((key, last) -> effective.merge(key, last, Customer::stricter));
    }
    return effective.values().stream()
        .sorted(Comparator.comparing(Consent::purpose).thenComparing(Consent::channel))
        .toList();
  }

  private Map<String, Consent> answers() {
    var answers = new LinkedHashMap<String, Consent>();
    consents.forEach(consent -> answers.put(consent.purpose() + "/" + consent.channel(), consent));
    return answers;
  }

  /** The answers of a member, or later ones of those she stood under by then, up to this one. */
  private Map<String, Consent> lastAnswers(Customer member, Map<String, Customer> all) {
    var last = member.answers();
    var since = member.mergeTime();
    var at = member;
    for (int hops = 0; !at.id.equals(id) && hops <= all.size(); hops++) {
      at = all.getOrDefault(at.mergedInto(), this);
      for (var answer : at.answers().entrySet()) {
        if (answer.getValue().time().isAfter(since)) {
          last.merge(answer.getKey(), answer.getValue(), Customer::later);
        }
      }
      since = at.mergeTime().isAfter(since) ? at.mergeTime() : since;
    }
    return last;
  }

  private static Consent later(Consent one, Consent other) {
    return other.time().isAfter(one.time()) ? other : one;
  }

  private static Consent stricter(Consent one, Consent other) {
    if (one.granted() != other.granted()) {
      return one.granted() ? other : one;
    }
    return one.time().isAfter(other.time()) ? other : one;
  }

  /** What is known of her and of those merged into her, as one. */
  public Customer together(List<Customer> merged) {
    if (merged.isEmpty()) {
      return this;
    }
    var known = new LinkedHashMap<IdentifierKey, Link>();
    Stream.concat(Stream.of(this), merged.stream().sorted(BY_AGE))
        .flatMap(one -> one.links().stream())
        .filter(link -> link.withdrawTime() == null)
        .forEach(link -> known.merge(link.identifier(), link, Link::and));
    var told = profile;
    for (var one : merged.stream().sorted(BY_AGE).toList()) {
      told = told.or(one.profile());
    }
    return new Customer(
        id,
        guest,
        told,
        known.values().stream().sorted(Comparator.comparing(Link::firstTime)).toList(),
        verdicts,
        mergedInto,
        merges,
        effectiveConsents(merged),
        createTime,
        version,
        unsettledSince);
  }
}
