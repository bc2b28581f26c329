package dev.filo.inventory.domain;

/** A request that set the safety stock, remembered with its answer. */
public record SafetyRequest(String requestId, int safety, Snapshot answer) {}
