package dev.filo.identity.domain;

import java.time.Instant;

/**
 * What a device has to sign so that its answer is of this moment. It is good once.
 *
 * @param id a keyed hash of what whoever asked was given
 * @param value random, in base64url
 * @param session who asked; empty when that was nobody's session
 * @param customer for whom a passkey is registered; empty for a sign-in
 * @param userHandle what will stand for her on the device; empty for a sign-in
 */
public record PasskeyChallenge(
    String id,
    String value,
    String session,
    String customer,
    String userHandle,
    Instant expireTime) {}
