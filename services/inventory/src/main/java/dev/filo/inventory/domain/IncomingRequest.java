package dev.filo.inventory.domain;

/**
 * A request that said what is expected, remembered with its answer.
 *
 * @param content tells what was asked from anything else asked under the same id
 */
public record IncomingRequest(String requestId, String content, Snapshot answer) {}
