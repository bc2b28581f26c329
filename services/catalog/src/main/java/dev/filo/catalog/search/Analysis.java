package dev.filo.catalog.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.miscellaneous.StemmerOverrideFilter;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.util.ElisionFilter;
import org.tartarus.snowball.ext.ItalianStemmer;

/**
 * How texts become terms. Accents are folded before stemming, so that a word has the same stem with
 * and without them.
 */
final class Analysis {
  /** What stands before an apostrophe in Italian. */
  private static final CharArraySet ARTICLES =
      CharArraySet.unmodifiableSet(
          new CharArraySet(
              List.of(
                  "c", "l", "all", "dall", "dell", "nell", "sull", "coll", "pell", "gl", "agl",
                  "dagl", "degl", "negl", "sugl", "un", "m", "t", "s", "v", "d", "quell", "quest",
                  "bell", "sant"),
              true));

  /** Italian stems. Snowball's: the light stemmer leaves «verde», «verdi», «sedie» as they are. */
  static final Analyzer ITALIAN =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          var words = new StandardTokenizer();
          TokenStream terms = new LowerCaseFilter(new ElisionFilter(words, ARTICLES));
          terms = new StopFilter(terms, ItalianAnalyzer.getDefaultStopSet());
          terms = new ASCIIFoldingFilter(terms);
          return new TokenStreamComponents(words, new SnowballFilter(terms, new ItalianStemmer()));
        }
      };

  /** Plurals in a shop that KStem takes for verbs. */
  private static final StemmerOverrideFilter.StemmerOverrideMap IRREGULAR = irregular();

  private static StemmerOverrideFilter.StemmerOverrideMap irregular() {
    var words = new StemmerOverrideFilter.Builder(true);
    words.add("shelves", "shelf");
    words.add("bookshelves", "bookshelf");
    words.add("knives", "knife");
    words.add("leaves", "leaf");
    words.add("halves", "half");
    words.add("loaves", "loaf");
    words.add("scarves", "scarf");
    try {
      return words.build();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it writes to memory
    }
  }

  /** English stems that are words: «chairs» is «chair». */
  static final Analyzer ENGLISH =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          var words = new StandardTokenizer();
          TokenStream terms = new LowerCaseFilter(new EnglishPossessiveFilter(words));
          terms = new StopFilter(terms, EnglishAnalyzer.getDefaultStopSet());
          terms = new ASCIIFoldingFilter(terms);
          terms = new StemmerOverrideFilter(terms, IRREGULAR);
          return new TokenStreamComponents(words, new KStemFilter(terms));
        }
      };

  /** Words as they are written, without accents. */
  static final Analyzer WORDS =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          var words = new StandardTokenizer();
          TokenStream terms = new LowerCaseFilter(new ElisionFilter(words, ARTICLES));
          return new TokenStreamComponents(words, new ASCIIFoldingFilter(terms));
        }
      };

  private Analysis() {}

  /** The analyzer of the index: by what a field's name ends with. */
  static Analyzer ofIndex() {
    return new PerFieldAnalyzerWrapper(WORDS, byField());
  }

  private static Map<String, Analyzer> byField() {
    var analyzers = new java.util.HashMap<String, Analyzer>();
    for (String field : Fields.STEMMED) {
      analyzers.put(field + Fields.IT, ITALIAN);
      analyzers.put(field + Fields.EN, ENGLISH);
    }
    return analyzers;
  }

  /** The terms of a text, in order. */
  static List<String> terms(Analyzer analyzer, String text) {
    try (TokenStream stream = analyzer.tokenStream("query", text)) {
      var term = stream.addAttribute(CharTermAttribute.class);
      var terms = new ArrayList<String>();
      stream.reset();
      while (stream.incrementToken()) {
        terms.add(term.toString());
      }
      stream.end();
      return terms;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The words of a text, folded, one after the other: to compare texts by what was typed. */
  static String folded(String text) {
    return String.join(" ", terms(WORDS, text));
  }
}
