package dev.filo.identity.domain;

import java.time.Instant;

/**
 * One sign-in on one device and all the tokens that came of it.
 *
 * @param principal whom it was opened for; a customer may have become an alias since
 * @param device as its owner named it; empty when not named
 * @param former the guest whose things came along; empty when none did
 * @param generation how often it was refreshed: only the refresh token of this generation is good
 * @param salt random; what the refresh tokens are derived from beside identity's own secret
 * @param useTime when it was last refreshed, or began
 */
public record Session(
    String id,
    String clientId,
    String principal,
    String device,
    String former,
    long generation,
    String salt,
    Instant createTime,
    Instant useTime,
    Instant expireTime) {}
