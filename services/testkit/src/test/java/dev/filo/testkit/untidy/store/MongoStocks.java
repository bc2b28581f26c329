package dev.filo.testkit.untidy.store;

/** A store. */
public final class MongoStocks {}
