package dev.filo.inventory.domain;

/** Why pieces on hand cannot be sold. */
public enum SetAside {
  /** Broken or soiled. */
  DAMAGED,
  /** Shown in the store. */
  DISPLAY,
  /** Waiting to be looked at. */
  QUALITY_CHECK
}
