package dev.filo.identity.domain;

/** A town: its name and its middle, WGS 84. */
public record Place(String title, double latitude, double longitude) {}
