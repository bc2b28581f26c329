package dev.filo.catalog.search;

import java.util.List;

/** The fields of the index. A document is a variant; what its product says is in each of them. */
final class Fields {
  /** Ends the Italian one of a pair of fields. */
  static final String IT = "_it";

  /** Ends the English one. */
  static final String EN = "_en";

  /** The product's title. */
  static final String TITLE = "title";

  /** What tells the variant apart. */
  static final String VARIANT = "variant";

  /** The words of its attributes' values, the product's and its own. */
  static final String ATTRIBUTES = "attributes";

  /** The words for its category. */
  static final String CATEGORY = "category";

  /** Words that find it though it does not say them. */
  static final String KEYWORDS = "keywords";

  /** The description. */
  static final String DESCRIPTION = "description";

  /** All of these but the description. */
  static final String ALL = "all";

  /** The pairs of fields with stems. */
  static final List<String> STEMMED =
      List.of(TITLE, VARIANT, ATTRIBUTES, CATEGORY, KEYWORDS, DESCRIPTION, ALL);

  /** All words but the description's, as they are written, of both languages. */
  static final String WORDS = "words";

  /** The words of the titles, as they are written, of both languages. */
  static final String TITLE_WORDS = "title_words";

  /** Each title, folded, as one term: what a title begins with. */
  static final String TITLE_BEGINNING = "title_beginning";

  /** The product's id: to replace its documents, and to tell products apart. */
  static final String PRODUCT = "product";

  /** What of the product its documents were made of. */
  static final String STATE = "state";

  /** The SKU as it is. */
  static final String SKU = "sku";

  /** The SKU and the GTIN in lower case, to be found by. */
  static final String CODE = "code";

  /** {@code key:value_key} of attributes and category. */
  static final String FACET = "facet";

  /** The price in millionths of the currency. */
  static final String PRICE = "price";

  private Fields() {}
}
