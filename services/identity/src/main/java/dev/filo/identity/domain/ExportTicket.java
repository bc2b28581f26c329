package dev.filo.identity.domain;

import java.time.Instant;

/**
 * Leave to download what is held about a customer.
 *
 * @param customer her name
 * @param session the only session that may
 * @param requestHash tells one request from another with the same id
 * @param expireTime from then on it is worth nothing
 */
public record ExportTicket(
    String id,
    String customer,
    String session,
    String requestHash,
    Instant createTime,
    Instant expireTime) {}
