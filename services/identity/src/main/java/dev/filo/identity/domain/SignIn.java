package dev.filo.identity.domain;

import java.time.Instant;

/**
 * A sign-in under way.
 *
 * @param guest the id of the guest customer who asked for it; empty when none did
 * @param requestHash what was asked, to recognise a repeated request
 * @param sent true once the code has left
 */
public record SignIn(
    String id,
    ContactAddress address,
    String guest,
    String codeHash,
    String requestHash,
    boolean sent,
    Instant expireTime) {}
