package dev.filo.demo.retailer;

/** A text in the retailer's two languages. */
public record Text(String it, String en) {}
