package dev.filo.catalog.search;

import dev.filo.catalog.domain.Gtin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AutomatonQuery;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;

/**
 * Makes queries of what people type. Each word is looked for in both languages and in every field,
 * the best of which counts; a word nobody uses is taken for a typing error or for the beginning of
 * a word. Variants that have all the words come before those that have some.
 */
final class ProductQueries {
  // A sentence; more words than that say nothing more and cost time.
  private static final int WORDS_MAX = 16;
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
  private static final int EXPANSIONS_MAX = 50;

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

  /** A typed word and its stems; no stem where it is a stop word. */
  private record Word(String written, List<String> italian, List<String> english, boolean isLast) {}

  private static List<Word> words(String text) {
    var written = Analysis.terms(Analysis.WORDS, text);
    var words = new ArrayList<Word>();
    var stops = new ArrayList<Word>();
    for (int i = 0; i < written.size() && words.size() < WORDS_MAX; i++) {
      var italian = Analysis.terms(Analysis.ITALIAN, written.get(i));
      var english = Analysis.terms(Analysis.ENGLISH, written.get(i));
      var word = new Word(written.get(i), italian, english, i == written.size() - 1);
      (italian.isEmpty() || english.isEmpty() ? stops : words).add(word);
    }
    return words.isEmpty() ? stops.stream().limit(WORDS_MAX).toList() : words;
  }

  private Query scoring(Word word) throws IOException {
    var fields = new ArrayList<Query>();
    exact(fields, word, Fields.TITLE, 4);
    exact(fields, word, Fields.VARIANT, 3);
    exact(fields, word, Fields.ATTRIBUTES, 3);
    exact(fields, word, Fields.CATEGORY, 3);
    exact(fields, word, Fields.KEYWORDS, 2.5f);
    exact(fields, word, Fields.DESCRIPTION, 0.5f);
    if (word.italian.isEmpty() || word.english.isEmpty()) {
      fields.add(new TermQuery(new Term(Fields.WORDS, word.written)));
    }
    guess(fields, word, Fields.TITLE, 4);
    guess(fields, word, Fields.CATEGORY, 3);
    guess(fields, word, Fields.ALL, 1);
    return new DisjunctionMaxQuery(fields, TIE);
  }

  /** Where the word must be for a variant to «have» it: anywhere but in the description. */
  private Query presence(Word word) throws IOException {
    var fields = new ArrayList<Query>();
    exact(fields, word, Fields.ALL, 1);
    fields.add(new TermQuery(new Term(Fields.WORDS, word.written)));
    guess(fields, word, Fields.ALL, 1);
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

  /** What a word may have meant that nothing in the catalog says. */
  private void guess(List<Query> queries, Word word, String field, float boost) throws IOException {
    if (isKnown(word)) {
      return;
    }
    if (word.isLast && word.written.length() > 1 && field.equals(Fields.ALL)) {
      queries.add(new BoostQuery(new PrefixQuery(new Term(Fields.WORDS, word.written)), PREFIX));
    }
    if (word.written.length() >= TYPO_LENGTH
        && word.written.chars().allMatch(Character::isLetter)) {
      word.italian.forEach(stem -> queries.add(typo(field + Fields.IT, stem, boost)));
      word.english.forEach(stem -> queries.add(typo(field + Fields.EN, stem, boost)));
    }
  }

  private boolean isKnown(Word word) throws IOException {
    for (String field : List.of(Fields.ALL, Fields.DESCRIPTION)) {
      for (String stem : word.italian) {
        if (reader.docFreq(new Term(field + Fields.IT, stem)) > 0) {
          return true;
        }
      }
      for (String stem : word.english) {
        if (reader.docFreq(new Term(field + Fields.EN, stem)) > 0) {
          return true;
        }
      }
    }
    return reader.docFreq(new Term(Fields.WORDS, word.written)) > 0;
  }

  private static Query typo(String field, String stem, float boost) {
    int edits = stem.length() >= TWO_TYPOS_LENGTH ? 2 : 1;
    return new BoostQuery(
        new FuzzyQuery(new Term(field, stem), edits, 1, EXPANSIONS_MAX, true), TYPO * boost);
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

  /** Titles that have all the words, the last of which may be just begun, each with an error. */
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
      var ways = new ArrayList<Query>();
      ways.add(constant(new TermQuery(term), 3));
      if (isLast) {
        ways.add(constant(new PrefixQuery(term), 2));
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
        ways.add(constant(new AutomatonQuery(term, automaton), 1));
      }
      all.add(new DisjunctionMaxQuery(ways, 0), Occur.MUST);
    }
    return all.build();
  }
}
