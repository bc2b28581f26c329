package dev.filo.catalog.search;

import dev.filo.catalog.domain.Gtin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AutomatonQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostAttribute;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyTermsEnum;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;

/**
 * Makes queries of what people type. Each word is looked for in both languages and in every field,
 * the best of which counts; a word nobody uses is taken for a typing error or for the beginning of
 * a word. Variants that have all the words come before those that have some.
 */
final class ProductQueries {
  // A sentence; more words say nothing more. With three corrections each, in every field, they stay
  // below the 1024 clauses that Lucene allows.
  private static final int WORDS_MAX = 12;
  // Fields count for their best match, and a little for each other one.
  private static final float TIE = 0.3f;
  private static final float ALL_WORDS = 20;
  private static final float CODE_EXACT = 1000;
  private static final float CODE_PREFIX = 100;
  private static final int CODE_PREFIX_LENGTH = 3;
  private static final float TYPO = 0.4f;
  private static final float PREFIX = 0.6f;
  private static final int TYPO_LENGTH = 4;
  private static final int TWO_TYPOS_LENGTH = 8;
  private static final int CORRECTIONS_MAX = 3;
  private static final int ENDING_MAX = 2;

  private final IndexReader reader;

  ProductQueries(IndexReader reader) {
    this.reader = reader;
  }

  /**
   * The query of a text; everything for an empty one.
   *
   * @param isRelaxed one word is enough; otherwise of three or more one in three may be missing
   */
  Query of(String text, boolean isRelaxed) throws IOException {
    if (text.isBlank()) {
      return new ConstantScoreQuery(MatchAllDocsQuery.INSTANCE);
    }
    var either = new BooleanQuery.Builder();
    for (Query code : codes(text)) {
      either.add(code, Occur.SHOULD);
    }
    var words = words(text);
    if (!words.isEmpty()) {
      either.add(text(words, isRelaxed), Occur.SHOULD);
    }
    var query = either.build();
    return query.clauses().isEmpty() ? MatchNoDocsQuery.INSTANCE : query;
  }

  private Query text(List<Word> words, boolean isRelaxed) throws IOException {
    var some = new BooleanQuery.Builder();
    var all = new BooleanQuery.Builder();
    for (Word word : words) {
      some.add(scoring(word), Occur.SHOULD);
      all.add(presence(word), Occur.MUST);
    }
    int needed = words.size() < 3 ? words.size() : words.size() - words.size() / 3;
    some.setMinimumNumberShouldMatch(isRelaxed ? 1 : needed);
    return new BooleanQuery.Builder()
        .add(some.build(), Occur.MUST)
        .add(new BoostQuery(new ConstantScoreQuery(all.build()), ALL_WORDS), Occur.SHOULD)
        .build();
  }

  /**
   * A typed word.
   *
   * @param italian its stem; none where it is a stop word
   * @param isBegun true when it may be the beginning of a word
   * @param meant what it may be a slip of
   */
  private record Word(
      String written,
      List<String> italian,
      List<String> english,
      boolean isBegun,
      List<Word> meant) {}

  private List<Word> words(String text) throws IOException {
    var written = Analysis.terms(Analysis.WORDS, text);
    var words = new ArrayList<Word>();
    var stops = new ArrayList<Word>();
    for (int i = 0; i < written.size() && words.size() < WORDS_MAX; i++) {
      var italian = Analysis.terms(Analysis.ITALIAN, written.get(i));
      var english = Analysis.terms(Analysis.ENGLISH, written.get(i));
      var word = understood(written.get(i), italian, english, i == written.size() - 1);
      (italian.isEmpty() || english.isEmpty() ? stops : words).add(word);
    }
    return words.isEmpty() ? stops.stream().limit(WORDS_MAX).toList() : words;
  }

  private Query scoring(Word word) throws IOException {
    var fields = new ArrayList<Query>();
    exact(fields, word, 1);
    if (word.italian.isEmpty() || word.english.isEmpty()) {
      fields.add(new TermQuery(new Term(Fields.WORDS, word.written)));
    }
    for (Word meant : word.meant) {
      exact(fields, meant, TYPO);
    }
    begun(fields, word);
    return new DisjunctionMaxQuery(fields, TIE);
  }

  /** Where the word must be for a variant to «have» it: anywhere but in the description. */
  private Query presence(Word word) throws IOException {
    var fields = new ArrayList<Query>();
    exact(fields, word, Fields.ALL, 1);
    fields.add(new TermQuery(new Term(Fields.WORDS, word.written)));
    for (Word meant : word.meant) {
      exact(fields, meant, Fields.ALL, 1);
    }
    begun(fields, word);
    return new DisjunctionMaxQuery(fields, 0);
  }

  private static void exact(List<Query> queries, Word word, String field, float boost) {
    for (String stem : word.italian) {
      queries.add(new BoostQuery(new TermQuery(new Term(field + Fields.IT, stem)), boost));
    }
    for (String stem : word.english) {
      queries.add(new BoostQuery(new TermQuery(new Term(field + Fields.EN, stem)), boost));
    }
  }

  /** The word in each field, by how much a match there says. */
  private static void exact(List<Query> queries, Word word, float factor) {
    exact(queries, word, Fields.TITLE, 4 * factor);
    exact(queries, word, Fields.VARIANT, 3 * factor);
    exact(queries, word, Fields.ATTRIBUTES, 3 * factor);
    exact(queries, word, Fields.CATEGORY, 3 * factor);
    exact(queries, word, Fields.KEYWORDS, 2.5f * factor);
    exact(queries, word, Fields.DESCRIPTION, 0.5f * factor);
  }

  private static void begun(List<Query> queries, Word word) {
    if (word.isBegun) {
      queries.add(new BoostQuery(new PrefixQuery(new Term(Fields.WORDS, word.written)), PREFIX));
    }
  }

  /** The word as it is looked for: with what else it may mean when nobody writes it. */
  private Word understood(
      String written, List<String> italian, List<String> english, boolean isLast)
      throws IOException {
    boolean isKnown = isKnown(written, italian, english);
    return new Word(
        written,
        italian,
        english,
        isLast && !isKnown && written.length() > 1,
        isKnown ? List.of() : corrections(written));
  }

  /**
   * True when the catalog writes the word, or another form of it. A stem that leaves little of the
   * word proves nothing: of «veluto» it is «vel».
   */
  private boolean isKnown(String written, List<String> italian, List<String> english)
      throws IOException {
    if (reader.docFreq(new Term(Fields.WORDS, written)) > 0) {
      return true;
    }
    for (String field : List.of(Fields.ALL, Fields.DESCRIPTION)) {
      if (isKnown(field + Fields.IT, written, italian)
          || isKnown(field + Fields.EN, written, english)) {
        return true;
      }
    }
    return false;
  }

  private boolean isKnown(String field, String written, List<String> stems) throws IOException {
    for (String stem : stems) {
      if (written.length() - stem.length() <= ENDING_MAX
          && reader.docFreq(new Term(field, stem)) > 0) {
        return true;
      }
    }
    return false;
  }

  /** The words of the catalog that are closest to this one, if any are close. */
  private List<Word> corrections(String written) throws IOException {
    var terms = MultiTerms.getTerms(reader, Fields.WORDS);
    if (terms == null
        || written.length() < TYPO_LENGTH
        || !written.chars().allMatch(Character::isLetter)) {
      return List.of();
    }
    int edits = written.length() >= TWO_TYPOS_LENGTH ? 2 : 1;
    var close = new FuzzyTermsEnum(terms, new Term(Fields.WORDS, written), edits, 1, true);
    var similarity = close.attributes().getAttribute(BoostAttribute.class);
    record Close(String word, float similarity, int documents) {}
    var found = new ArrayList<Close>();
    for (BytesRef term = close.next(); term != null; term = close.next()) {
      found.add(new Close(term.utf8ToString(), similarity.getBoost(), close.docFreq()));
    }
    return found.stream()
        .sorted(
            Comparator.comparingDouble(Close::similarity)
                .thenComparingInt(Close::documents)
                .reversed())
        .limit(CORRECTIONS_MAX)
        .map(
            one ->
                new Word(
                    one.word,
                    Analysis.terms(Analysis.ITALIAN, one.word),
                    Analysis.terms(Analysis.ENGLISH, one.word),
                    false,
                    List.of()))
        .toList();
  }

  /** The SKUs and GTINs the text may be or contain. */
  private static List<Query> codes(String text) {
    var queries = new ArrayList<Query>();
    int count = 0;
    for (String typed : text.strip().split("\\s+")) {
      if (++count > WORDS_MAX) {
        break;
      }
      var code = typed.toLowerCase(Locale.ROOT);
      queries.add(constant(new TermQuery(new Term(Fields.CODE, code)), CODE_EXACT));
      boolean isNumber = code.chars().allMatch(c -> c >= '0' && c <= '9');
      if (isNumber && code.length() >= 8) {
        queries.add(constant(new TermQuery(new Term(Fields.CODE, Gtin.normal(code))), CODE_EXACT));
      } else if (code.length() >= CODE_PREFIX_LENGTH && code.indexOf('-') > 0) {
        queries.add(constant(new PrefixQuery(new Term(Fields.CODE, code)), CODE_PREFIX));
      }
    }
    return queries;
  }

  private static Query constant(Query query, float score) {
    return new BoostQuery(new ConstantScoreQuery(query), score);
  }

  /**
   * Products that have all the words, in their titles rather than elsewhere; the last may be just
   * begun, each may have an error.
   */
  Query suggestions(String text) {
    var words = Analysis.terms(Analysis.WORDS, text);
    if (words.isEmpty()) {
      return MatchNoDocsQuery.INSTANCE;
    }
    var all = new BooleanQuery.Builder();
    for (int i = 0; i < Math.min(words.size(), WORDS_MAX); i++) {
      boolean isLast = i == words.size() - 1;
      var word = words.get(i);
      var term = new Term(Fields.TITLE_WORDS, word);
      var elsewhere = new Term(Fields.WORDS, word);
      var ways = new ArrayList<Query>();
      ways.add(constant(new TermQuery(term), 5));
      ways.add(constant(new TermQuery(elsewhere), 2));
      if (isLast) {
        ways.add(constant(new PrefixQuery(term), 4));
        ways.add(constant(new PrefixQuery(elsewhere), 1));
      }
      if (word.length() >= TYPO_LENGTH) {
        var close =
            new LevenshteinAutomata(word.substring(1), true).toAutomaton(1, word.substring(0, 1));
        var automaton =
            isLast
                ? Operations.determinize(
                    Operations.concatenate(List.of(close, Automata.makeAnyString())),
                    Operations.DEFAULT_DETERMINIZE_WORK_LIMIT)
                : close;
        ways.add(constant(new AutomatonQuery(term, automaton), 2));
      }
      all.add(new DisjunctionMaxQuery(ways, 0), Occur.MUST);
    }
    var beginning = new Term(Fields.TITLE_BEGINNING, String.join(" ", words));
    return new BooleanQuery.Builder()
        .add(all.build(), Occur.MUST)
        .add(constant(new PrefixQuery(beginning), 3), Occur.SHOULD)
        .build();
  }
}
