package dev.filo.demo.retailer;

/**
 * A shelf of the shop.
 *
 * @param order its place in the menu, from 1
 */
public record Category(String id, Text title, int order) {}
