package dev.filo.identity.domain;

import java.time.Instant;

/** A customer's session on its way to another device, found by the hash of its code. */
public record Handoff(String codeHash, String customer, Instant expireTime) {}
