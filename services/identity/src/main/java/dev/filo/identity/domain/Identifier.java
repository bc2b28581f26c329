package dev.filo.identity.domain;

import java.time.Instant;

/** An address a customer has shown to be hers, and when she last did. */
public record Identifier(ContactAddress address, Instant verifyTime) {}
