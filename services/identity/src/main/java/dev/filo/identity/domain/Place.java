package dev.filo.identity.domain;

/**
 * A town: its name and its middle, WGS 84.
 *
 * @param store the store she chose as hers, {@code stores/x}; empty when she chose none
 */
public record Place(String title, double latitude, double longitude, String store) {}
