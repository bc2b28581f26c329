package dev.filo.demo.retailer;

/** An attribute's value: a stable key for filters, a text for people. */
public record Label(String key, Text text) {}
