package dev.filo.reservation.waitlist.domain;

/** Who did something and through what, as events name it. */
public record Author(
    String principal, String role, String channel, String device, String displayName) {}
