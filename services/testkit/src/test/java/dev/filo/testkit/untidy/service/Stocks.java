package dev.filo.testkit.untidy.service;

import dev.filo.testkit.untidy.store.MongoStocks;

/** A use case that knows its store. */
public final class Stocks {

  /** The store. */
  public MongoStocks store() {
    return new MongoStocks();
  }
}
